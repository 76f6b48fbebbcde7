"""Marks for the people who cut and fold: thin lines and short names, in every ink.

All of it stands outside what is kept: cut marks outside the bleed, names in the gutter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...errors import PrintError
from .sheets import Sheet
from .slots import MARK_GAP_MM, MARK_MAX_MM, POINTS_PER_MM, Slot
from .strokes import load_face

_LINE_PT = 0.25
_DASH_MM = 0.8
_EDGE_MM = 0.25
_NAME_SIZE_MM = 1.8
_NAME_BOX_MM = 2.0
_NAME_LINE_PT = 0.3
_NAME_LENGTH_MAX = 24
# So far a knife may stray; a name is never nearer to a card.
_NAME_GAP_MM = 1.0

Line = tuple[float, float, float, float]
"""From x, y to x, y, in millimetres from the top left corner."""


def draw_lines(lines: Iterable[Line], *, height_mm: float, is_dashed: bool = False) -> bytes:
    """Return PDF operators for hairlines in registration colour."""
    drawn = [
        f"{_pt(x0)} {_pt(height_mm - y0)} m {_pt(x1)} {_pt(height_mm - y1)} l S"
        for x0, y0, x1, y1 in lines
    ]
    if not drawn:
        return b""
    dash = f"[{_pt(_DASH_MM)}] 0 d " if is_dashed else ""
    return f"q /Marks CS 1 SCN {_LINE_PT} w 0 J {dash}{' '.join(drawn)} Q\n".encode()


def cut_lines(slots: Sequence[Slot], sheet: Sheet) -> list[Line]:
    """Return cut marks around a grid: at every trimmed edge, outside the outermost bleed."""
    across = {x for slot in slots for x in _edges(slot.x_mm, slot.width_mm)}
    down = {y for slot in slots for y in _edges(slot.y_mm, slot.height_mm)}
    return _lines_around(slots, sheet, sorted(across), sorted(down))


def fold_lines(slots: Sequence[Slot], sheet: Sheet) -> list[Line]:
    """Return fold marks around a grid of spreads: at the middle of each, as cut marks stand."""
    across = {slot.x_mm + slot.width_mm / 2 for slot in slots if not slot.is_turned}
    down = {slot.y_mm + slot.height_mm / 2 for slot in slots if slot.is_turned}
    return _lines_around(slots, sheet, sorted(across), sorted(down))


def _lines_around(
    slots: Sequence[Slot], sheet: Sheet, across: Iterable[float], down: Iterable[float]
) -> list[Line]:
    left = min(slot.x_mm - slot.reach.left for slot in slots)
    top = min(slot.y_mm - slot.reach.top for slot in slots)
    right = max(slot.x_mm + slot.width_mm + slot.reach.right for slot in slots)
    bottom = max(slot.y_mm + slot.height_mm + slot.reach.bottom for slot in slots)
    ends_x = (_mark(left), _mark(sheet.width_mm - right))
    ends_y = (_mark(top), _mark(sheet.height_mm - bottom))
    lines: list[Line] = []
    for x in across:
        lines.append((x, top - MARK_GAP_MM - ends_y[0], x, top - MARK_GAP_MM))
        lines.append((x, bottom + MARK_GAP_MM, x, bottom + MARK_GAP_MM + ends_y[1]))
    for y in down:
        lines.append((left - MARK_GAP_MM - ends_x[0], y, left - MARK_GAP_MM, y))
        lines.append((right + MARK_GAP_MM, y, right + MARK_GAP_MM + ends_x[1], y))
    return lines


def _edges(start: float, length: float) -> tuple[float, float]:
    return round(start, 4), round(start + length, 4)


def _mark(room: float) -> float:
    """Return how long a mark is in the room between the bleed and the edge of the sheet."""
    return max(0.0, min(MARK_MAX_MM, room - MARK_GAP_MM - _EDGE_MM))


def draw_names(named: Iterable[tuple[Slot, str]], *, sheet: Sheet, gutter_mm: float) -> bytes:
    """Return PDF operators for short names under the cards, in the waste between two cuts.

    The letters are strokes, so that no face has to be embedded; a white patch lies under them.

    Raises:
        PrintError: there is no waste to print in, or a name has letters the pen cannot draw.
    """
    content = bytearray()
    for slot, name in named:
        if name:
            content += _draw_name(name, slot, sheet, gutter_mm / 2)
    return bytes(content)


def _draw_name(name: str, slot: Slot, sheet: Sheet, below_mm: float) -> bytes:
    face = load_face("plain")
    if len(name) > _NAME_LENGTH_MAX or face.lacking(name):
        raise PrintError(
            f"a name of up to {_NAME_LENGTH_MAX} Latin letters and digits can be printed beside "
            "a card; shorten it, or leave it out"
        )
    middle = slot.y_mm + slot.height_mm + max(below_mm, _NAME_GAP_MM + _NAME_BOX_MM / 2)
    is_clear = below_mm >= _NAME_GAP_MM + _NAME_BOX_MM / 2
    if not is_clear or middle + _NAME_BOX_MM / 2 > sheet.height_mm:
        raise PrintError(
            f"{sheet.title}: there is no waste to print names in; "
            "leave a gutter of 4 mm or more, or leave the names out"
        )
    width = face.width(name) * _NAME_SIZE_MM / 1000
    x = slot.x_mm + (slot.width_mm - width) / 2
    base = sheet.height_mm - middle - 0.33 * _NAME_SIZE_MM
    patch = (x - 0.6, sheet.height_mm - middle - _NAME_BOX_MM / 2, width + 1.2, _NAME_BOX_MM)
    strokes = " ".join(_strokes(name, x, base))
    return (
        f"q 1 g {' '.join(_pt(value) for value in patch)} re f "
        f"/Marks CS 1 SCN {_NAME_LINE_PT} w 1 J 1 j {strokes} Q\n"
    ).encode()


def _strokes(name: str, x_mm: float, base_mm: float) -> Iterable[str]:
    face = load_face("plain")
    scale = _NAME_SIZE_MM / 1000
    for char in name:
        glyph = face.glyph(char)
        if glyph is None:
            continue
        for stroke in glyph.strokes:
            for kind, points in stroke:
                numbers = " ".join(
                    f"{_pt(x_mm + x * scale)} {_pt(base_mm + y * scale)}" for x, y in points
                )
                yield f"{numbers} {kind.lower()}"
            yield "S"
        x_mm += glyph.advance * scale


def _pt(length_mm: float) -> str:
    return f"{length_mm * POINTS_PER_MM:.3f}".rstrip("0").rstrip(".")
