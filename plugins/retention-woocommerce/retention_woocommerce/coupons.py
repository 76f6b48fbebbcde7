"""Discount codes as WooCommerce's coupons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from retention_sdk.errors import UnsupportedFeature
from retention_sdk.model import DiscountCode, Money
from retention_sdk.shop_api import ApiClient

from .api import NAME, Json, fetch_items, refused
from .read import RIALS, moment

_EXISTS = "woocommerce_rest_coupon_code_already_exists"
# A voided coupon stays and has ended long ago: one that is deleted or hidden gives its code free.
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
# How far our clock and the caller's may be apart.
_CLOCKS_APART = timedelta(minutes=5)
_TERMS = (
    "discount_type",
    "amount",
    "free_shipping",
    "minimum_amount",
    "usage_limit",
    "usage_limit_per_user",
)


def create(api: ApiClient, code: DiscountCode, *, now: datetime) -> DiscountCode:
    """Create a coupon, or find the one that is there; it comes back with the end it has.

    Raises:
        PlatformError: the code was voided, or is worth something else.
        UnsupportedFeature: a coupon cannot be what the code is.
    """
    if code.starts_at and code.starts_at > now + _CLOCKS_APART:
        raise UnsupportedFeature("a coupon here begins at once; create it later", adapter=NAME)
    wanted = _coupon(code, _Till(api))
    # A code is taken once, so a request whose answer was lost may be sent again.
    answer = api.post("coupons", json=wanted, is_repeatable=True, also_good=(400,))
    made = answer.mapping()
    if answer.is_good:
        return _same(code, made, wanted)
    if made.get("code") != _EXISTS:
        raise refused("the coupon was refused with status 400")
    if there := _find(api, code):
        return _same(code, there, wanted)
    raise refused("the code is taken and its coupon cannot be found")


def void(api: ApiClient, code: DiscountCode) -> None:
    """End the coupon of a code; orders that used it keep their discount."""
    coupon = _find(api, code)
    if coupon and not _is_void(coupon):
        api.put(f"coupons/{int(coupon['id'])}", json={"date_expires": _stamp(_LONG_AGO)})


def _find(api: ApiClient, code: DiscountCode) -> Json | None:
    """Return the coupon of a code, in small letters as WooCommerce keeps it."""
    name = code.code.lower()
    items, _ = fetch_items(api, "coupons", code=name)
    return next((item for item in items if item["code"].lower() == name), None)


def _same(code: DiscountCode, coupon: Json, wanted: Json) -> DiscountCode:
    """Return the code with the platform's name and end, if the coupon is worth the same."""
    if _is_void(coupon):
        raise refused("this code was voided before; choose another one")
    if _terms(coupon) != _terms(wanted) or coupon["code"].lower() != code.code.lower():
        raise refused("this code exists and is worth something else; choose another one")
    ends = coupon["date_expires_gmt"]
    update = {"platform_id": str(coupon["id"]), "ends_at": moment(ends) if ends else None}
    return code.model_copy(update=update)


def _is_void(coupon: Json) -> bool:
    ends = coupon["date_expires_gmt"]
    return bool(ends) and moment(ends) <= _LONG_AGO


def _terms(coupon: Json) -> tuple[Any, ...]:
    """Return what must not differ; restrictions of a shop's own make a coupon another one."""
    amounts = {"amount", "minimum_amount"}
    told = [Decimal(coupon[t]) if t in amounts else coupon[t] for t in _TERMS]
    narrowed = [coupon.get(name) for name in _NARROWING if coupon.get(name)]
    return (*told, *narrowed)


_NARROWING = (
    "product_ids",
    "excluded_product_ids",
    "product_categories",
    "excluded_product_categories",
    "email_restrictions",
    "limit_usage_to_x_items",
)


def _coupon(code: DiscountCode, till: _Till) -> dict[str, Any]:
    """Return what to post. ``date_expires_gmt`` is ignored there; with a zone, this is exact."""
    kind, amount = "fixed_cart", "0.00"
    if code.percent is not None:
        kind, amount = "percent", f"{code.percent}.00"
    elif code.amount is not None:
        amount = till.amount_off(code.amount)
    wanted = {
        "code": code.code.lower(),
        "description": code.title,
        "discount_type": kind,
        "amount": amount,
        "free_shipping": code.is_free_shipping,
        "minimum_amount": till.minimum(code.minimum) if code.minimum else "0.00",
        "usage_limit": code.uses_max,
        "usage_limit_per_user": code.uses_per_customer_max,
    }
    if code.ends_at:
        wanted["date_expires"] = _stamp(code.ends_at)
    return wanted


def _stamp(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


class _Till:
    """What the shop's settings make of an amount of money; asked only where there is one."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api

    def amount_off(self, amount: Money) -> str:
        """Return an amount as coupons take it, where the buyer saves exactly that much."""
        self._require_tax_inside(
            "woocommerce_prices_include_tax",
            "prices here are entered without tax, and so is a fixed discount: the buyer would save "
            "another amount than the code says; use a percentage",
        )
        return self._units(amount)

    def minimum(self, minimum: Money) -> str:
        """Return a minimum as coupons take it, where it is compared with prices with tax."""
        self._require_tax_inside(
            "woocommerce_tax_display_cart",
            "carts here are shown without tax, and minimums are compared with that; leave it out",
        )
        return self._units(minimum)

    def _require_tax_inside(self, setting: str, message: str) -> None:
        if self._setting("general/woocommerce_calc_taxes") != "yes":
            return
        if self._setting(f"tax/{setting}") not in {"yes", "incl"}:
            raise UnsupportedFeature(message, adapter=NAME)

    def _units(self, money: Money) -> str:
        currency = self._setting("general/woocommerce_currency")
        factor = RIALS.get(currency, 1)
        if money.currency != ("IRR" if currency in RIALS else currency):
            raise refused(f"amounts in this shop are in {currency}")
        units = money.amount / factor
        exact = units.quantize(Decimal("0.01"))
        if exact != units:
            raise refused("coupons hold amounts with two decimals; this one has more")
        return str(exact)

    def _setting(self, path: str) -> str:
        return str(self._api.get(f"settings/{path}").mapping()["value"])
