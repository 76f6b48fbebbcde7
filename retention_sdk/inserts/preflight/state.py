"""The graphics state of PDF (ISO 32000-1, 8.4), and the operators that change it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from .geometry import Box, Matrix
from .spaces import BLACK, Colour, Space, read_space

GRAY, RGB, CMYK = Space("gray", 1), Space("rgb", 3), Space("cmyk", 4)
NORMAL = frozenset({"/Normal", "/Compatible"})


@dataclass(frozen=True)
class State:
    """What is current while a page is painted. Lengths are in units of their own space."""

    ctm: Matrix = field(default_factory=Matrix)
    clip: Box | None = None
    fill: Colour = BLACK
    stroke: Colour = BLACK
    width: float = 1.0
    fill_alpha: float = 1.0
    stroke_alpha: float = 1.0
    blend: str = "/Normal"
    has_mask: bool = False
    is_fill_overprint: bool = False
    is_stroke_overprint: bool = False
    overprint_mode: int = 0
    font: str = ""
    size: float = 0.0
    char_space: float = 0.0
    word_space: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    render_mode: int = 0
    text: Matrix = field(default_factory=Matrix)
    line: Matrix = field(default_factory=Matrix)


Operands = Sequence[Any]
Change = Callable[[State, Operands, Any], State]


def next_line(state: State, x: float = 0.0, y: float | None = None) -> State:
    """Return the state at the start of the next line of text, by the leading if not told."""
    down = -state.leading if y is None else y
    line = Matrix(e=x, f=down).before(state.line)
    return replace(state, line=line, text=line)


def _with(state: State, name: str, value: Any) -> State:
    changes: dict[str, Any] = {name: value}
    return replace(state, **changes)


def _number(name: str) -> Change:
    return lambda state, operands, _: _with(state, name, float(operands[0]))


def _whole(name: str) -> Change:
    return lambda state, operands, _: _with(state, name, int(operands[0]))


def _device(name: str, space: Space) -> Change:
    def change(state: State, operands: Operands, _: Any) -> State:
        return _with(state, name, Colour(space, tuple(map(float, operands))))

    return change


def _space(name: str) -> Change:
    def change(state: State, operands: Operands, resources: Any) -> State:
        return _with(state, name, read_space(operands[0], resources).initial)

    return change


def _colour(name: str) -> Change:
    def change(state: State, operands: Operands, resources: Any) -> State:
        import pikepdf

        space: Space = getattr(state, name).space
        values = tuple(float(each) for each in operands if not isinstance(each, pikepdf.Name))
        pattern = None
        if operands and isinstance(operands[-1], pikepdf.Name):
            pattern = (resources.get("/Pattern") or {}).get(str(operands[-1]))
        return _with(state, name, Colour(space, values, pattern))

    return change


def _transform(state: State, operands: Operands, _: Any) -> State:
    return replace(state, ctm=Matrix._make(map(float, operands)).before(state.ctm))


def _graphics_state(state: State, operands: Operands, resources: Any) -> State:
    found = (resources.get("/ExtGState") or {}).get(str(operands[0]))
    return state if found is None else apply_graphics_state(state, found)


def apply_graphics_state(state: State, found: Any) -> State:
    """Return the state after an ExtGState dictionary: widths, alpha, masks, blending, overprint.

    Where only /OP is given, it also holds for filling (ISO 32000-1, 8.6.7).
    """
    changes: dict[str, Any] = {}
    for key, name, read in _EXTENDED:
        if key in found:
            changes[name] = read(found[key])
    if "/OP" in found and "/op" not in found:
        changes["is_fill_overprint"] = bool(found["/OP"])
    return replace(state, **changes)


def _first_mode(raw: Any) -> str:
    import pikepdf

    return str(raw[0] if isinstance(raw, pikepdf.Array) and len(raw) else raw)


def _is_mask(raw: Any) -> bool:
    return str(raw) != "/None"


_EXTENDED: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("/LW", "width", float),
    ("/ca", "fill_alpha", float),
    ("/CA", "stroke_alpha", float),
    ("/BM", "blend", _first_mode),
    ("/SMask", "has_mask", _is_mask),
    ("/OP", "is_stroke_overprint", bool),
    ("/op", "is_fill_overprint", bool),
    ("/OPM", "overprint_mode", int),
)


def _begin_text(state: State, _: Operands, __: Any) -> State:
    return replace(state, text=Matrix(), line=Matrix())


def _font(state: State, operands: Operands, _: Any) -> State:
    return replace(state, font=str(operands[0]), size=float(operands[1]))


def _move(state: State, operands: Operands, _: Any) -> State:
    return next_line(state, float(operands[0]), float(operands[1]))


def _move_leading(state: State, operands: Operands, resources: Any) -> State:
    return _move(replace(state, leading=-float(operands[1])), operands, resources)


def _set_line(state: State, operands: Operands, _: Any) -> State:
    line = Matrix._make(map(float, operands))
    return replace(state, line=line, text=line)


def _stretch(state: State, operands: Operands, _: Any) -> State:
    return replace(state, stretch=float(operands[0]) / 100)


CHANGES: Mapping[str, Change] = MappingProxyType(
    {
        "cm": _transform,
        "gs": _graphics_state,
        "w": _number("width"),
        "g": _device("fill", GRAY),
        "G": _device("stroke", GRAY),
        "rg": _device("fill", RGB),
        "RG": _device("stroke", RGB),
        "k": _device("fill", CMYK),
        "K": _device("stroke", CMYK),
        "cs": _space("fill"),
        "CS": _space("stroke"),
        "sc": _colour("fill"),
        "scn": _colour("fill"),
        "SC": _colour("stroke"),
        "SCN": _colour("stroke"),
        "BT": _begin_text,
        "Tf": _font,
        "Td": _move,
        "TD": _move_leading,
        "Tm": _set_line,
        "T*": lambda state, _, __: next_line(state),
        "Tc": _number("char_space"),
        "Tw": _number("word_space"),
        "Tz": _stretch,
        "TL": _number("leading"),
        "Ts": _number("rise"),
        "Tr": _whole("render_mode"),
    }
)
"""What an operator does to the state, given its operands and the current resources."""
