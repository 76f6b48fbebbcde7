"""Reads long lists from a platform that only knows page numbers, and leaves nothing out.

A page number counts from the beginning, so whatever leaves the front of a list while it is read
pulls something else past the reader. Orders are therefore asked for by the moment after which
they changed, and accounts and products by number, with the last one asked for again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from retention_sdk.shop_api import Answer, ApiClient

from .api import Json, count_of, fetch_items, refused
from .read import moment

# WordPress keeps dates to the second.
_GRAIN = timedelta(seconds=1)
_CROWD = re.compile(r"(\d{1,11})(?::(\d{1,9}):(\d{1,12}))?")
_PLACE = re.compile(r"(\d{1,12}):(\d{1,20})")


@dataclass(frozen=True, slots=True)
class OrderPlace:
    """Where a list of orders goes on: with changes after a second of 1970's count.

    ``page`` is more than 0 amid one second in which more orders changed than a page holds, of
    which there were ``total`` when that page was chosen.
    """

    after_s: int
    page: int = 0
    total: int = 0

    @classmethod
    def read(cls, cursor: str) -> Self:
        """Read a cursor of ours."""
        match = _CROWD.fullmatch(cursor)
        if not match:
            raise refused("this cursor is not one of ours")
        return cls(*(int(part or 0) for part in match.groups()))

    def __str__(self) -> str:
        return f"{self.after_s}:{self.page}:{self.total}" if self.page else str(self.after_s)


def order_pages(
    api: ApiClient, *, size: int, since: datetime | None, cursor: str
) -> Iterator[tuple[list[Json], str]]:
    """Yield pages of orders that were not seen in this state, and the cursor after each.

    Oldest change first. ``since`` belongs to the list; its beginning is included.
    """
    place = OrderPlace.read(cursor) if cursor else _start(since)
    seen: dict[tuple[int, str], int] = {}
    while True:
        items, following = _step(api, place, size)
        fresh = [item for item in items if (item["id"], item["date_modified_gmt"]) not in seen]
        seen |= {(item["id"], item["date_modified_gmt"]): _second(item) for item in items}
        yield fresh, str(following) if following else ""
        if following is None:
            return
        seen = {key: second for key, second in seen.items() if second > following.after_s}
        place = following


def _start(since: datetime | None) -> OrderPlace:
    # What is asked for is "after", and the beginning belongs to the list.
    return OrderPlace(max(0, int((since - _GRAIN).timestamp())) if since else 0)


def _step(api: ApiClient, place: OrderPlace, size: int) -> tuple[list[Json], OrderPlace | None]:
    """Return a page, and the place of the next one; None after the last."""
    if place.page:
        return _crowd(api, place, size)
    items, answer = fetch_items(
        api, "orders", **_after(place), orderby="modified", order="asc", per_page=size, page=1
    )
    if not _has_more(answer, items, size):
        return items, None
    if not items:
        raise refused("orders are there, and the key may read none of them")
    last = _second(items[-1])
    if last - 1 > place.after_s:
        return items, OrderPlace(last - 1)
    # One second fills the page: the order of its orders is not certain by date, so by number.
    return items, OrderPlace(place.after_s, page=1)


def _crowd(api: ApiClient, place: OrderPlace, size: int) -> tuple[list[Json], OrderPlace]:
    """Return a page of the orders that changed in one second.

    An order that changes again leaves this second; if fewer are left than before, its pages are
    read from the first again.
    """
    before = {"modified_before": _stamp(place.after_s + 2)}
    items, answer = fetch_items(
        api,
        "orders",
        **_after(place),
        **before,
        orderby="id",
        order="asc",
        per_page=size,
        page=place.page,
    )
    total = count_of(answer, "x-wp-total") or 0
    if place.page > 1 and total < place.total:
        return items, OrderPlace(place.after_s, page=1)
    if _has_more(answer, items, size, page=place.page):
        return items, OrderPlace(place.after_s, page=place.page + 1, total=total)
    return items, OrderPlace(place.after_s + 1)


def _after(place: OrderPlace) -> dict[str, Any]:
    return {"modified_after": _stamp(place.after_s), "dates_are_gmt": "true"}


def _stamp(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}"


def _second(item: Json) -> int:
    return int(moment(item["date_modified_gmt"]).timestamp())


def _has_more(answer: Answer, items: list[Json], size: int, *, page: int = 1) -> bool:
    """Whether pages follow. A page may be short where the key may not read all of it."""
    pages = count_of(answer, "x-wp-totalpages")
    return len(items) >= size if pages is None else pages > page


def numbered_pages(
    api: ApiClient, path: str, *, size: int, cursor: str, **wishes: Any
) -> Iterator[tuple[list[Json], str]]:
    """Yield pages of a list by number, and the cursor after each: how many, and the last one.

    Each page begins with the last one of the page before. If another is there, some before it are
    gone, and the list is taken up a page earlier.
    """
    position, last = _numbers(cursor)
    size = max(2, size)
    while True:
        items, answer = fetch_items(
            api, path, orderby="id", order="asc", per_page=size, offset=position, **wishes
        )
        if position and (not items or items[0]["id"] > last):
            position = max(0, position - size + 1)
            continue
        total = count_of(answer, "x-wp-total")
        expected = size if total is None else min(size, max(0, total - position))
        if total is not None and len(items) < expected:
            raise refused(f"the key may not read all of {path}")
        fresh = [item for item in items if item["id"] > last]
        last = fresh[-1]["id"] if fresh else last
        is_last = len(items) < size if total is None else position + size >= total
        position += size - 1
        yield fresh, "" if is_last else f"{position}:{last}"
        if is_last:
            return


def _numbers(cursor: str) -> tuple[int, int]:
    if not cursor:
        return 0, 0
    match = _PLACE.fullmatch(cursor)
    if not match:
        raise refused("this cursor is not one of ours")
    return int(match[1]), int(match[2])
