"""Prove before printing that every character has ink.

A character map is not evidence: some faces map characters to empty outlines. So each word is
shaped with HarfBuzz, face after face, as the typesetter does it; what is left without ink, or
only has the glyph for "missing", cannot be printed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import MissingFont, MissingGlyph
from .bidi import check_order
from .fonts import FontLibrary
from .typography import CJK_FAMILIES, CJK_PACKAGE, Face

# Format characters, spaces and controls need no ink. Neither do variation selectors (UTR #37)
# and the grapheme joiner, which Unicode files under marks.
_INKLESS = frozenset({"Cf", "Zs", "Cc", "Zl", "Zp"})
_INKLESS_MARKS = frozenset(
    {"\u034f", "\u180b", "\u180c", "\u180d", *map(chr, range(0xFE00, 0xFE10))}
)
_CJK_NAMES = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "IDEOGRAPHIC")
_SHOWN_MAX = 8
# The byte order mark has no ink and no meaning in a text, and PDF/UA-1 forbids it.
_FORBIDDEN = "\ufeff"
# Words of the texts of some shops in some languages; names come and go.
_REMEMBERED_MAX = 8000


def check_texts(
    texts: Mapping[str, tuple[str, Face]], library: FontLibrary, *, is_rtl: bool
) -> None:
    """Refuse texts that would lose a character on paper, or turn a word around.

    Raises:
        MissingFont, MissingGlyph: as ``check_ink``.
        PrintError: as ``check_order``.
    """
    check_ink(texts, library)
    check_order({name: text for name, (text, _) in texts.items()}, is_rtl=is_rtl)


def check_ink(texts: Mapping[str, tuple[str, Face]], library: FontLibrary) -> None:
    """Refuse texts that would lose a character on paper. Keys name the texts in errors.

    Raises:
        MissingFont: the characters need a package that is not installed.
        MissingGlyph: no face of the chain has ink for some characters; they are listed.
    """
    for name, (text, face) in texts.items():
        lacking = unprintable(text, face, library)
        if lacking:
            _refuse(name, lacking, library)


def unprintable(text: str, face: Face, library: FontLibrary) -> str:
    """Return the characters of a text that no face of the chain can print, each once."""
    words = _words_of(face, library)
    lacking = "".join([words[word] for word in sorted(set(text.split()))])
    forbidden = [char for char in text if char in _FORBIDDEN]
    return "".join(dict.fromkeys((*lacking, *forbidden)))


def _refuse(name: str, lacking: str, library: FontLibrary) -> None:
    shown = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, '')}".strip() for c in lacking[:8])
    more = f" and {len(lacking) - _SHOWN_MAX} more" if len(lacking) > _SHOWN_MAX else ""
    is_cjk = any(unicodedata.name(c, "").startswith(_CJK_NAMES) for c in lacking)
    if is_cjk and not CJK_FAMILIES & library.families:
        raise MissingFont(f"{name}: no face for {shown}{more}: pip install {CJK_PACKAGE}")
    raise MissingGlyph(f"{name}: no shipped face has ink for {shown}{more}; leave them out")


@cache
def _words_of(face: Face, library: FontLibrary) -> _Words:
    return _Words(library.files_of(face))


class _Words(dict[str, str]):
    """Of each word, what no file of a chain can print: each word is shaped once."""

    def __init__(self, files: tuple[Path, ...]) -> None:
        super().__init__()
        self._files = files

    def __missing__(self, word: str) -> str:
        if len(self) >= _REMEMBERED_MAX:
            self.clear()
        lacking = "" if is_inkless(word) else "".join(_without_ink(word, self._files))
        self[word] = lacking
        return lacking


def _without_ink(text: str, files: tuple[Path, ...]) -> Iterable[str]:
    """Yield the characters that no file can print, handing failures from face to face."""
    parts = [text]
    for path in files:
        parts = [failed for part in parts for failed in _failures(path, part)]
        if not parts:
            return
    yield from (char for part in parts for char in part if not is_inkless(char))


def _failures(path: Path, text: str) -> list[str]:
    """Return the stretches of a text that one face leaves without ink."""
    glyphs, inked = _shape(path, text), _inked(path)
    if all(inked[glyph.codepoint] for glyph in glyphs):
        return []
    clusters: dict[int, bool] = {}
    missing: set[int] = set()
    for glyph in glyphs:
        clusters.setdefault(glyph.cluster, False)
        if glyph.codepoint == 0:
            missing.add(glyph.cluster)
        elif not clusters[glyph.cluster]:
            clusters[glyph.cluster] = inked[glyph.codepoint]
    starts = sorted(clusters)
    failed: list[str] = []
    previous = False
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        piece = text[start:end]
        bad = not is_inkless(piece) and (start in missing or not clusters[start])
        if bad and previous:
            failed[-1] += piece
        elif bad:
            failed.append(piece)
        previous = bad
    return failed


def _shape(path: Path, text: str) -> Any:
    """Return the glyphs that HarfBuzz sets for a text in one face."""
    import uharfbuzz

    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(_font(path), buffer)
    return buffer.glyph_infos


class _Inked(dict[int, bool]):
    """Which glyphs of a face have ink, found out once for each. Glyph 0 stands for "missing"."""

    def __init__(self, font: Any) -> None:
        super().__init__({0: False})
        self._font = font

    def __missing__(self, glyph: int) -> bool:
        extents = self._font.get_glyph_extents(glyph)
        self[glyph] = extents is not None and extents.width != 0 and extents.height != 0
        return self[glyph]


@cache
def _inked(path: Path) -> _Inked:
    return _Inked(_font(path))


@cache
def _font(path: Path) -> Any:
    import uharfbuzz

    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path))))


def is_inkless(text: str) -> bool:
    """Tell whether a text needs no ink: spaces, controls, joiners, variation selectors."""
    return all(unicodedata.category(c) in _INKLESS or c in _INKLESS_MARKS for c in text)
