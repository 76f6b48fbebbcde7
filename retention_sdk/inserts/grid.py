"""Where things stand on each paper size: margins, type scale, and what a small card leaves out.

The text of a card is the same for all sizes. A page that is smaller than A6 first leaves out what
is optional (``omits``), then sets smaller type, and refuses what still does not fit. The letter
itself is never cut.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from .formats import CardFormat

Layout = Literal["portrait", "landscape", "compact"]
_COMPACT_MAX_MM = 60.0
_LANDSCAPE_MIN = 1.2
_A6_AREA_MM2 = 105.0 * 148.0

# Smaller than A6, the back has room for the order and the code.
_SMALL_OMITS = frozenset({"tagline", "more_items", "points"})
# A business card has room for a headline, two sentences and a code.
_COMPACT_OMITS = frozenset({*_SMALL_OMITS, "items", "order_date", "signoff", "sender_role"})


@dataclass(frozen=True, slots=True)
class Grid:
    """The grid of a page. Lengths are millimetres from the trimmed edge.

    ``margin_mm`` is the distance of text from both sides, ``head_mm`` and ``foot_mm`` from the
    top and the bottom, ``frame_mm`` that of the frame; 0 draws none. ``unit`` scales distances
    and ornaments, ``display`` and ``text`` scale type, ``leading`` the distance of lines; all are
    1 on A6. ``patch_mm`` is the largest code. ``omits`` names the fields of a card that do not
    appear.
    """

    layout: Layout
    margin_mm: float
    head_mm: float
    foot_mm: float
    frame_mm: float
    unit: float = 1.0
    display: float = 1.0
    text: float = 1.0
    patch_mm: float = 26.0
    leading: float = 1.0
    omits: frozenset[str] = frozenset()


GRIDS: Mapping[str, Grid] = MappingProxyType(
    {
        "a6": Grid("portrait", 13.5, 15, 14, 6),
        "a6-landscape": Grid("landscape", 12.5, 13, 12, 6, unit=0.9, text=0.98),
        "a5": Grid("portrait", 19, 21, 20, 8, unit=1.4, display=1.35, text=1.22),
        "a7": Grid(
            "portrait",
            8.5,
            9,
            8.5,
            5,
            unit=0.6,
            display=0.72,
            text=0.82,
            patch_mm=20,
            leading=0.92,
            omits=_SMALL_OMITS,
        ),
        "dl": Grid("portrait", 12.5, 17, 16, 6, unit=1.2),
        "card-eu": Grid(
            "compact",
            7,
            6,
            6,
            0,
            unit=0.5,
            display=0.56,
            text=0.8,
            patch_mm=24,
            leading=0.92,
            omits=_COMPACT_OMITS,
        ),
        "card-us": Grid(
            "compact",
            7,
            5.5,
            5.5,
            0,
            unit=0.45,
            display=0.54,
            text=0.78,
            patch_mm=24,
            leading=0.9,
            omits=_COMPACT_OMITS,
        ),
        "square": Grid(
            "portrait",
            10.5,
            9.5,
            9,
            5,
            unit=0.55,
            display=0.78,
            text=0.86,
            patch_mm=22,
            leading=0.92,
            omits=_SMALL_OMITS,
        ),
        "4x6in": Grid("portrait", 13.5, 15, 14, 6),
        "5x7in": Grid("portrait", 16.5, 18, 17, 7, unit=1.2, display=1.2, text=1.1),
        "a6-folded": Grid("portrait", 13.5, 15, 14, 6),
        "dl-folded": Grid("portrait", 12.5, 17, 16, 6, unit=1.2),
    }
)


def grid_for(paper: CardFormat) -> Grid:
    """Return the grid of a format; sizes that are not built in get that of A6, scaled."""
    found = GRIDS.get(paper.name)
    if found:
        return found
    scale = math.sqrt(paper.width_mm * paper.height_mm / _A6_AREA_MM2)
    return Grid(
        layout_of(paper),
        max(paper.safe_mm + 1, 13.5 * scale),
        max(paper.safe_mm + 1, 15 * scale),
        max(paper.safe_mm + 1, 14 * scale),
        max(paper.safe_mm, 6 * scale),
        unit=scale,
        display=scale,
        text=min(1.3, max(0.8, scale)),
        omits=_COMPACT_OMITS if layout_of(paper) == "compact" else frozenset(),
    )


def layout_of(paper: CardFormat) -> Layout:
    """Return how a page is arranged, by its shape."""
    if paper.height_mm < _COMPACT_MAX_MM:
        return "compact"
    return "landscape" if paper.width_mm > _LANDSCAPE_MIN * paper.height_mm else "portrait"
