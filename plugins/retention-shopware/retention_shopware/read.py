"""Shopware's orders as canonical records. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from retention_sdk.model import (
    Address,
    Customer,
    LineKind,
    Money,
    Order,
    OrderLine,
)
from retention_sdk.shop_api.values import text

from .parcels import fulfilments_of
from .settings import ShopwareSettings
from .values import Json, exact, identifier, moment, moment_or_none, named, rounded

_DEDUCTIONS = frozenset({"promotion", "discount", "credit"})
_PAID = frozenset({"paid", "refunded", "refunded_partially", "chargeback"})
_GONE_BACK = frozenset({"refunded", "chargeback"})
_DONE = "completed"
_SEXES = {"mr": "m", "mrs": "f"}


def is_sale(data: Json) -> bool:
    """Whether anything was sold: staff may write orders of nothing but a credit."""
    return any(_is_line(item) for item in data["lineItems"])


def read_order(data: Json, settings: ShopwareSettings) -> Order:
    """Read an order of the live version, with its associations.

    Lines are what stands at the top of the basket: a bundle is one line. In orders of net prices
    they are without tax, as Shopware keeps them; the total always is what the buyer pays.
    """
    currency = text(data["currency"]["isoCode"])
    lines = _lines(data, currency, settings)
    custom = data.get("customFields") or {}
    message = _custom_text(custom, settings.gift_message_field)
    is_cancelled = _state(data) == "cancelled"
    placed_at, total = moment(data["orderDateTime"]), exact(data["price"]["totalPrice"], currency)
    transactions = _in_time(data["transactions"])
    return Order(
        id=identifier(data["id"]),
        number=text(data["orderNumber"]),
        placed_at=placed_at,
        paid_at=_paid_at(transactions),
        cancelled_at=moment_or_none(data["updatedAt"]) or placed_at if is_cancelled else None,
        currency=currency,
        total=total,
        lines=lines,
        shipping=exact(data["shippingTotal"], currency),
        tax=total - exact(data["price"]["netPrice"], currency),
        discount=_discount(data, currency),
        refunded=_refunded(transactions, total),
        customer=_customer(data),
        billing_address=read_address(data["billingAddress"]),
        shipping_address=_shipping_address(data),
        fulfilments=fulfilments_of(data, lines),
        language=text(data["language"]["locale"]["code"]) or None,
        payment_method=_payment_method(transactions),
        sales_channel=named(data["salesChannel"]),
        coupon_codes=_codes(data),
        is_gift=bool(custom.get(settings.gift_field)) or bool(message),
        gift_message=message,
        tags=tuple(text(tag["name"]) for tag in data["tags"] or ()),
        customer_note=text(data["customerComment"]),
    )


def changed_at(data: Json) -> datetime | None:
    """Return when money last moved: the best date there is for a refund."""
    moments = [
        stamp
        for each in data["transactions"]
        if (stamp := moment_or_none(each["updatedAt"] or each["createdAt"]))
    ]
    return max(moments, default=None)


def read_address(data: Any) -> Address | None:
    """Read a postal address, None where there is none."""
    if not data:
        return None
    street = (data["street"], data["additionalAddressLine1"], data["additionalAddressLine2"])
    return Address(
        name=" ".join(filter(None, (text(data["firstName"]), text(data["lastName"])))),
        company=text(data["company"]),
        street=tuple(text(part) for part in street if part),
        city=text(data["city"]),
        region=named(data["countryState"]),
        postcode=text(data["zipcode"]),
        country=text((data["country"] or {}).get("iso")) or None,
        phone=text(data["phoneNumber"]),
    )


def addressee(salutation: Any) -> str:
    """Return the gender of a form of address that somebody chose; most say nothing of it."""
    return _SEXES.get(text((salutation or {}).get("salutationKey")), "")


# Lines -------------------------------------------------------------------------------------


def _is_line(item: Json) -> bool:
    return item["parentId"] is None and item["type"] not in _DEDUCTIONS and item["totalPrice"] >= 0


def _lines(data: Json, currency: str, settings: ShopwareSettings) -> tuple[OrderLine, ...]:
    saved = _savings(data, currency)
    is_pickup = _is_picked_up(data, settings)
    items = [item for item in data["lineItems"] if _is_line(item)]
    items.sort(key=lambda item: int(item["position"] or 0))
    return tuple(
        OrderLine(
            id=identifier(item["id"]),
            title=text(item["label"]),
            quantity=item["quantity"],
            unit_price=rounded(item["unitPrice"], currency),
            total=_after(rounded(item["totalPrice"], currency), saved.get(item["identifier"])),
            sku=text((item["payload"] or {}).get("productNumber")),
            product_id=text(item["productId"]),
            kind=_kind(item, is_pickup=is_pickup),
        )
        for item in items
    )


def _kind(item: Json, *, is_pickup: bool) -> LineKind:
    """What can be downloaded, and what is no good at all such as a fee, lies in no parcel."""
    if item["downloads"] or item["good"] is False:
        return LineKind.DIGITAL
    return LineKind.PICKUP if is_pickup else LineKind.PHYSICAL


def _is_picked_up(data: Json, settings: ShopwareSettings) -> bool:
    methods = {(each["shippingMethod"] or {}).get("technicalName") for each in data["deliveries"]}
    return bool(methods) and methods <= settings.pickup_methods


def _savings(data: Json, currency: str) -> dict[str, Money]:
    """Return what promotions took off each line, by the identifier it had in the basket."""
    saved: dict[str, Money] = {}
    for item in data["lineItems"]:
        for part in (item["payload"] or {}).get("composition") or ():
            amount = rounded(abs(part["discount"]), currency)
            there = saved.get(part["id"])
            saved[text(part["id"])] = there + amount if there else amount
    return saved


def _after(total: Money, saved: Money | None) -> Money:
    """A promotion is spread over lines in fractions; a line never falls below nothing."""
    if saved is None:
        return total
    return max(total - saved, Money.zero(total.currency), key=lambda money: money.minor)


def _discount(data: Json, currency: str) -> Money:
    taken = (item for item in data["lineItems"] if item["parentId"] is None and not _is_line(item))
    return Money.zero(currency) - _sum(
        (rounded(each["totalPrice"], currency) for each in taken), currency
    )


def _codes(data: Json) -> tuple[str, ...]:
    promotions = (item for item in data["lineItems"] if item["type"] == "promotion")
    codes = (text((item["payload"] or {}).get("code")) for item in promotions)
    return tuple(dict.fromkeys(filter(None, codes)))


# Money -------------------------------------------------------------------------------------


def _in_time(transactions: Sequence[Json]) -> list[Json]:
    return sorted(transactions, key=lambda each: moment(each["createdAt"]))


def _paid_at(transactions: Sequence[Json]) -> datetime | None:
    """Return when a payment came into a state that says so; none of them is dated better."""
    paid = [each for each in transactions if _state(each) in _PAID]
    return min((moment(each["updatedAt"] or each["createdAt"]) for each in paid), default=None)


def _refunded(transactions: Sequence[Json], total: Money) -> Money | None:
    """Return what went back: whole payments, else the refunds that are completed."""
    parts: list[Money] = []
    for each in transactions:
        if _state(each) in _GONE_BACK:
            parts.append(exact(each["amount"]["totalPrice"], total.currency))
            continue
        refunds = (refund for capture in each["captures"] or () for refund in capture["refunds"])
        done = (refund for refund in refunds if _state(refund) == _DONE)
        parts += (exact(refund["amount"]["totalPrice"], total.currency) for refund in done)
    if not parts:
        return None
    return min(_sum(parts, total.currency), total, key=lambda money: money.minor)


def _payment_method(transactions: Sequence[Json]) -> str:
    """Return how the last payment was made; the ones before it failed."""
    return named(transactions[-1]["paymentMethod"]) if transactions else ""


def _sum(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, start=Money.zero(currency))


# People ------------------------------------------------------------------------------------


def _customer(data: Json) -> Customer | None:
    """Read the buyer. Shopware opens an account for each order of a guest; that is none."""
    buyer = data["orderCustomer"]
    if not buyer:
        return None
    account = buyer["customer"] or {}
    address = _shipping_address(data)
    return Customer(
        id="" if account.get("guest") or not account else identifier(account["id"]),
        given_name=text(buyer["firstName"]),
        family_name=text(buyer["lastName"]),
        company=text(buyer["company"]),
        email=text(buyer["email"]),
        phone=address.phone if address else "",
        language=text(data["language"]["locale"]["code"]) or None,
        addressee=addressee(buyer["salutation"]),  # type: ignore[arg-type] # one of three
        address=address,
    )


def _shipping_address(data: Json) -> Address | None:
    """Return where the first parcel goes; None where nothing is sent."""
    found = (each["shippingOrderAddress"] for each in data["deliveries"])
    return next((read_address(each) for each in found if each), None)


# Small things ------------------------------------------------------------------------------


def _state(entity: Json) -> str:
    return text((entity["stateMachineState"] or {}).get("technicalName"))


def _custom_text(custom: Json, name: str) -> str:
    value = custom.get(name) if name else None
    return value if isinstance(value, str) else ""
