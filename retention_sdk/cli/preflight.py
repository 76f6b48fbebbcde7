"""``retention preflight``: tell whether a file may go to print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..inserts.profiles import PROFILES
from .choices import (
    PaperFormat,
    Profile,
    one_of,
    pick_format,
    pick_pdfx,
    pick_profile,
    read_input,
)
from .output import DEFAULT_CONFIG, ConfigFile, Json, console, emit

if TYPE_CHECKING:
    from ..config import Config
    from ..inserts.formats import CardFormat
    from ..inserts.preflight import Depth, Report
    from ..inserts.profiles import PdfX, PressProfile

_STYLES = {"error": "red", "warning": "yellow", "note": "dim"}
_DEPTHS: dict[str, Depth] = {"full": "full", "card": "card"}


def command(
    file: Annotated[Path, typer.Argument(help="A PDF, or the PNG of a label printer.")],
    profile: Profile = "digital_rgb",
    card_format: PaperFormat = "a6",
    pdfx: Annotated[str, typer.Option(help="x-4 or x-1a; else what the file says.")] = "",
    code: Annotated[
        list[str] | None, typer.Option(help="What the code says; once for each card.")
    ] = None,
    depth: Annotated[str, typer.Option(help="full, or card: quick, for each card.")] = "full",
    dpi: Annotated[int, typer.Option(help="Dots per inch of the label printer.")] = 203,
    config: ConfigFile = DEFAULT_CONFIG,
    json: Json = False,
) -> int:
    """Examine a file before it is printed; exit 1 if a printer would refuse it."""
    condition, size = pick_profile(profile, _settings(config, profile)), pick_format(card_format)
    standard = pick_pdfx(pdfx, condition)
    wanted = one_of(depth, _DEPTHS, option="--depth")
    data = read_input(file)
    if file.suffix.lower() == ".png":
        report = _examine_picture(data, size, dpi, code)
    else:
        report = _examine_pdf(data, condition, size, standard, wanted, code)
    answer = report.model_dump(mode="json") | {"has_errors": report.has_errors}
    emit(answer, as_json=json, human=lambda: _show(file, report))
    return 1 if report.has_errors else 0


def _settings(file: Path, profile: str) -> Config | None:
    """Return the shop's settings where the profile may be its own; None where there is no shop."""
    if profile in PROFILES or (file == DEFAULT_CONFIG and not file.exists()):
        return None
    from ..config import load_config

    return load_config(file)


def _examine_picture(data: bytes, size: CardFormat, dpi: int, codes: list[str] | None) -> Report:
    from ..inserts.preflight import preflight_picture

    code = codes[0] if codes else None
    return preflight_picture(data, format=size, dpi=dpi, code=code, is_code_known=bool(codes))


def _examine_pdf(
    data: bytes,
    profile: PressProfile,
    size: CardFormat,
    pdfx: PdfX | None,
    depth: Depth,
    codes: list[str] | None,
) -> Report:
    from ..inserts.preflight import preflight, preflight_batch

    if codes:
        return preflight_batch(
            data,
            codes=codes,
            profile=profile,
            format=size,
            pdfx=pdfx,
            depth=depth,
        )
    return preflight(data, profile=profile, format=size, pdfx=pdfx, depth=depth)


def _show(file: Path, report: Report) -> None:
    out = console()
    first, *_ = report.text().splitlines()
    out.print(f"{file}: {first}")
    for finding in report.findings:
        style = _STYLES[finding.severity]
        out.print(f"  {finding}", style=style, soft_wrap=True)
