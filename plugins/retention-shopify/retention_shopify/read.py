"""Shopify's REST-shaped resources as webhooks carry them, as canonical records. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
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
    minor_digits,
)
from retention_sdk.shop_api.values import identifier, moment, text

from .consent import read_answers
from .settings import ShopifySettings

Json = Mapping[str, Any]

NOTE_MARK = "[retention] "
"""How a line of ours begins in an order's note, which the buyer and the staff share with us."""
_TAG = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,5}")
_COUNTRY = re.compile(r"[A-Z]{2}")
# Whatever was refunded, was paid before. AUTHORIZED, PENDING and PARTIALLY_PAID are not paid yet.
_PAID = frozenset({"paid", "partially_refunded", "refunded"})
_LOST = frozenset({"cancelled", "error", "failure"})
_TRUE = frozenset({"1", "on", "true", "yes"})


def read_order(body: Json, settings: ShopifySettings) -> Order:
    """Read an order, in the currency that the settings choose.

    Shopify keeps no date of the payment. It is dated by ``processed_at``, which is the payment's
    for every order that was paid at the checkout, and earlier for the others.
    """
    purse = _Purse(body, settings)
    attributes = _attributes(body["note_attributes"])
    message = _first(attributes, settings.gift_message_attributes)
    lines = _lines(body, purse)
    total = purse.of(body["total_price_set"])
    placed_at = moment(body["created_at"])
    status = body["financial_status"]
    return Order(
        id=identifier(body["id"]),
        number=body["name"],
        placed_at=placed_at,
        paid_at=moment(body["processed_at"]) if status in _PAID else None,
        cancelled_at=_moment_or_none(body["cancelled_at"]),
        currency=purse.currency,
        total=total,
        lines=lines,
        shipping=purse.of(body["total_shipping_price_set"]),
        tax=purse.of(body["total_tax_set"]),
        discount=purse.of(body["total_discounts_set"]),
        refunded=total if status == "refunded" else _refunded(body, purse, total),
        customer=_buyer(body),
        billing_address=_address(body.get("billing_address")),
        shipping_address=_address(body.get("shipping_address")),
        fulfilments=_fulfilments(body, lines),
        language=_language(body["customer_locale"]),
        payment_method=", ".join(body["payment_gateway_names"]),
        sales_channel=text(body["source_name"]),
        coupon_codes=tuple(each["code"] for each in body["discount_codes"]),
        is_gift=_first(attributes, settings.gift_attributes).casefold() in _TRUE or bool(message),
        gift_message=message,
        tags=_tags(body["tags"]),
        customer_note=_note(body["note"]),
    )


def read_customer(body: Json) -> Customer:
    """Read an account. Webhooks of older API versions carry its consents, and so does GraphQL."""
    return Customer(
        id=identifier(body["id"]),
        given_name=text(body["first_name"]),
        family_name=text(body["last_name"]),
        email=text(body["email"]),
        phone=text(body["phone"]),
        language=_language(body.get("locale")),
        tags=_tags(body.get("tags")),
        address=_address(body.get("default_address")),
        consents=read_answers(body),
    )


# Money -------------------------------------------------------------------------------------


class _Purse:
    """Picks amounts in the buyer's or the shop's currency out of Shopify's pairs."""

    def __init__(self, body: Json, settings: ShopifySettings) -> None:
        self._side = f"{settings.currency}_money"
        is_buyers = settings.currency == "presentment"
        self.currency = text(body["presentment_currency" if is_buyers else "currency"])

    def of(self, pair: Json) -> Money:
        """Return the amount of a ``*_set``."""
        money = pair[self._side]
        return Money.parse(text(money["amount"]), text(money["currency_code"]))

    def sum(self, pairs: Iterable[Json]) -> Money:
        """Add several of them up, rounded once: taxes have more decimals than money."""
        exact = sum((Decimal(self._amount(pair)) for pair in pairs), Decimal(0))
        unit = Decimal(1).scaleb(-minor_digits(self.currency))
        return Money.parse(exact.quantize(unit, ROUND_HALF_UP), self.currency)

    def _amount(self, pair: Json) -> str:
        money = pair[self._side]
        if money["currency_code"] != self.currency:
            raise ValueError("one order has one currency")
        return text(money["amount"])


def _refunded(body: Json, purse: _Purse, total: Money) -> Money | None:
    """Return what went back, never more than the total: a shop may give back more than it took."""
    whole = body.get("total_refunded_set")
    amount = _sum_of(body["refunds"], purse) if whole is None else purse.of(whole).minor
    if amount <= 0:
        return None
    return Money(minor=min(amount, total.minor), currency=purse.currency)


def _sum_of(refunds: Iterable[Json], purse: _Purse) -> int:
    """Return the minor units of lines with their tax, and shipping, less what was adjusted.

    Adjustments are negative where more than the lines went back.
    """
    given: list[Money] = []
    for refund in refunds:
        for line in refund["refund_line_items"]:
            given += [purse.of(line["subtotal_set"]), purse.of(line["total_tax_set"])]
        for change in refund["order_adjustments"]:
            for pair in (change["amount_set"], change["tax_amount_set"]):
                given.append(purse.of(pair) * -1)
    return sum((each.minor for each in given), 0)


# Lines and parcels -------------------------------------------------------------------------


def _lines(body: Json, purse: _Purse) -> tuple[OrderLine, ...]:
    """Return the lines; one that was removed before anything of it left is not there any more."""
    sent = {part["id"] for each in body["fulfillments"] for part in each["line_items"]}
    kept = [
        line for line in body["line_items"] if line["current_quantity"] > 0 or line["id"] in sent
    ]
    is_taken_away = body.get("shipping_address") is None
    return tuple(
        _line(line, purse, body["taxes_included"], is_taken_away)
        for line in kept or body["line_items"]
    )


def _line(line: Json, purse: _Purse, is_taxed: Any, is_taken_away: Any) -> OrderLine:
    quantity = line["quantity"]
    unit = purse.of(line["price_set"])
    discounts = purse.sum(each["amount_set"] for each in line["discount_allocations"])
    taxes = purse.sum(() if is_taxed else (each["price_set"] for each in line["tax_lines"]))
    kind = LineKind.PICKUP if is_taken_away else LineKind.PHYSICAL
    return OrderLine(
        id=identifier(line["id"]),
        title=line["title"],
        quantity=quantity,
        unit_price=unit,
        total=unit * quantity - discounts + taxes,
        sku=text(line["sku"]),
        product_id="" if line["product_id"] is None else identifier(line["product_id"]),
        kind=kind if line["requires_shipping"] else LineKind.DIGITAL,
        is_gift_card=line["gift_card"],
        brand=text(line["vendor"]),
    )


def _fulfilments(body: Json, lines: tuple[OrderLine, ...]) -> tuple[Fulfilment, ...]:
    """Return the parcels that Shopify knows, and one planned for what is still to be packed."""
    physical = {line.id for line in lines if line.kind is LineKind.PHYSICAL}
    known = tuple(filter(None, (_fulfilment(each, physical) for each in body["fulfillments"])))
    is_over = body["cancelled_at"] is not None or body["financial_status"] == "refunded"
    rest = [
        FulfilmentLine(line_id=identifier(line["id"]), quantity=line["fulfillable_quantity"])
        for line in body["line_items"]
        if line["fulfillable_quantity"] > 0 and identifier(line["id"]) in physical
    ]
    if not rest or is_over:
        return known
    name = f"{identifier(body['id'])}-open"
    return (*known, Fulfilment(id=name, lines=tuple(rest), parcels=(Parcel(id=name),)))


def _fulfilment(data: Json, physical: set[str]) -> Fulfilment | None:
    """Return a parcel with what travels in it; None where nothing does."""
    parts = tuple(
        FulfilmentLine(line_id=identifier(part["id"]), quantity=part["quantity"])
        for part in data["line_items"]
        if identifier(part["id"]) in physical
    )
    if not parts:
        return None
    number = identifier(data["id"])
    status = _status(data)
    has_left = status in {FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED}
    parcel = Parcel(
        id=number,
        carrier=text(data["tracking_company"]),
        tracking_number=text(data["tracking_number"]),
    )
    return Fulfilment(
        id=number,
        status=status,
        lines=parts,
        parcels=(parcel,),
        shipped_at=moment(data["created_at"]) if has_left else None,
    )


def _status(data: Json) -> FulfilmentStatus:
    status = text(data["status"])
    if status in _LOST:
        return FulfilmentStatus.CANCELLED
    if status != "success":  # pending and open: handed to a warehouse, not to a carrier
        return FulfilmentStatus.PLANNED
    is_there = text(data["shipment_status"]) == "delivered"
    return FulfilmentStatus.DELIVERED if is_there else FulfilmentStatus.SHIPPED


# People ------------------------------------------------------------------------------------


def _buyer(body: Json) -> Customer | None:
    """Return the account, or the guest with the address that the checkout asked for."""
    account = body.get("customer")
    if account is not None:
        return read_customer(account)
    email = text(body["email"]) or text(body["contact_email"])
    phone = text(body["phone"])
    billing = _address(body.get("billing_address"))
    if not email and not phone:
        return None
    name = billing.name if billing else ""
    return Customer(full_name=name, email=email, phone=phone, address=billing)


def _address(data: Json | None) -> Address | None:
    if data is None:
        return None
    country = data["country_code"]
    return Address(
        name=text(data["name"]),
        company=text(data["company"]),
        street=tuple(filter(None, (text(data["address1"]), text(data["address2"])))),
        city=text(data["city"]),
        region=text(data["province_code"]) or text(data["province"]),
        postcode=text(data["zip"]),
        country=country if _COUNTRY.fullmatch(text(country)) else None,
        phone=text(data["phone"]),
    )


# Fields of the theme -----------------------------------------------------------------------


def _attributes(entries: Iterable[Json]) -> dict[str, str]:
    """Return cart attributes by name, folded; a theme may write anything into them."""
    plain = ((each["name"], each["value"]) for each in entries)
    return {
        name.strip().casefold(): value.strip()
        for name, value in plain
        if isinstance(name, str) and isinstance(value, str)
    }


def _first(attributes: Mapping[str, str], names: Iterable[str]) -> str:
    return next((attributes[n.casefold()] for n in names if attributes.get(n.casefold())), "")


def _note(note: Any) -> str:
    """Return the note without the lines that ``note_order`` added."""
    lines = text(note).splitlines()
    return "\n".join(line for line in lines if not line.startswith(NOTE_MARK))


def _tags(tags: Any) -> tuple[str, ...]:
    return tuple(filter(None, (tag.strip() for tag in text(tags).split(","))))


def _language(locale: Any) -> str | None:
    """``customer_locale`` is what the storefront spoke; one that is no tag costs no order."""
    return locale if isinstance(locale, str) and _TAG.fullmatch(locale) else None


def _moment_or_none(value: Any) -> datetime | None:
    return None if value is None else moment(value)
