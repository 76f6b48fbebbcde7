"""Asks for orders, and for what BigCommerce keeps beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from retention_sdk.shop_api import ApiClient
from retention_sdk.shop_api.values import asked_number, identifier

from .api import NAME, Json, all_v2, all_v3, data_of, is_last, items_v2, moment, refused
from .parcels import shipped_items
from .read import OrderParts, consignments, is_paid, is_placed
from .settings import BigCommerceSettings

# Orders are dated to the second. Lists are asked for one second earlier than they go on, so that
# it does not matter whether a bound is part of them.
Refunds = Mapping[int, Sequence[Json]]

_PLACE = re.compile(r"(\d{1,11})(?::(\d{1,15}))?")
_OK = 200
# What would otherwise be requests of their own: addresses, and the products that go to them.
_WHOLE = {"include": "consignments.line_items", "consignment_structure": "object"}


def fetch_order(api: ApiClient, order_id: str, settings: BigCommerceSettings) -> OrderParts | None:
    """Return one order with all its parts; None if there is none, or nobody has placed it yet."""
    answer = api.get(
        f"v2/orders/{asked_number(order_id, adapter=NAME)}", params=_WHOLE, also_good=(204, 404)
    )
    if answer.status != _OK:
        return None
    body = answer.mapping()
    return complete(api, body, refunds_of(api, [body]), settings) if is_placed(body) else None


def complete(
    api: ApiClient, order: Json, refunds: Refunds, settings: BigCommerceSettings
) -> OrderParts:
    """Ask for the parts of an order."""
    path = f"orders/{identifier(order['id'])}"
    return OrderParts(
        order=order,
        products=_products(api, order, path),
        coupons=all_v2(api, f"v2/{path}/coupons"),
        shipments=all_v2(api, f"v2/{path}/shipments") if shipped_items(order) else (),
        refunds=refunds[order["id"]],
        transactions=_transactions(api, path) if is_paid(order, settings) else (),
    )


def refunds_of(api: ApiClient, orders: Sequence[Json]) -> Refunds:
    """Return the refunds of some orders by the order's number, all in one list."""
    found: dict[int, list[Json]] = {order["id"]: [] for order in orders}
    if orders:
        wanted = {"order_id:in": ",".join(identifier(order["id"]) for order in orders)}
        for refund in all_v3(api, "v3/orders/payment_actions/refunds", **wanted):
            # One that names an order which nobody asked for would be missing somewhere.
            found[int(identifier(refund["order_id"]))].append(refund)
    return found


def _transactions(api: ApiClient, path: str) -> tuple[Json, ...]:
    answer = api.get(f"v3/{path}/transactions", also_good=(204, 404))
    return tuple(data_of(answer, path)) if answer.status == _OK else ()


def _products(api: ApiClient, order: Json, path: str) -> list[Json]:
    """Return an order's products; asked for where its consignments do not hold them all."""
    inside = products_inside(order)
    is_whole = all("id" in line for line in inside)
    if is_whole and sum(line["quantity"] for line in inside) >= order["items_total"]:
        return inside
    return all_v2(api, f"v2/{path}/products")


def products_inside(order: Json) -> list[Json]:
    """Return the products that an order carries: whole, or their addresses alone."""
    return [line for _, part in consignments(order) for line in _lines_of(part)]


def _lines_of(part: Json) -> list[Json]:
    found = part["line_items"]
    return found if isinstance(found, list) else [found]


# Pages -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list of orders goes on: with changes in a second of 1970's count, or after it.

    ``after_id`` is set amid one second in which more orders changed than a page holds: it is the
    last number that was read of it.
    """

    second: int
    after_id: int | None = None

    @classmethod
    def read(cls, cursor: str) -> Self:
        """Read a cursor of ours."""
        match = _PLACE.fullmatch(cursor)
        if not match:
            raise refused("this cursor is not one of ours")
        return cls(int(match[1]), None if match[2] is None else int(match[2]))

    def __str__(self) -> str:
        return str(self.second) if self.after_id is None else f"{self.second}:{self.after_id}"


def order_pages(
    api: ApiClient, *, size: int, since: datetime | None, cursor: str
) -> Iterator[tuple[list[Json], str]]:
    """Yield pages of orders that were not seen in this state, and the cursor after each.

    Oldest change first: what changes meanwhile moves to the end and comes again. Page numbers
    are not used, for whatever leaves the front of a list pulls something else past the reader.
    """
    start = max(1, int(since.timestamp())) if since else 1
    place: Place | None = Place.read(cursor) if cursor else Place(start)
    seen: dict[tuple[int, str], int] = {}
    while place is not None:
        items, following = _step(api, place, size)
        fresh = [item for item in items if (item["id"], item["date_modified"]) not in seen]
        seen |= {(item["id"], item["date_modified"]): _second(item) for item in items}
        fresh = [item for item in fresh if not since or _second(item) >= start]
        yield fresh, str(following or "")
        if following:
            seen = {key: second for key, second in seen.items() if second >= following.second - 1}
        place = following


def _step(api: ApiClient, place: Place, size: int) -> tuple[list[Json], Place | None]:
    """Return a page, and the place of the next one; None after the last."""
    if place.after_id is not None:
        return _crowd(api, place, place.after_id, size)
    wishes = {"sort": "date_modified:asc"}
    if place.second > 1:
        wishes["min_date_modified"] = _stamp(place.second - 1)
    items = items_v2(api, "v2/orders", limit=size, page=1, **wishes, **_WHOLE)
    if is_last(items, size):
        return items, None
    last = _second(items[-1])
    return items, Place(last) if last > place.second else Place(place.second, after_id=0)


def _crowd(
    api: ApiClient, place: Place, after_id: int, size: int
) -> tuple[list[Json], Place | None]:
    """Return a page of what changed in one second, by number."""
    wishes: dict[str, Any] = {
        "min_date_modified": _stamp(place.second - 1),
        "max_date_modified": _stamp(place.second + 1),
        "min_id": after_id + 1,
        "sort": "id:asc",
    }
    items = items_v2(api, "v2/orders", limit=size, page=1, **wishes, **_WHOLE)
    if is_last(items, size):
        return items, Place(place.second + 1)
    return items, Place(place.second, after_id=max(item["id"] for item in items))


def _stamp(second: int) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%Y-%m-%dT%H:%M:%S}+00:00"


def _second(item: Json) -> int:
    return int(moment(item["date_modified"]).timestamp())
