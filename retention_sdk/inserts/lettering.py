"""What makes set type look written: words and letters that do not stand exactly on the line.

Movement depends on the card's seed and on the text alone, so that a reprint is the same card.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

from .typography import Face, Typography
from .words import has_any

TURN_MAX_DEGREES = 0.8
RISE_MAX_POINTS = 0.3

# Han, Kana: a line may break between any two, so they cannot be boxed into words.
_UNSPACED = (("\u3040", "\u30ff"), ("\u3400", "\u9fff"), ("\uf900", "\ufaff"))
# Letters of these scripts join or share a line above; moving one would tear the word. Isolates
# keep an order that only whole lines keep.
_JOINED = (
    ("\u0600", "\u08ff"), ("\u0900", "\u0dff"), ("\ufb50", "\ufdff"), ("\ufe70", "\ufeff"),
    ("\u1800", "\u18af"), ("\u2066", "\u2069"),
)  # fmt: skip
_SARA_AM = "\u0e33"


def lettering_of(
    text: str, face: Face, style: Typography, *, seed: int, is_rtl: bool
) -> list[dict[str, Any]] | None:
    """Return the words of a text with their turn in degrees and the rise of their parts in points.

    None means that the text is set as it stands: the style does not move letters, the script
    joins them, or words of two directions have an order that only whole lines keep.
    """
    moves = style.jitters
    if not text or not (moves or face.slant) or not _may_move(text, is_rtl=is_rtl):
        return None
    if has_any(text, _UNSPACED):
        rises = _numbers(f"{seed}:{text}")
        parts = [[cluster, _rise(next(rises))] for cluster in clusters_of(text)]
        return [{"turn": 0, "parts": parts}] if moves else None
    return [_word(word, index, moves, seed) for index, word in enumerate(text.split(" "))]


def _word(word: str, index: int, moves: str, seed: int) -> dict[str, Any]:
    numbers = _numbers(f"{seed}:{index}:{word}")
    turn = round(next(numbers) * TURN_MAX_DEGREES, 2) if moves else 0.0
    pieces = clusters_of(word) if moves == "letters" else [word]
    return {
        "turn": turn,
        "parts": [[each, _rise(next(numbers)) if moves else 0.0] for each in pieces],
    }


def _may_move(text: str, *, is_rtl: bool) -> bool:
    if has_any(text, _JOINED):
        return False
    directions = {unicodedata.bidirectional(char) for char in text}
    return not directions & ({"L", "AL", "AN"} if is_rtl else {"R", "AL", "AN"})


def clusters_of(text: str) -> list[str]:
    """Return letters with the marks that belong to them."""
    clusters: list[str] = []
    for char in text:
        is_mark = unicodedata.category(char) in {"Mn", "Me", "Mc", "Cf"} or char == _SARA_AM
        joins = bool(clusters) and (is_mark or clusters[-1].endswith("\u200d"))
        if joins:
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _rise(number: float) -> float:
    return round(number * RISE_MAX_POINTS, 2)


def _numbers(seed: str) -> Iterator[float]:
    """Yield numbers from -1 to 1 that look random and depend on the seed alone."""
    block = 0
    while True:
        digest = blake2b(f"{seed}:{block}".encode(), digest_size=64).digest()
        yield from (byte / 127.5 - 1 for byte in digest)
        block += 1
