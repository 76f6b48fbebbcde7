"""Lists that lose nothing when something changes while they are read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from retention_sdk.errors import PlatformError
from retention_sdk.shop_api import ApiClient
from retention_sdk.shop_api.values import moment

from .values import Json

# PostgreSQL keeps microseconds, answers have milliseconds: a moment may be a little later than
# it is told.
_GRAIN = timedelta(milliseconds=1)


class Listing(NamedTuple):
    """A list of the Admin API: where it is, what its items are called, and by what it is sorted."""

    path: str
    name: str
    fields: str
    sorted_by: str = "updated_at"
    params: tuple[tuple[str, str], ...] = ()


class Place(NamedTuple):
    """Where a page begins: after a moment, and some items further on."""

    after: datetime | None
    skip: int = 0

    @classmethod
    def read(cls, cursor: str) -> Place:
        """Read a cursor.

        Raises:
            PlatformError: it is none of ours.
        """
        try:
            after, _, skip = cursor.partition("|")
            return cls(moment(after), int(skip))
        except ValueError:
            message = "this is no cursor of Medusa's lists"
            raise PlatformError(message, adapter="medusa", retryable=False) from None

    def __str__(self) -> str:
        return f"{self.after.isoformat() if self.after else ''}|{self.skip}"


def pages(
    api: ApiClient, listing: Listing, *, since: datetime | None, cursor: str, size: int
) -> Iterator[tuple[list[Json], str]]:
    """Yield items that were not yielded before, and where the list goes on.

    Pages begin after a moment, not after a number of items: an item that changes while we read
    moves to the end of the list and would pull another one past us.
    """
    seen: set[tuple[str, str]] = set()
    place = Place.read(cursor) if cursor else Place(since - _GRAIN if since else None)
    while True:
        items = _ask(api, listing, place, size)
        is_last = len(items) < size
        place = place if is_last else _next(place, moment(items[-1][listing.sorted_by]), size)
        fresh = [item for item in items if (item["id"], item["updated_at"]) not in seen]
        seen.update((item["id"], item["updated_at"]) for item in fresh)
        yield fresh, "" if is_last else str(place)
        if is_last:
            return


def _ask(api: ApiClient, listing: Listing, place: Place, size: int) -> list[Json]:
    params = {
        **dict(listing.params),
        "fields": listing.fields,
        "order": listing.sorted_by,
        "limit": str(size),
        "offset": str(place.skip),
    }
    if place.after:
        params[f"{listing.sorted_by}[$gte]"] = place.after.isoformat()
    items: list[Json] = api.get(listing.path, params=params).mapping()[listing.name]
    return items


def _next(place: Place, last: datetime, size: int) -> Place:
    """Return where to go on; many items of one moment are counted through."""
    after = last - _GRAIN
    is_further = place.after is None or after > place.after
    return Place(after) if is_further else Place(place.after, place.skip + size)
