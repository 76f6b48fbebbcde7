"""Measure a text of the catalogues as the card would set it: its width, and what has no ink."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .fonts import FontLibrary, load_fonts
from .ink import unprintable
from .typography import Face, typography_for

if TYPE_CHECKING:
    import uharfbuzz

# The registry gives the room at this size; what the card really uses depends on the script.
SIZE_PT = 9.0
_MM_PER_POINT = 25.4 / 72
# Which role sets which message; everything else is set as the body. See ``layout``.
_ROLES: Mapping[str, str] = {
    "headline": "display",
    "salutation": "aside",
    "signoff": "aside",
    "tagline": "aside",
    "more_items": "aside",
    "caption": "aside",
}
_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))
_NOTDEF = 0


@dataclass(frozen=True, slots=True)
class CardGauge:
    """Measures texts in the faces that the card uses for a language."""

    library: FontLibrary

    def width_mm(self, key: str, text: str, *, tag: str, script: str) -> float:
        """Return the width of a message in one line, at the size the registry speaks of.

        Raises:
            MissingFont: the face is not installed.
        """
        return width_mm(text, face_for(key, tag=tag, script=script), self.library)

    def lacking(self, key: str, text: str, *, tag: str, script: str) -> str:
        """Return the characters of a message that no face of its chain can print.

        Raises:
            MissingFont: the face is not installed.
        """
        return unprintable(text, face_for(key, tag=tag, script=script), self.library)


def card_gauge() -> CardGauge:
    """Return a gauge for the installed faces.

    Raises:
        MissingFont: no font package is installed.
    """
    return CardGauge(load_fonts())


def face_for(key: str, *, tag: str, script: str) -> Face:
    """Return the face that sets a message of the card, by the last part of its key."""
    style = typography_for(tag, script)
    face: Face = getattr(style, _ROLES.get(key.rpartition(".")[2], "body"))
    return face


def width_mm(text: str, face: Face, library: FontLibrary, *, size_pt: float = SIZE_PT) -> float:
    """Return how wide a text is when it stands in one line, fallback faces included.

    Words are shaped one by one, each in its own direction, and the spaces added: the width of a
    line does not depend on the order that bidi puts its words in.

    Raises:
        MissingFont: the face is not installed.
    """
    fonts = tuple(_fonts(face, library))
    words = text.translate(_ISOLATES).split(" ")
    ems = sum(_ems(word, fonts) for word in words) + (len(words) - 1) * _ems(" ", fonts)
    return ems * size_pt * _MM_PER_POINT


def _fonts(face: Face, library: FontLibrary) -> Iterator[uharfbuzz.Font]:
    for family in library.chain(face):
        if path := library.file_for(family, is_italic=face.style == "italic"):
            yield _font(path, face.weight)


@cache
def _font(path: Path, weight: int) -> Any:
    """Return a font at a weight; faces without that axis ignore it."""
    import uharfbuzz

    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))))
    font.set_variations({"wght": weight})
    return font


def _ems(text: str, fonts: tuple[Any, ...]) -> float:
    """Return the advance in ems, handing what a font lacks to the next one."""
    if not text:
        return 0.0
    font, *others = fonts
    found, lacking = _advance(text, font)
    if not others:
        return found
    return found + sum(_ems(piece, tuple(others)) for piece in lacking)


def _advance(text: str, font: Any) -> tuple[float, list[str]]:
    """Return what one font sets of a text, in ems, and the stretches it has no glyphs for."""
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    glyphs = list(zip(buffer.glyph_infos, buffer.glyph_positions, strict=True))
    missing = {info.cluster for info, _ in glyphs if info.codepoint == _NOTDEF}
    advance = sum(position.x_advance for info, position in glyphs if info.cluster not in missing)
    starts = sorted({info.cluster for info, _ in glyphs})
    ends = [*starts[1:], len(text)]
    pieces = [text[a:b] for a, b in zip(starts, ends, strict=True) if a in missing]
    return advance / font.face.upem, pieces
