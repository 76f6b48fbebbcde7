"""The picture that a label printer burns: its size, its depth, its code."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from ..formats import CardFormat
from ..profiles import get_profile
from .codes import check_quality, read_codes
from .geometry import POINTS_PER_MM, Box
from .job import Sheet
from .picture import Picture, is_blank
from .report import Finding, Report, make_finding

_DOTS_SLACK = 2


def preflight_picture(
    picture: bytes,
    *,
    format: CardFormat,  # noqa: A002 - as everywhere that a card is drawn
    dpi: int = 203,
    code: str | None = None,
    is_code_known: bool = True,
) -> Report:
    """Return what is wrong with the PNG of one label.

    ``code`` is what its code leads to, None for a label without one; ``is_code_known`` False
    takes any.
    """
    from PIL import Image, UnidentifiedImageError

    report = Report(profile=get_profile("thermal").name, format=format.name, depth="full", pages=1)
    try:
        with Image.open(io.BytesIO(picture), formats=("PNG",)) as opened:
            opened.load()
            findings = tuple(_findings(opened, format, dpi, code if is_code_known else ""))
    except (UnidentifiedImageError, OSError, SyntaxError):
        findings = (make_finding("file-damaged", "this is not a PNG that can be read"),)
    return report.model_copy(update={"findings": findings})


def _findings(
    image: Any,
    format: CardFormat,  # noqa: A002
    dpi: int,
    code: str | None,
) -> Iterator[Finding]:
    wanted = tuple(round(side / 25.4 * dpi) for side in format.size_mm)
    if any(abs(a - b) > _DOTS_SLACK for a, b in zip(image.size, wanted, strict=True)):
        text = f"{image.width} × {image.height} dots, and {wanted[0]} × {wanted[1]} are asked"
        yield make_finding("picture-size", text, page=1)
    if image.mode != "1":
        yield make_finding("picture-depth", f"its mode is {image.mode}", page=1)
    area = Box(0, 0, *(side * POINTS_PER_MM for side in format.size_mm))
    picture = Picture(image.convert("L"), dpi, (area.left, area.top))
    if is_blank(picture):
        yield make_finding("page-blank", "every dot has the same colour", page=1)
    yield from _codes(Sheet(1, area, area), picture, code)


def _codes(label: Sheet, picture: Picture, wanted: str | None) -> Iterator[Finding]:
    found = read_codes(picture)
    if wanted is None:
        yield from (_finding("code-unexpected", "it should have none") for _ in found)
    elif wanted and wanted not in {each.text for each in found}:
        name = "code-wrong" if found else "code-thermal"
        yield _finding(name, "it is not this label's" if found else "none can be read")
    for each in found:
        yield from check_quality(label, picture, each)


def _finding(code: str, message: str) -> Finding:
    return make_finding(code, message, page=1)
