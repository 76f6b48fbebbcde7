"""The boxes of a page: where it is cut, how far the ink reaches, and what lies around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...errors import PrintError
from ..formats import CardFormat

POINTS_PER_MM = 72 / 25.4

# How much a page of the typesetter may differ from the format: 0.1 mm, as printers ask.
_TOLERANCE_PT = 0.1 * POINTS_PER_MM

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """The boxes of one page in points. Without marks, the media is as large as the bleed."""

    trim: Box
    bleed: Box
    media: Box


def boxes_of(size: CardFormat, *, around_mm: float = 0.0) -> Boxes:
    """Return the boxes of a format, the corner of its bleed at the origin.

    ``around_mm`` is the room for marks around the bleed.
    """
    margin, around = size.bleed_mm * POINTS_PER_MM, around_mm * POINTS_PER_MM
    width, height = (side * POINTS_PER_MM for side in size.size_mm)
    right, top = width + 2 * margin, height + 2 * margin
    return Boxes(
        trim=_rounded(margin, margin, margin + width, margin + height),
        bleed=_rounded(0.0, 0.0, right, top),
        media=_rounded(-around, -around, right + around, top + around),
    )


def _rounded(*values: float) -> Box:
    left, bottom, right, top = (round(value, 4) for value in values)
    return left, bottom, right, top


def set_boxes(page: Any, boxes: Boxes) -> None:
    """Write exact boxes into a page. PDF/X allows no ArtBox beside the TrimBox."""
    from pikepdf import Array

    for key in ("/CropBox", "/ArtBox"):
        if key in page:
            del page[key]
    page.MediaBox = Array(list(boxes.media))
    page.BleedBox = Array(list(boxes.bleed))
    page.TrimBox = Array(list(boxes.trim))


def check_pages(pages: list[Any], size: CardFormat, *, cards: int | None = None) -> None:
    """Refuse a document that is not made of cards of a format. ``cards`` is how many, if known.

    Raises:
        PrintError: it has too few or too many pages, or they have another size.
    """
    wanted = size.pages * (cards or 1)
    is_whole = len(pages) == wanted if cards else bool(pages) and len(pages) % wanted == 0
    if not is_whole:
        raise PrintError(f"a card has {size.pages} pages, and this document has {len(pages)}")
    wide, high = boxes_of(size).bleed[2:]
    for number, page in enumerate(pages, 1):
        left, bottom, right, top = (float(value) for value in page.MediaBox)
        off = max(abs(left), abs(bottom), abs(right - wide), abs(top - high))
        if off > _TOLERANCE_PT:
            raise PrintError(
                f"page {number} is {right - left:.0f} × {top - bottom:.0f} pt, and {size.name} "
                f"with its bleed is {wide:.0f} × {high:.0f} pt: draw the card in that format"
            )
