"""What an order earns, as the ledger writes it down: canonical text without words. Pure."""

from __future__ import annotations

from typing import NamedTuple

from ..model import Order
from .chain import canonical, quote
from .rules import Earning, Program, count, order_points


class Weighed(NamedTuple):
    """Points, and the canonical text of all that they were computed from.

    ``reasons`` are words that awards came with: they may name people and are sealed apart.
    """

    points: int
    breakdown: str
    reasons: tuple[str, ...] = ()


def written(earning: Earning) -> Weighed:
    """Return an earning as it is written down."""
    reasons = {"parts": {"__all__": {"reason"}}}
    return Weighed(
        earning.points,
        canonical(earning.model_dump(mode="json", exclude=reasons)),
        tuple(part.reason for part in earning.parts if part.source == "award"),
    )


def weigh_at_rate(order: Order, program: Program) -> Weighed:
    """Return ``written(earn_at_rate(order, program))``, its text written out.

    Most orders of most shops earn like this; the records in between take longer than all the rest.
    """
    counted = count(order, program)
    rate = counted.rate
    points = order_points(
        counted.basis, tax_minor=counted.tax, total_minor=counted.total, rate=rate
    )
    if rate is None:
        parts, rate_text, refusal = "", "null", f"no rate for {order.currency}"
    else:
        parts = f'{{"plugin":"","points":{points},"source":"order"}}'
        rate_text, refusal = f'{{"per_minor":{rate.per_minor},"points":{rate.points}}}', ""
    text = (
        f'{{"basis_minor":{counted.basis},"currency":{quote(order.currency)},'
        f'"gift_card_minor":{counted.gift_cards},"parts":[{parts}],"points":{points},'
        f'"rate":{rate_text},"refusal":{quote(refusal)},"shipping_minor":{counted.shipping},'
        f'"tax_minor":{counted.tax},"total_minor":{counted.total}}}'
    )
    return Weighed(points, text)
