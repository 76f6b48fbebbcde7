"""``retention preflight``: tell whether a file may go to print."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ConfigError
from .output import Json, console, emit

if TYPE_CHECKING:
    from ..inserts.preflight import Depth, Report
    from ..inserts.profiles import PdfX

_STYLES = {"error": "red", "warning": "yellow", "note": "dim"}
_PDFX: dict[str, PdfX] = {"x-4": "x-4", "x-1a": "x-1a"}
_DEPTHS: dict[str, Depth] = {"full": "full", "card": "card"}


def command(
    file: Annotated[Path, typer.Argument(help="A PDF, or the PNG of a label printer.")],
    profile: Annotated[str, typer.Option(help="How it will be printed.")] = "digital_rgb",
    format: Annotated[str, typer.Option(help="The size it will be cut to.")] = "a6",  # noqa: A002
    pdfx: Annotated[str, typer.Option(help="x-4 or x-1a; else what the file says.")] = "",
    code: Annotated[
        list[str] | None, typer.Option(help="What the code says; once for each card.")
    ] = None,
    depth: Annotated[str, typer.Option(help="full, or card: quick, for each card.")] = "full",
    dpi: Annotated[int, typer.Option(help="Dots per inch of the label printer.")] = 203,
    json: Json = False,
) -> int:
    """Examine a file before it is printed; exit 1 if a printer would refuse it."""
    _require("pdfx", pdfx, ("", *_PDFX))
    _require("depth", depth, _DEPTHS)
    data = _read(file)
    if file.suffix.lower() == ".png":
        report = _examine_picture(data, format, dpi, code)
    else:
        report = _examine_pdf(data, profile, format, pdfx, depth, code)
    answer = report.model_dump(mode="json") | {"has_errors": report.has_errors}
    emit(answer, as_json=json, human=lambda: _show(file, report))
    return 1 if report.has_errors else 0


def _require(option: str, value: str, allowed: Iterable[str]) -> None:
    if value not in allowed:
        shown = ", ".join(filter(None, allowed))
        raise ConfigError(f"{value!r} is none of {shown}", key=f"--{option}")


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigError(error.strerror or "cannot be read", file=str(file)) from None


def _examine_picture(
    data: bytes,
    format: str,  # noqa: A002
    dpi: int,
    codes: list[str] | None,
) -> Report:
    from ..inserts.formats import get_format
    from ..inserts.preflight import preflight_picture

    code = codes[0] if codes else None
    size = get_format(format)
    return preflight_picture(data, format=size, dpi=dpi, code=code, is_code_known=bool(codes))


def _examine_pdf(
    data: bytes,
    profile: str,
    format: str,  # noqa: A002
    pdfx: str,
    depth: str,
    codes: list[str] | None,
) -> Report:
    from ..inserts.formats import get_format
    from ..inserts.preflight import preflight, preflight_batch
    from ..inserts.profiles import get_profile

    condition, size = get_profile(profile), get_format(format)
    standard = _PDFX.get(pdfx)
    if codes:
        return preflight_batch(
            data,
            codes=codes,
            profile=condition,
            format=size,
            pdfx=standard,
            depth=_DEPTHS[depth],
        )
    return preflight(data, profile=condition, format=size, pdfx=standard, depth=_DEPTHS[depth])


def _show(file: Path, report: Report) -> None:
    out = console()
    first, *_ = report.text().splitlines()
    out.print(f"{file}: {first}", markup=False)
    for finding in report.findings:
        style = _STYLES[finding.severity]
        out.print(f"  {finding}", style=style, markup=False, soft_wrap=True)
