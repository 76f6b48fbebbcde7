"""Saleor's orders, customers and products as canonical records. Pure."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from retention_sdk.model import (
    Address,
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

from .consent import read_consents
from .settings import SaleorSettings
from .values import Json, count, language, money

_PAID = frozenset({"ORDER_FULLY_PAID", "ORDER_MARKED_AS_PAID"})
_CHARGED = frozenset({"FULL", "OVERCHARGED"})
_OFF = {"CANCELED": "CANCELED", "EXPIRED": "EXPIRED"}
"""States of an order that is off, and the event that tells when it came into it."""
_CAME_BACK = frozenset({"RETURNED", "REPLACED", "REFUNDED_AND_RETURNED"})
"""States of goods that were sent, or taken out of the order before anything was."""
_TAG = re.compile(r"<[^<>]*>")
_DESCRIPTION_MAX = 5_000


def is_placed(node: Json) -> bool:
    """Whether an order was placed, and still has something in it."""
    return node["status"] != "DRAFT" and any(count(line["quantity"]) for line in node["lines"])


def read_order(node: Json, settings: SaleorSettings) -> Order:
    """Read an order that was placed."""
    total, refunded = money(node["total"]["gross"]), money(node["totalRefunded"])
    full = money(node["undiscountedTotal"]["gross"])
    lines = _lines(node)
    message = text(node.get("giftMessage"))
    return Order(
        id=node["id"],
        number=node["number"],
        placed_at=moment(node["created"]),
        paid_at=_paid_at(node),
        cancelled_at=_cancelled_at(node),
        currency=total.currency,
        total=total,
        lines=lines,
        shipping=money(node["shippingPrice"]["gross"]),
        tax=money(node["total"]["tax"]),
        discount=max(full - total, Money.zero(total.currency)),
        # Whoever paid too much gets more back than the order cost.
        refunded=min(refunded, total) if refunded.minor else None,
        customer=_customer(node, settings),
        billing_address=_address(node["billingAddress"]),
        shipping_address=_address(node["shippingAddress"]),
        fulfilments=_fulfilments(node, lines),
        language=language(node["languageCodeEnum"]),
        payment_method=_payment_method(node),
        sales_channel=node["channel"]["slug"],
        coupon_codes=tuple(filter(None, (text(node["voucherCode"]),))),
        is_gift=bool(message),
        gift_message=message,
        customer_note=text(node["customerNote"]),
    )


def read_customer(node: Json, settings: SaleorSettings) -> Customer:
    """Read an account."""
    address = _address(node["defaultShippingAddress"] or node["defaultBillingAddress"])
    return Customer(
        **_person(node),
        phone=address.phone if address else "",
        address=address,
        consents=read_consents(node, settings),
    )


def read_product(node: Json) -> Product:
    """Read a product with the number of its default variant."""
    category, variant = node["category"], node["defaultVariant"]
    return Product(
        id=node["id"],
        title=node["name"],
        sku=text(variant["sku"]) if variant else "",
        categories=(category["name"],) if category else (),
        description=plain_text(node["description"])[:_DESCRIPTION_MAX],
    )


def plain_text(description: Any) -> str:
    """Return the words of an Editor.js document, a line for each block.

    A description that is none is not worth losing a product for.
    """
    try:
        blocks = json.loads(description)["blocks"]
        texts = [each["data"]["text"] for each in blocks if "text" in each["data"]]
        return "\n".join(html.unescape(_TAG.sub("", each)) for each in texts)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ""


# Parts of an order -------------------------------------------------------------------------


def _dates(node: Json, *types: str) -> list[datetime]:
    told = (each["date"] for each in node["events"] if each["type"] in types)
    return [moment(date) for date in told if date]


def _paid_at(node: Json) -> datetime | None:
    """Return when the whole of an order was paid, which a refund does not undo."""
    if told := _dates(node, *_PAID):
        return min(told)
    if node["chargeStatus"] not in _CHARGED:
        return None
    begun = [moment(each["createdAt"]) for each in node["transactions"]]
    return min(begun, default=moment(node["created"]))


def _cancelled_at(node: Json) -> datetime | None:
    event = _OFF.get(node["status"])
    return max(_dates(node, event), default=moment(node["updatedAt"])) if event else None


def _lines(node: Json) -> tuple[OrderLine, ...]:
    is_collected = bool(text(node["collectionPointName"]))
    return tuple(_line(each, is_collected) for each in node["lines"] if count(each["quantity"]))


def _line(line: Json, is_collected: bool) -> OrderLine:
    # A variant that was deleted since leaves its name and price in the order.
    product = line["variant"]["product"] if line["variant"] else None
    category = product["category"] if product else None
    return OrderLine(
        id=line["id"],
        title=text(line["translatedProductName"]) or line["productName"],
        quantity=count(line["quantity"]),
        unit_price=money(line["undiscountedUnitPrice"]["gross"]),
        total=money(line["totalPrice"]["gross"]),
        sku=text(line["productSku"]),
        product_id=product["id"] if product else "",
        kind=_kind(line, is_collected),
        is_gift_card=product is not None and product["productType"]["kind"] == "GIFT_CARD",
        categories=(category["name"],) if category else (),
    )


def _kind(line: Json, is_collected: bool) -> LineKind:
    if line["isShippingRequired"] is not True:
        return LineKind.DIGITAL
    return LineKind.PICKUP if is_collected else LineKind.PHYSICAL


def _fulfilments(node: Json, lines: tuple[OrderLine, ...]) -> tuple[Fulfilment, ...]:
    """Return the shop's fulfilments, and one planned for what is still to be packed."""
    physical = {line.id for line in lines if line.kind is LineKind.PHYSICAL}
    sent_at = max(_dates(node, "FULFILLMENT_FULFILLED_ITEMS"), default=None)
    known = (_fulfilment(each, physical, sent_at) for each in node["fulfillments"])
    found = tuple(each for each in known if each)
    left = ((each["id"], each["quantityToFulfill"]) for each in node["lines"])
    rest = [(key, count(number)) for key, number in left if key in physical]
    parts = tuple(FulfilmentLine(line_id=key, quantity=n) for key, n in rest if n > 0)
    if not parts or node["status"] in _OFF:
        return found
    name = f"{node['id']}-next"
    return (*found, Fulfilment(id=name, lines=parts, parcels=(Parcel(id=name),)))


def _fulfilment(item: Json, physical: set[str], sent_at: datetime | None) -> Fulfilment | None:
    """Read the goods in a fulfilment; None if none of them travel, or nothing is left in it."""
    held = [(part["orderLine"]["id"], count(part["quantity"])) for part in item["lines"] or ()]
    parts = _merged((key, number) for key, number in held if key in physical)
    if not parts:
        return None
    status, shipped_at = _progress(item, sent_at)
    parcel = Parcel(id=item["id"], tracking_number=text(item["trackingNumber"]))
    return Fulfilment(
        id=item["id"], status=status, lines=parts, parcels=(parcel,), shipped_at=shipped_at
    )


def _progress(item: Json, sent_at: datetime | None) -> tuple[FulfilmentStatus, datetime | None]:
    """Return how far a fulfilment is, and when it left.

    What came back is a fulfilment of its own that began when it came back. REFUNDED is money
    without goods; for that, and for what Saleor may add, nothing more is packed.
    """
    if item["status"] == "WAITING_FOR_APPROVAL":
        return FulfilmentStatus.PLANNED, None
    if item["status"] == "FULFILLED":
        return FulfilmentStatus.SHIPPED, moment(item["created"])
    if item["status"] in _CAME_BACK and sent_at:
        return FulfilmentStatus.SHIPPED, sent_at
    return FulfilmentStatus.CANCELLED, None


def _merged(held: Iterable[tuple[str, int]]) -> tuple[FulfilmentLine, ...]:
    """Return each line once: Saleor has one for each warehouse."""
    sums: dict[str, int] = {}
    for key, number in held:
        sums[key] = sums.get(key, 0) + number
    return tuple(FulfilmentLine(line_id=k, quantity=number) for k, number in sums.items() if number)


def _payment_method(node: Json) -> str:
    for each in node["transactions"]:
        details = each["paymentMethodDetails"]
        if name := (details and text(details["name"])) or text(each["name"]):
            return name
    return ""


def _customer(node: Json, settings: SaleorSettings) -> Customer | None:
    user, address = node["user"], _address(node["shippingAddress"] or node["billingAddress"])
    if user:
        return Customer(
            **_person(user),
            phone=address.phone if address else "",
            address=address,
            consents=read_consents(user, settings),
        )
    if not text(node["userEmail"]):
        return None
    named = node["billingAddress"] or node["shippingAddress"] or {}
    return Customer(
        email=node["userEmail"],
        given_name=text(named.get("firstName")),
        family_name=text(named.get("lastName")),
        phone=address.phone if address else "",
        language=language(node["languageCodeEnum"]),
        address=address,
    )


def _person(user: Json) -> dict[str, Any]:
    return {
        "id": user["id"],
        "email": user["email"],
        "given_name": user["firstName"],
        "family_name": user["lastName"],
        "language": language(user["languageCode"]),
    }


def _address(node: Json | None) -> Address | None:
    if not node or not (node["streetAddress1"] or node["city"] or node["postalCode"]):
        return None
    names = (text(node["firstName"]), text(node["lastName"]))
    street = (node["streetAddress1"], node["streetAddress2"], node["cityArea"])
    return Address(
        name=" ".join(filter(None, names)),
        company=text(node["companyName"]),
        street=tuple(filter(None, map(text, street))),
        city=text(node["city"]),
        region=text(node["countryArea"]),
        postcode=text(node["postalCode"]),
        country=node["country"]["code"] or None,
        phone=text(node["phone"]),
    )
