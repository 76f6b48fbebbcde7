"""Lists as CLDR joins them: ``a, b and c``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .bidi import strip_isolates

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PAIR = 2
# ICU knows two rules that CLDR's patterns cannot say (listformatter.cpp): Hebrew puts a hyphen
# between its one-letter "and" and a foreign word, Spanish says e instead of y before an i sound.
_FOREIGN_TO_HEBREW = re.compile("[^\u0590-\u05ff]")
_SPANISH_I = re.compile(r"i|hi(?![ae])", re.IGNORECASE)


def join_list(items: Sequence[str], patterns: Mapping[str, str], language: str) -> str:
    """Join items with the patterns ``two``, ``start``, ``middle`` and ``end`` of CLDR."""
    if not items:
        return ""
    if len(items) == 1:
        return items[0]
    last = items[-1]
    if len(items) == _PAIR:
        return _fill(_adapted(patterns["two"], last, language), *items)
    joined = _fill(_adapted(patterns["end"], last, language), items[-2], last)
    for item in reversed(items[1:-2]):
        joined = _fill(patterns["middle"], item, joined)
    return _fill(patterns["start"], items[0], joined)


def _adapted(pattern: str, last: str, language: str) -> str:
    start = strip_isolates(last)
    if language == "he" and _FOREIGN_TO_HEBREW.match(start):
        return pattern.replace("ו{1}", "ו-{1}")
    if language == "es" and _SPANISH_I.match(start):
        return pattern.replace(" y {1}", " e {1}")
    return pattern


def _fill(pattern: str, first: str, second: str) -> str:
    # Not str.format: an item may contain braces.
    before, _, rest = pattern.partition("{0}")
    between, _, after = rest.partition("{1}")
    return f"{before}{first}{between}{second}{after}"
