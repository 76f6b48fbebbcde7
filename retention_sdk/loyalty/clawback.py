"""Taking points back when an order is refunded. Pure.

The caller names the part of the order that was refunded *so far*. What is taken is the target for
that part less what was taken before, so a refund in ten parts takes what one in full takes, a
repeated notice takes nothing, and a full refund takes exactly what was earned.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from ..storage.ledger import Lot
from .book import Book

ClawbackPolicy = Literal["debt", "clamp", "only_pending", "manual_review"]
# What can be asked for besides the policies of a programme: let it go.
TakingPolicy = ClawbackPolicy | Literal["waive"]


def target(earned: int, ratio: Fraction) -> int:
    """Return how many of the earned points a refunded part takes back, rounded up.

    What is left is rounded down, as it would have been for the smaller order.

    >>> target(38, Fraction(1, 3))
    13
    """
    return earned - int(earned * (1 - ratio))


def points_due(order_lots: Sequence[Lot], ratio: Fraction) -> int:
    """Return how many points a refunded part takes back beyond what was taken before."""
    return sum(max(0, target(lot.earned, ratio) - lot.clawed) for lot in order_lots)


def claw_back(
    book: Book, order_lots: Sequence[Lot], ratio: Fraction, *, policy: TakingPolicy
) -> dict[str, int]:
    """Take back what a refund asks for; return how many points came from where.

    Sources in order, over all lots of the order: pending, available, points that had expired
    already (they count as given back), other lots, then debt. The sources are one fixed line and
    are used up from its front; that makes any split of a refund end alike. ``waived`` is what
    the policy lets go.
    """
    need = points_due(order_lots, ratio)
    for lot in order_lots:
        lot.clawed = max(target(lot.earned, ratio), lot.clawed)
        book.touched.add(lot.id)
    if policy == "waive":
        return {"waived": need}
    taken = {"pending": _take(book, order_lots, "pending", need)}
    if policy != "only_pending":
        taken["available"] = _take(book, order_lots, "available", need - sum(taken.values()))
        taken["expired"] = _forgive(order_lots, need - sum(taken.values()))
        rest = need - sum(taken.values())
        taken["other"] = _take(book, book.spendable(), "available", rest)
    rest = need - sum(taken.values())
    if policy == "debt":
        book.move("debt", "reversed", rest)
    taken["debt" if policy == "debt" else "waived"] = rest
    return taken


def _take(book: Book, lots: Sequence[Lot], bucket: str, need: int) -> int:
    taken = 0
    for lot in lots:
        share = min(need - taken, getattr(lot, bucket))
        book.move(bucket, "reversed", share, lot=lot)
        taken += share
    return taken


def _forgive(lots: Sequence[Lot], need: int) -> int:
    forgiven = 0
    for lot in lots:
        share = min(need - forgiven, lot.expired - lot.forgiven)
        lot.forgiven += share
        forgiven += share
    return forgiven
