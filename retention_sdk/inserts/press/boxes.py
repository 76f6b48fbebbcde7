"""The boxes of a page: where it is cut, how far the ink reaches, and what lies around it."""

from __future__ import annotations

from typing import Any

from ...errors import PrintError
from ..boxes import TOLERANCE_PT, Boxes, boxes_of
from ..formats import CardFormat


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
        if off > TOLERANCE_PT:
            raise PrintError(
                f"page {number} is {right - left:.0f} × {top - bottom:.0f} pt, and {size.name} "
                f"with its bleed is {wide:.0f} × {high:.0f} pt: draw the card in that format"
            )
