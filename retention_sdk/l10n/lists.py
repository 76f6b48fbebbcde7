"""Lists as CLDR joins them: ``a, b and c``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PAIR = 2


def join_list(items: Sequence[str], patterns: Mapping[str, str]) -> str:
    """Join items with the patterns ``two``, ``start``, ``middle`` and ``end`` of CLDR."""
    if not items:
        return ""
    if len(items) == 1:
        return items[0]
    if len(items) == _PAIR:
        return _fill(patterns["two"], *items)
    joined = _fill(patterns["end"], items[-2], items[-1])
    for item in reversed(items[1:-2]):
        joined = _fill(patterns["middle"], item, joined)
    return _fill(patterns["start"], items[0], joined)


def _fill(pattern: str, first: str, second: str) -> str:
    # Not str.format: an item may contain braces.
    before, _, rest = pattern.partition("{0}")
    between, _, after = rest.partition("{1}")
    return f"{before}{first}{between}{second}{after}"
