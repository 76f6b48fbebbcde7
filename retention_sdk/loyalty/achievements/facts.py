"""What counts towards achievements: orders net of refunds, and what people did. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...model import Order
    from ...storage import OrderFact


@dataclass(frozen=True, slots=True)
class Good:
    """One of the things in an order; how many pieces does not matter."""

    sku: str = ""
    product: str = ""
    categories: tuple[str, ...] = ()
    brand: str = ""

    def names(self, of: str) -> tuple[str, ...]:
        """Return what it is called among ``skus``, ``products``, ``categories`` or ``brands``."""
        one = {"skus": self.sku, "products": self.product, "brands": self.brand}
        found = self.categories if of == "categories" else (one[of],)
        return tuple(name for name in found if name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """A paid order, less what was refunded of it so far."""

    order_id: str
    at: datetime
    currency: str
    net_minor: int
    goods: tuple[Good, ...] = ()


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done that is no order; ``reference`` makes it one of its kind."""

    kind: str
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A time of taking part; ``left_at`` is None while it lasts."""

    joined_at: datetime
    left_at: datetime | None = None

    def holds(self, moment: datetime) -> bool:
        """Return whether a moment lies in it."""
        return self.joined_at <= moment and (self.left_at is None or moment < self.left_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that counts for a person. ``spans`` are times of taking part, by achievement."""

    purchases: tuple[Purchase, ...] = ()
    deeds: tuple[Deed, ...] = ()
    spans: Mapping[str, tuple[Span, ...]] = field(default_factory=lambda: MappingProxyType({}))


def purchases(
    orders: Iterable[OrderFact], goods: Mapping[str, tuple[Good, ...]] = MappingProxyType({})
) -> tuple[Purchase, ...]:
    """Return what orders count for: from their payment on, less all that was refunded.

    An order that was cancelled, refunded in full or free of charge counts for nothing. A refund
    tells an amount and no goods: until all of it is refunded, all its goods count.
    """
    found = []
    for order in orders:
        net = order.total.minor - order.refunded.minor
        if order.paid_at is None or order.cancelled_at is not None or net <= 0:
            continue
        found.append(
            Purchase(
                order_id=order.order_id,
                at=order.paid_at,
                currency=order.total.currency,
                net_minor=net,
                goods=goods.get(order.order_id, ()),
            )
        )
    return tuple(found)


def goods_of(order: Order) -> tuple[Good, ...]:
    """Return what an order was about, each thing once; gift cards are money, not goods."""
    found = (
        Good(
            sku=line.sku,
            product=line.product_id,
            categories=tuple(sorted(set(line.categories))),
            brand=line.brand,
        )
        for line in order.lines
        if not line.is_gift_card
    )
    return tuple(dict.fromkeys(found))
