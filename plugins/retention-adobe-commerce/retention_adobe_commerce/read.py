"""Orders as canonical records. Pure.

Adobe Commerce leaves out of its answers what is not set, so most fields may be missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from retention_sdk.model import Address, Customer, LineKind, Money, Order, OrderLine
from retention_sdk.shop_api.values import text

from .parcels import fulfilments_of
from .values import Json, exact, moment, number, plain, rounded

_INVOICE_PAID = 2
_STATES_PAID = frozenset({"processing", "complete", "closed"})
_SEXES: Mapping[Any, Literal["m", "f"]] = {1: "m", 2: "f"}
_PICKUP = "instore_pickup"


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside an order: shipments and invoices by order, locales by store view."""

    shipments: Mapping[int, Sequence[Json]]
    invoices: Mapping[int, Sequence[Json]]
    locales: Mapping[int, str]


def read_order(data: Json, beside: Beside) -> Order:
    """Read an order. Amounts are those that the buyer saw, in the order's own currency."""
    currency, order_id = text(data["order_currency_code"]), data["entity_id"]
    total, placed_at = exact(data["grand_total"], currency), moment(data["created_at"])
    more = data.get("extension_attributes") or {}
    shipping, gift = _shipping(more), more.get("gift_message") or {}
    lines = _lines(data, currency, is_pickup=shipping.get("method") == _PICKUP)
    is_cancelled, language = data.get("state") == "canceled", _language(data, beside)
    address = read_address(shipping.get("address"))
    return Order(
        id=number(order_id),
        number=text(data["increment_id"]),
        placed_at=placed_at,
        paid_at=_paid_at(data, beside.invoices.get(order_id, ())),
        cancelled_at=moment(data["updated_at"]) if is_cancelled else None,
        currency=currency,
        total=total,
        lines=lines,
        shipping=rounded(data.get("shipping_incl_tax"), currency),
        tax=rounded(data.get("tax_amount"), currency),
        discount=rounded(abs(plain(data.get("discount_amount"))), currency),
        refunded=_refunded(data, total),
        customer=_customer(data, address, language),
        billing_address=read_address(data.get("billing_address")),
        shipping_address=address,
        fulfilments=fulfilments_of(data, lines, beside.shipments.get(order_id, ())),
        language=language,
        payment_method=text((data.get("payment") or {}).get("method")),
        sales_channel=(text(data.get("store_name")).splitlines() or [""])[-1],
        coupon_codes=tuple(filter(None, text(data.get("coupon_code")).split(","))),
        is_gift=bool(gift),
        gift_message=text(gift.get("message")),
        gift_to=text(gift.get("recipient")),
        gift_from=text(gift.get("sender")),
        customer_note=text(data.get("customer_note")),
    )


def read_address(data: Any) -> Address | None:
    """Read a postal address, None where there is none."""
    if not data:
        return None
    region = data.get("region")
    return Address(
        name=_name(data),
        company=text(data.get("company")),
        street=tuple(text(part) for part in data.get("street") or () if part),
        city=text(data.get("city")),
        # An order's region is a text, an account's is an object.
        region=text(region.get("region") if isinstance(region, Mapping) else region),
        postcode=text(data.get("postcode")),
        country=text(data.get("country_id")) or None,
        phone=text(data.get("telephone")),
    )


def addressee(gender: Any) -> Literal["", "m", "f"]:
    """Return the gender that somebody chose; 3 is "not specified"."""
    return _SEXES.get(gender, "") if type(gender) is int else ""


# Lines -------------------------------------------------------------------------------------


def _lines(data: Json, currency: str, *, is_pickup: bool) -> tuple[OrderLine, ...]:
    """Return what stands at the top: a variant or a bundle is one line with its parts."""
    parts: dict[Any, list[Json]] = {}
    for item in data["items"]:
        parts.setdefault(item.get("parent_item_id"), []).append(item)
    return tuple(
        _line(item, parts.get(item["item_id"], []), currency, is_pickup=is_pickup)
        for item in parts.get(None, ())
    )


def _line(item: Json, parts: Sequence[Json], currency: str, *, is_pickup: bool) -> OrderLine:
    count, kind = plain(item["qty_ordered"]), text(item.get("product_type"))
    total = rounded(_paid_for(item, parts if kind == "bundle" else ()), currency)
    title, travels = text(item["name"]), LineKind.PICKUP if is_pickup else LineKind.PHYSICAL
    # Shops may sell one and a half metres; a line holds whole pieces.
    is_whole = count == count.to_integral_value()
    price = item.get("price_incl_tax", item.get("price"))
    return OrderLine(
        id=number(item["item_id"]),
        title=title if is_whole else f"{title} ({count.normalize():f})",
        quantity=int(count) if is_whole else 1,
        unit_price=rounded(price, currency) if is_whole else total,
        total=total,
        sku=text(item["sku"]),
        product_id=number(item["product_id"]) if item.get("product_id") else "",
        kind=LineKind.DIGITAL if item.get("is_virtual") else travels,
        is_gift_card=kind == "giftcard",
    )


def _paid_for(item: Json, parts: Sequence[Json]) -> Decimal:
    """Return what a row cost in the end, by Adobe Commerce's own sum for the total.

    Where a bundle has no tax or discount of its own, it is that of its parts.
    """

    def of(name: str) -> Decimal:
        return plain(item.get(name)) or sum((plain(each.get(name)) for each in parts), Decimal(0))

    added = of("row_total") + of("tax_amount") + of("discount_tax_compensation_amount")
    return added - of("discount_amount")


# Money -------------------------------------------------------------------------------------


def _paid_at(data: Json, invoices: Sequence[Json]) -> datetime | None:
    """Return when the last invoice that completed the payment was made."""
    total, paid = plain(data["grand_total"]), plain(data.get("total_paid"))
    if paid < total or (total == 0 and data.get("state") not in _STATES_PAID):
        return None
    made = [moment(each["created_at"]) for each in invoices if each.get("state") == _INVOICE_PAID]
    return max(made, default=moment(data["created_at"] if total == 0 else data["updated_at"]))


def _refunded(data: Json, total: Money) -> Money | None:
    back = rounded(data.get("total_refunded"), total.currency)
    return min(back, total, key=lambda money: money.minor) if back.minor else None


# People ------------------------------------------------------------------------------------


def _customer(data: Json, address: Address | None, language: str | None) -> Customer:
    billing = data.get("billing_address") or {}
    account = None if data.get("customer_is_guest") else data.get("customer_id")
    dob = text(data.get("customer_dob"))
    return Customer(
        id="" if account is None else number(account),
        given_name=text(data.get("customer_firstname") or billing.get("firstname")),
        family_name=text(data.get("customer_lastname") or billing.get("lastname")),
        company=text(billing.get("company")),
        email=text(data.get("customer_email")),
        phone=text(billing.get("telephone")),
        language=language,
        addressee=addressee(data.get("customer_gender")),
        birthday=dob[5:10],
        birth_year=int(dob[:4]) if dob else None,
        address=address,
    )


def _name(data: Json) -> str:
    parts = (text(data.get(field)) for field in ("prefix", "firstname", "middlename", "lastname"))
    return " ".join(filter(None, parts))


def _shipping(more: Json) -> Json:
    """Return how an order is sent; shops with several addresses make an order for each."""
    assignments = more.get("shipping_assignments") or [{}]
    return assignments[0].get("shipping") or {}


def _language(data: Json, beside: Beside) -> str | None:
    return beside.locales.get(data.get("store_id", 0))
