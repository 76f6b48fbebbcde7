"""What a person corrected or refused, carried on to the cards that wait for a printer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ...consent.rights import RequestKind
from ...context import customer_of
from ...errors import RightsError
from ...model import (
    Consent,
    ConsentChannel,
    ConsentState,
    Customer,
    CustomerUpdated,
    Order,
    Purpose,
    Settings,
)
from ...model.base import Line
from .press_room import OBJECTED, PressRoom

if TYPE_CHECKING:
    from ...storage import CardRecord, Connection

CORRECTED = "the customer's data were corrected"

# A restriction stops what storage alone does not need (GDPR art. 18(2)); an objection stops all
# direct marketing, on paper too (art. 21(3)).
_MARKETING = (Purpose.MARKETING, Purpose.PROFILING, Purpose.THIRD_PARTY)
_REFUSED: Mapping[RequestKind, tuple[Purpose, ...]] = MappingProxyType(
    {
        RequestKind.OBJECTION: _MARKETING,
        RequestKind.RESTRICTION: (*_MARKETING, Purpose.SALE_OR_SHARING),
        RequestKind.OPT_OUT_OF_SALE: (Purpose.SALE_OR_SHARING,),
    }
)


_Said = Annotated[Line | None, Field(repr=False)]


class Correction(Settings):
    """What is right; what is left out stays as it was."""

    given_name: _Said = None
    family_name: _Said = None
    full_name: _Said = None
    email: _Said = None
    phone: _Said = None
    language: _Said = None

    @property
    def changes(self) -> dict[str, str]:
        """The fields that were given."""
        return {name: value for name, value in self.model_dump().items() if value is not None}


def object_to(
    kind: RequestKind, subject_id: str, room: PressRoom, *, event_id: str, at: datetime
) -> int:
    """Record what a person refuses, and write their waiting cards anew; return how many changed.

    Answers are recorded once, however often this is repeated.
    """
    answers = [
        Consent(
            channel=ConsentChannel.ANY,
            state=ConsentState.DENIED,
            purpose=purpose,
            recorded_at=at,
            source=kind.value,
        )
        for purpose in _REFUSED[kind]
    ]
    with room.store.begin() as connection:
        room.store.consents.record(connection, subject_id, answers, event_id=event_id, now=at)
        cards = _waiting(connection, (subject_id,), room)
    changed = (room.revise(card, room.text(card).order, OBJECTED) for card in cards)
    return sum(card is not None for card in changed)


def correct(
    correction: Correction,
    people: Sequence[str],
    room: PressRoom,
    *,
    request_id: str,
    now: datetime,
) -> int:
    """Keep what is right of a person, and write their waiting cards anew.

    Returns how many cards a customer would see changed. What is right is told as an event, so
    that the next export shows it; the platform is corrected by the shop.

    Raises:
        RightsError: nothing was corrected, or nothing is known of the person.
    """
    if not correction.changes:
        raise RightsError("say what is right: a name, an e-mail address, a phone, a language")
    store = room.store
    with store.begin() as connection:
        told = [each for who in people for each in store.people.events(connection, who)]
        known = [customer for each in told if (customer := customer_of(each))]
        if not known:
            raise RightsError("nothing is known of who asks, so there is nothing to correct")
        customer = _corrected(known[-1], correction)
        for reference in store.references_of_customer(customer):
            if reference.startswith(("id:", "email:")):
                store.subjects.link(
                    connection, people[0], shop_id=room.shop_id, reference=reference, now=now
                )
        event = CustomerUpdated(
            id=f"rights:{request_id}:corrected",
            shop_id=room.shop_id,
            occurred_at=now,
            customer=customer,
        )
        store.inbox.receive(connection, [event], now=now)
        store.inbox.mark(connection, event.id, "done")
        cards = _waiting(connection, people, room)
    fresh = (room.revise(card, _order_of(card, correction, room), CORRECTED) for card in cards)
    return sum(card is not None for card in fresh)


def _waiting(connection: Connection, people: Sequence[str], room: PressRoom) -> list[CardRecord]:
    cards = [card for who in people for card in room.store.cards.of_subject(connection, who)]
    return [card for card in cards if card.state.is_waiting]


def _order_of(card: CardRecord, correction: Correction, room: PressRoom) -> Order:
    order = room.text(card).order
    if order.customer is None:
        return order
    changes: dict[str, object] = {"customer": _corrected(order.customer, correction)}
    if correction.language is not None:
        changes["language"] = correction.language
    return Order.model_validate(order.model_copy(update=changes).model_dump())


def _corrected(customer: Customer, correction: Correction) -> Customer:
    return Customer.model_validate({**customer.model_dump(), **correction.changes})
