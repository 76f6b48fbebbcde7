"""The sums under an order. Only sums that add up are shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..model import Money, Order


class Breakdown(NamedTuple):
    """Parts of a total; None where there is nothing to show.

    ``included_tax`` is contained in the total, ``added_tax`` was added to it.
    """

    subtotal: Money | None
    discount: Money | None
    shipping: Money | None
    added_tax: Money | None
    included_tax: Money | None
    total: Money


def break_down(order: Order) -> Breakdown:
    """Return how the total comes about, as far as the platform's numbers prove it.

    Platforms differ: lines before or after discounts, taxes inside or on top. The first reading
    whose parts add up to the total is taken; without one there is the total alone.
    """
    for parts in _readings(order):
        if _sum(parts) == order.total.minor:
            is_trivial = parts.subtotal == order.total
            return parts._replace(subtotal=None) if is_trivial else parts
    return Breakdown(None, None, None, None, None, order.total)


def _readings(order: Order) -> Iterator[Breakdown]:
    """Yield every way to read the numbers, the usual ones first."""
    zero = Money.zero(order.currency)
    before = sum((line.unit_price * line.quantity for line in order.lines), zero)
    after = sum((line.total for line in order.lines), zero)
    shipping, tax = _positive(order.shipping), _positive(order.tax)
    discount = _positive(order.discount)
    for subtotal, taken_off in ((before, discount), (after, discount), (after, None)):
        yield Breakdown(subtotal, taken_off, shipping, None, tax, order.total)
        yield Breakdown(subtotal, taken_off, shipping, tax, None, order.total)


def _sum(parts: Breakdown) -> int:
    added = (parts.subtotal, parts.shipping, parts.added_tax)
    total = sum(money.minor for money in added if money)
    return total - (parts.discount.minor if parts.discount else 0)


def _positive(money: Money | None) -> Money | None:
    return money if money and money.minor > 0 else None
