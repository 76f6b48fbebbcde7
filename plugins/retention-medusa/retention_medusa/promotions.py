"""Discount codes as Medusa's promotions: one promotion for each code."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.model import DiscountCode, Money
from retention_sdk.model.money import minor_digits
from retention_sdk.shop_api import ApiClient
from retention_sdk.shop_api.values import moment

from .values import Json

PATH = "admin/promotions"
_FIELDS = (
    "id,code,status,type,limit,is_automatic,is_tax_inclusive,*application_method,"
    "*application_method.target_rules,*application_method.target_rules.values,"
    "*rules,*rules.values,*campaign,*campaign.budget"
)
# What the goods in a basket cost, tax included, before any discount. The Admin UI does not offer
# it as a condition; the server compares whatever the basket has.
_GOODS = "original_item_total"


def create(api: ApiClient, code: DiscountCode) -> DiscountCode:
    """Create the promotion, or find the one that is there; codes are unique in Medusa."""
    if found := _find(api, code):
        return _same(code, found)
    answer = api.post(PATH, params={"fields": _FIELDS}, json=_input(code), also_good=(400,))
    if answer.is_good:
        return _with_identity(code, answer.mapping()["promotion"])
    if found := _find(api, code):
        return _same(code, found)
    raise _refused("the server does not take this code")


def void(api: ApiClient, code: DiscountCode) -> None:
    """Disable the promotion; one that is not there is worthless already."""
    found = _find(api, code)
    if found and found["status"] != "inactive":
        body = {"status": "inactive"}
        api.post(f"{PATH}/{found['id']}", json=body, is_repeatable=True)


def number(money: Money) -> int | float:
    """Return an amount as a JSON number; its text has the digits of the amount.

    Medusa takes numbers only. A float of an amount is written with the shortest digits that read
    back the same, and those are the amount's: 10^17 minor units have no more than a float holds
    exactly up to 15 digits.
    """
    amount = money.amount
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _find(api: ApiClient, code: DiscountCode) -> Json | None:
    params = {"code": code.code, "fields": _FIELDS}
    found = api.get(PATH, params=params).mapping()["promotions"]
    return next((each for each in found if each["code"] == code.code), None)


def _input(code: DiscountCode) -> dict[str, Any]:
    campaign = _campaign(code)
    return {
        "code": code.code,
        "type": "standard",
        "status": "active",
        "is_automatic": False,
        # An amount is taken off what the buyer pays, not off the price before tax.
        "is_tax_inclusive": code.amount is not None,
        "limit": code.uses_max,
        "application_method": _method(code),
        "rules": _rules(code),
        **({"campaign": campaign} if campaign else {}),
    }


def _method(code: DiscountCode) -> dict[str, Any]:
    if code.amount is not None:
        currency = code.amount.currency.lower()
        value = number(code.amount)
        return {**_worth("fixed", "order", value), "currency_code": currency}
    if code.is_free_shipping:
        return _worth("percentage", "shipping_methods", 100)
    if not code.free_product:
        assert code.percent is not None, "a code is worth one thing"
        return _worth("percentage", "order", code.percent)
    is_variant = code.free_product.startswith("variant_")
    attribute = "items.variant_id" if is_variant else "items.product.id"
    return {
        **_worth("percentage", "items", 100),
        # Once, one piece: of two lines with it, one piece of one line is free.
        "allocation": "once",
        "max_quantity": 1,
        "target_rules": [_rule(attribute, "eq", code.free_product)],
    }


def _worth(kind: str, target: str, value: float) -> dict[str, Any]:
    return {"type": kind, "target_type": target, "allocation": "across", "value": value}


def _rules(code: DiscountCode) -> list[dict[str, Any]]:
    if code.minimum is None:
        return []
    if code.amount is not None and code.amount.currency != code.minimum.currency:
        raise UnsupportedFeature("amount and minimum are of one currency", adapter="medusa")
    # Baskets are not rounded to the currency: goods for 15.4581 are 15.46 to the buyer.
    half_a_unit = Decimal(5).scaleb(-minor_digits(code.minimum.currency) - 1)
    least = f"{code.minimum.amount - half_a_unit:f}"
    currency = _rule("currency_code", "eq", code.minimum.currency.lower())
    return [_rule(_GOODS, "gte", least), currency]


def _rule(attribute: str, operator: str, value: str) -> dict[str, Any]:
    return {"attribute": attribute, "operator": operator, "values": [value]}


def _campaign(code: DiscountCode) -> dict[str, Any]:
    """Return what holds start, end and the limit for each buyer; nothing if there are none."""
    campaign: dict[str, Any] = {}
    if code.starts_at:
        campaign["starts_at"] = code.starts_at.isoformat()
    if code.ends_at:
        campaign["ends_at"] = code.ends_at.isoformat()
    if code.uses_per_customer_max:
        limit = code.uses_per_customer_max
        attribute = "customer_email"
        budget = {"type": "use_by_attribute", "attribute": attribute, "limit": limit}
        campaign["budget"] = budget
    names = {"name": code.title or code.code, "campaign_identifier": code.code}
    return {**names, **campaign} if campaign else {}


def _same(code: DiscountCode, found: Json) -> DiscountCode:
    """Return the code if the promotion is worth the same, and still worth it."""
    if found["status"] != "active":
        raise _refused("this code was voided before; choose another one")
    if _terms(found) != _terms(_input(code)):
        raise _refused("this code exists and is worth something else; choose another one")
    return _with_identity(code, found)


def _with_identity(code: DiscountCode, found: Json) -> DiscountCode:
    campaign = found.get("campaign") or {}
    starts, ends = campaign.get("starts_at"), campaign.get("ends_at")
    return code.model_copy(
        update={
            "platform_id": found["id"],
            "starts_at": moment(starts) if starts else None,
            "ends_at": moment(ends) if ends else None,
        }
    )


def _terms(promotion: Json) -> dict[str, Any]:
    """Return what a promotion is worth and for whom, written alike for asked and found ones."""
    method = promotion["application_method"]
    budget = (promotion.get("campaign") or {}).get("budget") or {}
    plain = ("type", "target_type", "allocation", "currency_code", "max_quantity")
    return {
        "type": promotion["type"],
        "is_automatic": promotion["is_automatic"],
        "is_tax_inclusive": promotion["is_tax_inclusive"],
        "limit": promotion["limit"],
        "method": {name: method.get(name) for name in plain},
        "value": Decimal(str(method["value"])),
        "targets": _conditions(method.get("target_rules")),
        "rules": _conditions(promotion.get("rules")),
        "per_customer": budget.get("limit"),
    }


def _conditions(rules: list[Json] | None) -> set[tuple[str, str, tuple[str, ...]]]:
    found = set()
    for rule in rules or ():
        values = (each if isinstance(each, str) else each["value"] for each in rule["values"])
        found.add((rule["attribute"], rule["operator"], tuple(sorted(values))))
    return found


def _refused(message: str) -> PlatformError:
    return PlatformError(message, adapter="medusa", retryable=False)
