"""Discount codes as Vendure's promotions. Vendure accepts a code twice, so we look first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.model import DiscountCode, Money
from retention_sdk.shop_api import GraphQL

from .queries import CREATE_PROMOTION, DISABLE_PROMOTION, PROMOTIONS

Json = Mapping[str, Any]

_ONE_FREE = "buy_x_get_y_free"


def create(client: GraphQL, code: DiscountCode) -> DiscountCode:
    """Create the promotion unless it is there; of two made at once, the older one stays.

    A code that was there comes back with the dates it has on the platform.
    """
    found = client.run(PROMOTIONS, code=code.code)
    wanted = _terms(code, found)
    if existing := _oldest(found):
        return _same(code, existing, wanted)
    made = client.run(CREATE_PROMOTION, input=_input(code, found, wanted))["createPromotion"]
    if made["__typename"] != "Promotion":
        raise _refused(f"the code was refused with {made.get('errorCode')}")
    first = _oldest(client.run(PROMOTIONS, code=code.code))
    if first is None or first["id"] == made["id"]:
        return code.model_copy(update={"platform_id": made["id"]})
    client.run(DISABLE_PROMOTION, id=made["id"])
    return _same(code, first, wanted)


def void(client: GraphQL, code: DiscountCode) -> None:
    """Switch off every promotion with this code. Orders that used it keep their discount."""
    for promotion in client.run(PROMOTIONS, code=code.code)["promotions"]["items"]:
        if promotion["enabled"]:
            client.run(DISABLE_PROMOTION, id=promotion["id"])


def _oldest(found: Json) -> Json | None:
    items: list[Json] = found["promotions"]["items"]
    return min(items, key=lambda item: int(item["id"]), default=None)


def _same(code: DiscountCode, promotion: Json, wanted: Json) -> DiscountCode:
    """Return the code if the promotion is worth the same, and still worth it."""
    if not promotion["enabled"]:
        raise _refused("this code was voided before; choose another one")
    there = {name: _bare(promotion[name]) for name in wanted}
    if there != wanted:
        raise _refused("this code exists and is worth something else; choose another one")
    starts, ends = promotion["startsAt"], promotion["endsAt"]
    return code.model_copy(
        update={
            "platform_id": promotion["id"],
            "starts_at": datetime.fromisoformat(starts) if starts else None,
            "ends_at": datetime.fromisoformat(ends) if ends else None,
        }
    )


def _bare(value: Any) -> Any:
    """Return an answered list of operations as it would be sent; anything else as it is."""
    if not isinstance(value, list):
        return value
    return [{"code": each["code"], "arguments": list(each["args"])} for each in value]


def _terms(code: DiscountCode, shop: Json) -> dict[str, Any]:
    """Return what a code is worth, and when: the part of a promotion that must not differ."""
    return {
        "usageLimit": code.uses_max,
        "perCustomerUsageLimit": code.uses_per_customer_max,
        "conditions": _conditions(code, shop),
        "actions": [_action(code, shop)],
    }


def _conditions(code: DiscountCode, shop: Json) -> list[dict[str, Any]]:
    conditions = [_minimum(code.minimum, shop)] if code.minimum else []
    if code.free_product:
        # Of one piece or more, one is free; a discount on the product would free all of them.
        which = json.dumps([code.free_product])
        numbers = {"amountX": "1", "variantIdsX": which, "amountY": "1", "variantIdsY": which}
        conditions.append(_operation(_ONE_FREE, **numbers))
    return conditions


def _action(code: DiscountCode, shop: Json) -> dict[str, Any]:
    if code.free_product:
        return _operation(_ONE_FREE)
    if code.is_free_shipping:
        return _operation("free_shipping")
    if code.percent is not None:
        return _operation("order_percentage_discount", discount=str(code.percent))
    assert code.amount is not None, "a code is worth a percentage or an amount"
    if not shop["activeChannel"]["pricesIncludeTax"]:
        raise UnsupportedFeature(
            "this channel's prices are without tax, and so is a fixed discount: the buyer would "
            "save another amount than the code says; use a percentage",
            adapter="vendure",
        )
    return _operation("order_fixed_discount", discount=_units(code.amount, shop))


def _minimum(minimum: Money, shop: Json) -> dict[str, Any]:
    amount = _units(minimum, shop)
    return _operation("minimum_order_amount", amount=amount, taxInclusive="true")


def _operation(code: str, **arguments: str) -> dict[str, Any]:
    named = [{"name": name, "value": value} for name, value in arguments.items()]
    return {"code": code, "arguments": named}


def _units(money: Money, shop: Json) -> str:
    """Return an amount as Vendure counts it: every currency with the same number of decimals."""
    currency = shop["activeChannel"]["defaultCurrencyCode"]
    if money.currency != currency:
        raise _refused(f"amounts in this channel are in {currency}")
    precision = shop["globalSettings"]["serverConfig"]["moneyStrategyPrecision"]
    units = money.amount.scaleb(precision)
    if units != units.to_integral_value():
        raise _refused("the amount has more decimals than this shop keeps")
    return str(int(units))


def _input(code: DiscountCode, shop: Json, terms: Json) -> dict[str, Any]:
    language = shop["activeChannel"]["defaultLanguageCode"]
    return {
        **terms,
        "enabled": True,
        "couponCode": code.code,
        "startsAt": code.starts_at.isoformat() if code.starts_at else None,
        "endsAt": code.ends_at.isoformat() if code.ends_at else None,
        "translations": [{"languageCode": language, "name": code.title or code.code}],
    }


def _refused(message: str) -> PlatformError:
    return PlatformError(message, adapter="vendure", retryable=False)
