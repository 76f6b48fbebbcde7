"""Take a file apart into its printing plates, as a raster image processor does.

For one ink, every colour is replaced by how much of that ink it asks for, as a grey: black is
solid, white is none. PDFium can then draw the plate although it knows nothing of inks. What
overprints leaves out of a plate what it does not print there (ISO 32000-1, 8.6.7). Colours that
name no ink (RGB, Lab) count as black; inline pictures are left out; what a soft mask draws is
left as it is.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .spaces import PROCESS_INKS, Colour, Space, read_space
from .state import CHANGES, State

_DEPTH_MAX = 12
_BLACK, _ALL = "Black", "All"
# A colour operator of a device space: is it the fill, and which of our spaces stands for it.
_DEVICES = {
    "g": ("cs", "scn", "/PlateGray"), "G": ("CS", "SCN", "/PlateGray"),
    "rg": ("cs", "scn", "/PlateRgb"), "RG": ("CS", "SCN", "/PlateRgb"),
    "k": ("cs", "scn", "/PlateCmyk"), "K": ("CS", "SCN", "/PlateCmyk"),
}  # fmt: skip
_NAMED = {"/DeviceGray": "/PlateGray", "/DeviceRGB": "/PlateRgb", "/DeviceCMYK": "/PlateCmyk"}
_OURS = {
    "/PlateGray": Space("gray", 1),
    "/PlateRgb": Space("rgb", 3),
    "/PlateCmyk": Space("cmyk", 4),
}
_PATHS = {
    "f": (True, False), "F": (True, False), "f*": (True, False), "S": (False, True),
    "s": (False, True), "B": (True, True), "B*": (True, True), "b": (True, True),
    "b*": (True, True),
}  # fmt: skip
_CLOSING = frozenset({"s", "b", "b*"})
_SHOWS = frozenset({"Tj", "TJ", "'", '"'})
_FILLING, _STROKING, _CLIPPING = frozenset({0, 2, 4, 6}), frozenset({1, 2, 5, 6}), 4


def make_plate(data: bytes, ink: str) -> bytes:
    """Return the PDF with one plate in greys."""
    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as pdf:
        plate = _Plate(pdf, ink)
        for page in pdf.pages:
            plate.enter(page.obj, page.obj.get("/Resources") or page.resources, State(), 0)
        plate.apply()
        out = io.BytesIO()
        pdf.save(out, compress_streams=False, object_stream_mode=_plain())
        return out.getvalue()


def _plain() -> Any:
    import pikepdf

    return pikepdf.ObjectStreamMode.disable


@dataclass
class _Plate:
    """Rewrites streams first and the spaces they name last: each is read before it changes."""

    pdf: Any
    ink: str
    edits: list[Callable[[], None]] = field(default_factory=list)
    seen: set[tuple[int, int]] = field(default_factory=set)

    def apply(self) -> None:
        """Make all the changes that were found."""
        for edit in self.edits:
            edit()

    def enter(self, stream: Any, resources: Any, state: State, depth: int) -> None:
        """Rewrite a page, form or pattern, and all that it uses."""
        import pikepdf

        resources = resources if resources is not None else pikepdf.Dictionary()
        data = pikepdf.unparse_content_stream(list(self._rewrite(stream, resources, state, depth)))
        self.edits.append(lambda: self._write(stream, data))
        self._spaces(resources)
        if "/Group" in stream:
            self.edits.append(lambda: _drop(stream["/Group"], "/CS"))

    def _write(self, stream: Any, data: bytes) -> None:
        import pikepdf

        if isinstance(stream, pikepdf.Stream):
            stream.write(data)
        else:
            stream["/Contents"] = self.pdf.make_stream(data)

    # Content -------------------------------------------------------------------------------

    def _rewrite(self, stream: Any, resources: Any, state: State, depth: int) -> Iterator[Any]:
        import pikepdf

        stack: list[State] = []
        for instruction in pikepdf.parse_content_stream(stream):
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                continue
            operands, operator = list(instruction.operands), str(instruction.operator)
            if operator == "q":
                stack.append(state)
            elif operator == "Q" and stack:
                state = stack.pop()
            elif operator in CHANGES:
                state = CHANGES[operator](state, operands, resources)
            elif operator == "Do":
                self._draw(resources, str(operands[0]), state, depth)
            self._pattern(state, depth)
            yield from self._replaced(instruction, operator, state)

    def _replaced(self, instruction: Any, operator: str, state: State) -> Iterator[Any]:
        import pikepdf

        operands = instruction.operands
        if operator in _DEVICES:
            choose, colour, name = _DEVICES[operator]
            yield [pikepdf.Name(name)], pikepdf.Operator(choose)
            yield operands, pikepdf.Operator(colour)
        elif operator in {"cs", "CS"} and str(operands[0]) in _NAMED:
            yield [pikepdf.Name(_NAMED[str(operands[0])])], instruction.operator
        elif operator in _PATHS:
            yield [], pikepdf.Operator(self._path(operator, state))
        elif operator in _SHOWS:
            yield from self._text(instruction, state)
        else:
            yield instruction

    def _path(self, operator: str, state: State) -> str:
        """Return the operator without what leaves this plate alone."""
        is_filled, is_stroked = _PATHS[operator]
        keeps_fill = is_filled and self._touches(state.fill, state, is_fill=True)
        keeps_stroke = is_stroked and self._touches(state.stroke, state, is_fill=False)
        if (keeps_fill, keeps_stroke) == (is_filled, is_stroked):
            return operator
        if keeps_fill:
            return "f*" if "*" in operator else "f"
        if keeps_stroke:
            return "s" if operator in _CLOSING else "S"
        return "n"

    def _text(self, instruction: Any, state: State) -> Iterator[Any]:
        import pikepdf

        mode = state.render_mode
        is_filled = mode in _FILLING and self._touches(state.fill, state, is_fill=True)
        is_stroked = mode in _STROKING and self._touches(state.stroke, state, is_fill=False)
        wanted = {(True, False): 0, (False, True): 1, (True, True): 2, (False, False): 3}
        new = wanted[is_filled, is_stroked] + (_CLIPPING if mode >= _CLIPPING else 0)
        if new == mode:
            yield instruction
            return
        yield [new], pikepdf.Operator("Tr")
        yield instruction
        yield [mode], pikepdf.Operator("Tr")

    def _touches(self, colour: Colour, state: State, *, is_fill: bool) -> bool:
        """Tell whether something prints on this plate, or keeps ink off it."""
        is_over = state.is_fill_overprint if is_fill else state.is_stroke_overprint
        space = colour.space
        if not is_over or colour.pattern is not None:
            return True
        if space.kind == "spot":
            return self.ink in space.names or _ALL in space.names
        if self.ink not in PROCESS_INKS:
            return False
        if space.kind == "cmyk" and state.overprint_mode == 1 and not space.has_profile:
            return colour.values[PROCESS_INKS.index(self.ink)] > 0
        return True

    # What is used --------------------------------------------------------------------------

    def _draw(self, resources: Any, name: str, state: State, depth: int) -> None:
        found = (resources.get("/XObject") or {}).get(name)
        if found is None or self._is_seen(found) or depth >= _DEPTH_MAX:
            return
        if str(found.get("/Subtype")) == "/Form":
            self.enter(found, found.get("/Resources") or resources, state, depth + 1)
        elif "/ColorSpace" in found:
            self._exchange(found, "/ColorSpace", resources)

    def _pattern(self, state: State, depth: int) -> None:
        for colour in (state.fill, state.stroke):
            pattern = colour.pattern
            if pattern is None or self._is_seen(pattern) or depth >= _DEPTH_MAX:
                continue
            if "/Shading" in pattern:
                self._exchange(pattern["/Shading"], "/ColorSpace", {})
            else:
                self.enter(pattern, pattern.get("/Resources"), State(), depth + 1)

    def _is_seen(self, found: Any) -> bool:
        """Tell whether an object was met before, and remember it."""
        if not found.is_indirect:
            return False
        is_known = found.objgen in self.seen
        self.seen.add(found.objgen)
        return is_known

    def _spaces(self, resources: Any) -> None:
        """Exchange the spaces of a resource dictionary, and add ours."""
        import pikepdf

        spaces = resources.get("/ColorSpace")
        if spaces is None:
            spaces = pikepdf.Dictionary()
            self.edits.append(lambda: resources.__setitem__("/ColorSpace", spaces))
        for name in list(spaces.keys()):
            self._exchange(spaces, name, resources)
        for shading in (resources.get("/Shading") or {}).values():
            self._exchange(shading, "/ColorSpace", resources)
        ours = {name: self._tint(space) for name, space in _OURS.items()}
        self.edits.extend(partial(spaces.__setitem__, *pair) for pair in ours.items())

    def _exchange(self, holder: Any, key: str, resources: Any) -> None:
        raw = holder.get(key)
        if raw is not None and str(raw) != "/Pattern":
            new = self._space(raw, resources)
            self.edits.append(lambda: holder.__setitem__(key, new))

    def _space(self, raw: Any, resources: Any) -> Any:
        """Return the space that shows this plate of another one."""
        import pikepdf

        space = read_space(raw, resources)
        if space.base is None:
            return self._tint(space)
        head = str(raw[0])
        if head in {"/Indexed", "/I"}:
            return pikepdf.Array([pikepdf.Name("/Indexed"), self._tint(space.base), raw[2], raw[3]])
        return pikepdf.Array([pikepdf.Name("/Pattern"), self._tint(space.base)])

    def _tint(self, space: Space) -> Any:
        """Return a space of as many channels that is white where this plate prints nothing."""
        import pikepdf

        if space.kind in {"gray", "rgb", "calibrated", "lab", "unknown"}:
            if self.ink == _BLACK:
                names = {1: "/DeviceGray", 3: "/DeviceRGB"}
                return pikepdf.Name(names.get(space.channels, "/DeviceGray"))
            names_of: Sequence[str] = [f"Channel{n}" for n in range(max(1, space.channels))]
            return self._device_n(names_of, None)
        names_of = PROCESS_INKS if space.kind == "cmyk" else space.names
        if self.ink in names_of:
            return self._device_n(names_of, list(names_of).index(self.ink))
        return self._device_n(names_of, 0 if tuple(names_of) == (_ALL,) else None)

    def _device_n(self, names: Sequence[str], channel: int | None) -> Any:
        import pikepdf

        count = len(names)
        if channel is None:
            program = "{" + "pop " * count + "1}"
        else:
            keep = f"{count - 1 - channel} index 1 exch sub {count + 1} 1 roll "
            program = "{" + keep + "pop " * count + "}"
        function = self.pdf.make_stream(program.encode())
        function["/FunctionType"] = 4
        function["/Domain"] = pikepdf.Array([0, 1] * count)
        function["/Range"] = pikepdf.Array([0, 1])
        # Names repeat in no space of ours; "None" would be left out by a viewer.
        inks = pikepdf.Array([pikepdf.Name(f"/Ink{n}") for n in range(count)])
        gray = pikepdf.Name("/DeviceGray")
        return pikepdf.Array([pikepdf.Name("/DeviceN"), inks, gray, function])


def _drop(holder: Any, key: str) -> None:
    if key in holder:
        del holder[key]
