"""Takes paid orders into the ledger of cards, many at a time, without their e-mails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import ConsentError, PrintError, RetentionError, SubjectErased
from ...model import OrderPaid
from .press_room import PressRoom, Written

if TYPE_CHECKING:
    from ...storage import CardRecord, Connection


ERASED = "the customer was erased after this order was placed"


@dataclass(frozen=True, slots=True)
class Admitted:
    """What came of one order: its card, or why there is none.

    ``is_due`` is False where the parcel should have no card; that is no fault.
    """

    event: OrderPaid
    record: CardRecord | None = None
    refusal: str = ""
    is_due: bool = True


def admit(events: Sequence[OrderPaid], room: PressRoom) -> list[Admitted]:
    """Assign a card to each order, each once; an order that changed gets a card made anew.

    Two commits are made for all of them. What the orders tell of consent is kept, as with a
    webhook, and days to come are planned; nothing is sent and no point is earned.
    """
    store, now = room.store, room.clock()
    with store.begin() as connection:
        owners = [_owner(event, room, connection) for event in events]
        kept = [(event, who) for event, who in zip(events, owners, strict=True) if who]
        for event, subject_id in kept:
            answers = event.order.customer.consents if event.order.customer else ()
            store.consents.record(connection, subject_id, answers, event_id=event.id, now=now)
            store.orders.record(
                connection, event.order, shop_id=event.shop_id, subject_id=subject_id
            )
            room.snapshots.plan_days(connection, event, subject_id, now=now)
        known = [
            store.cards.of_order(connection, event.shop_id, event.order.id) for event, _ in kept
        ]
    answers_of = [
        _known(event, subject_id, cards, room) if cards else _new(event, subject_id, room)
        for (event, subject_id), cards in zip(kept, known, strict=True)
    ]
    with store.begin() as connection:
        admitted = [
            Admitted(
                event,
                room.assign(connection, answer, event.order, subject_id=subject_id),
            )
            if isinstance(answer, Written)
            else answer
            for (event, subject_id), answer in zip(kept, answers_of, strict=True)
        ]
    found = iter(admitted)
    return [
        next(found) if who else Admitted(event, refusal=ERASED, is_due=False)
        for event, who in zip(events, owners, strict=True)
    ]


def _owner(event: OrderPaid, room: PressRoom, connection: Connection) -> str | None:
    """Return whose order it is; None if that person was erased after it was placed."""
    try:
        return room.store.door.subject_for(connection, event, now=room.clock())
    except SubjectErased:
        return None


def _new(event: OrderPaid, subject_id: str, room: PressRoom) -> Written | Admitted:
    try:
        return room.write(event, subject_id, now=room.clock())
    except ConsentError as error:
        return Admitted(event, refusal=str(error), is_due=False)
    except PrintError as error:
        return Admitted(event, refusal=str(error), is_due=False)


def _known(
    event: OrderPaid, subject_id: str, cards: tuple[CardRecord, ...], room: PressRoom
) -> Admitted:
    """Follow the newest state of an order that has a card."""
    try:
        changed = {each.card_id: each for each in room.note(event, subject_id=subject_id)}
    except RetentionError as error:
        return Admitted(event, refusal=str(error))
    newest = [changed.get(card.card_id, card) for card in cards]
    return Admitted(event, next((card for card in newest if card.state.is_open), newest[-1]))
