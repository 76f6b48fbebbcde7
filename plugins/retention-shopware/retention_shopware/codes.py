"""Discount codes as promotions.

A code that works once is an individual code of a promotion that is shared by all codes of the same
worth and dates, as Shopware makes them in its administration: thousands of them are one promotion.
A code that works several times is the fixed code of a promotion of its own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from retention_sdk.errors import UnsupportedFeature
from retention_sdk.model import DiscountCode, Money

from .client import NAME, Session, refused
from .criteria import STOREFRONT, Criteria, along, either, equals
from .values import Json, moment_or_none, name_based_id

_VOIDED = {"voidedBy": "retention_sdk"}
"""An individual code with a payload was redeemed, for Shopware: nobody can use it again."""
_NARROWING = ("cartRules", "personaRules", "orderRules", "personaCustomers", "setgroups")
PARTS = ("discounts.promotionDiscountPrices", "salesChannels", "individualCodes", *_NARROWING)
_CENT = Decimal("0.01")


def create(session: Session, code: DiscountCode, *, sales_channel_id: str) -> DiscountCode:
    """Create the code unless it is there, and return it with what the shop calls it.

    Raises:
        PlatformError: the code was voided, or is worth something else.
        UnsupportedFeature: it has a minimum, which would need a rule of the shop's.
    """
    if code.minimum:
        message = "a minimum needs a rule; make a promotion in the administration, or leave it out"
        raise UnsupportedFeature(message, adapter=NAME)
    wanted = _promotion(session, code, sales_channel_id)
    if there := _find(session, code):
        return _same(code, there, wanted)
    _ensure(session, wanted)
    if code.uses_max == 1:
        own = {"id": _code_id(code), "promotionId": wanted["id"], "code": code.code}
        session.create("promotion-individual-code", own)
    there = _find(session, code)
    if there is None:
        raise refused("the code was not created; may the key write promotions?")
    return _same(code, there, wanted)


def void(session: Session, code: DiscountCode) -> None:
    """Use up an individual code, or switch off the promotion of a fixed one."""
    there = _find(session, code)
    if there is None:
        return
    if own := _individual(there, code):
        if own["payload"] is None:
            session.write("promotion-individual-code", own["id"], {"payload": _VOIDED})
    elif there["active"]:
        session.write("promotion", there["id"], {"active": False})


def _ensure(session: Session, wanted: Json) -> None:
    """Create a promotion unless it is there, and refuse one that somebody changed meanwhile."""
    parts = along(*(each for each in PARTS if each != "individualCodes"))
    there = session.one("promotion", wanted["id"], **parts)
    if there is None:
        # Where another process is faster, Shopware has the identifier already and objects.
        session.create("promotion", wanted)
        there = session.one("promotion", wanted["id"], **parts)
    if there is None:
        raise refused("the promotion was not created; may the key write promotions?")
    if not there["active"] or not _is_alike(there, wanted):
        message = (
            "the promotion for such codes was changed in the shop; give the code another title"
        )
        raise refused(message)


# What is there -----------------------------------------------------------------------------


def _find(session: Session, code: DiscountCode) -> Json | None:
    parts = along(*PARTS)
    own: Criteria = {"individualCodes": {"filter": [equals("code", code.code)]}}
    found = session.search(
        "promotion",
        {
            "associations": {**parts["associations"], **own},
            "filter": [
                either(equals("code", code.code), equals("individualCodes.code", code.code))
            ],
            "limit": 2,
        },
    )
    return found[0] if found else None


def _individual(promotion: Json, code: DiscountCode) -> Json | None:
    """Return the individual code; Shopware compares codes without case."""
    wanted = code.code.casefold()
    codes = promotion["individualCodes"] or ()
    return next((each for each in codes if each["code"].casefold() == wanted), None)


def _same(code: DiscountCode, there: Json, wanted: Json) -> DiscountCode:
    """Return the code if the promotion is worth the same, and still worth it."""
    own = _individual(there, code)
    if not there["active"] or (own and own["payload"] == _VOIDED):
        raise refused("this code was voided before; choose another one")
    if bool(own) is not wanted["useIndividualCodes"] or not _is_alike(there, wanted):
        raise refused("this code exists and is worth something else; choose another one")
    return code.model_copy(
        update={
            "platform_id": (own or there)["id"],
            "starts_at": moment_or_none(there["validFrom"]),
            "ends_at": moment_or_none(there["validUntil"]),
        }
    )


def _is_alike(there: Json, wanted: Json) -> bool:
    """Whether a promotion is worth what is wanted, to everybody."""
    return _terms(there) == _terms(wanted) and not any(there[name] for name in _NARROWING)


def _terms(promotion: Json) -> tuple[Any, ...]:
    """Return what must not differ: worth, uses, dates, and where it works."""
    discounts = [
        (each["scope"], each["type"], _plain(each["value"]), *_prices(each))
        for each in promotion["discounts"]
    ]
    channels = {each["salesChannelId"] for each in promotion["salesChannels"]}
    uses = (promotion["maxRedemptionsGlobal"], promotion["maxRedemptionsPerCustomer"])
    return discounts, channels, uses, *(moment_or_none(promotion[name]) for name in _DATES)


_DATES = ("validFrom", "validUntil")


def _prices(discount: Json) -> Sequence[tuple[str, Decimal]]:
    prices = discount["promotionDiscountPrices"] or ()
    return sorted((each["currencyId"], _plain(each["price"])) for each in prices)


def _plain(number: Any) -> Decimal:
    """Return a number by its digits: ours is a float on its way out, theirs a decimal."""
    return Decimal(str(number)).quantize(_CENT)


# What is wanted ----------------------------------------------------------------------------


def _promotion(session: Session, code: DiscountCode, sales_channel_id: str) -> dict[str, Any]:
    is_single = code.uses_max == 1
    channels = [sales_channel_id] if sales_channel_id else _storefronts(session)
    terms = {
        "name": code.title or ("retention_sdk" if is_single else code.code),
        "validFrom": _date(code.starts_at),
        "validUntil": _date(code.ends_at),
        "maxRedemptionsGlobal": None if is_single else code.uses_max,
        "maxRedemptionsPerCustomer": None if is_single else code.uses_per_customer_max,
        "discounts": [_discount(session, code)],
        "salesChannels": [{"salesChannelId": each, "priority": 1} for each in channels],
    }
    # Codes of equal terms find one promotion; without asking, and however many make them at once.
    name = json.dumps(terms, sort_keys=True) if is_single else code.code
    return {
        "id": name_based_id("promotion", name),
        **terms,
        "active": True,
        "useCodes": True,
        "useIndividualCodes": is_single,
        **({} if is_single else {"code": code.code}),
    }


def _discount(session: Session, code: DiscountCode) -> dict[str, Any]:
    always = {"considerAdvancedRules": False, "promotionDiscountPrices": []}
    if code.is_free_shipping:
        return {**always, "scope": "delivery", "type": "percentage", "value": 100.0}
    if code.percent is not None:
        return {**always, "scope": "cart", "type": "percentage", "value": float(code.percent)}
    assert code.amount is not None, "a code is worth a percentage or an amount"
    return {**always, "scope": "cart", "type": "absolute", **_amount(session, code.amount)}


def _amount(session: Session, amount: Money) -> dict[str, Any]:
    """Return an amount in the shop's own currency, and exactly in that of the code.

    Buyers with another currency get it converted by the shop's factor.
    """
    found = session.search("currency", {"filter": [equals("isoCode", amount.currency)], "limit": 1})
    if not found:
        raise refused(f"this shop does not sell in {amount.currency}")
    currency = found[0]
    # Floats of at most fifteen digits are written as they are meant.
    price = float(amount.amount)
    if currency["isSystemDefault"]:
        return {"value": price}
    converted = amount.amount / Decimal(currency["factor"])
    own = {"currencyId": currency["id"], "price": price}
    value = float(converted.quantize(_CENT, ROUND_HALF_UP))
    return {"value": value, "promotionDiscountPrices": [own]}


def _storefronts(session: Session) -> list[str]:
    shops = {"filter": [equals("typeId", STOREFRONT), equals("active", value=True)]}
    return sorted(each["id"] for each in session.everything("sales-channel", shops))


def _code_id(code: DiscountCode) -> str:
    return name_based_id("code", code.code.casefold())


def _date(when: datetime | None) -> str | None:
    """Write a date to the millisecond: Shopware keeps no more."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds") if when else None
