"""Reads from the store what became of an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..context import order_of
from ..model import Context
from ..model.candidate import Surface
from .choose import Chosen, Pick
from .make import delivery_id_for
from .outcome import CardOutcome, CardStepOutcome, DeliveryOutcome, Outcome
from .run import STAGES

if TYPE_CHECKING:
    from ..storage import CardRecord, Connection, Store, StoredDelivery, StoredEvent


def read_outcome(store: Store, stored: StoredEvent, *, is_new: bool, error: str) -> Outcome:
    """Return the stages, decisions, deliveries and points of an event, in one consistent view."""
    event_id = stored.event.id
    with store.reading() as connection:
        reached = store.stages.reached(connection, event_id)
        context = _context(store, connection, event_id)
        chosen = _chosen(store, connection, event_id)
        deliveries = tuple(
            _delivery(store, connection, event_id, pick)
            for pick in (chosen.picks if chosen else ())
        )
        order = order_of(stored.event)
        shop_id = stored.event.shop_id
        cards = store.cards.of_order(connection, shop_id, order.id) if order else ()
        told = tuple(_card(store, connection, each) for each in cards)
    return Outcome(
        event_id=event_id,
        event_type=str(getattr(stored.event, "type", "unknown")),
        is_new=is_new,
        state=stored.state,
        stages=tuple(stage for stage in STAGES if stage in reached),
        locale=context.locale.tag if context else "",
        locale_reason=context.locale.reason if context else "",
        points_earned=context.loyalty.earned if context else 0,
        points_balance=context.loyalty.balance if context else 0,
        card_notes=chosen.card_notes if chosen else (),
        decisions=chosen.decisions if chosen else (),
        deliveries=deliveries,
        cards=told,
        error=error,
    )


def _context(store: Store, connection: Connection, event_id: str) -> Context | None:
    payload = store.stages.get(connection, event_id, "context")
    return Context.model_validate_json(payload) if payload else None


def _chosen(store: Store, connection: Connection, event_id: str) -> Chosen | None:
    payload = store.stages.get(connection, event_id, "decide")
    return Chosen.model_validate_json(payload) if payload else None


def _delivery(store: Store, connection: Connection, event_id: str, pick: Pick) -> DeliveryOutcome:
    surface = pick.candidate.surface
    stored = _furthest(store, connection, event_id, surface)
    receipt = stored.receipt if stored else None
    return DeliveryOutcome(
        surface=surface,
        template=pick.candidate.template,
        channel=receipt.channel if receipt else "",
        state=_state(stored),
        location=(receipt.location or receipt.reason) if receipt else "",
    )


def _furthest(
    store: Store, connection: Connection, event_id: str, surface: Surface
) -> StoredDelivery | None:
    """Return the delivery of a surface; of several devices, one that took it, else the first."""
    name = delivery_id_for(event_id, surface)
    if surface != "push":
        return store.deliveries.get(connection, name)
    every = store.deliveries.of_event(connection, event_id)
    ours = [each for each in every if each.id == name or each.id.startswith(f"{name}-")]
    taken = (each for each in ours if each.state.value == "accepted")
    return next(taken, ours[0] if ours else None)


def _state(stored: StoredDelivery | None) -> str:
    if stored is None:
        return "waiting"
    return "stopped" if stored.is_stopped else stored.state.value


def _card(store: Store, connection: Connection, record: CardRecord) -> CardOutcome:
    steps = store.cards.history(connection, record.card_id)
    return CardOutcome(
        card=f"{record.card_id:010x}",
        version=record.version,
        state=record.state.value,
        steps=tuple(
            CardStepOutcome(
                copy_number=step.copy,
                state=step.state.value,
                at=step.at,
                reason=step.reason,
                job=step.job_id,
            )
            for step in steps
        ),
    )
