"""Discount codes: one code, one discount; a second call finds the first one's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from retention_sdk.errors import UnsupportedFeature
from retention_sdk.model import DiscountCode, Money
from retention_sdk.shop_api.values import moment

from .client import NAME, Json, Run, codes_of, done, refused
from .documents import CODE, CREATE_BASIC, CREATE_FREE_SHIPPING, DEACTIVATE_CODE

_TAKEN = frozenset({"TAKEN", "DUPLICATE"})


def create(run: Run, code: DiscountCode, *, now: datetime) -> DiscountCode:
    """Create the discount unless it is there. Shopify has each code once, whoever comes first.

    What comes back carries the dates that the shop has.
    """
    once = _is_once_each(code)
    shop = run(CODE, code=code.code)
    wanted = _terms(code, once=once, currency=shop["shop"]["currencyCode"])
    if there := shop["codeDiscountNodeByCode"]:
        return _same(code, there, wanted)
    document = CREATE_FREE_SHIPPING if code.is_free_shipping else CREATE_BASIC
    data = run(document, input=_input(code, once=once, now=now))
    if codes_of(data["done"]) & _TAKEN:  # somebody was faster, or our own first answer got lost
        there = run(CODE, code=code.code)["codeDiscountNodeByCode"]
    else:
        there = done(data, "the code")["codeDiscountNode"]
    if not there:
        raise refused("the code was taken and is not there; try again", retryable=True)
    return _same(code, there, wanted)


def void(run: Run, code: DiscountCode) -> None:
    """Deactivate the discount. Orders that used it keep it."""
    there = run(CODE, code=code.code)["codeDiscountNodeByCode"]
    if there and there["codeDiscount"].get("status") != "EXPIRED":
        done(run(DEACTIVATE_CODE, id=there["id"]), "voiding the code")


def _same(code: DiscountCode, there: Json, wanted: Mapping[str, Any]) -> DiscountCode:
    """Return the code if the discount is worth the same, and still worth it."""
    discount = there["codeDiscount"]
    if _terms_of(discount) != wanted:
        raise refused("this code exists and is worth something else; choose another one")
    if discount["status"] == "EXPIRED":
        raise refused("this code was voided or has ended; choose another one")
    ends = discount["endsAt"]
    return code.model_copy(
        update={
            "platform_id": there["id"],
            "starts_at": moment(discount["startsAt"]).astimezone(UTC),
            "ends_at": moment(ends).astimezone(UTC) if ends else None,
        }
    )


def _is_once_each(code: DiscountCode) -> bool:
    if code.uses_per_customer_max not in (None, 1):
        message = "Shopify's codes work once for each customer, or as often as they like"
        raise UnsupportedFeature(message, adapter=NAME)
    return code.uses_per_customer_max == 1


def _terms(code: DiscountCode, *, once: bool, currency: str) -> dict[str, Any]:
    """Return what a code is worth, and to whom: the part that must not differ.

    Raises:
        PlatformError: an amount is not in the shop's currency; inputs have no other.
    """
    for amount in (code.amount, code.minimum):
        if amount and amount.currency != currency:
            raise refused(f"amounts of codes in this shop are in {currency}")
    return {
        "worth": _worth(code),
        "minimum": code.minimum,
        "uses_max": code.uses_max,
        "once": once,
        "everybody": True,
    }


def _worth(code: DiscountCode) -> object:
    if code.is_free_shipping:
        return "free shipping"
    return Decimal(code.percent).scaleb(-2) if code.percent is not None else code.amount


def _terms_of(discount: Json) -> dict[str, Any]:
    """Return the same of a discount that is there; one of another kind matches nothing."""
    if discount["__typename"] not in {"DiscountCodeBasic", "DiscountCodeFreeShipping"}:
        return {}
    minimum = discount["minimumRequirement"]
    return {
        "worth": _worth_of(discount),
        "minimum": _minimum_of(minimum) if minimum else None,
        "uses_max": discount["usageLimit"],
        "once": discount["appliesOncePerCustomer"],
        "everybody": discount["context"]["__typename"] == "DiscountBuyerSelectionAll",
    }


def _worth_of(discount: Json) -> object:
    if discount["__typename"] == "DiscountCodeFreeShipping":
        is_everywhere = discount["destinationSelection"]["__typename"] == "DiscountCountryAll"
        is_free = is_everywhere and discount["maximumShippingPrice"] is None
        return "free shipping" if is_free else "some shipping"
    gets = discount["customerGets"]
    if gets["items"]["__typename"] != "AllDiscountItems":
        return "some products"
    value = gets["value"]
    if "percentage" in value:
        return Decimal(value["percentage"])
    if "amount" in value and not value["appliesOnEachItem"]:
        return _money(value["amount"])
    return "something else"


def _minimum_of(requirement: Json) -> object:
    if requirement["__typename"] != "DiscountMinimumSubtotal":
        return "a quantity"
    return _money(requirement["greaterThanOrEqualToSubtotal"])


def _money(money: Json) -> Money:
    return Money.parse(money["amount"], money["currencyCode"])


def _input(code: DiscountCode, *, once: bool, now: datetime) -> dict[str, Any]:
    given: dict[str, Any] = {
        "title": code.title or code.code,
        "code": code.code,
        "context": {"all": "ALL"},
        "startsAt": (code.starts_at or now).isoformat(),
        "endsAt": code.ends_at.isoformat() if code.ends_at else None,
        "usageLimit": code.uses_max,
        "appliesOncePerCustomer": once,
    }
    if code.minimum:
        subtotal = {"greaterThanOrEqualToSubtotal": str(code.minimum.amount)}
        given["minimumRequirement"] = {"subtotal": subtotal}
    if code.is_free_shipping:
        return {**given, "destination": {"all": True}}
    return {**given, "customerGets": {"items": {"all": True}, "value": _value(code)}}


def _value(code: DiscountCode) -> dict[str, Any]:
    if code.percent is not None:
        # A share, not an amount; GraphQL's Float writes 0.07 as it stands.
        return {"percentage": code.percent / 100}
    assert code.amount is not None, "a code is worth a percentage or an amount"
    amount = str(code.amount.amount)
    return {"discountAmount": {"amount": amount, "appliesOnEachItem": False}}
