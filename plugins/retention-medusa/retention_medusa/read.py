"""Medusa's orders, customers and products as canonical records. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from retention_sdk.consent.platforms import read_state
from retention_sdk.model import (
    Address,
    Consent,
    ConsentState,
    Customer,
    Fulfilment,
    FulfilmentLine,
    FulfilmentStatus,
    LineKind,
    Money,
    Order,
    OrderLine,
    Parcel,
    Product,
)
from retention_sdk.shop_api.values import moment, text

from .settings import MedusaSettings
from .values import Json, amount, moments, total

_DRAFTS = frozenset({"draft"})


def is_placed(data: Json) -> bool:
    """Whether an order is a sale, not a draft that somebody works at."""
    return data["status"] not in _DRAFTS


def read_order(data: Json, settings: MedusaSettings) -> Order:
    """Read an order as the Admin API answers it for ``ORDER_FIELDS``.

    What was paid by gift card or store credit is a credit line that Medusa takes off ``total``;
    the buyer was asked for both together.
    """
    currency = text(data["currency_code"]).upper()

    def money(value: Any) -> Money:
        return amount(value, currency)

    lines = tuple(_line(line, data, settings, currency) for line in data["items"])
    payments, message = _payments(data), _gift_message(data, settings)
    refunds = [refund for payment in payments for refund in payment.get("refunds") or ()]
    cancelled_at = data.get("canceled_at")
    return Order(
        id=data["id"],
        number=text(data.get("custom_display_id")) or str(data["display_id"]),
        placed_at=moment(data["created_at"]),
        paid_at=_paid_at(data, payments, currency),
        cancelled_at=moment(cancelled_at) if cancelled_at else None,
        currency=currency,
        total=money(total((data["total"], data["credit_line_total"]))),
        lines=lines,
        shipping=money(data["shipping_total"]),
        tax=money(data["tax_total"]),
        discount=money(data["discount_total"]),
        refunded=money(total(each["amount"] for each in refunds)) if refunds else None,
        customer=_buyer(data, settings),
        billing_address=read_address(data.get("billing_address")),
        shipping_address=read_address(data.get("shipping_address")),
        fulfilments=_fulfilments(data, lines),
        language=data.get("locale") or None,
        payment_method=next((text(each["provider_id"]) for each in payments), ""),
        sales_channel=text((data.get("sales_channel") or {}).get("name")),
        coupon_codes=_codes(data),
        is_gift=bool(message),
        gift_message=message,
    )


def refunded_at(data: Json) -> datetime | None:
    """Return when money went back last."""
    refunds = (each for payment in _payments(data) for each in payment.get("refunds") or ())
    return max(moments(refunds, "created_at"), default=None)


def read_customer(data: Json, settings: MedusaSettings) -> Customer:
    """Read a customer, guest or not: Medusa keeps a row for both."""
    addresses = data.get("addresses") or ()
    default = next((each for each in addresses if each.get("is_default_shipping")), None)
    return Customer(
        id=data["id"],
        given_name=text(data.get("first_name")),
        family_name=text(data.get("last_name")),
        company=text(data.get("company_name")),
        email=text(data.get("email")),
        phone=text(data.get("phone")),
        address=read_address(default or next(iter(addresses), None)),
        consents=read_consents(data, settings),
    )


def read_consents(customer: Json, settings: MedusaSettings) -> tuple[Consent, ...]:
    """Return the answer in a customer's metadata; no key, or a word nobody knows, is silence."""
    kept = (customer.get("metadata") or {}).get(settings.consent_field)
    answer: Json = kept if isinstance(kept, Mapping) else {"state": kept}
    state, level = read_state("medusa", answer.get("state"), answer.get("level"))
    if state is ConsentState.UNKNOWN:
        return ()
    asked_at = text(answer.get("at"))
    return (
        Consent(
            channel=settings.consent_channel,
            state=state,
            opt_in_level=level,
            recorded_at=moment(asked_at) if asked_at else None,
            source=f"Medusa customer metadata {settings.consent_field}",
        ),
    )


def read_product(data: Json) -> Product:
    """Read a product; its number is that of the first variant."""
    variant: Json = next(iter(data.get("variants") or ()), {})
    return Product(
        id=data["id"],
        title=data["title"],
        sku=text(variant.get("sku")),
        gtin=text(variant.get("ean")) or text(variant.get("upc")),
        categories=tuple(each["name"] for each in data.get("categories") or ()),
        description=text(data.get("description")),
    )


def read_address(data: Json | None) -> Address | None:
    """Read an address; one without street, town and postcode is none."""
    if not data or not (data["address_1"] or data["city"] or data["postal_code"]):
        return None
    names = (text(data["first_name"]), text(data["last_name"]))
    street = (text(data["address_1"]), text(data["address_2"]))
    return Address(
        name=" ".join(name for name in names if name),
        company=text(data["company"]),
        street=tuple(part for part in street if part),
        city=text(data["city"]),
        region=text(data["province"]),
        postcode=text(data["postal_code"]),
        country=text(data["country_code"]).upper() or None,
        phone=text(data["phone"]),
    )


def _payments(data: Json) -> list[Json]:
    collections = data.get("payment_collections") or ()
    return [payment for each in collections for payment in each.get("payments") or ()]


def _paid_at(data: Json, payments: list[Json], currency: str) -> datetime | None:
    """Return when the last missing money was taken; an order that costs nothing is paid at once."""
    captures = [each for payment in payments for each in payment.get("captures") or ()]
    if data["total"] == 0 and not captures:
        return None if data.get("canceled_at") else moment(data["created_at"])
    taken = total(each["amount"] for each in captures)
    is_paid = captures and amount(taken, currency) >= amount(data["total"], currency)
    return max(moments(captures, "created_at")) if is_paid else None


def _gift_message(data: Json, settings: MedusaSettings) -> str:
    if not settings.gift_message_field:
        return ""
    return text((data.get("metadata") or {}).get(settings.gift_message_field))


def _line(line: Json, order: Json, settings: MedusaSettings, currency: str) -> OrderLine:
    """Read a line. Unit prices are kept with or without tax there; here they are with it."""
    quantity = line["quantity"]
    if quantity != int(quantity):
        raise ValueError("a quantity is a whole number")
    collection = text(line.get("product_collection"))
    return OrderLine(
        id=line["id"],
        title=line["title"],
        quantity=int(quantity),
        unit_price=amount(total((line["original_total"],)) / int(quantity), currency),
        total=amount(line["total"], currency),
        sku=text(line.get("variant_sku")),
        product_id=text(line.get("product_id")),
        kind=_travels(line, order, settings),
        is_gift_card=line["is_giftcard"],
        categories=(collection,) if collection else (),
    )


def _travels(line: Json, order: Json, settings: MedusaSettings) -> LineKind:
    methods = {each["name"] for each in order["shipping_methods"]}
    if not methods or not line["requires_shipping"]:
        return LineKind.DIGITAL
    return LineKind.PICKUP if methods <= settings.pickup_methods else LineKind.PHYSICAL


def _buyer(data: Json, settings: MedusaSettings) -> Customer | None:
    """Return who bought. Guests have no name of their own; the bill has it."""
    kept = data.get("customer")
    if not kept:
        return None
    customer = read_customer(kept, settings)
    bill: Json = data.get("billing_address") or data.get("shipping_address") or {}
    is_nameless = not (customer.given_name or customer.family_name)
    found = {
        "email": text(data.get("email")) or customer.email,
        "language": data.get("locale") or None,
        "address": read_address(data.get("shipping_address")),
    }
    if is_nameless:
        found["given_name"] = text(bill.get("first_name"))
        found["family_name"] = text(bill.get("last_name"))
    return Customer(**{**dict(customer), **found})


def _codes(data: Json) -> tuple[str, ...]:
    owners = (*data["items"], *data["shipping_methods"])
    found = (text(each.get("code")) for owner in owners for each in owner.get("adjustments") or ())
    return tuple(dict.fromkeys(code for code in found if code))


def _fulfilments(data: Json, lines: tuple[OrderLine, ...]) -> tuple[Fulfilment, ...]:
    """Return the shop's fulfilments, and one planned for what is still to be packed."""
    known = tuple(_fulfilment(each, lines) for each in data.get("fulfillments") or ())
    left = {line.id: line.quantity for line in lines if line.kind is LineKind.PHYSICAL}
    for fulfilment in known:
        if fulfilment.status is not FulfilmentStatus.CANCELLED:
            for part in fulfilment.lines:
                left[part.line_id] = left.get(part.line_id, 0) - part.quantity
    rest = tuple(_parts(left))
    if not rest or data.get("canceled_at"):
        return known
    name = f"{data['id']}-next"
    return (*known, Fulfilment(id=name, lines=rest, parcels=(Parcel(id=name),)))


def _parts(counts: Mapping[str, int]) -> Iterator[FulfilmentLine]:
    for line_id, count in counts.items():
        if count > 0:
            yield FulfilmentLine(line_id=line_id, quantity=count)


def _fulfilment(data: Json, lines: tuple[OrderLine, ...]) -> Fulfilment:
    counts: dict[str, int] = {}
    for item in data["items"]:
        counts[item["line_item_id"]] = counts.get(item["line_item_id"], 0) + int(item["quantity"])
    physical = {line.id for line in lines if line.kind is LineKind.PHYSICAL}
    shipped_at = data.get("shipped_at")
    label: Json = next(iter(data.get("labels") or ()), {})
    parcel = Parcel(id=data["id"], tracking_number=text(label.get("tracking_number")))
    return Fulfilment(
        id=data["id"],
        status=_status(data),
        lines=tuple(_parts(counts)),
        parcels=(parcel,) if set(counts) <= physical else (),
        shipped_at=moment(shipped_at) if shipped_at else None,
    )


def _status(data: Json) -> FulfilmentStatus:
    if data.get("canceled_at"):
        return FulfilmentStatus.CANCELLED
    if data.get("delivered_at"):
        return FulfilmentStatus.DELIVERED
    return FulfilmentStatus.SHIPPED if data.get("shipped_at") else FulfilmentStatus.PLANNED
