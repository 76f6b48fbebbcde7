"""Plausible records for tests, changed by keyword. Everybody in them is invented."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..model import (
    Address,
    Brand,
    Candidate,
    Consent,
    ConsentChannel,
    ConsentState,
    ContentKind,
    Context,
    Customer,
    Decision,
    DiscountCode,
    LineKind,
    LocaleChoice,
    MessageClass,
    Money,
    Order,
    OrderLine,
    OrderPaid,
    Sender,
    Shop,
    plan_fulfilment,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""The moment at which everything happens unless a test says otherwise."""


def money(text: str) -> Money:
    """Read ``"38.90 EUR"``, as a person writes it."""
    amount, currency = text.split()
    return Money.parse(amount, currency)


def a_line(total: str = "12.00 EUR", **changes: Any) -> OrderLine:
    """Return one bar of soap, or what you say."""
    quantity = changes.pop("quantity", 1)
    price = money(total)
    unit = Money(minor=price.minor // quantity, currency=price.currency)
    fields = {"id": "l1", "title": "Rose soap", "sku": "SOAP-1", "kind": LineKind.PHYSICAL}
    return OrderLine.model_validate(
        {**fields, "quantity": quantity, "unit_price": unit, "total": price, **changes}
    )


def an_order(total: str = "12.00 EUR", *, id: str = "1001", **changes: Any) -> Order:  # noqa: A002 - the field's own name
    """Return a paid order with one parcel planned; ``paid_at=None`` makes it unpaid.

    Lines, fulfilments and currency follow from ``total`` unless they are given.
    """
    amount = money(total)
    lines = changes.pop("lines", (a_line(total),))
    fields = {
        "number": id,
        "placed_at": NOON,
        "paid_at": NOON,
        "currency": amount.currency,
        "customer": a_customer(),
        "shipping_address": an_address(),
        "fulfilments": plan_fulfilment(id, lines),
        "language": "en",
        "payment_method": "card",
        "sales_channel": "checkout",
    }
    return Order.model_validate({"id": id, **fields, "total": amount, "lines": lines, **changes})


def an_address(**changes: Any) -> Address:
    """Return an address in Berlin."""
    fields = {
        "name": "Ada Lovelace",
        "street": ("Hauptstr. 1",),
        "city": "Berlin",
        "postcode": "10115",
        "country": "DE",
    }
    return Address.model_validate({**fields, **changes})


def a_customer(**changes: Any) -> Customer:
    """Return Ada, who has an account and said nothing about marketing."""
    fields = {
        "id": "77",
        "given_name": "Ada",
        "family_name": "Lovelace",
        "email": "ada@example.com",
        "language": "en",
        "address": an_address(),
    }
    return Customer.model_validate({**fields, **changes})


def a_consent(state: ConsentState = ConsentState.GRANTED, **changes: Any) -> Consent:
    """Return an answer about e-mail, given at noon."""
    fields = {"channel": ConsentChannel.EMAIL, "recorded_at": NOON, "source": "test form"}
    return Consent.model_validate({**fields, "state": state, **changes})


def a_shop(**changes: Any) -> Shop:
    """Return a soap shop in Germany."""
    fields = {
        "id": "soap.example",
        "name": "Soap & Sons",
        "country": "DE",
        "currency": "EUR",
        "language": "en",
        "time_zone": "Europe/Berlin",
        "url": "https://soap.example",
        "email": "hello@soap.example",
    }
    return Shop.model_validate({**fields, **changes})


def a_brand(**changes: Any) -> Brand:
    """Return the look of that shop: a word mark and the default palette."""
    sender = Sender(name="Mary", role="Founder")
    return Brand.model_validate({"name": "Soap & Sons", "sender": sender, **changes})


def a_context(**changes: Any) -> Context:
    """Return the snapshot of a paid order, in English; ``locale="fa"`` is short for a choice."""
    order = changes.pop("order", an_order())
    locale = changes.pop("locale", "en")
    if isinstance(locale, str):
        locale = LocaleChoice(tag=locale, reason="the test says so")
    fields = {
        "event_id": f"test:soap.example:order:{order.id if order else 'none'}:paid",
        "event_type": "order_paid",
        "subject_id": "subject-1",
        "now": NOON,
        "shop": a_shop(),
        "brand": a_brand(),
        "customer": order.customer if order else None,
    }
    return Context.model_validate({**fields, "locale": locale, "order": order, **changes})


def a_paid_event(order: Order | None = None, **changes: Any) -> OrderPaid:
    """Return the event that an order was paid."""
    order = order or an_order()
    fields = {
        "id": f"test:soap.example:order:{order.id}:paid",
        "shop_id": "soap.example",
        "occurred_at": order.paid_at or order.placed_at,
    }
    return OrderPaid.model_validate({**fields, "order": order, **changes})


def a_candidate(**changes: Any) -> Candidate:
    """Return a personalised thank-you card."""
    fields = {
        "id": "thanks",
        "surface": "card",
        "channel": ConsentChannel.PARCEL_INSERT,
        "template": "thanks",
        "content": frozenset({ContentKind.THANKS}),
    }
    return Candidate.model_validate({**fields, **changes})


def a_decision(*, allowed: bool = True, **changes: Any) -> Decision:
    """Return a decision about that card."""
    fields = {
        "decision_id": "decision-1",
        "event_id": "test:soap.example:order:1001:paid",
        "candidate_id": "thanks",
        "message_class": MessageClass.MARKETING,
        "channel": ConsentChannel.PARCEL_INSERT,
        "insert_type": "own_personalised",
        "jurisdictions": ("DE",),
        "basis": "opt_out",
        "rule_ids": ("test-rule",),
        "rules_version": "test",
        "reasons": ("the test says so",),
        "decided_at": NOON,
    }
    return Decision.model_validate({**fields, "allowed": allowed, **changes})


def a_code(code: str = "THANKS-1001", **changes: Any) -> DiscountCode:
    """Return ten percent, once, or what else it is worth."""
    others = {"amount", "is_free_shipping", "free_product", "balance"}
    worth = {} if others & changes.keys() else {"percent": 10}
    return DiscountCode.model_validate({"code": code, **worth, **changes})
