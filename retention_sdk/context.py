"""Builds the snapshot that choosing, deciding and composing look at."""

from __future__ import annotations

from datetime import datetime

from .model import (
    Consent,
    Context,
    Customer,
    History,
    LocaleChoice,
    LoyaltyState,
    Order,
    OrderEvent,
    Shop,
    ShopEvent,
)
from .model.shop import Brand


def build_context(
    event: ShopEvent,
    *,
    shop: Shop,
    brand: Brand,
    locale: LocaleChoice,
    now: datetime,
    subject_id: str | None = None,
    consents: tuple[Consent, ...] = (),
    history: History | None = None,
    loyalty: LoyaltyState | None = None,
) -> Context:
    """Return the snapshot for an event: pure, and equal for equal arguments.

    ``consents`` are those the store holds; they join what the event's customer brought along,
    and the newest of each channel counts.
    """
    order = order_of(event)
    customer = customer_of(event)
    if customer is not None:
        customer = with_consents(customer, consents)
    return Context(
        event_id=event.id,
        event_type=str(getattr(event, "type", "unknown")),
        subject_id=subject_id,
        now=now,
        shop=shop,
        brand=brand,
        locale=locale,
        order=order,
        customer=customer,
        history=history or History(),
        loyalty=loyalty or LoyaltyState(),
    )


def order_of(event: ShopEvent) -> Order | None:
    """Return the order of an event that carries one."""
    return event.order if isinstance(event, OrderEvent) else None


def customer_of(event: ShopEvent) -> Customer | None:
    """Return the person an event is about, if it says so."""
    order = order_of(event)
    return order.customer if order else getattr(event, "customer", None)


def with_consents(customer: Customer, stored: tuple[Consent, ...]) -> Customer:
    """Return the customer with the store's answers before their own, so that a tie is theirs."""
    own = tuple(consent for consent in customer.consents if consent not in stored)
    return customer.model_copy(update={"consents": stored + own})
