"""Long lists in pages that lose nothing while the shop goes on selling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .client import Session, refused
from .criteria import Criteria
from .values import Json

_NUMBER = "autoIncrement"


def pages_of(
    session: Session,
    entity: str,
    criteria: Criteria,
    *,
    conditions: Sequence[Criteria],
    size: int,
    cursor: str,
) -> Iterator[tuple[list[Json], str]]:
    """Yield pages by the running number that each thing keeps, and the cursor after each.

    A page begins behind the last number, not after a count of things: whatever changes or goes
    meanwhile moves nothing past the reader, which no order by ``updatedAt`` can promise.
    """
    after = _number(cursor)
    while True:
        behind: Any = {"type": "range", "field": _NUMBER, "parameters": {"gt": after}}
        asked = {
            **criteria,
            "filter": [*conditions, behind],
            "sort": [{"field": _NUMBER, "order": "ASC"}],
            "limit": size,
            "total-count-mode": "none",
        }
        found = session.search(entity, asked)
        is_last = len(found) < size
        after = _last(found, after)
        yield found, "" if is_last else str(after)
        if is_last:
            return


def _last(found: Sequence[Json], after: int) -> int:
    """Return the last number of a page; a list that does not grow would never end."""
    if not found:
        return after
    last = found[-1][_NUMBER]
    if type(last) is not int or last <= after:
        raise refused("the shop does not sort by autoIncrement")
    return last


def _number(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdecimal()):
        raise refused("this cursor is not one of ours")
    return int(cursor)
