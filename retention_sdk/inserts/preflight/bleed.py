"""Does colour that reaches the cut also reach the edge of the bleed? Looked at, not computed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from .geometry import POINTS_PER_MM, Box
from .job import Sheet
from .picture import Picture
from .report import Finding

DPI = 300
GAP_MIN_MM = 2.0
_WHITE = 250
_COLOURED = 245
_INSIDE_MM = 0.25
_OUTERMOST_MM = 0.1  # pixels that the page only half covers
_SIDES = ("top", "bottom", "left", "right")


def check_bleed(sheet: Sheet, picture: Picture) -> Iterator[Finding]:
    """Report stretches where the trim edge is coloured and white shows further out."""
    darkest = _darkest(picture.image)
    for side in _SIDES:
        for start, end, strip in _gaps(sheet, Picture(darkest, picture.dpi, picture.origin), side):
            length = (end - start) / picture.dpi * 25.4
            if length >= GAP_MIN_MM:
                text = f"white in the bleed for {length:.0f} mm along the {side} edge"
                yield sheet.finding("bleed-white", text, strip)


def _darkest(image: Any) -> Any:
    """Return the least of red, green and blue of each pixel: 255 is white, nothing else."""
    from PIL import ImageChops

    red, green, blue = image.split()
    return ImageChops.darker(ImageChops.darker(red, green), blue)


def _gaps(sheet: Sheet, picture: Picture, side: str) -> Iterator[tuple[int, int, Box]]:
    """Yield the stretches along a side, in pixels, with their rectangles in points.

    The strip is turned so that its first row lies just inside the cut.
    """
    area, rows = _strip(sheet, side), picture.image
    left, top, right, bottom = picture.pixels(area)
    strip = _upright(rows.crop((left, top, right, bottom)), side)
    width, height = strip.size
    if width == 0 or height < _ROWS_MIN:
        return
    data = strip.tobytes()
    is_gap = [data[x] < _COLOURED and max(data[x + width :: width]) >= _WHITE for x in range(width)]
    at = 0
    for gap, run in groupby(is_gap):
        length = len(list(run))
        if gap:
            yield at, at + length, _along(area, side, at / width, (at + length) / width)
        at += length


_ROWS_MIN = 4


def _strip(sheet: Sheet, side: str) -> Box:
    """Return the strip from just inside the cut to just inside the edge of the bleed."""
    trim, bleed = sheet.trim, sheet.bleed.shrunk(_OUTERMOST_MM * POINTS_PER_MM)
    inside = _INSIDE_MM * POINTS_PER_MM
    return {
        "top": Box(trim.left, trim.top - inside, trim.right, bleed.top),
        "bottom": Box(trim.left, bleed.bottom, trim.right, trim.bottom + inside),
        "left": Box(bleed.left, trim.bottom, trim.left + inside, trim.top),
        "right": Box(trim.right - inside, trim.bottom, bleed.right, trim.top),
    }[side]


def _upright(strip: Any, side: str) -> Any:
    """Return the strip with the cut in its first row and the edge of the bleed in its last."""
    from PIL import Image

    if side == "bottom":
        return strip
    if side == "top":
        return strip.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    turned = strip.transpose(Image.Transpose.TRANSPOSE)
    return turned if side == "right" else turned.transpose(Image.Transpose.FLIP_TOP_BOTTOM)


def _along(area: Box, side: str, start: float, end: float) -> Box:
    if side in {"top", "bottom"}:
        first, last = area.left + start * area.width, area.left + end * area.width
        return Box(first, area.bottom, last, area.top)
    return Box(area.left, area.top - end * area.height, area.right, area.top - start * area.height)
