"""What leads to a person: account, e-mail address, telephone number, door."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime

from ..model import (
    AccessRequest,
    Address,
    ConsentChanged,
    Customer,
    CustomerErased,
    DataRequested,
    Erasure,
    Order,
    OrderEvent,
    ShopEvent,
)

PhoneReader = Callable[[str, str | None], str]
"""Turns a number, as it was typed in a country, into E.164; empty for what is none."""

SHOP = "shop:itself"


def plain_phone(text: str, country: str | None) -> str:  # noqa: ARG001 - the signature of readers
    """Return a number that was typed internationally; numbers of one country need a reader."""
    digits = "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())
    if text.strip().startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else ""


def email_reference(address: str) -> str:
    """Return what an e-mail address is found by: case tells nobody apart."""
    return f"email:{address.strip().casefold()}"


def postal_reference(address: Address) -> str:
    """Return what somebody at a door is found by; empty where name, street or place is missing.

    Case, spaces, punctuation and width of letters do not matter. The name is part of it, for
    several people live behind one door.
    """
    parts = (address.name, " ".join(address.street), address.postcode or address.city)
    keys = [_letters(part) for part in parts]
    return f"post:{address.country or ''}:{':'.join(keys)}" if all(keys) else ""


def customer_references(customer: Customer, *, read_phone: PhoneReader) -> tuple[str, ...]:
    """Return everything that leads to a customer."""
    country = customer.address.country if customer.address else None
    return _named(customer.id, customer.email, customer.phone, country, read_phone) + _at_home(
        customer.address, read_phone
    )


def order_references(order: Order, *, read_phone: PhoneReader) -> tuple[str, ...]:
    """Return everything that leads to who ordered: not to whom a present is sent."""
    who = order.customer
    found = [f"order:{order.id}"]
    found += customer_references(who, read_phone=read_phone) if who else ()
    found += _at_home(order.billing_address, read_phone)
    if order.shipping_address and _is_own(order.shipping_address, order):
        found += _at_home(order.shipping_address, read_phone)
    return tuple(dict.fromkeys(found))


def request_references(
    request: Erasure | AccessRequest, *, read_phone: PhoneReader
) -> tuple[str, ...]:
    """Return every reference by which somebody who asks may be known."""
    own = _named(request.customer_id or "", request.email, request.phone, None, read_phone)
    return (*own, *(f"order:{each}" for each in request.order_ids))


def event_references(event: ShopEvent, *, read_phone: PhoneReader) -> tuple[str, ...]:
    """Return everything that leads to whom an event is about; nothing for nobody."""
    if isinstance(event, OrderEvent):
        return order_references(event.order, read_phone=read_phone)
    if isinstance(event, CustomerErased):
        return request_references(event.erasure, read_phone=read_phone)
    if isinstance(event, DataRequested):
        return request_references(event.request, read_phone=read_phone)
    customer: Customer | None = getattr(event, "customer", None)
    return customer_references(customer, read_phone=read_phone) if customer else ()


def happened_at(event: ShopEvent) -> datetime:
    """Return when the person did what an event tells: news of an old order are old."""
    if isinstance(event, OrderEvent):
        return event.order.placed_at
    if isinstance(event, ConsentChanged):
        return event.consent.recorded_at or event.occurred_at
    return event.occurred_at


def _named(
    account: str, email: str, phone: str, country: str | None, read_phone: PhoneReader
) -> tuple[str, ...]:
    number = read_phone(phone, country) if phone else ""
    found = (
        f"id:{account}" if account else "",
        email_reference(email) if email.strip() else "",
        f"phone:{number}" if number else "",
    )
    return tuple(filter(None, found))


def _at_home(address: Address | None, read_phone: PhoneReader) -> tuple[str, ...]:
    if address is None:
        return ()
    number = read_phone(address.phone, address.country) if address.phone else ""
    return tuple(filter(None, (postal_reference(address), f"phone:{number}" if number else "")))


def _is_own(address: Address, order: Order) -> bool:
    """Whether a parcel goes to who ordered it."""
    return not order.is_gift and _letters(address.name) in frozenset(_names(order))


def _names(order: Order) -> Iterator[str]:
    if order.billing_address:
        yield _letters(order.billing_address.name)
    if who := order.customer:
        yield _letters(who.full_name)
        yield _letters(f"{who.given_name} {who.family_name}")
        yield _letters(f"{who.family_name} {who.given_name}")


def _letters(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())
