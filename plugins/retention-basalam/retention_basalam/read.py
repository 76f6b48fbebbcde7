"""A vendor's parcel of a Basalam order becomes an order of ours. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from retention_sdk.model import (
    Address,
    Customer,
    Fulfilment,
    FulfilmentStatus,
    Money,
    Order,
    OrderLine,
    Parcel,
    Product,
    Shop,
    plan_fulfilment,
)
from retention_sdk.shop_api import values

from .settings import BasalamSettings

Json = Mapping[str, Any]

CURRENCY = "IRR"
_RIALS = {"rial": 1, "toman": 10}
# Statuses of parcels, as ``/v1/vendor-parcels`` names them.
_CANCELLED, _PAID_BACK, _SATISFIED = 3067, 3233, 3195
_LEFT = frozenset({3238, 5017, 3572, 3740, _SATISFIED})
"""Posted, wrong tracking code, not delivered, problem reported, satisfied."""


def read_order(body: Json, settings: BasalamSettings) -> Order:
    """Read a parcel: what one vendor sold of what a buyer ordered and paid for at once."""
    order, status = body["order"], _status(body)
    lines = _lines(body, settings)
    shipping = _money(body["shipping_cost"], settings)
    total = _money(body["total_items_price"], settings) + shipping
    return Order(
        id=values.identifier(body["id"]),
        number=values.identifier(order["id"]),
        placed_at=moment(order["created_at"], settings),
        paid_at=_moment_or_none(order["paid_at"], settings),
        cancelled_at=moment(body["updated_at"], settings) if status == _CANCELLED else None,
        currency=CURRENCY,
        total=total,
        lines=lines,
        shipping=shipping,
        refunded=total if status == _PAID_BACK else None,
        customer=_buyer(order["customer"]),
        shipping_address=_address(order["customer"]),
        fulfilments=_fulfilments(body, lines, settings),
        sales_channel="basalam",
        ship_by=_moment_or_none(body.get("estimate_send_at"), settings),
    )


def read_product(body: Json) -> Product:
    """Read a product of the vendor's list."""
    return Product(id=values.identifier(body["id"]), title=body["title"], sku=body.get("sku") or "")


def read_shop(body: Json, settings: BasalamSettings, *, shop_id: str) -> Shop:
    """Read a vendor's profile. Basalam sells in Iran alone."""
    return Shop(
        id=shop_id,
        name=body["title"],
        country="IR",
        currency=CURRENCY,
        language="fa",
        time_zone=settings.time_zone,
        url=f"https://basalam.com/{body['identifier']}",
        email=settings.shop_email,
        platform="basalam",
    )


def moment(text: str, settings: BasalamSettings) -> datetime:
    """Read a date; one without a zone is in the shop's."""
    return values.moment(text, zone=ZoneInfo(settings.time_zone))


def _moment_or_none(text: str | None, settings: BasalamSettings) -> datetime | None:
    return moment(text, settings) if text else None


def _money(amount: Any, settings: BasalamSettings) -> Money:
    if type(amount) is not int:
        raise TypeError("amounts are whole numbers")
    return Money.parse(amount * _RIALS[settings.amounts_in], CURRENCY)


def _status(body: Json) -> int:
    status = body.get("status")
    return int(values.identifier(status["id"])) if status else 0


def _lines(body: Json, settings: BasalamSettings) -> tuple[OrderLine, ...]:
    """Read the items. Whether a price is for one piece, the sum of them tells."""
    items = body["items"]
    by_line = sum(item["price"] for item in items) == body["total_items_price"]
    by_piece = sum(item["price"] * item["quantity"] for item in items) == body["total_items_price"]
    is_for_all = by_line and not by_piece
    return tuple(_line(item, settings, is_for_all=is_for_all) for item in items)


def _line(item: Json, settings: BasalamSettings, *, is_for_all: bool) -> OrderLine:
    quantity, price = item["quantity"], _money(item["price"], settings)
    total = price if is_for_all else price * quantity
    piece = Money(minor=price.minor // quantity, currency=CURRENCY) if is_for_all else price
    return OrderLine(
        id=values.identifier(item["id"]),
        title=item["title"],
        quantity=quantity,
        unit_price=piece,
        total=total,
        product_id=values.identifier(item["product"]["id"]),
    )


def _fulfilments(
    body: Json, lines: tuple[OrderLine, ...], settings: BasalamSettings
) -> tuple[Fulfilment, ...]:
    """A Basalam parcel is one parcel: planned until a status says that it left."""
    status, receipt = _status(body), body.get("post_receipt") or {}
    state: dict[str, Any] = {}
    if status in {_CANCELLED, _PAID_BACK}:
        state = {"status": FulfilmentStatus.CANCELLED}
    elif status in _LEFT or body["is_delivered"] is True:
        is_there = status == _SATISFIED or body["is_delivered"] is True
        left = body.get("send_at") or receipt.get("created_at") or body["updated_at"]
        reached = FulfilmentStatus.DELIVERED if is_there else FulfilmentStatus.SHIPPED
        state = {"status": reached, "shipped_at": moment(left, settings)}
    carrier = body["shipping_method"]["current"]["title"]
    tracking = receipt.get("tracking_code") or ""
    name = values.identifier(body["id"])
    parcel = Parcel(id=name, carrier=carrier or "", tracking_number=tracking)
    return tuple(
        Fulfilment(id=name, lines=planned.lines, parcels=(parcel,), **state)
        for planned in plan_fulfilment(name, lines)
    )


def _buyer(customer: Json) -> Customer:
    user = customer["user"]
    return Customer(
        id=values.identifier(user["id"]),
        full_name=user["name"],
        phone=customer["recipient"].get("mobile") or "",
        address=_address(customer),
    )


def _address(customer: Json) -> Address | None:
    recipient, city = customer["recipient"], customer.get("city") or {}
    if not recipient.get("postal_address"):
        return None
    rooms = (recipient.get("house_number"), recipient.get("house_unit"))
    street = (recipient["postal_address"], " ".join(each for each in rooms if each))
    return Address(
        name=recipient["name"],
        street=tuple(each for each in street if each),
        city=city.get("title") or "",
        region=(city.get("parent") or {}).get("title") or "",
        postcode=recipient.get("postal_code") or "",
        country="IR",
        phone=recipient.get("mobile") or "",
    )
