"""Numbers and words that must be read from left to right, followed glyph by glyph on the page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from .report import Finding, make_finding
from .walk import Letter, Mark

_SAME_LINE_PT = 1.0
# A glyph may be filed under a whole cluster, so marks are no evidence of order.
_LEFT_OUT = frozenset({"Cf", "Zs", "Cc", "Zl", "Zp", "Mn"})


def check_words(words: Sequence[str], pages: Iterable[Sequence[Mark]]) -> Iterator[Finding]:
    """Report words that no line shows, or shows in another order. Spaces do not count."""
    lines = [line for marks in pages for line in read_lines(marks)]
    for number, word in enumerate(words, 1):
        wanted = _visible(word)
        if not wanted or any(wanted in line for line in lines):
            continue
        if any(_is_scrambled(wanted, line) for line in lines):
            yield make_finding("type-order", f"word {number} of {len(words)} is turned around")
        else:
            yield make_finding("type-missing", f"word {number} of {len(words)} is on no page")


def read_lines(marks: Iterable[Mark]) -> Iterator[str]:
    """Yield the lines of a page as they stand, from left to right, without spaces."""
    letters = sorted(
        (letter for mark in marks for letter in mark.letters if _visible(letter.text)),
        key=lambda letter: letter.origin[1],
    )
    line: list[Letter] = []
    for letter in letters:
        if line and letter.origin[1] - line[-1].origin[1] > _SAME_LINE_PT:
            yield _across(line)
            line = []
        line.append(letter)
    if line:
        yield _across(line)


def _across(line: list[Letter]) -> str:
    ordered = sorted(line, key=lambda letter: letter.origin[0])
    return "".join(_visible(letter.text) for letter in ordered)


def _visible(text: str) -> str:
    """Return a text without spaces, joiners, isolates and marks above or below letters."""
    return "".join(char for char in text if unicodedata.category(char) not in _LEFT_OUT)


def _is_scrambled(wanted: str, line: str) -> bool:
    """Tell whether a line holds the same characters side by side in another order."""
    target, size = sorted(wanted), len(wanted)
    return any(sorted(line[at : at + size]) == target for at in range(len(line) - size + 1))
