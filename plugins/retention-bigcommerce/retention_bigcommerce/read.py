"""BigCommerce's order, with what belongs to it, becomes ours. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from retention_sdk.model import (
    Address,
    Consent,
    ConsentChannel,
    ConsentState,
    Customer,
    LineKind,
    Money,
    OptInLevel,
    Order,
    OrderLine,
)
from retention_sdk.shop_api.values import identifier, rounded

from .api import Json, moment
from .parcels import plan
from .settings import BigCommerceSettings

# Orders v2, order statuses: "incomplete", and "started the checkout process, but did not complete".
NOT_PLACED = frozenset({0, 1})
_REFUNDED, _CANCELLED, _DECLINED = 4, 5, 6
# Those that BigCommerce calls confirmed, or that come after it.
_CONFIRMED = frozenset({2, 3, _REFUNDED, 8, 9, 10, 11, 14})
_MONEY_CAME = frozenset({"captured", "paid", "partially refunded", "refunded"})
_MONEY_DID_NOT = frozenset({"declined", "held for review", "void", "void pending"})
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z]{2}|-[0-9]{3})?")
_KINDS = {
    "physical": LineKind.PHYSICAL,
    "digital": LineKind.DIGITAL,
    "giftcertificate": LineKind.DIGITAL,
}


@dataclass(frozen=True, slots=True)
class OrderParts:
    """An order as the list has it, and what has to be asked for beside it."""

    order: Json
    products: Sequence[Json]
    coupons: Sequence[Json] = ()
    shipments: Sequence[Json] = ()
    refunds: Sequence[Json] = ()
    transactions: Sequence[Json] = ()


def is_placed(order: Json) -> bool:
    """Whether somebody bought."""
    return order["status_id"] not in NOT_PLACED


def is_paid(order: Json, settings: BigCommerceSettings) -> bool:
    """Whether the money came, or BigCommerce counts on it."""
    status = order["payment_status"]
    if status in _MONEY_CAME:
        return True
    is_promised = status in {"authorized", "capture pending"}
    if status in _MONEY_DID_NOT or (is_promised and settings.wait_for_capture):
        return False
    return order["status_id"] in _CONFIRMED


def read_order(parts: OrderParts, settings: BigCommerceSettings) -> Order:
    """Read an order; amounts are in the currency that the buyer pays in."""
    body = parts.order
    currency, order_id = body["default_currency_code"], identifier(body["id"])
    total = rounded(body["total_inc_tax"], currency)
    lines = tuple(_line(each, currency) for each in parts.products if each["quantity"])
    changed_at, status = moment(body["date_modified"]), body["status_id"]
    is_off = status in {_CANCELLED, _DECLINED}
    gift = [each for each in parts.products if each.get("wrapping_id")]
    messages = (each.get("wrapping_message") for each in gift)
    return Order(
        id=order_id,
        number=order_id,
        placed_at=moment(body["date_created"]),
        paid_at=_paid_at(parts, settings, changed_at),
        cancelled_at=changed_at if is_off else None,
        currency=currency,
        total=total,
        lines=lines,
        shipping=_sum(body, ("shipping_cost_inc_tax", "handling_cost_inc_tax"), currency),
        tax=rounded(body["total_tax"], currency),
        discount=_sum(body, ("discount_amount", "coupon_discount"), currency),
        refunded=_refunded(parts, total),
        customer=_buyer(body),
        billing_address=read_address(body["billing_address"]),
        shipping_address=_first_address(body),
        fulfilments=plan(parts, lines, is_off=is_off or status == _REFUNDED),
        language=_language(body.get("customer_locale")),
        payment_method=body["payment_method"] or "",
        sales_channel=body["order_source"] or "",
        coupon_codes=tuple(dict.fromkeys(each["code"] for each in parts.coupons if each["code"])),
        is_gift=bool(gift),
        gift_message="\n".join(text for text in messages if text),
        customer_note=body["customer_message"] or "",
    )


def refunded_at(parts: OrderParts) -> datetime | None:
    """Return when the newest refund was made."""
    return max((moment(each["created"]) for each in parts.refunds), default=None)


def consignments(order: Json) -> Iterator[tuple[str, Json]]:
    """Yield how each part of an order reaches the buyer, and that part."""
    found = order["consignments"]
    for kind in ("shipping", "pickups", "downloads"):
        for each in found[kind]:
            yield kind, each
    for each in found["email"]["gift_certificates"]:
        yield "email", each


def read_address(data: Json) -> Address | None:
    """Read an address of an order."""
    if not (data["street_1"] or data["city"] or data["zip"]):
        return None
    return Address(
        name=" ".join(part for part in (data["first_name"], data["last_name"]) if part),
        company=data.get("company") or "",
        street=tuple(part for part in (data["street_1"], data.get("street_2")) if part),
        city=data["city"],
        region=data["state"] or "",
        postcode=data["zip"],
        country=data["country_iso2"] or None,
        phone=data.get("phone") or "",
    )


# Money -------------------------------------------------------------------------------------


def _sum(body: Json, fields: Iterable[str], currency: str) -> Money:
    return rounded(sum(Decimal(body[field]) for field in fields), currency)


def _refunded(parts: OrderParts, total: Money) -> Money | None:
    """Add up what went back. ``Refunded`` as a status means all of it."""
    if parts.order["status_id"] == _REFUNDED:
        return total
    if not parts.refunds:
        return None
    paid = sum((_paid_back(each) for each in parts.refunds), Decimal(0))
    return min(rounded(paid, total.currency), total, key=lambda money: money.minor)


def _paid_back(refund: Json) -> Decimal:
    """Return what a refund came to: payments that a provider declined brought nothing."""
    payments = refund.get("payments") or ()
    if not payments:
        return Decimal(refund["total_amount"])
    done = (Decimal(each["amount"]) for each in payments if not each.get("is_declined"))
    return sum(done, Decimal(0))


def _paid_at(
    parts: OrderParts, settings: BigCommerceSettings, changed_at: datetime
) -> datetime | None:
    """Return when the money came: as transactions tell, else as of the last change."""
    if not is_paid(parts.order, settings):
        return None
    events = {"purchase", "capture", "settled"}
    if not settings.wait_for_capture:
        events.add("authorization")
    good = (t for t in parts.transactions if t["event"] in events and t["status"] == "ok")
    return min((moment(each["date_created"]) for each in good), default=changed_at)


# Lines and people --------------------------------------------------------------------------


def _line(line: Json, currency: str) -> OrderLine:
    paid = line.get("discounted_total_inc_tax")
    kind = _KINDS[line["type"]]
    if line.get("order_pickup_method_id") and kind is LineKind.PHYSICAL:
        kind = LineKind.PICKUP
    return OrderLine(
        id=identifier(line["id"]),
        title=line["name"],
        quantity=line["quantity"],
        unit_price=rounded(line["price_inc_tax"], currency),
        total=rounded(line["total_inc_tax"] if paid is None else paid, currency),
        sku=line["sku"] or "",
        product_id=identifier(line["product_id"]),
        kind=kind,
        is_gift_card=line["type"] == "giftcertificate",
        brand=line.get("brand") or "",
    )


def _buyer(body: Json) -> Customer | None:
    billing, account = body["billing_address"], identifier(body["customer_id"])
    known = (billing["first_name"], billing["last_name"], billing["email"])
    if account == "0" and not any(known):
        return None
    return Customer(
        id="" if account == "0" else account,
        given_name=billing["first_name"],
        family_name=billing["last_name"],
        company=billing.get("company") or "",
        email=billing["email"],
        phone=billing.get("phone") or "",
        language=_language(body.get("customer_locale")),
        address=read_address(billing),
        consents=_ticked(body),
    )


def _ticked(body: Json) -> tuple[Consent, ...]:
    """A box that was ticked at the checkout is a yes; one that was not says nothing."""
    if body.get("is_email_opt_in") is not True:
        return ()
    return (
        Consent(
            channel=ConsentChannel.EMAIL,
            state=ConsentState.GRANTED,
            recorded_at=moment(body["date_created"]),
            source="BigCommerce checkout, is_email_opt_in",
            opt_in_level=OptInLevel.SINGLE,
        ),
    )


def _first_address(body: Json) -> Address | None:
    addresses = (read_address(part) for kind, part in consignments(body) if kind == "shipping")
    return next((each for each in addresses if each), None)


def _language(locale: Any) -> str | None:
    """A locale that is no language tag must not cost us the order."""
    return locale if isinstance(locale, str) and _TAG.fullmatch(locale) else None
