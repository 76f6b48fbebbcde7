"""Zid's orders and customers become ours. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from retention_sdk.model import (
    Address,
    Customer,
    Fulfilment,
    FulfilmentStatus,
    LineKind,
    Order,
    OrderLine,
    Parcel,
    Shop,
    plan_fulfilment,
)
from retention_sdk.shop_api import values

from .settings import ZidSettings

Json = Mapping[str, Any]

# Statuses of orders as the library names them; it writes some of them in two ways.
_OFF = frozenset({"canceled", "cancelled"})
_LEFT, _THERE = "indelivery", "delivered"


def read_order(body: Json, settings: ZidSettings) -> Order:
    """Read an order with its products."""
    currency, order_id = body["currency_code"], values.identifier(body["id"])
    total, state = values.rounded(body["order_total"], currency), _state(body)
    changed_at, payment = moment(body["updated_at"], settings), body["payment_status"]
    lines = tuple(_lines(body, currency))
    return Order(
        id=order_id,
        number=body.get("code") or order_id,
        placed_at=moment(body["created_at"], settings),
        paid_at=changed_at if payment in {"paid", "refunded"} else None,
        cancelled_at=changed_at if state in _OFF else None,
        currency=currency,
        total=total,
        lines=lines,
        refunded=total if payment == "refunded" else None,
        customer=_buyer(body),
        shipping_address=_address(body),
        fulfilments=_fulfilments(body, lines, state, changed_at),
        payment_method=_method(body, "payment").get("code") or "",
        sales_channel=body.get("source_code") or body.get("source") or "",
        coupon_codes=tuple(filter(None, [(body.get("coupon") or {}).get("code")])),
        # Somebody else than the buyer opens the parcel.
        is_gift=bool(body.get("is_gift_order") or body.get("has_different_consignee")),
        gift_message=body.get("gift_message") or "",
        tags=_tags(body),
        customer_note=body.get("customer_note") or "",
    )


def read_customer(body: Json) -> Customer:
    """Read a customer with an account."""
    return Customer(
        id=values.identifier(body["id"]),
        full_name=body["name"],
        company=body.get("business_name") or "",
        email=body.get("email") or "",
        phone=body.get("mobile") or "",
        tags=_tags(body),
    )


def read_shop(body: Json, settings: ZidSettings, *, shop_id: str) -> Shop:
    """Read the profile of the store; Zid's names no country."""
    store = body["user"]["store"]
    return Shop(
        id=shop_id,
        name=store["title"],
        country=settings.country,
        currency=store["currency"]["code"],
        language=store["language"]["code"],
        time_zone=settings.time_zone,
        url=store.get("url") or "",
        email=store.get("email") or "",
        platform="zid",
    )


def moment(text: str, settings: ZidSettings) -> datetime:
    """Read a date; one without a zone is in the shop's."""
    return values.moment(text, zone=ZoneInfo(settings.time_zone))


def _state(body: Json) -> str:
    return str(body["order_status"]["code"]).casefold()


def _tags(body: Json) -> tuple[str, ...]:
    return tuple(tag["name"] for tag in body.get("tags") or ())


def _method(body: Json, part: str) -> Json:
    """Return how an order is paid for, or shipped; Zid writes a list for nothing."""
    found = (body.get(part) or {}).get("method")
    return found if isinstance(found, dict) else {}


def _lines(body: Json, currency: str) -> Iterator[OrderLine]:
    travels = body.get("requires_shipping") is not False
    for product in body["products"]:
        is_file = bool(product.get("downloadables") or product.get("vouchers"))
        quantity, total = product["quantity"], values.rounded(product["total"], currency)
        yield OrderLine(
            id=values.identifier(product["order_product_id"]),
            title=product["name"],
            quantity=quantity,
            unit_price=values.rounded(product["price"], currency),
            total=total,
            sku=product.get("sku") or "",
            product_id=product.get("product_id") or product.get("id") or "",
            kind=LineKind.PHYSICAL if travels and not is_file else LineKind.DIGITAL,
        )


def _fulfilments(
    body: Json, lines: tuple[OrderLine, ...], state: str, changed_at: datetime
) -> tuple[Fulfilment, ...]:
    """An order is one parcel: planned until its status says that it left."""
    update: dict[str, Any] = {}
    if state in _OFF:
        update = {"status": FulfilmentStatus.CANCELLED}
    elif state in {_LEFT, _THERE}:
        reached = FulfilmentStatus.DELIVERED if state == _THERE else FulfilmentStatus.SHIPPED
        update = {"status": reached, "shipped_at": changed_at}
    method, name = _method(body, "shipping"), values.identifier(body["id"])
    tracking = (method.get("tracking") or {}).get("number") or ""
    parcel = Parcel(id=name, carrier=method.get("name") or "", tracking_number=tracking)
    return tuple(
        Fulfilment(id=name, lines=planned.lines, parcels=(parcel,), **update)
        for planned in plan_fulfilment(name, lines)
    )


def _buyer(body: Json) -> Customer | None:
    customer = body.get("customer")
    if not customer:
        return None
    is_guest = bool(body.get("is_guest_customer"))
    return Customer(
        id="" if is_guest else values.identifier(customer["id"]),
        full_name=customer["name"],
        company=customer.get("business_name") or "",
        email=customer.get("email") or "",
        phone=customer.get("mobile") or "",
    )


def _address(body: Json) -> Address | None:
    found = (body.get("shipping") or {}).get("address")
    if not isinstance(found, dict) or not (found.get("street") or found.get("district")):
        return None
    recipient = body.get("consignee") or body.get("customer") or {}
    city, country = found.get("city") or {}, found.get("country") or {}
    return Address(
        name=recipient.get("name") or "",
        street=tuple(filter(None, (found.get("street"), found.get("district")))),
        city=city.get("name") or "",
        postcode=(found.get("meta") or {}).get("postcode") or "",
        country=country.get("code") or None,
        phone=recipient.get("mobile") or "",
    )
