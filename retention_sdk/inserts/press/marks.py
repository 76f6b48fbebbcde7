"""Marks around a card: where to cut, how the plates meet, and which card it is."""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin
from typing import TYPE_CHECKING, Any

from ...errors import PrintError
from ..boxes import POINTS_PER_MM, Boxes
from ..fonts import FontLibrary

if TYPE_CHECKING:
    import uharfbuzz

AROUND_MM = 10.0
"""Room around the bleed: 1 mm of air, marks of 5 mm, and a line of text."""

_AIR_MM, _LENGTH_MM, _TARGET_MM = 1.0, 5.0, 2.5
_WIDTH_PT = 0.25
_SLUG_PT, _SLUG_LENGTH_MAX = 5.0, 200
_SLUG_FAMILY = "Noto Sans"
# Four cubic curves make a circle when their handles have this share of the radius.
_HANDLE = 0.5523
ALL_INKS = "/PressAll"


def mark_operators(boxes: Boxes) -> bytes:
    """Return operators that draw crop and registration marks, on every plate."""
    start = [f"q {ALL_INKS} CS 1 SCN {_WIDTH_PT} w 0 J [] 0 d"]
    return "\n".join([*start, *_crop_marks(boxes), *_targets(boxes), "Q"]).encode()


def _crop_marks(boxes: Boxes) -> list[str]:
    """Lines on the trim that begin outside the bleed, so that none is left after a crooked cut."""
    left, bottom, right, top = boxes.trim
    start = _AIR_MM * POINTS_PER_MM
    end = start + _LENGTH_MM * POINTS_PER_MM
    outer_left, outer_bottom, outer_right, outer_top = boxes.bleed
    lines = []
    for x in (left, right):
        lines.append(_line(x, outer_bottom - start, x, outer_bottom - end))
        lines.append(_line(x, outer_top + start, x, outer_top + end))
    for y in (bottom, top):
        lines.append(_line(outer_left - start, y, outer_left - end, y))
        lines.append(_line(outer_right + start, y, outer_right + end, y))
    return lines


def _targets(boxes: Boxes) -> list[str]:
    """A circle and a cross in the middle of each side: plates that do not meet show there."""
    left, bottom, right, top = boxes.bleed
    away = (_AIR_MM + _TARGET_MM) * POINTS_PER_MM
    x, y = (left + right) / 2, (bottom + top) / 2
    centres = ((x, bottom - away), (x, top + away), (left - away, y), (right + away, y))
    return [part for centre in centres for part in _target(*centre)]


def _target(x: float, y: float) -> list[str]:
    arm = _TARGET_MM * POINTS_PER_MM
    circle = arm * 0.6
    return [_line(x - arm, y, x + arm, y), _line(x, y - arm, x, y + arm), _circle(x, y, circle)]


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f"{x:.3f} {y:.3f} m {to_x:.3f} {to_y:.3f} l S"


def _circle(x: float, y: float, radius: float) -> str:
    parts = [f"{x + radius:.3f} {y:.3f} m"]
    for quarter in range(4):
        angles = (quarter * pi / 2, (quarter + 1) * pi / 2)
        points = [_handle(x, y, radius, angles[0], 1), _handle(x, y, radius, angles[1], -1)]
        points.append((x + radius * cos(angles[1]), y + radius * sin(angles[1])))
        parts.append(" ".join(f"{a:.3f} {b:.3f}" for a, b in points) + " c")
    return " ".join([*parts, "S"])


def _handle(x: float, y: float, radius: float, angle: float, way: int) -> tuple[float, float]:
    reach = radius * _HANDLE * way
    return (
        x + radius * cos(angle) - reach * sin(angle),
        y + radius * sin(angle) + reach * cos(angle),
    )


def slug_operators(text: str, boxes: Boxes, library: FontLibrary) -> bytes:
    """Return operators that draw a line of small text above the card, as paths in black.

    Raises:
        PrintError: it is too long, or has other characters than printable ASCII.
        MissingFont: its face is not installed.
    """
    if not (text.isascii() and text.isprintable()) or len(text) > _SLUG_LENGTH_MAX:
        raise PrintError(
            f"the slug line takes {_SLUG_LENGTH_MAX} printable ASCII characters at the most"
        )
    library.require(_SLUG_FAMILY)
    x = boxes.trim[0] + 2 * POINTS_PER_MM
    y = boxes.bleed[3] + _AIR_MM * POINTS_PER_MM
    paths, width = _outlines(text, library)
    room = (boxes.trim[2] - boxes.trim[0]) / 2 - 7 * POINTS_PER_MM
    size = min(_SLUG_PT, room / width) if width else _SLUG_PT
    return f"q {size:.4f} 0 0 {size:.4f} {x:.3f} {y:.3f} cm 0 0 0 1 k\n{paths} f Q".encode()


def _outlines(text: str, library: FontLibrary) -> tuple[str, float]:
    """Return the paths of a line at size 1, and how wide it is."""
    import uharfbuzz

    font = _font(library)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    parts: list[str] = []
    x = 0
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        pen = _Pen(x + position.x_offset, font.face.upem)
        font.draw_glyph_with_pen(info.codepoint, pen)
        parts += pen.parts
        x += position.x_advance
    return "\n".join(parts), x / font.face.upem


@lru_cache(maxsize=2)
def _font(library: FontLibrary) -> uharfbuzz.Font:
    import uharfbuzz

    file = library.file_for(_SLUG_FAMILY, is_italic=False)
    assert file is not None
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file))))


class _Pen:
    """Writes the outline of a letter as operators. Quadratic curves become cubic ones."""

    def __init__(self, x: int, upem: int) -> None:
        self.parts: list[str] = []
        self._x, self._upem = x, upem
        self._last = (0.0, 0.0)

    def _place(self, point: Any) -> tuple[float, float]:
        return (point[0] + self._x) / self._upem, point[1] / self._upem

    def _write(self, operator: str, *points: tuple[float, float]) -> None:
        self.parts.append(" ".join(f"{x:.4f} {y:.4f}" for x, y in points) + f" {operator}")
        self._last = points[-1]

    def moveTo(self, point: Any) -> None:  # noqa: N802 - the name that the shaper calls
        self._write("m", self._place(point))

    def lineTo(self, point: Any) -> None:  # noqa: N802 - as moveTo
        self._write("l", self._place(point))

    def curveTo(self, *points: Any) -> None:  # noqa: N802 - as moveTo
        self._write("c", *(self._place(point) for point in points))

    def qCurveTo(self, *points: Any) -> None:  # noqa: N802 - as moveTo
        (mid_x, mid_y), (end_x, end_y) = (self._place(point) for point in points)
        start_x, start_y = self._last
        first = (start_x + (mid_x - start_x) * 2 / 3, start_y + (mid_y - start_y) * 2 / 3)
        second = (end_x + (mid_x - end_x) * 2 / 3, end_y + (mid_y - end_y) * 2 / 3)
        self._write("c", first, second, (end_x, end_y))

    def closePath(self) -> None:  # noqa: N802 - as moveTo
        self.parts.append("h")
