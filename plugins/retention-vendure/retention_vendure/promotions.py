"""Discount codes as Vendure's promotions. Vendure accepts a code twice, so we look first."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.model import DiscountCode

from .client import VendureClient
from .queries import CREATE_PROMOTION, DISABLE_PROMOTION, PROMOTIONS

Json = Mapping[str, Any]


def create(client: VendureClient, code: DiscountCode) -> DiscountCode:
    """Create the promotion unless it is there; of two made at once, the older one stays."""
    found = client.run(PROMOTIONS, code=code.code)
    wanted = _action(code, found)
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


def void(client: VendureClient, code: DiscountCode) -> None:
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
    actions = [
        {"code": action["code"], "arguments": list(action["args"])}
        for action in promotion["actions"]
    ]
    if actions != [wanted] or promotion["usageLimit"] != code.uses_max:
        raise _refused("this code exists and is worth something else; choose another one")
    return code.model_copy(update={"platform_id": promotion["id"]})


def _action(code: DiscountCode, shop: Json) -> dict[str, Any]:
    if code.percent is not None:
        argument = {"name": "discount", "value": str(code.percent)}
        return {"code": "order_percentage_discount", "arguments": [argument]}
    assert code.amount is not None, "a code is worth a percentage or an amount"
    channel = shop["activeChannel"]
    if not channel["pricesIncludeTax"]:
        raise UnsupportedFeature(
            "this channel's prices are without tax, and so is a fixed discount: the buyer would "
            "save another amount than the code says; use a percentage",
            adapter="vendure",
        )
    if code.amount.currency != channel["defaultCurrencyCode"]:
        raise _refused(f"amounts in this channel are in {channel['defaultCurrencyCode']}")
    precision = shop["globalSettings"]["serverConfig"]["moneyStrategyPrecision"]
    units = code.amount.amount.scaleb(precision)
    if units != units.to_integral_value():
        raise _refused("the amount has more decimals than this shop keeps")
    argument = {"name": "discount", "value": str(int(Decimal(units)))}
    return {"code": "order_fixed_discount", "arguments": [argument]}


def _input(code: DiscountCode, shop: Json, action: Json) -> dict[str, Any]:
    language = shop["activeChannel"]["defaultLanguageCode"]
    return {
        "enabled": True,
        "couponCode": code.code,
        "usageLimit": code.uses_max,
        "startsAt": code.starts_at.isoformat() if code.starts_at else None,
        "endsAt": code.ends_at.isoformat() if code.ends_at else None,
        "conditions": [],
        "actions": [action],
        "translations": [{"languageCode": language, "name": code.title or code.code}],
    }


def _refused(message: str) -> PlatformError:
    return PlatformError(message, adapter="vendure", retryable=False)
