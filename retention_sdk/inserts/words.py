"""Prepare texts for lines: what never breaks, what breaks first, and which digits a card uses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

# A line may break after a space, a dash or a slash, and anywhere in Thai, Lao, Khmer, Burmese
# (by dictionary), Han, Kana and Hangul (UAX #14). What is left must fit as it stands. Spaces that
# do not break belong to it, and so does a plain one before a sign that ends or after one that
# opens (rules LB13 to LB15), as in "anniversaire !" or "« Merci ».
_GLUE = r"[\u00a0\u2007\u202f\u2060]"
_LETTER = (
    r"[^\s\u2010\u2012-\u2014/\-\u00ad\u200b\u2066-\u2069\u0e00-\u0eff\u1000-\u109f"
    r"\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
_BOUND_SPACE = r" +(?=[!?;:,.»”’›)\]}…%])|(?<=[(\[{«„“‘‹¿¡]) +"
# Nor does a line break between a dash or a slash and a sign that ends, a quotation mark (LB19) or
# a number (LB25), as in "là-’bas" and "1042-7".
_BOUND_DASH = r"[\u2010\u2012-\u2014/\-](?=[!?;:,.»”’›)\]}…%‘“«„\"'])|[/\-](?=\d)"
_UNBREAKABLE = re.compile(f"(?:{_LETTER}|{_GLUE}|{_BOUND_SPACE}|{_BOUND_DASH})+")
_ADDRESS = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
_RUNS_MAX = 4
_HAN_OR_KANA = (("\u3040", "\u30ff"), ("\u3400", "\u9fff"))
_PHRASE = re.compile(r"[^、。，；！？\n]+[、。，；！？]*")
_ONE_LETTER = re.compile(r"(?<![^\s(«„“‘])([A-Za-zÀ-ÖØ-öø-ÿΑ-Ωά-ώа-яА-ЯёЁіІ]) ")
_ZERO = {"fa": "۰", "ckb": "٠", "ps": "۰", "mr": "०", "ne": "०", "bn": "০", "my": "၀"}


def longest_runs(*texts: str) -> list[str]:
    """Return the longest stretches of text that no line break can divide."""
    runs = {run for text in texts for run in _UNBREAKABLE.findall(text)}
    return sorted(runs, key=lambda run: (-len(run), run))[:_RUNS_MAX]


def addresses_in(*texts: str) -> list[str]:
    """Return the e-mail addresses that a line would break at a hyphen of their own, each once."""
    found = (address for text in texts for address in _ADDRESS.findall(text))
    return sorted({address for address in found if "-" in address})


def phrases_of(text: str) -> list[str]:
    """Return the phrases of a text in Han or Kana, ending after punctuation; else nothing."""
    if not has_any(text, _HAN_OR_KANA):
        return []
    return [phrase.strip() for phrase in _PHRASE.findall(text) if phrase.strip()]


def has_any(text: str, ranges: Sequence[tuple[str, str]]) -> bool:
    """Tell whether a text has a character of some ranges, each from its first to its last.

    A regular expression of wide ranges takes milliseconds to build, at each start of a process.
    """
    if text.isascii():
        return False
    return any(first <= char <= last for char in set(text) for first, last in ranges)


def bind_short_words(text: str) -> str:
    """Join words of one letter to the next, so that no line ends in "a", "à" or "в".

    Latin, Greek and Cyrillic setting avoids it; Czech, Polish and Russian rules forbid it.
    """
    return _ONE_LETTER.sub("\\1\u00a0", text)


def number_in(count: int, *, language: str, texts: Iterable[str]) -> str:
    """Return a number in the digits that a card's other texts are written in.

    Digits of the language win over others: an order number is often Latin in any text.
    """
    zeros = [_zero_of(char) for text in texts for char in text if char.isdecimal()]
    own = _ZERO.get(language, "0")
    first = ord(own if own in zeros or not zeros else zeros[0])
    return "".join(chr(first + int(digit)) for digit in str(count))


def _zero_of(digit: str) -> str:
    return chr(ord(digit) - unicodedata.decimal(digit))
