"""Which parcel a card lies in, and what the ledger is told about the choice of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import PrintError
from ..inserts import InsertSettings, card_id_for
from ..model import Context, Fulfilment, FulfilmentStatus, Order
from .choose import Pick
from .make import variant_number

if TYPE_CHECKING:
    from ..storage import CardChoice, CardPlace, CardRecord


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
    from ..storage import CardPlace

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
    from ..storage import CardChoice

    return CardChoice(
        template=pick.candidate.template,
        locale=context.locale.tag,
        formality=context.locale.formality,
        variant=variant_number(pick.candidate, settings),
        arm=pick.candidate.variant,
        is_holdout=pick.candidate.is_holdout,
    )
