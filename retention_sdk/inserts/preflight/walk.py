"""Walk a page as a printer reads it: every text, path, picture and shading with its state.

Forms and tiling patterns are entered. Boxes are in points on the page, and clipped by the
rectangle around the current clipping path.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .fonts import Font
from .geometry import Box, Matrix, around, union
from .spaces import Colour, Space, read_space
from .state import CHANGES, State, next_line

_DEPTH_MAX = 12
_PAINTS = {
    "f": (True, False), "F": (True, False), "f*": (True, False), "S": (False, True),
    "s": (False, True), "B": (True, True), "B*": (True, True), "b": (True, True),
    "b*": (True, True), "n": (False, False),
}  # fmt: skip
_POINTS = frozenset("mlcvy")
_OTHERS = frozenset({"q", "Q", "W", "W*", "re"})
_SHOWS = frozenset({"Tj", "TJ", "'", '"'})
_FILL_MODES, _STROKE_MODES = frozenset({0, 2, 4, 6}), frozenset({1, 2, 5, 6})


@dataclass(frozen=True, slots=True)
class Letter:
    """One glyph on the page. ``box`` is its ink, None where it has none or cannot be known."""

    code: int
    glyph: int | None
    text: str
    box: Box | None
    origin: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that is painted. ``fill`` and ``stroke`` are None where they are not painted.

    ``width_pt`` is of lines, ``size_pt`` of text, ``image`` the picture's dictionary.
    """

    kind: Literal["path", "text", "image", "shading"]
    box: Box | None
    state: State
    fill: Colour | None = None
    stroke: Colour | None = None
    width_pt: float = 0.0
    font: Font | None = None
    size_pt: float = 0.0
    letters: tuple[Letter, ...] = ()
    image: Any = None
    matrix: Matrix = field(default_factory=Matrix)
    resources: Any = None
    is_group: bool = False


def walk_page(page: Any, fonts: dict[tuple[int, int], Font]) -> Iterator[Mark]:
    """Yield everything a page paints, in the order of painting. ``fonts`` is filled and reused."""
    walker = _Walker(fonts)
    yield from walker.walk(page.obj, page.obj.get("/Resources") or page.resources, State(), 0)


@dataclass
class _Walker:
    """The interpreter of one page: the current state, the path and the clip."""

    fonts: dict[tuple[int, int], Font]
    state: State = field(default_factory=State)
    stack: list[State] = field(default_factory=list)
    path: list[tuple[float, float]] = field(default_factory=list)
    is_clip: bool = False
    resources: Any = None
    depth: int = 0

    def walk(self, stream: Any, resources: Any, state: State, depth: int) -> Iterator[Mark]:
        import pikepdf

        self.state, self.resources, self.depth = state, resources or {}, depth
        for instruction in pikepdf.parse_content_stream(stream):
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                yield self._image(instruction.iimage.obj)
                continue
            operands, operator = list(instruction.operands), str(instruction.operator)
            change = CHANGES.get(operator)
            if change is not None:
                self.state = change(self.state, operands, self.resources)
            elif operator in _POINTS or operator in _OTHERS:
                self._construct(operator, operands)
            elif operator in _PAINTS:
                yield from self._paint(operator)
            elif operator in _SHOWS:
                yield from self._show(operator, operands)
            elif operator == "sh":
                yield self._shading(operands[0])
            elif operator == "Do":
                yield from self._draw(str(operands[0]))

    def _construct(self, operator: str, operands: Sequence[Any]) -> None:
        """Extend the path, set the clip, or save and restore the state."""
        if operator == "q":
            self.stack.append(self.state)
        elif operator == "Q" and self.stack:
            self.state = self.stack.pop()
        elif operator in {"W", "W*"}:
            self.is_clip = True
        elif operator == "re":
            x, y, width, height = map(float, operands)
            corners = ((x, y), (x + width, y), (x, y + height), (x + width, y + height))
            self.path += [self.state.ctm.point(*corner) for corner in corners]
        elif operator in _POINTS:
            numbers = list(map(float, operands))
            points = zip(numbers[::2], numbers[1::2], strict=True)
            self.path += [self.state.ctm.point(*point) for point in points]

    # Painting ------------------------------------------------------------------------------

    def _paint(self, operator: str) -> Iterator[Mark]:
        is_filled, is_stroked = _PAINTS[operator]
        box, state = self._clipped(around(self.path)) if self.path else None, self.state
        if box is not None and (is_filled or is_stroked):
            yield Mark(
                "path",
                box,
                state,
                fill=state.fill if is_filled else None,
                stroke=state.stroke if is_stroked else None,
                width_pt=state.width * state.ctm.scale if is_stroked else 0.0,
            )
            yield from self._patterns(is_filled=is_filled, is_stroked=is_stroked)
        if self.is_clip and self.path:
            self.state = replace(state, clip=box or Box(0, 0, 0, 0))
        self.path, self.is_clip = [], False

    def _patterns(self, *, is_filled: bool, is_stroked: bool) -> Iterator[Mark]:
        """Enter the pattern a path or a text is painted with."""
        state = self.state
        used = [state.fill] if is_filled else []
        used += [state.stroke] if is_stroked else []
        for pattern in (colour.pattern for colour in used if colour.pattern is not None):
            if int(pattern.get("/PatternType", 1)) == 1 and self.depth < _DEPTH_MAX:
                resources = pattern.get("/Resources", {})
                yield from _Walker(self.fonts).walk(pattern, resources, State(), self.depth + 1)
            elif "/Shading" in pattern:
                yield self._shaded(pattern["/Shading"])

    def _shading(self, name: Any) -> Mark:
        return self._shaded((self.resources.get("/Shading") or {}).get(str(name)))

    def _shaded(self, shading: Any) -> Mark:
        raw = None if shading is None else shading.get("/ColorSpace")
        space = Space("unknown", 1) if raw is None else read_space(raw, self.resources)
        return Mark("shading", self.state.clip, self.state, fill=Colour(space))

    def _draw(self, name: str) -> Iterator[Mark]:
        found = (self.resources.get("/XObject") or {}).get(name)
        if found is None:
            return
        if found.get("/Subtype") == "/Image":
            yield self._image(found)
        elif found.get("/Subtype") == "/Form" and self.depth < _DEPTH_MAX:
            yield from self._form(found)

    def _form(self, form: Any) -> Iterator[Mark]:
        state = self.state
        if str((form.get("/Group") or {}).get("/S", "")) == "/Transparency":
            yield Mark("path", state.clip, state, is_group=True)
        matrix = Matrix._make(map(float, form.get("/Matrix", (1, 0, 0, 1, 0, 0))))
        inner = replace(state, ctm=matrix.before(state.ctm))
        resources = form.get("/Resources") or self.resources
        yield from _Walker(self.fonts).walk(form, resources, inner, self.depth + 1)

    def _image(self, image: Any) -> Mark:
        state = self.state
        is_mask = bool(image.get("/ImageMask", image.get("/IM", False)))
        raw = image.get("/ColorSpace", image.get("/CS"))
        space = Space("unknown", 0) if raw is None else read_space(raw, self.resources)
        return Mark(
            "image",
            self._clipped(state.ctm.box(Box(0, 0, 1, 1))),
            state,
            fill=state.fill if is_mask else Colour(space),
            image=image,
            matrix=state.ctm,
            resources=self.resources,
        )

    def _clipped(self, box: Box) -> Box | None:
        clip = self.state.clip
        if clip is None or clip.holds(box):
            return box
        return clip.shared(box)

    # Text ----------------------------------------------------------------------------------

    def _show(self, operator: str, operands: Sequence[Any]) -> Iterator[Mark]:
        if operator in {"'", '"'}:
            if operator == '"':
                spaces = {"word_space": float(operands[0]), "char_space": float(operands[1])}
                self.state = replace(self.state, **spaces)  # type: ignore[arg-type]  # floats
            self.state = next_line(self.state)
        font = self._font()
        if font is None:
            return
        pieces = list(operands[0]) if operator == "TJ" else [operands[-1]]
        before = self.state
        letters = tuple(self._letters(pieces, font))
        mode = before.render_mode
        fill = before.fill if mode in _FILL_MODES else None
        stroke = before.stroke if mode in _STROKE_MODES else None
        matrix = before.text.before(before.ctm)
        yield Mark(
            "text",
            union(letter.box for letter in letters if letter.box),
            before,
            fill=fill,
            stroke=stroke,
            width_pt=before.width * before.ctm.scale if stroke else 0.0,
            font=font,
            size_pt=abs(before.size) * matrix.height_scale,
            letters=letters,
        )
        yield from self._patterns(is_filled=fill is not None, is_stroked=stroke is not None)

    def _letters(self, pieces: Sequence[Any], font: Font) -> Iterator[Letter]:
        import pikepdf

        for piece in pieces:
            if isinstance(piece, pikepdf.String):
                yield from self._string(bytes(piece), font)
            else:
                state = self.state
                self._advance(-float(piece) / 1000 * state.size * state.stretch)

    def _string(self, raw: bytes, font: Font) -> Iterator[Letter]:
        state = self.state
        scaled = Matrix(state.size * state.stretch, 0, 0, state.size, 0, state.rise)
        for shown in font.show(raw):
            here = scaled.before(self.state.text).before(state.ctm)
            outline = font.outline(shown.glyph) if shown.glyph is not None else None
            box = None if outline is None else self._clipped(here.box(outline))
            text = font.text(shown.code)
            yield Letter(shown.code, shown.glyph, text, box, here.point(0, 0))
            spacing = state.char_space + (state.word_space if shown.is_word_space else 0)
            self._advance((shown.advance * state.size + spacing) * state.stretch)

    def _advance(self, by: float) -> None:
        self.state = replace(self.state, text=Matrix(e=by).before(self.state.text))

    def _font(self) -> Font | None:
        raw = (self.resources.get("/Font") or {}).get(self.state.font)
        if raw is None:
            return None
        return self.fonts.setdefault(raw.objgen if raw.is_indirect else (0, id(raw)), Font(raw))
