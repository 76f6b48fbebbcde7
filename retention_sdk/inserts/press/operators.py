"""Rewrite operators: colours in inks, black text over what is below, no marks for readers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import Any, ClassVar, NamedTuple

from pikepdf import ContentStreamInstruction, Dictionary, Name, Operator, Stream

from ...errors import PrintError
from .functions import numbers
from .inks import Ink
from .pictures import separate_picture
from .spaces import Job, Space, read_space, written
from .states import KNOCK_OUT, OVERPRINT, our_states

# Letters smaller than this are printed over what is below, so that no paper shows around them.
OVERPRINT_BELOW_PT = 14.0

# The thinnest lines that print: of one ink, and of several inks or cut out of colour.
LINE_MIN_PT = 0.25
LINE_MIXED_MIN_PT = 0.5

_FILLED_TEXT = 0
_PAINT = frozenset({"f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "sh", "Do"})
_PATH_ENDS = _PAINT | {"n"}
_SHOW = frozenset({"Tj", "TJ", "'", '"'})
# Marks of content are for readers of screens; a press has none, and no tags either.
_DROPPED = frozenset({"BMC", "BDC", "EMC", "MP", "DP"})
_DEVICES = {"g": Name.DeviceGray, "rg": Name.DeviceRGB, "k": Name.DeviceCMYK}
_INLINE = "INLINE IMAGE"


class _State(NamedTuple):
    """What q keeps and Q brings back."""

    fill: Space
    stroke: Space
    is_black: bool = False
    is_overprinting: bool = False
    text_mode: int = _FILLED_TEXT
    font_pt: float = 0.0
    scale: float = 1.0
    line_wanted: float = 1.0
    line_set: float = 1.0
    stroke_inks: int = 1


class Rewriter:
    """Reads instructions one by one, and writes those that a press understands."""

    def __init__(self, resources: Any, job: Job) -> None:
        grey = read_space(Name.DeviceGray, None, job)
        self.written: list[Any] = []
        self._resources, self._job = resources, job
        self._named = resources.get("/ColorSpace")
        self._state = _State(grey, grey)
        self._stack: list[_State] = []
        self._text_scale = 1.0
        self._is_in_path = False
        self._spaces: dict[str, Space] = {}
        self._colours: dict[tuple[Ink, bool], list[ContentStreamInstruction]] = {}
        self._initial_at = -1
        self._added: dict[str, dict[str, Any]] = {"/ExtGState": {}, "/ColorSpace": {}}
        self._pictures: dict[str, Any] = {}

    def take(self, instruction: Any) -> None:
        """Read one instruction.

        Raises:
            PrintError: it cannot be printed.
        """
        name = str(instruction.operator)
        handler = self._HANDLERS.get(name)
        if handler:
            handler(self, instruction, name)
        elif name in _SHOW:
            self._overprint(is_on=self._is_small_black_text())
            self.written.append(instruction)
        elif name in _PATH_ENDS:
            self._is_in_path = False
            self._overprint(is_on=False)
            self.written.append(instruction)
        elif name == _INLINE:
            self._overprint(is_on=False)
            self._take_inline(instruction)
        elif name not in _DROPPED:
            self.written.append(instruction)
        elif name == "BDC" and str(instruction.operands[0]) == "/OC":
            raise PrintError("the drawing has layers, which a press does not print: flatten them")

    def resources(self) -> Dictionary:
        """Return the resources with what was added, and only the colour spaces still in use."""
        own = Dictionary({key: self._resources[key] for key in list(self._resources.keys())})
        kept = {name: space.kept for name, space in self._spaces.items() if space.kept is not None}
        spaces = Dictionary(kept | self._added["/ColorSpace"])
        if "/ColorSpace" in own:
            del own["/ColorSpace"]
        if list(spaces.keys()):
            own.ColorSpace = spaces
        for kind, added in (
            ("/ExtGState", self._added["/ExtGState"]),
            ("/XObject", self._pictures),
        ):
            if added:
                before = own.get(kind, Dictionary())
                own[kind] = Dictionary({key: before[key] for key in list(before.keys())} | added)
        return own

    def _emit(self, operands: Sequence[Any], name: str) -> None:
        self.written.append(ContentStreamInstruction(list(operands), Operator(name)))

    def _push(self, instruction: Any, _: str) -> None:
        self._stack.append(self._state)
        self.written.append(instruction)

    def _pop(self, instruction: Any, _: str) -> None:
        if self._stack:
            self._state = self._stack.pop()
        self.written.append(instruction)

    def _transform(self, instruction: Any, _: str) -> None:
        self._state = self._state._replace(scale=self._state.scale * _scale(instruction.operands))
        self.written.append(instruction)

    def _begin_text(self, instruction: Any, _: str) -> None:
        self._text_scale = 1.0
        self.written.append(instruction)

    def _place_text(self, instruction: Any, _: str) -> None:
        self._text_scale = _scale(instruction.operands)
        self.written.append(instruction)

    def _choose_font(self, instruction: Any, _: str) -> None:
        self._state = self._state._replace(font_pt=float(instruction.operands[1]))
        self.written.append(instruction)

    def _choose_text_mode(self, instruction: Any, _: str) -> None:
        self._state = self._state._replace(text_mode=int(instruction.operands[0]))
        self.written.append(instruction)

    def _choose_line_width(self, instruction: Any, _: str) -> None:
        width = float(instruction.operands[0])
        self._state = self._state._replace(line_wanted=width, line_set=width)
        self.written.append(instruction)

    def _begin_path(self, instruction: Any, _: str) -> None:
        """Thicken a line that would break up; its width cannot be set once the path has begun."""
        if not self._is_in_path:
            self._is_in_path = True
            self._thicken()
        self.written.append(instruction)

    def _thicken(self) -> None:
        state = self._state
        least = LINE_MIN_PT if state.stroke_inks == 1 else LINE_MIXED_MIN_PT
        width = max(state.line_wanted, round(least / state.scale, 4)) if state.scale else 0.0
        if width != state.line_set and not self._job.is_mask:
            self._emit([width], "w")
            self._state = state._replace(line_set=width)

    def _device_colour(self, instruction: Any, name: str) -> None:
        device = _DEVICES[name.lower()]
        if str(device) not in self._spaces:
            self._spaces[str(device)] = read_space(device, None, self._job)
        self._set_space(self._spaces[str(device)], is_fill=name.islower())
        self._choose_colour(instruction, name)

    def _choose_space(self, instruction: Any, name: str) -> None:
        space_name = instruction.operands[0]
        key, is_fill = str(space_name), name.islower()
        if key not in self._spaces:
            self._spaces[key] = read_space(space_name, self._named, self._job)
        space = self._spaces[key]
        self._set_space(space, is_fill=is_fill)
        if space.is_pattern or space.ink is None:
            self.written.append(instruction)
        else:
            self._write(space.ink(space.initial), is_fill=is_fill)
            self._initial_at = len(self.written)

    def _set_space(self, space: Space, *, is_fill: bool) -> None:
        state = self._state
        is_one = space.kept is not None and space.count == 1
        self._state = (
            state._replace(fill=space, is_black=False)
            if is_fill
            else state._replace(stroke=space, stroke_inks=1 if is_one else 2)
        )

    def _choose_colour(self, instruction: Any, name: str) -> None:
        is_fill, operands = name.islower(), instruction.operands
        space = self._state.fill if is_fill else self._state.stroke
        if space.is_pattern and space.ink is not None and len(operands) > 1:
            mix = written(space.ink(numbers(operands[:-1])), self._job)
            self._emit([*mix, operands[-1]], name)
        elif space.is_pattern or space.ink is None:
            self.written.append(instruction)
        else:
            if self._initial_at == len(self.written):
                self.written.pop()  # the first colour of the space, which nothing was painted in
            self._write(space.ink(numbers(operands)), is_fill=is_fill)

    def _write(self, ink: Ink, *, is_fill: bool) -> None:
        if is_fill:
            self._state = self._state._replace(is_black=ink.is_solid_black)
        else:
            self._state = self._state._replace(stroke_inks=ink.count)
        key = (ink, is_fill)
        if key not in self._colours:
            self._colours[key] = self._instructions(ink, is_fill=is_fill)
        self.written += self._colours[key]

    def _instructions(self, ink: Ink, *, is_fill: bool) -> list[ContentStreamInstruction]:
        if ink.spot and not self._job.is_mask:
            space = self._job.spot(ink.spot)
            name = f"/PressSpot{list(self._job.spots).index(ink.spot)}"
            self._added["/ColorSpace"][name] = space
            choose, set_to = ("cs", "scn") if is_fill else ("CS", "SCN")
            return [_instruction([Name(name)], choose), _instruction([ink.tint], set_to)]
        operator = "g" if self._job.is_mask else "k"
        operator = operator if is_fill else operator.upper()
        return [_instruction(written(ink, self._job), operator)]

    def _is_small_black_text(self) -> bool:
        state = self._state
        size = state.font_pt * state.scale * self._text_scale
        is_small = abs(size) < OVERPRINT_BELOW_PT
        return state.is_black and is_small and state.text_mode == _FILLED_TEXT

    def _overprint(self, *, is_on: bool) -> None:
        if self._job.is_mask or is_on == self._state.is_overprinting:
            return
        name = OVERPRINT if is_on else KNOCK_OUT
        if name not in self._added["/ExtGState"]:
            self._added["/ExtGState"][name] = our_states()[name]
        self._emit([Name(name)], "gs")
        self._state = self._state._replace(is_overprinting=is_on)

    def _take_inline(self, instruction: Any) -> None:
        """Put a picture that stands between operators beside them, and separate it."""
        inline = instruction.iimage
        if inline.image_mask:
            self.written.append(instruction)
            return
        stream = Stream(self._job.pdf, inline.read_raw_bytes())
        for key in list(inline.obj.keys()):
            if key != "/Length":
                stream[key] = inline.obj[key]
        stream.Type, stream.Subtype = Name.XObject, Name.Image
        space = stream.get("/ColorSpace")
        if isinstance(space, Name) and self._named is not None and str(space) in self._named:
            stream.ColorSpace = self._named[str(space)]
        picture = self._job.pdf.make_indirect(stream)
        separate_picture(picture, self._named, self._job)
        name = f"/PressPicture{len(self._pictures)}"
        self._pictures[name] = picture
        self._emit([Name(name)], "Do")

    # Not bound to an instance: that would be a circle, and thousands of instructions would wait
    # for the collector of circles after each page.
    _HANDLERS: ClassVar[Mapping[str, Callable[[Rewriter, Any, str], None]]] = {
        "q": _push,
        "Q": _pop,
        "cm": _transform,
        "BT": _begin_text,
        "Tm": _place_text,
        "Tf": _choose_font,
        "Tr": _choose_text_mode,
        "w": _choose_line_width,
        "m": _begin_path,
        "re": _begin_path,
        "cs": _choose_space,
        "CS": _choose_space,
        **dict.fromkeys(("g", "rg", "k", "G", "RG", "K"), _device_colour),
        **dict.fromkeys(("sc", "scn", "SC", "SCN"), _choose_colour),
    }


def _instruction(operands: Sequence[Any], name: str) -> ContentStreamInstruction:
    return ContentStreamInstruction(list(operands), Operator(name))


def _scale(matrix: Sequence[Any]) -> float:
    a, b, c, d = (float(value) for value in matrix[:4])
    return sqrt(abs(a * d - b * c))
