"""WooCommerce's REST resources, version 3, as canonical records. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from retention_sdk.consent.platforms import write_state
from retention_sdk.model import (
    Address,
    Consent,
    ConsentState,
    Customer,
    Fulfilment,
    FulfilmentStatus,
    LineKind,
    Money,
    Order,
    OrderLine,
    minor_digits,
    plan_fulfilment,
)
from retention_sdk.shop_api import values

from .settings import WooCommerceSettings

Json = Mapping[str, Any]

# Codes that are not ISO 4217: toman (WooCommerce core), thousands of rial and of toman
# (Persian WooCommerce). Only rial are stored.
RIALS = {"IRT": 10, "IRHR": 1_000, "IRHT": 10_000}
# States in which nobody has committed to anything yet.
DRAFTS = frozenset({"auto-draft", "checkout-draft"})
_TAG = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,5}")
_NEVER_SHIPPED = frozenset({"cancelled", "refunded", "failed"})


def read_order(body: Json, settings: WooCommerceSettings) -> Order:
    """Read an order; totals exactly, amounts of single lines rounded to the minor unit."""
    currency = "IRR" if body["currency"] in RIALS else body["currency"]
    meta = _meta(body["meta_data"])
    message = _first(meta, settings.gift_message_meta_keys)
    lines = _lines(body, settings)
    order_id, total = values.identifier(body["id"]), _exact(body["total"], body["currency"])
    return Order(
        id=order_id,
        number=str(body["number"]),
        placed_at=moment(body["date_created_gmt"]),
        paid_at=_moment_or_none(body["date_paid_gmt"]),
        cancelled_at=moment(body["date_modified_gmt"]) if body["status"] == "cancelled" else None,
        currency=currency,
        total=total,
        lines=lines,
        shipping=_sum(body, "shipping_total", "shipping_tax"),
        tax=_exact(body["total_tax"], body["currency"]),
        discount=_sum(body, "discount_total", "discount_tax"),
        refunded=_refunded(body, total),
        customer=_buyer(body, settings),
        billing_address=_address(body["billing"]),
        shipping_address=_address(body["shipping"]),
        fulfilments=_fulfilments(body, order_id, lines),
        language=_language(meta, settings),
        payment_method=body["payment_method"],
        sales_channel=body["created_via"],
        coupon_codes=tuple(coupon["code"] for coupon in body["coupon_lines"]),
        is_gift=_is_gift(meta, settings) or bool(message),
        gift_message=message,
        customer_note=body["customer_note"],
    )


def read_customer(body: Json, settings: WooCommerceSettings) -> Customer:
    """Read an account."""
    meta, billing = _meta(body["meta_data"]), body["billing"]
    consent = read_consent(body["meta_data"], settings, asked_at=None)
    return Customer(
        id=values.identifier(body["id"]),
        given_name=body["first_name"] or billing["first_name"],
        family_name=body["last_name"] or billing["last_name"],
        company=billing["company"],
        email=body["email"],
        phone=billing["phone"],
        language=_language(meta, settings),
        address=_address(billing),
        consents=(consent,) if consent else (),
    )


def read_consent(
    entries: Iterable[Json], settings: WooCommerceSettings, *, asked_at: datetime | None
) -> Consent | None:
    """Return the answer that a plugin keeps in ``meta_data``; None where there is none.

    ``asked_at`` dates it when no field does: an order's box is ticked when it is placed.
    """
    meta, key = _meta(entries), settings.consent_meta_key
    answer = meta.get(key, "").casefold() if key else ""
    if answer not in (*settings.consent_yes, *settings.consent_no):
        return None
    is_yes = answer in settings.consent_yes
    return Consent(
        channel=settings.consent_channel,
        state=ConsentState.GRANTED if is_yes else ConsentState.DENIED,
        recorded_at=_asked_at(meta, settings) or asked_at,
        source=f"WooCommerce meta_data {key}",
    )


def _asked_at(meta: Mapping[str, str], settings: WooCommerceSettings) -> datetime | None:
    """A third party's field: a date that makes no sense must not cost us the answer."""
    try:
        return _moment_or_none(meta.get(settings.consent_at_meta_key))
    except ValueError:
        return None


def consent_meta(consent: Consent, settings: WooCommerceSettings) -> list[dict[str, str]]:
    """Return an answer as ``meta_data`` that ``read_consent`` reads; UNKNOWN is empty."""
    words = {ConsentState.GRANTED: settings.consent_yes, ConsentState.DENIED: settings.consent_no}
    answer = ""
    if known := words.get(consent.state):
        usual, _ = write_state("woocommerce", consent.state)
        answer = usual if usual in known else known[0]
    entries = [{"key": settings.consent_meta_key, "value": answer}]
    if settings.consent_at_meta_key:
        at = consent.recorded_at
        text = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at and answer else ""
        entries.append({"key": settings.consent_at_meta_key, "value": text})
    return entries


def moment(text: str) -> datetime:
    """Read a ``*_gmt`` date. WooCommerce writes UTC and leaves the Z away."""
    return values.moment(text, zone=UTC)


def _moment_or_none(text: str | None) -> datetime | None:
    return moment(text) if text else None


# Money -------------------------------------------------------------------------------------


def _exact(amount: str | int | Decimal, currency: str) -> Money:
    if currency not in RIALS:
        return Money.parse(amount, currency)
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
        raise TypeError("money is text or a JSON number")
    return Money.parse(Decimal(amount) * RIALS[currency], "IRR")


def _sum(body: Json, *fields: str) -> Money:
    """Add two amounts that are rounded together: before tax, and its tax."""
    return _rounded(sum(Decimal(body[field]) for field in fields), body["currency"])


def _rounded(amount: Decimal | int, currency: str) -> Money:
    """Lines carry up to six decimals where tax is rounded per order."""
    unit = Decimal(1).scaleb(-minor_digits("IRR" if currency in RIALS else currency))
    if currency in RIALS:
        amount, currency = amount * RIALS[currency], "IRR"
    return Money.parse(Decimal(amount).quantize(unit, ROUND_HALF_UP), currency)


def _refunded(body: Json, total: Money) -> Money | None:
    """Refund totals are negative. ``refunded`` as a status means all of it."""
    if body["status"] == "refunded":
        return total
    if not body["refunds"]:
        return None
    return _exact(sum(-Decimal(refund["total"]) for refund in body["refunds"]), body["currency"])


# Lines and parcels -------------------------------------------------------------------------


def _lines(body: Json, settings: WooCommerceSettings) -> tuple[OrderLine, ...]:
    travels = _travels(body["shipping_lines"], settings)
    return tuple(
        _line(
            line,
            body["currency"],
            LineKind.DIGITAL if _is_digital(line, settings) else travels,
            brand=_first(_meta(line.get("meta_data", ())), settings.brand_meta_keys),
        )
        for line in body["line_items"]
    )


def _line(line: Json, currency: str, kind: LineKind, *, brand: str) -> OrderLine:
    quantity = line["quantity"]
    listed = Decimal(line["subtotal"]) + Decimal(line["subtotal_tax"])
    paid = Decimal(line["total"]) + Decimal(line["total_tax"])
    return OrderLine(
        id=values.identifier(line["id"]),
        title=line["name"],
        quantity=quantity,
        unit_price=_rounded(listed / quantity, currency),
        total=_rounded(paid, currency),
        sku=line["sku"] or "",
        product_id=values.identifier(line["product_id"]),
        kind=kind,
        brand=brand,
    )


def _is_digital(line: Json, settings: WooCommerceSettings) -> bool:
    return bool({line["product_id"], line["variation_id"]} & settings.digital_product_ids)


def _travels(shipping_lines: Iterable[Json], settings: WooCommerceSettings) -> LineKind:
    """A checkout asks for a shipping method as soon as one product needs it."""
    methods = {line["method_id"] for line in shipping_lines}
    if not methods:
        return LineKind.PHYSICAL if settings.ships_without_method else LineKind.DIGITAL
    return LineKind.PICKUP if methods <= settings.pickup_method_ids else LineKind.PHYSICAL


def _fulfilments(body: Json, order_id: str, lines: tuple[OrderLine, ...]) -> tuple[Fulfilment, ...]:
    """WooCommerce knows no parcels: one is planned, and ``completed`` says that it left."""
    shipped_at = _moment_or_none(body["date_completed_gmt"])
    state: dict[str, Any] = {}
    if shipped_at:
        state = {"status": FulfilmentStatus.SHIPPED, "shipped_at": shipped_at}
    elif body["status"] in _NEVER_SHIPPED:
        state = {"status": FulfilmentStatus.CANCELLED}
    planned = plan_fulfilment(order_id, lines)
    return tuple(Fulfilment.model_validate({**dict(each), **state}) for each in planned)


# People ------------------------------------------------------------------------------------


def _buyer(body: Json, settings: WooCommerceSettings) -> Customer | None:
    billing, account = body["billing"], values.identifier(body["customer_id"])
    known = (billing["first_name"], billing["last_name"], billing["email"], billing["phone"])
    if account == "0" and not any(known):
        return None
    placed_at = moment(body["date_created_gmt"])
    consent = read_consent(body["meta_data"], settings, asked_at=placed_at)
    return Customer(
        id="" if account == "0" else account,
        given_name=billing["first_name"],
        family_name=billing["last_name"],
        company=billing["company"],
        email=billing["email"],
        phone=billing["phone"],
        language=_language(_meta(body["meta_data"]), settings),
        address=_address(billing),
        consents=(consent,) if consent else (),
    )


def _address(data: Json) -> Address | None:
    if not (data["address_1"] or data["city"] or data["postcode"]):
        return None
    return Address(
        name=" ".join(part for part in (data["first_name"], data["last_name"]) if part),
        company=data["company"],
        street=tuple(part for part in (data["address_1"], data["address_2"]) if part),
        city=data["city"],
        region=data["state"],
        postcode=data["postcode"],
        country=data["country"] or None,
        phone=data["phone"],
    )


# Fields that only plugins have --------------------------------------------------------------


def _meta(entries: Iterable[Json]) -> dict[str, str]:
    """Return the plain values; lists and tables belong to plugins we do not know."""
    plain = {entry["key"]: entry["value"] for entry in entries}
    return {key: _text(value) for key, value in plain.items() if isinstance(value, str | int)}


def _text(value: str | int) -> str:
    return str(value).strip()


def _first(meta: Mapping[str, str], keys: Iterable[str]) -> str:
    return next((meta[key] for key in keys if meta.get(key)), "")


def _is_gift(meta: Mapping[str, str], settings: WooCommerceSettings) -> bool:
    return _first(meta, settings.gift_meta_keys).casefold() in {"1", "on", "true", "yes"}


def _language(meta: Mapping[str, str], settings: WooCommerceSettings) -> str | None:
    """A third party's field: one that is no language tag must not cost us the order."""
    tag = _first(meta, settings.language_meta_keys)
    return tag if _TAG.fullmatch(tag) else None
