"""The list of orders: what changed, then what only a credit slip changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from retention_sdk.model import Order, Page
from retention_sdk.shop_api import read_page

from .directory import Directory
from .moments import earliest_stamp
from .orders import ORDER_FIELDS, OrderReader
from .paging import Place, changed
from .webservice import Webservice, number

_SLIP_FIELDS = ("id", "id_order", "date_upd")
_SLIPS = "r"


def order_pages(
    service: Webservice,
    directory: Directory,
    reader: OrderReader,
    *,
    size: int,
    since: datetime | None,
    cursor: str,
) -> Iterator[Page[Order]]:
    """Yield pages of orders, oldest change first, and then those refunded since then.

    A credit slip does not date its order anew, so slips are read after the orders. Where all orders
    are read, their slips are with them.
    """
    start = earliest_stamp(since, directory.zone) if since else ""
    if not cursor.startswith(_SLIPS):
        place = Place.read(cursor) if cursor else Place(start) if start else Place()
        cursor = f"{_SLIPS}{Place(start)}" if start else ""
        pages = changed(service, "orders", ORDER_FIELDS, size=size, place=place)
        for rows, following in pages:
            yield reader.page(rows, str(following) if following else cursor)
    if cursor:
        yield from _refunded_pages(service, reader, size=size, start=start, cursor=cursor)


def _refunded_pages(
    service: Webservice, reader: OrderReader, *, size: int, start: str, cursor: str
) -> Iterator[Page[Order]]:
    """Yield orders with new slips that are older than the list itself."""
    place = Place.read(cursor.removeprefix(_SLIPS))
    for slips, following in changed(service, "order_slip", _SLIP_FIELDS, size=size, place=place):
        named = read_page(
            slips,
            lambda slip: number(slip["id_order"]),
            reading=reader.reading,
            name=lambda slip: f"credit slip {number(slip['id'])}",
        )
        found = service.rows_by("orders", "id", named.items, ORDER_FIELDS)
        older = [row for row in found if not start or str(row["date_upd"]) < start]
        older.sort(key=lambda row: str(row["date_upd"]))
        page = reader.page(older, f"{_SLIPS}{following}" if following else "")
        yield replace(page, refused=(*named.refused, *page.refused))
