"""Asks a platform about many orders at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple

from ..adapter import ShopAdapter
from ..errors import AdapterError
from ..model import Order

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
    return _fetched(adapter, order_ids, at_once)


def _fetched(adapter: ShopAdapter, order_ids: Iterable[str], at_once: int) -> Iterator[Fetched]:
    under_way: deque[Future[Fetched]] = deque()
    with ThreadPoolExecutor(at_once, thread_name_prefix="fetching") as pool:
        try:
            for order_id in order_ids:
                under_way.append(pool.submit(_fetch, adapter, order_id))
                if len(under_way) > at_once:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for each in under_way:
                each.cancel()


def _fetch(adapter: ShopAdapter, order_id: str) -> Fetched:
    try:
        return Fetched(order_id, adapter.fetch_order(order_id))
    except AdapterError as error:
        return Fetched(order_id, error=error)
