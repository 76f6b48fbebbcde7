"""Which parcel a card lies in, and what the ledger is told about the choice of it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from ...errors import ConsentError, PrintError
from ...inserts import InsertSettings, card_id_for
from ...model import (
    Context,
    Decision,
    Fulfilment,
    FulfilmentStatus,
    Order,
    OrderEvent,
    OrderPaid,
)
from ..choose import Chosen, Pick
from ..make import variant_number

if TYPE_CHECKING:
    from ...storage import CardChoice, CardPlace, CardRecord


def parcel_of(record: CardRecord, order: Order) -> Fulfilment | None:
    """Return the fulfilment that a card lies in; None if there is no such parcel any more.

    Platforms give a planned parcel another name when it is packed: then it is the next one that
    waits, or one that left.
    """
    live = [
        each
        for each in order.fulfilments
        if each.parcels and each.status is not FulfilmentStatus.CANCELLED
    ]
    named = next((each for each in live if each.id == record.place.fulfilment_id), None)
    return named or order.insert_fulfilment or next(iter(live), None)


def place_of(context: Context, pick: Pick, order: Order) -> CardPlace:
    """Return which parcel a card is for.

    Raises:
        PrintError: no parcel waits for a card.
    """
    from ...storage import CardPlace

    fulfilment = order.insert_fulfilment
    if fulfilment is None:
        raise PrintError("no card: the order has no parcel that is still to be packed")
    return CardPlace(
        card_id=card_id_for(context.event_id, pick.candidate.id),
        shop_id=context.shop.id,
        order_id=order.id,
        fulfilment_id=fulfilment.id,
        event_id=context.event_id,
    )


def choice_of(context: Context, pick: Pick, settings: InsertSettings | None) -> CardChoice:
    """Return what was chosen, with the facts that an experiment is evaluated by."""
    from ...storage import CardChoice

    return CardChoice(
        template=pick.candidate.template,
        locale=context.locale.tag,
        formality=context.locale.formality,
        variant=variant_number(pick.candidate, settings),
        arm=pick.candidate.variant,
        is_holdout=pick.candidate.is_holdout,
    )


def source_of(event_id: str) -> str:
    """Return the platform that an event came from; identifiers begin with it."""
    return event_id.partition(":")[0]


def card_pick(chosen: Chosen) -> Pick:
    """Return the card that was chosen.

    Raises:
        PrintError: no parcel waits for a card.
        ConsentError: not even the plain card is allowed.
    """
    for pick in chosen.picks:
        if pick.candidate.surface == "card":
            return pick
    about = about_cards(chosen)
    if not about:
        raise PrintError("no card: the order has no parcel that is still to be packed")
    reasons = (reason for each in about for reason in (*each.vetoes, *each.reasons))
    raise ConsentError("no card may lie in this parcel: " + "; ".join(dict.fromkeys(reasons)))


def about_cards(chosen: Chosen) -> tuple[Decision, ...]:
    """Return the decisions about what lies in a parcel."""
    return tuple(each for each in chosen.decisions if each.insert_type)


def paid_event(record: CardRecord, order: Order) -> OrderPaid:
    """Return the event that the card was made for, with the order as it is now."""
    return OrderPaid(
        id=record.place.event_id,
        shop_id=record.place.shop_id,
        occurred_at=order.paid_at or order.placed_at,
        order=order,
    )


def told_stage(event: OrderEvent) -> str:
    """Return the stage that keeps that this state of an order was seen to."""
    return f"told:{sha256(event.raw).hexdigest()[:32]}"
