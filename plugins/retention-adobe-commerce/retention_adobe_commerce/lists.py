"""Orders that changed, in pages that lose nothing while the shop goes on selling."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from .client import Filter, Rest, listed, refused
from .values import Json, stamp

# Dates are kept to the second; an answer may be a second older than it says.
_GRAIN = timedelta(seconds=1)
_PLACE = re.compile(r"(orders|shipments|creditmemos):(\d{1,19})")
_KINDS = ("orders", "shipments", "creditmemos")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on: in one of three lists, behind a number."""

    kind: str
    after: int = 0

    @classmethod
    def read(cls, cursor: str) -> Self:
        """Read a cursor of ours; the beginning if it is empty."""
        if not cursor:
            return cls(_KINDS[0])
        match = _PLACE.fullmatch(cursor)
        if not match:
            raise refused("this cursor is not one of ours")
        return cls(match[1], int(match[2]))

    def __str__(self) -> str:
        return f"{self.kind}:{self.after}"

    def next_list(self) -> Place | None:
        """Return the beginning of the list after this one, None after the last."""
        position = _KINDS.index(self.kind) + 1
        return Place(_KINDS[position]) if position < len(_KINDS) else None


def order_pages(
    api: Rest,
    *,
    since: datetime | None,
    store_ids: Sequence[int],
    size: int,
    cursor: str,
) -> Iterator[tuple[list[Json], str]]:
    """Yield pages of orders by the number that each keeps, and the cursor after each.

    A parcel does not date its order, so with ``since`` the orders of new shipments come after
    those that changed, and then those of new credit memos; an order may come again.
    """
    place: Place | None = Place.read(cursor)
    own: list[Filter] = [("store_id", "in", listed(store_ids))] if store_ids else []
    while place is not None:
        dated = [_changed(place.kind, since)] if since else []
        behind: Filter = ("entity_id", "gt", place.after)
        found = api.search(place.kind, *own, *dated, behind, order_by="entity_id", size=size)
        orders = found if place.kind == "orders" else _orders_of(api, found)
        is_last = len(found) < size
        following = place.next_list() if since else None
        place = following if is_last else Place(place.kind, _last(found, place))
        yield orders, "" if place is None else str(place)


def _changed(kind: str, since: datetime) -> Filter:
    field = "updated_at" if kind == "orders" else "created_at"
    return field, "gteq", stamp(since - _GRAIN)


def _last(found: Sequence[Json], place: Place) -> int:
    last = found[-1]["entity_id"]
    if type(last) is not int or last <= place.after:
        raise refused(f"the shop does not sort {place.kind} by entity_id")
    return last


def _orders_of(api: Rest, parts: Sequence[Json]) -> list[Json]:
    """Return the orders that shipments or credit memos belong to."""
    numbers = sorted({each["order_id"] for each in parts})
    if not numbers:
        return []
    wanted: Filter = ("entity_id", "in", listed(numbers))
    return list(api.everything("orders", wanted, key="entity_id"))


def numbered_pages(
    api: Rest, path: str, *conditions: Filter, key: str, size: int, cursor: str
) -> Iterator[tuple[list[Json], str]]:
    """Yield pages of accounts or products by number; filters call it ``entity_id``."""
    if cursor and not (cursor.isascii() and cursor.isdecimal()):
        raise refused("this cursor is not one of ours")
    after = int(cursor or 0)
    while True:
        behind: Filter = ("entity_id", "gt", after)
        found = api.search(path, *conditions, behind, order_by="entity_id", size=size)
        is_last = len(found) < size
        last = found[-1][key] if found else after
        if not is_last and last <= after:
            raise refused(f"the shop does not sort {path} by entity_id")
        after = last
        yield found, "" if is_last else str(after)
        if is_last:
            return
