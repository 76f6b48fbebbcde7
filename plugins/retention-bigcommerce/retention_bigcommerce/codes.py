"""Discount codes as BigCommerce's coupons, and balances as its gift certificates."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from retention_sdk.errors import UnsupportedFeature
from retention_sdk.model import DiscountCode, Money
from retention_sdk.shop_api import ApiClient
from retention_sdk.shop_api.values import identifier
from retention_sdk.signatures import read_moment

from .api import NAME, Json, items_v2, mail_date, moment, refused
from .settings import BigCommerceSettings

_COUPONS, _CERTIFICATES = "v2/coupons", "v2/gift_certificates"
_TAKEN = (400, 409, 422)
_TITLE_MAX = 50
# "Values greater than 20 characters will be trimmed" (gift certificates v2).
_CERTIFICATE_MAX = 20
# How far our clock and the caller's may be apart.
_CLOCKS_APART = timedelta(minutes=5)
_EVERYTHING = {"entity": "categories", "ids": [0]}
_KEPT = ("to_name", "to_email", "from_name", "from_email", "amount", "balance", "code")
_LIMITS = ("max_uses", "max_uses_per_customer")
_AMOUNTS = ("amount", "min_purchase")


def create(
    api: ApiClient, code: DiscountCode, settings: BigCommerceSettings, *, now: datetime
) -> DiscountCode:
    """Create what a code needs, or find what is there; it comes back with the end it has.

    Raises:
        PlatformError: the code was voided, or is worth something else.
        UnsupportedFeature: BigCommerce has nothing that the code could be.
    """
    if code.starts_at and code.starts_at > now + _CLOCKS_APART:
        raise UnsupportedFeature("a code here begins at once; create it later", adapter=NAME)
    if code.balance is not None:
        return _certificate(api, code, code.balance, settings)
    wanted = _coupon(code, _Till(api, settings))
    if there := _find(api, _COUPONS, code):
        return _same_coupon(code, there, wanted)
    answer = api.post(_COUPONS, json=wanted, also_good=_TAKEN)
    made = answer.mapping() if answer.is_good else _find(api, _COUPONS, code)
    if made is None:
        raise refused(f"the coupon was refused with status {answer.status}")
    return _same_coupon(code, made, wanted)


def void(api: ApiClient, code: DiscountCode) -> None:
    """Disable what a code stands for, and keep it: its name stays taken."""
    if code.balance is not None:
        there = _find(api, _CERTIFICATES, code)
        if there and there["status"] != "disabled":
            kept = {name: there[name] for name in _KEPT}
            path = f"{_CERTIFICATES}/{identifier(there['id'])}"
            api.put(path, json={**kept, "status": "disabled"})
        return
    coupon = _find(api, _COUPONS, code)
    if coupon and coupon["enabled"]:
        # What is left out of a coupon is cleared, so all of it goes back.
        names = ("name", "type", "code", "applies_to", *_AMOUNTS, *_LIMITS, "expires")
        kept = {name: coupon[name] for name in names if coupon.get(name) not in (None, "")}
        path = f"{_COUPONS}/{identifier(coupon['id'])}"
        api.put(path, json={**kept, "enabled": False})


def _find(api: ApiClient, path: str, code: DiscountCode) -> Json | None:
    """Return what has a code; buyers may type it in any case."""
    found = items_v2(api, path, code=code.code)
    return next((each for each in found if each["code"].casefold() == code.code.casefold()), None)


# Coupons -----------------------------------------------------------------------------------


def _coupon(code: DiscountCode, till: _Till) -> dict[str, Any]:
    kind, amount = "free_shipping", "0"
    if code.percent is not None:
        kind, amount = "percentage_discount", str(code.percent)
    elif code.amount is not None:
        kind, amount = "per_total_discount", till.units(code.amount)
    wanted: dict[str, Any] = {
        # Names are unique, too.
        "name": f"{code.title[:_TITLE_MAX]} {code.code}".strip(),
        "code": code.code,
        "type": kind,
        "amount": amount,
        "min_purchase": till.units(code.minimum) if code.minimum else "0",
        "enabled": True,
        "applies_to": _EVERYTHING,
        "max_uses": code.uses_max,
        "max_uses_per_customer": code.uses_per_customer_max or 0,
    }
    if code.ends_at:
        wanted["expires"] = mail_date(code.ends_at)
    return wanted


def _same_coupon(code: DiscountCode, coupon: Json, wanted: Json) -> DiscountCode:
    if not coupon["enabled"]:
        raise refused("this code was voided before; choose another one")
    if _terms(coupon) != _terms(wanted):
        raise refused("this code exists and is worth something else; choose another one")
    ends = coupon.get("expires")
    update = {"platform_id": identifier(coupon["id"]), "ends_at": moment(ends) if ends else None}
    return code.model_copy(update=update)


def _terms(coupon: Json) -> tuple[Any, ...]:
    """Return what must not differ; a shop's own restrictions make a coupon another one."""
    amounts = [Decimal(coupon.get(name) or 0) for name in _AMOUNTS]
    limits = [coupon.get(name) or 0 for name in _LIMITS]
    narrowed = [bool(coupon.get(name)) for name in ("restricted_to", "shipping_methods")]
    return (coupon["type"], coupon["applies_to"], *amounts, *limits, *narrowed)


class _Till:
    """What the store's settings make of an amount of money; asked only where there is one."""

    def __init__(self, api: ApiClient, settings: BigCommerceSettings) -> None:
        self._api, self._settings = api, settings

    def units(self, money: Money) -> str:
        """Return an amount in the store's own currency: coupons know no other."""
        store = self._api.get("v2/store").mapping()
        if money.currency != store["currency"]:
            raise refused(f"coupons of this store are in {store['currency']}")
        if not (store["is_price_entered_with_tax"] or self._settings.amounts_without_tax):
            raise UnsupportedFeature(
                "prices here are entered without tax, and so may be a discount: the buyer would "
                "save another amount than the code says; use a percentage, or set "
                "amounts_without_tax in platforms.bigcommerce",
                adapter=NAME,
            )
        return str(money.amount)


# Gift certificates -------------------------------------------------------------------------


def _certificate(
    api: ApiClient, code: DiscountCode, balance: Money, settings: BigCommerceSettings
) -> DiscountCode:
    wanted = _wanted_certificate(code, balance, settings)
    made = _find(api, _CERTIFICATES, code)
    if made is None:
        answer = api.post(_CERTIFICATES, json=wanted, also_good=_TAKEN)
        made = answer.mapping() if answer.is_good else _find(api, _CERTIFICATES, code)
        if made is None:
            raise refused(f"the gift certificate was refused with status {answer.status}")
    if made["status"] != "active":
        raise refused("this code was voided before, or is spent; choose another one")
    if (Decimal(made["amount"]), made["currency_code"]) != (balance.amount, balance.currency):
        raise refused("this code exists and is worth something else; choose another one")
    ends = _unix(made.get("expiry_date"))
    return code.model_copy(update={"platform_id": identifier(made["id"]), "ends_at": ends})


def _wanted_certificate(
    code: DiscountCode, balance: Money, settings: BigCommerceSettings
) -> dict[str, Any]:
    if not (settings.gift_from_name and settings.gift_from_email):
        raise UnsupportedFeature(
            "a gift certificate says who gives it; set gift_from_name and gift_from_email in "
            "platforms.bigcommerce",
            adapter=NAME,
        )
    if len(code.code) > _CERTIFICATE_MAX:
        raise UnsupportedFeature("a gift certificate's code has 20 characters", adapter=NAME)
    if code.minimum:
        raise UnsupportedFeature("a gift certificate asks for no minimum", adapter=NAME)
    giver = {"name": settings.gift_from_name, "email": settings.gift_from_email}
    wanted = {
        "code": code.code,
        "amount": str(balance.amount),
        "balance": str(balance.amount),
        "currency_code": balance.currency,
        "status": "active",
        # Whoever holds the card may spend it: nobody's address is handed over.
        **{f"to_{name}": value for name, value in giver.items()},
        **{f"from_{name}": value for name, value in giver.items()},
    }
    if code.ends_at:
        wanted["expiry_date"] = mail_date(code.ends_at)
    return wanted


def _unix(text: Any) -> datetime | None:
    """Read an end: Unix seconds as text, 0 or nothing for none."""
    return None if text in (None, "", "0", 0) else read_moment(str(text))
