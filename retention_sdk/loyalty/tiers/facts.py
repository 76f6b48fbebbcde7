"""What counts towards a rank: orders net of refunds, or the points they earned. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from .ladder import COUNT

if TYPE_CHECKING:
    from ...storage import OrderFact


@dataclass(frozen=True, slots=True)
class Qualifying:
    """An amount that counts from a moment on: minor units of a currency, points, or orders."""

    at: datetime
    amount: int
    currency: str = COUNT


def qualifying_orders(
    orders: Iterable[OrderFact], qualify: Literal["spend", "orders"]
) -> tuple[Qualifying, ...]:
    """Return what orders count for: from their payment on, less all that was refunded.

    An order that was cancelled, refunded in full or free of charge counts for nothing, whatever
    is counted. The amount is what was paid, with shipping and tax.
    """
    found = []
    for order in orders:
        net = order.total.minor - order.refunded.minor
        if order.paid_at is None or order.cancelled_at is not None or net <= 0:
            continue
        if qualify == "spend":
            found.append(Qualifying(order.paid_at, net, order.total.currency))
        else:
            found.append(Qualifying(order.paid_at, 1))
    return tuple(found)
