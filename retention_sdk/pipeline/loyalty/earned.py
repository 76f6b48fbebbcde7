"""The event that tells of credited points, and whom it may tell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from ...context import customer_of
from ...model import Customer, PointsEarned, ShopEvent

if TYPE_CHECKING:
    from ...loyalty import PointsLedger, Posted


def earned_event(
    posted: Posted | None,
    ledger: PointsLedger,
    customer: Customer | None,
    *,
    kind: str,
    shop_id: str,
    at: datetime,
) -> Iterator[ShopEvent]:
    """Yield the event of a posting that is new; none where nobody is known who could be told."""
    if posted is None or customer is None:
        return
    if posted.kind != "earn" or not posted.is_new or posted.points < 1:
        return
    yield PointsEarned(
        id=f"earned:{posted.txn_id}",
        shop_id=shop_id,
        occurred_at=at,
        customer=customer,
        program=ledger.program.id,
        points=posted.points,
        balance=posted.balance.balance,
        pending=posted.balance.pending,
        kind=kind,
    )


def told_customer(event: ShopEvent) -> Customer | None:
    """Return whom an event tells of, for events that follow from it.

    Their answers to questions of consent stay with the event that brought them; the store has
    those that count. None for who left neither account nor address.
    """
    customer = customer_of(event)
    if customer is None or not (customer.id or customer.email):
        return None
    return customer.model_copy(update={"consents": ()})
