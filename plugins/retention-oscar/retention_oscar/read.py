"""Oscar's orders, customers and products as canonical records. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from urllib.parse import urlsplit

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
    Product,
    Purpose,
)
from retention_sdk.model.money import minor_digits
from retention_sdk.shop_api.values import identifier, moment

from .fulfil import fulfilments
from .settings import OscarSettings

Json = Mapping[str, Any]

_ANSWERS = frozenset({ConsentState.GRANTED, ConsentState.DENIED})
_NO_SHIPPING = "no-shipping-required"


def read_order(data: Json, settings: OscarSettings) -> Order:
    """Read an order with its lines; ``retention`` is there if the companion told it."""
    facts = data.get("retention") or {}
    order_id, currency, placed_at = (
        last_part(data["url"]),
        data["currency"],
        moment(data["date_placed"]),
    )
    total = _money(data["total_incl_tax"], currency)
    cancelled_at = _status_at(data, facts, settings.cancelled_statuses)
    lines = tuple(_line(line, data, settings) for line in data["lines"])
    return Order(
        id=order_id,
        number=data["number"],
        placed_at=placed_at,
        currency=currency,
        total=total,
        lines=lines,
        shipping=_money(data["shipping_incl_tax"], currency),
        tax=total - _money(data["total_excl_tax"], currency),
        discount=_discount(data["lines"], currency),
        refunded=_refunded(facts, total),
        paid_at=_paid_at(data, facts, settings),
        cancelled_at=cancelled_at,
        customer=_customer(data, facts),
        billing_address=_address(data["billing_address"]),
        shipping_address=_address(data["shipping_address"]),
        fulfilments=fulfilments(data, lines, settings, is_cancelled=cancelled_at is not None),
        language=facts.get("language") or None,
        payment_method=facts.get("payment_method") or "",
        coupon_codes=tuple(each["voucher"]["code"] for each in _vouchers(data)),
        customer_note=(data["shipping_address"] or {}).get("notes") or "",
    )


def refunded_at(data: Json) -> datetime | None:
    """Return when money last went back, if the companion tells."""
    payments = (data.get("retention") or {}).get("payments") or ()
    return max((moment(each["at"]) for each in payments if each["type"] == "Refund"), default=None)


def read_customer(data: Json) -> Customer:
    """Read an account as the companion tells it."""
    return Customer(
        id=identifier(data["id"], least=1),
        given_name=data["first_name"],
        family_name=data["last_name"],
        email=data["email"],
        consents=read_consents(data),
    )


def read_user(data: Json) -> Customer:
    """Read an account as oscarapi lists it: little more than an address."""
    return Customer(id=last_part(data["url"]), email=data["email"])


def read_consents(data: Json) -> tuple[Consent, ...]:
    """Return what somebody answered; words of others are silence."""
    return tuple(
        Consent(
            channel=ConsentChannel(each["channel"]),
            purpose=Purpose(each["purpose"]),
            state=ConsentState(each["state"]),
            opt_in_level=OptInLevel(each["opt_in_level"]),
            recorded_at=moment(each["recorded_at"]) if each["recorded_at"] else None,
            source=each["source"],
            platform="oscar",
        )
        for each in data.get("consents") or ()
        if each["state"] in _ANSWERS
    )


def read_product(data: Json) -> Product:
    """Read a product; a variant without a title of its own is named by its number."""
    records = data.get("stockrecords") or ()
    return Product(
        id=identifier(data["id"], least=1),
        title=data["title"] or f"product {identifier(data['id'], least=1)}",
        sku=records[0]["partner_sku"] if records else "",
        gtin=data["upc"] or "",
        categories=tuple(data.get("categories") or ()),
    )


def last_part(link: str) -> str:
    """Return what a link of the API ends in: ``17`` of ``…/orders/17/``."""
    part = urlsplit(link).path.rstrip("/").rpartition("/")[2]
    if not part:
        raise ValueError("a link names something")
    return part


def _money(amount: str, currency: str) -> Money:
    if not isinstance(amount, str):
        raise TypeError("oscar writes money as text")
    return Money.parse(amount, currency)


def _line(line: Json, order: Json, settings: OscarSettings) -> OrderLine:
    currency, quantity = order["currency"], line["quantity"]
    product_id = last_part(line["product"]) if line["product"] else ""
    return OrderLine(
        id=last_part(line["url"]),
        title=line.get("title") or f"product {product_id}".strip(),
        quantity=quantity,
        unit_price=_unit(line["price_incl_tax_excl_discounts"], quantity, currency),
        total=_money(line["price_incl_tax"], currency),
        sku=line.get("partner_sku") or line.get("upc") or "",
        product_id=product_id,
        kind=_kind(line, order, settings),
        categories=tuple(line.get("categories") or ()),
    )


def _unit(amount: str, quantity: int, currency: str) -> Money:
    """Divide what a line cost before discounts, to the nearest minor unit."""
    if not isinstance(amount, str) or type(quantity) is not int or quantity < 1:
        raise TypeError("a line has an amount and a whole number of pieces")
    smallest = Decimal(1).scaleb(-minor_digits(currency))
    return Money.parse((Decimal(amount) / quantity).quantize(smallest, ROUND_HALF_UP), currency)


def _kind(line: Json, order: Json, settings: OscarSettings) -> LineKind:
    code = order["shipping_code"]
    if line.get("requires_shipping") is False or code == _NO_SHIPPING:
        return LineKind.DIGITAL
    return LineKind.PICKUP if code in settings.pickup_methods else LineKind.PHYSICAL


def _discount(lines: list[Json], currency: str) -> Money:
    before = sum(Decimal(line["price_incl_tax_excl_discounts"]) for line in lines)
    after = sum(Decimal(line["price_incl_tax"]) for line in lines)
    return Money.parse(Decimal(before - after), currency)


def _refunded(facts: Json, total: Money) -> Money | None:
    """Return what went back. Oscar lets staff note more than was paid; nothing more counts."""
    if not facts:
        return None
    refunded = _money(facts["refunded"], total.currency)
    return min(refunded, total) if refunded.minor else None


def _paid_at(data: Json, facts: Json, settings: OscarSettings) -> datetime | None:
    """Return when all the money had been taken; else when a status said so."""
    taken, due = Decimal(0), Decimal(data["total_incl_tax"])
    debits = [each for each in facts.get("payments") or () if each["type"] == "Debit"]
    for debit in debits:
        taken += Decimal(debit["amount"])
        if taken >= due:
            return moment(debit["at"])
    return None if debits else _status_at(data, facts, settings.paid_statuses)


def _status_at(data: Json, facts: Json, statuses: frozenset[str]) -> datetime | None:
    """Return when the order came into its status, if it is one of these.

    Without the companion nobody knows; the moment it was placed is the only one there is.
    """
    status = data["status"]
    if status not in statuses:
        return None
    changes = (moment(e["at"]) for e in facts.get("statuses") or () if e["status"] == status)
    return max(changes, default=moment(data["date_placed"]))


def _vouchers(data: Json) -> list[Json]:
    return [each for each in data["voucher_discounts"] if each.get("voucher")]


def _customer(data: Json, facts: Json) -> Customer | None:
    """Return the account with the names of the address; a guest has an e-mail address alone."""
    known = facts.get("customer")
    account = read_customer(known) if known else Customer(email=data["email"] or "")
    if data["owner"] and not known:
        account = account.model_copy(update={"id": last_part(data["owner"])})
    where = data["billing_address"] or data["shipping_address"] or {}
    if not account.id and not account.email and not where:
        return None
    return Customer(
        id=account.id,
        given_name=account.given_name or where.get("first_name") or "",
        family_name=account.family_name or where.get("last_name") or "",
        email=account.email,
        phone=(data["shipping_address"] or {}).get("phone_number") or "",
        language=facts.get("language") or None,
        address=_address(data["shipping_address"]),
        consents=account.consents,
    )


def _address(data: Json | None) -> Address | None:
    if not data:
        return None
    names = (data["title"], data["first_name"], data["last_name"])
    street = (data["line1"], data["line2"], data["line3"])
    return Address(
        name=" ".join(part for part in names if part),
        street=tuple(part for part in street if part),
        city=data["line4"] or "",
        region=data["state"] or "",
        postcode=data["postcode"] or "",
        country=last_part(data["country"]),
        phone=data.get("phone_number") or "",
    )
