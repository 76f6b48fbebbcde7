"""How wide texts are in a face, shaped as the typesetter shapes them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from .fonts import FontLibrary
from .typography import Face

# Isolates have no width, and part no word for shaping.
_ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))
_NOTDEF = 0
# Words of the texts of some shops in some languages; names come and go.
_REMEMBERED_MAX = 8000


def width_of(text: str, face: Face, library: FontLibrary) -> float:
    """Return how wide a text is in one line, in ems, fallback faces included.

    Words are shaped one by one, each in its own direction, and the spaces added: the width of a
    line does not depend on the order that bidi puts its words in.

    Raises:
        MissingFont: the face itself is not installed.
    """
    return words_of(face, library).line(text)


@cache
def words_of(face: Face, library: FontLibrary) -> Words:
    """Return the widths of words in a face, kept per process.

    Raises:
        MissingFont: the face itself is not installed.
    """
    return Words(library.files_of(face), face.weight)


class Words(dict[str, float]):
    """Widths of words in ems, each in the first files that have its letters, shaped once."""

    def __init__(self, paths: tuple[Path, ...], weight: int) -> None:
        super().__init__()
        self._paths = paths
        self._weight = weight
        self._lines: dict[str, float] = {}

    def width(self, text: str) -> float:
        """Return the width of a text in one line, to a thousandth of an em, and remember it."""
        found = self._lines.get(text)
        if found is None:
            if len(self._lines) >= _REMEMBERED_MAX:
                self._lines.clear()
            found = self._lines[text] = round(self.line(text), 3)
        return found

    def line(self, text: str) -> float:
        """Return the width of a text in one line."""
        words = text.translate(_ISOLATES).split(" ")
        return sum(self[word] for word in words) + (len(words) - 1) * self[" "]

    def __missing__(self, word: str) -> float:
        if len(self) >= _REMEMBERED_MAX:
            self.clear()
        self[word] = self._shaped(word, 0)
        return self[word]

    def _shaped(self, text: str, index: int) -> float:
        """Return the advance in ems, handing what a font lacks to the next one."""
        if not text or index == len(self._paths):
            return 0.0
        found, lacking = _advance(text, _font(self._paths[index], self._weight))
        if index + 1 == len(self._paths):
            return found
        return found + sum(self._shaped(piece, index + 1) for piece in lacking)


@cache
def _font(path: Path, weight: int) -> Any:
    """Return a font at a weight; faces without that axis ignore it."""
    import uharfbuzz

    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))))
    font.set_variations({"wght": weight})
    return font


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
