"""Reads lists that know page numbers and nothing else, and loses nothing while they change.

Where an item leaves the front of a list, page numbers pull another one past the reader. So every
page is asked for in such a size that it begins with something that was read before; if nothing of
that is there, the list has moved, and is taken up a page earlier.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from retention_sdk.errors import PlatformError

from .read import Json

_CURSOR = re.compile(r"(\d{1,9}):(\d{1,18})")


def pages(
    ask: Callable[[int, int], list[Json]], *, size: int, cursor: str
) -> Iterator[tuple[list[Json], str]]:
    """Yield pages of what was not read before, and the cursor after each; it may end with none.

    ``ask`` takes the number of a page and how many items make one. The cursor is how many items
    lie behind us, and the last of them.

    Raises:
        PlatformError: the cursor is not one of ours, or the list does not go on.
    """
    position, last = _place(cursor)
    seen, size, idle = {last}, max(2, size), 0
    while True:
        page, per_page = window(position, size)
        items = ask(page, per_page)
        names = [str(item.get("id")) for item in items]
        if position and seen.isdisjoint(names):
            position = max(0, position - size + 1)
            continue
        if last in names:  # what stands before the one of the cursor was read by another run
            seen.update(names[: names.index(last)])
            last = None
        fresh = [item for item, name in zip(items, names, strict=True) if name not in seen]
        if not fresh and len(items) < per_page:
            yield [], ""
            return
        # One full page of what was read before: so much came in front of it. Two: it turns round.
        idle = 0 if fresh else idle + 1
        if idle > 1:
            raise refused("the list does not go on: pages come again")
        if not position and len(items) < per_page:
            size = max(2, len(items))  # all there is, or as many as this list gives at a time
        seen.update(names)
        position = (page - 1) * per_page + len(items)
        if fresh:
            yield fresh, f"{position}:{names[-1]}"


def window(position: int, size: int) -> tuple[int, int]:
    """Return a page, and its size, that holds the last of some items and what comes after it.

    Of all sizes the one is taken that shows most of what is new; it is larger than asked for where
    every smaller one would end with the last item.
    """
    if not position:
        return 1, size

    def news(per_page: int) -> int:
        return per_page - 1 - (position - 1) % per_page

    best = max(range(2, size + 1), key=news)
    while not news(best):
        best += 1
    return (position - 1) // best + 1, best


def refused(message: str) -> PlatformError:
    """Return the error for what trying again does not help."""
    return PlatformError(message, adapter="zid", retryable=False)


def _place(cursor: str) -> tuple[int, str | None]:
    if not cursor:
        return 0, None
    match = _CURSOR.fullmatch(cursor)
    if not match:
        raise refused("this cursor is not one of ours")
    return int(match[1]), match[2]
