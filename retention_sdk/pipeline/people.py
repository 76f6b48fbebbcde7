"""What events tell of people beside their orders: answers, and that two of them are one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ..context import customer_of
from ..model import Consent, ConsentChanged, CustomersMerged, DerivedEvent, ShopEvent

if TYPE_CHECKING:
    from ..storage import Connection, Store
    from .loyalty.track import LoyaltyTrack


def note_person(
    store: Store,
    connection: Connection,
    event: ShopEvent,
    *,
    subject_id: str,
    now: datetime,
    loyalty: LoyaltyTrack,
) -> None:
    """Keep the answers an event brings; merged people keep the strictest of each and all points."""
    if isinstance(event, CustomersMerged):
        _merge(store, connection, event, subject_id=subject_id, now=now, loyalty=loyalty)
    answers = answers_of(event)
    store.consents.record(connection, subject_id, answers, event_id=event.id, now=now)


def answers_of(event: ShopEvent) -> tuple[Consent, ...]:
    """Return what an event says of consent.

    What followed from other events says nothing: only people answer. A change without a time of
    its own was made when the event happened; what a customer's record repeats with every order was
    not.
    """
    if isinstance(event, ConsentChanged):
        if event.consent.recorded_at is not None:
            return (event.consent,)
        return (event.consent.model_copy(update={"recorded_at": event.occurred_at}),)
    customer = None if isinstance(event, DerivedEvent) else customer_of(event)
    return customer.consents if customer else ()


def _merge(
    store: Store,
    connection: Connection,
    event: CustomersMerged,
    *,
    subject_id: str,
    now: datetime,
    loyalty: LoyaltyTrack,
) -> None:
    """Let the absorbed accounts be the person that is left; who was never seen has said nothing."""
    references = [f"id:{account}" for account in event.absorbed]
    for absorbed in store.subjects.matching(connection, event.shop_id, references):
        store.consents.merge(connection, subject_id, absorbed, at=event.occurred_at, now=now)
        store.orders.reassign(connection, absorbed, to=subject_id)
        if absorbed != subject_id:
            loyalty.merge(connection, subject_id, absorbed, now=now)
