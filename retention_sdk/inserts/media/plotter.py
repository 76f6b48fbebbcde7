"""A card for a pen plotter: single strokes in an SVG of millimetres.

Each stroke is one path, in writing order, so that the pen is lifted as seldom as a hand lifts it.
"""

from __future__ import annotations

import math
import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ...errors import MissingGlyph, TextOverflow
from ..card import Card
from ..formats import DEFAULT_FORMAT, CardFormat, get_format
from .strokes import Pen, Stroke, StrokeFace, load_face

Look = Literal["natural", "exact"]

_MARGIN_SHARE = 0.11
_LINE = {"plain": 1.5, "script": 1.35}
# Sizes in millimetres from the largest that looks written to the smallest a pen of 0.3 mm keeps
# open. The script face has low letters, so it is set larger.
_SIZES = {
    "plain": (5.4, 5.0, 4.6, 4.2, 3.9, 3.6, 3.3, 3.0),
    "script": (9.6, 8.8, 8.0, 7.4, 6.8, 6.2, 5.6, 5.0),
}
# The script face has a space for a printer, not for a pen that goes on without lifting.
_SPACE = {"plain": 1.0, "script": 1.7}
_HEADLINE = 1.45
_PEN_MM = 0.3
_SHOWN_MAX = 8
# How far a steady hand strays: up and down and in size as shares of the size, and in degrees.
_STRAY, _TURN, _DRIFT = 0.014, 0.9, 0.35
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u2060\u2066-\u2069\ufe0e\ufe0f]")


@dataclass(frozen=True, slots=True)
class _Line:
    words: tuple[str, ...]
    scale: float
    above: float


def plotter_svg(
    card: Card,
    *,
    format: str = DEFAULT_FORMAT,  # noqa: A002 - the word of the trade
    pen: Pen = "script",
    look: Look = "natural",
) -> str:
    """Return the front of a card as single strokes: headline, salutation, text and signature.

    The size is the largest at which everything fits. ``natural`` lets letters, words and lines
    stray as a hand does, always the same way for the same ``card.seed``. Equal arguments give
    equal text.

    Raises:
        MissingGlyph: the pen has no letters for some characters; they are named. It writes Latin.
        TextOverflow: the text does not fit at the smallest size that a pen writes.
        PrintError: there is no such format.
    """
    paper = get_format(format)
    face = load_face(pen)
    texts = _texts(card)
    _check(texts, face)
    margin = round(min(paper.size_mm) * _MARGIN_SHARE, 2)
    for size in _SIZES[pen]:
        lines = _broken(texts, face, pen, (paper.width_mm - 2 * margin) / size)
        if lines is not None and _height(lines, pen) * size <= paper.height_mm - 2 * margin:
            hand = _Hand(face, pen, size, random.Random(card.seed) if look == "natural" else None)  # noqa: S311 - it draws
            return _svg(paper, hand.write(lines, margin, paper.height_mm))
    raise TextOverflow(
        f"the text does not fit on {paper.title} at {_SIZES[pen][-1]:g} mm, the smallest size a "
        "pen writes; shorten it, or take a larger format"
    )


def _texts(card: Card) -> list[tuple[str, str, float, float]]:
    """Return name, text, scale, and the room above it in lines."""
    texts = [("headline", card.headline, _HEADLINE, 0.0), ("salutation", card.salutation, 1, 0.7)]
    texts += [(f"body[{i}]", text, 1, 0.5) for i, text in enumerate(card.body)]
    texts += [(f"steps[{i}]", f"{i + 1}. {text}", 1, 0.25) for i, text in enumerate(card.steps)]
    texts += [("signoff", card.signoff, 1, 0.9), ("sender_name", card.sender_name, 1.2, 0.2)]
    cleaned = (
        (name, unicodedata.normalize("NFC", _INVISIBLE.sub("", text)), scale, above)
        for name, text, scale, above in texts
    )
    return [each for each in cleaned if each[1].strip()]


def _check(texts: Sequence[tuple[str, str, float, float]], face: StrokeFace) -> None:
    for name, text, _, _ in texts:
        lacking = face.lacking(text.replace("\n", " "))
        if lacking:
            shown = ", ".join(
                f"U+{ord(char):04X} {unicodedata.name(char, '')}".strip()
                for char in lacking[:_SHOWN_MAX]
            )
            more = f" and {len(lacking) - _SHOWN_MAX} more" if len(lacking) > _SHOWN_MAX else ""
            raise MissingGlyph(
                f"{name}: the pen writes Latin letters only, and none of {shown}{more}; "
                "print this card instead"
            )


def _broken(
    texts: Sequence[tuple[str, str, float, float]], face: StrokeFace, pen: Pen, measure: float
) -> list[_Line] | None:
    """Return lines no wider than the measure, in units of the size; None where a word is."""
    lines: list[_Line] = []
    space = face.width(" ") * _SPACE[pen]
    for _, text, scale, above in texts:
        for number, part in enumerate(text.split("\n")):
            broken = _break(part.split(), face, space, measure / scale * 1000)
            if broken is None:
                return None
            lines += [
                _Line(words, scale, above if number + index == 0 else 0.0)
                for index, words in enumerate(broken)
            ]
    return lines


def _break(
    words: Sequence[str], face: StrokeFace, space: float, measure: float
) -> list[tuple[str, ...]] | None:
    lines: list[list[str]] = [[]]
    width = -space
    for word in words:
        own = face.width(word)
        if own > measure:
            return None
        if width + space + own > measure:
            lines.append([])
            width = -space
        lines[-1].append(word)
        width += space + own
    return [tuple(line) for line in lines if line]


def _height(lines: Sequence[_Line], pen: Pen) -> float:
    return sum((line.scale + line.above) * _LINE[pen] for line in lines)


class _Hand:
    """Writes lines, straying a little where it is given chance."""

    def __init__(
        self, face: StrokeFace, pen: Pen, size: float, chance: random.Random | None
    ) -> None:
        self._face, self._size, self._chance = face, size, chance
        self._line, self._space = _LINE[pen], face.width(" ") * _SPACE[pen]
        # Letters of the script face touch each other, so only words stray.
        self._strays_by_letter = pen == "plain"

    def write(self, lines: Sequence[_Line], margin: float, height: float) -> Iterator[str]:
        """Yield the paths of all strokes. The block stands in the middle of the page."""
        used = sum((line.scale + line.above) * self._line for line in lines) * self._size
        y = max(margin, (height - used) / 2 - 0.1 * self._size)
        for line in lines:
            y += (line.above + line.scale) * self._line * self._size
            slope = math.tan(math.radians(self._stray(_DRIFT)))
            yield from self._words(line, margin, y - 0.3 * self._line * self._size, slope)

    def _words(self, line: _Line, x: float, y: float, slope: float) -> Iterator[str]:
        start, scale = x, line.scale * self._size / 1000
        for word in line.words:
            lift, turn = self._strayed(scale)
            for char in word:
                glyph = self._face.glyph(char)
                assert glyph is not None
                if self._strays_by_letter:
                    lift, turn = self._strayed(scale)
                base = y + lift + (x - start) * slope
                for stroke in glyph.strokes:
                    yield _path(stroke, x, base, scale, turn)
                x += glyph.advance * scale
            x += self._space * scale

    def _strayed(self, scale: float) -> tuple[float, float]:
        return self._stray(_STRAY) * scale * 1000, math.radians(self._stray(_TURN))

    def _stray(self, most: float) -> float:
        return self._chance.uniform(-most, most) if self._chance else 0.0


def _path(stroke: Stroke, x: float, y: float, scale: float, turn: float) -> str:
    """Return a stroke in millimetres; y grows downwards on paper and upwards in letters."""
    cos, sin = math.cos(turn) * scale, math.sin(turn) * scale
    parts = []
    for kind, points in stroke:
        numbers = " ".join(
            f"{_mm(x + px * cos + py * sin)} {_mm(y + px * sin - py * cos)}" for px, py in points
        )
        parts.append(f"{kind}{numbers}")
    return "".join(parts)


def _mm(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _svg(paper: CardFormat, paths: Iterator[str]) -> str:
    width, height = (_mm(side) for side in paper.size_mm)
    drawn = "\n".join(f'<path d="{path}"/>' for path in paths)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}">\n'
        f'<g fill="none" stroke="#000" stroke-width="{_PEN_MM}" stroke-linecap="round" '
        f'stroke-linejoin="round">\n{drawn}\n</g>\n</svg>\n'
    )
