"""Letters as a pen draws them: one line each, no outlines.

The faces are EMS Readability and EMS Allure (SIL Open Font License, ``data/LICENSE-OFL.txt``).
They hold Latin-1; other Latin letters are composed here, a base and its marks. Units are
thousandths of the size, y grows upwards from the baseline.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

Pen = Literal["plain", "script"]


class Segment(NamedTuple):
    """A move (M), a line (L) or a cubic curve (C) with one or three points."""

    kind: str
    points: tuple[tuple[float, float], ...]


Stroke = tuple[Segment, ...]
"""What is drawn without lifting the pen: a move, then lines and curves."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """How far the pen goes on, and what it draws."""

    advance: float
    strokes: tuple[Stroke, ...]


_PART = re.compile(r"([MLC])([^MLC]*)")
# What a mark looks like: its middle is at x = 0, it stands on y = 0, or hangs from it.
_ABOVE = {
    "\u0300": "M 45 0 L -55 140",
    "\u0301": "M -45 0 L 55 140",
    "\u0302": "M -90 0 L 0 120 L 90 0",
    "\u0303": "M -110 20 C -60 150 40 -30 110 90",
    "\u0304": "M -95 40 L 95 40",
    "\u0306": "M -90 120 C -75 -10 75 -10 90 120",
    "\u0307": "M -24 20 L -24 68 L 24 68 L 24 20 L -24 20",
    "\u0308": "M -80 15 L -80 70 M 80 15 L 80 70",
    "\u0309": "M -40 110 C -20 160 60 150 40 90 C 30 60 0 60 0 10",
    "\u030a": "M 60 70 C 60 150 -60 150 -60 70 C -60 -10 60 -10 60 70",
    "\u030b": "M -90 0 L -20 140 M 30 0 L 100 140",
    "\u030c": "M -90 120 L 0 0 L 90 120",
}
_BELOW = {
    "\u0323": "M -24 -60 L -24 -108 L 24 -108 L 24 -60 L -24 -60",
    "\u0326": "M 15 -70 L -30 -180",
    "\u0327": "M 5 0 L -8 -60 C 80 -64 46 -124 -22 -122",
    "\u0328": "M 60 0 C -20 -60 -20 -150 80 -120",
}
_MARK_GAP = 75
_MARK_PILE = 170
# Letters that Unicode does not take apart: a base and what is drawn over it.
_CROSSED = {
    "ł": ("l", "M -70 330 L 90 430"),
    "Ł": ("L", "M -190 300 L 30 430"),
    "đ": ("d", "M 0 590 L 240 590"),
    "ħ": ("h", "M -220 590 L 20 590"),
    "Đ": ("Ð", ""),
}
_LIGATURES = {"æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "…": "...", "№": "No"}
_LIGATURE_KERN = 0.14
_SAME_AS = {
    "\u00a0": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u2010": "-",
    "\u2011": "-",
    "\u2212": "-",
    "•": "·",
    "ʼ": "’",
}
# A single quotation mark is half of a double one; a low one is a high one lowered.
_HALF_OF = {"’": "”", "‘": "“", "‚": "”"}
_LOWERED = {"„": "”", "‚": "”"}
_LOWERED_BY = 560.0


class StrokeFace:
    """A face of single strokes. Letters that it lacks are composed where that can be done."""

    def __init__(self, glyphs: Mapping[str, tuple[float, str]], *, slant: float) -> None:
        self._glyphs = glyphs
        self._slant = slant
        self._x_height = _top(self._drawn("x"))
        self._known: dict[str, Glyph | None] = {}

    def glyph(self, char: str) -> Glyph | None:
        """Return how a character is drawn, or None where it cannot be."""
        if char not in self._known:
            self._known[char] = self._composed(char)
        return self._known[char]

    def _composed(self, char: str) -> Glyph | None:
        char = _SAME_AS.get(char, char)
        if char in self._glyphs:
            return Glyph(self._glyphs[char][0], self._drawn(char))
        composers = (self._quote, self._ligature, self._crossed, self._marked)
        return next((glyph for compose in composers if (glyph := compose(char))), None)

    def lacking(self, text: str) -> str:
        """Return the characters of a text that cannot be drawn, each once."""
        return "".join(dict.fromkeys(char for char in text if self.glyph(char) is None))

    def width(self, text: str) -> float:
        """Return how wide a line of drawable text is, in thousandths of its size."""
        return sum(glyph.advance for char in text if (glyph := self.glyph(char)))

    def _drawn(self, char: str) -> tuple[Stroke, ...]:
        return read_path(self._glyphs[char][1])

    def _quote(self, char: str) -> Glyph | None:
        whole = _HALF_OF.get(char) or _LOWERED.get(char)
        if whole is None or whole not in self._glyphs:
            return None
        advance, strokes = self._glyphs[whole][0], self._drawn(whole)
        if char in _HALF_OF:
            advance, strokes = advance * 0.6, strokes[: len(strokes) // 2]
        if char in _LOWERED:
            strokes = moved(strokes, 0, -_LOWERED_BY)
        return Glyph(advance, strokes)

    def _ligature(self, char: str) -> Glyph | None:
        parts = _LIGATURES.get(char)
        if parts is None:
            return None
        first, *rest = (Glyph(self._glyphs[part][0], self._drawn(part)) for part in parts)
        kern = _LIGATURE_KERN if parts.isalpha() and char != "№" else 0
        for each in rest:
            x = first.advance - kern * first.advance
            first = Glyph(x + each.advance, first.strokes + moved(each.strokes, x, 0))
        return first

    def _crossed(self, char: str) -> Glyph | None:
        if char not in _CROSSED:
            return None
        base, bar = _CROSSED[char]
        strokes = self._drawn(base)
        middle = (_left(strokes) + _right(strokes)) / 2 if base in "lL" else _right(strokes) - 130
        return Glyph(self._glyphs[base][0], strokes + moved(read_path(bar), middle, 0))

    def _marked(self, char: str) -> Glyph | None:
        letters = unicodedata.normalize("NFD", char)
        base, marks = letters[0], list(letters[1:])
        if char == "ı":
            base, marks = "i", [""]
        is_known = base in self._glyphs and marks and {*marks} <= {"", *_ABOVE, *_BELOW}
        if not is_known:
            return None
        strokes = self._drawn(base)
        if base in "ij" and not {*marks} & {*_BELOW}:
            strokes = tuple(stroke for stroke in strokes if _bottom((stroke,)) < self._x_height)
        middle, top = (_left(strokes) + _right(strokes)) / 2, _top(strokes)
        for mark in marks:
            if mark in _ABOVE:
                y = top + _MARK_GAP
                x = middle + self._slant * y / 2
                strokes += moved(read_path(_ABOVE[mark]), x, y)
                top += _MARK_PILE
            elif mark:
                strokes += moved(read_path(_BELOW[mark]), middle, 0)
        return Glyph(self._glyphs[base][0], strokes)


@cache
def load_face(pen: Pen) -> StrokeFace:
    """Return a face, read once per process."""
    file = Path(__file__).with_name("data") / "strokes.json"
    glyphs = json.loads(file.read_text("utf-8"))[pen]["glyphs"]
    return StrokeFace(
        {char: (advance, path) for char, (advance, path) in glyphs.items()},
        slant=0.0 if pen == "plain" else 0.5,
    )


def read_path(path: str) -> tuple[Stroke, ...]:
    """Return the strokes of an SVG path of absolute moves, lines and cubic curves."""
    strokes: list[list[Segment]] = []
    for kind, numbers in _PART.findall(path):
        values = [float(number) for number in numbers.split()]
        points = tuple(zip(values[::2], values[1::2], strict=True))
        if kind == "M":
            strokes.append([Segment(kind, points)])
        else:
            strokes[-1].append(Segment(kind, points))
    return tuple(tuple(stroke) for stroke in strokes if len(stroke) > 1)


def moved(strokes: Iterable[Stroke], x: float, y: float) -> tuple[Stroke, ...]:
    """Return strokes at another place."""
    return tuple(
        tuple(
            Segment(kind, tuple((px + x, py + y) for px, py in points)) for kind, points in stroke
        )
        for stroke in strokes
    )


def _extent(strokes: Iterable[Stroke], axis: int) -> list[float]:
    return [
        point[axis] for stroke in strokes for segment in stroke for point in segment.points
    ] or [0.0]


def _left(strokes: Iterable[Stroke]) -> float:
    return min(_extent(strokes, 0))


def _right(strokes: Iterable[Stroke]) -> float:
    return max(_extent(strokes, 0))


def _top(strokes: Iterable[Stroke]) -> float:
    return max(_extent(strokes, 1))


def _bottom(strokes: Iterable[Stroke]) -> float:
    return min(_extent(strokes, 1))
