"""Asks a platform about many orders at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..adapter import ShopAdapter
from ..errors import AdapterError
from ..model import Order
from ..threads import in_threads

AT_ONCE = 4
"""Few enough for every platform's limit; the adapter's throttle holds the threads back."""


class Fetched(NamedTuple):
    """An order, or why there is none: one refusal does not end the others."""

    order_id: str
    order: Order | None = None
    error: AdapterError | None = None


def fetch_each(
    adapter: ShopAdapter, order_ids: Iterable[str], *, at_once: int = AT_ONCE
) -> Iterator[Fetched]:
    """Yield what a platform says of each order, in the order asked, some asked at a time.

    The identifiers are taken as results are, so that millions need no memory. For example::

        for each in fetch_each(adapter, ids):
            if each.order:
                shop.remember(adapter.order_events(each.order))

    Raises:
        ValueError: ``at_once`` is below 1.
    """
    if at_once < 1:
        raise ValueError("at least one order is asked for at a time")
    return in_threads(
        order_ids, lambda order_id: _fetch(adapter, order_id), at_once, name="fetching"
    )


def _fetch(adapter: ShopAdapter, order_id: str) -> Fetched:
    try:
        return Fetched(order_id, adapter.fetch_order(order_id))
    except AdapterError as error:
        return Fetched(order_id, error=error)
