"""Discount codes in the companion's words, and its refusals in ours. Pure."""

from __future__ import annotations

from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.model import DiscountCode, Money

from .client import ADAPTER, Json, refused

_TAX = (
    "oscar takes amounts from prices without tax here; set OSCAR_OFFERS_INCL_TAX = True in the "
    "shop, or give percentages without a minimum"
)
_UNSUPPORTED = {
    "tax": _TAX,
    "currency": "oscar's vouchers are in OSCAR_DEFAULT_CURRENCY only",
    "per_customer": "oscar limits a customer to one use or to none at all",
}
_REFUSED = {
    "other": "a voucher with this code exists, and is worth something else",
    "ended": "a voucher with this code was voided, or has ended",
    "product": "the shop has no such product",
}


def code_for(code: DiscountCode) -> Json:
    """Return what the companion is asked to make. A free product is named by its number."""
    return {
        "code": code.code,
        "title": code.title,
        "percent": code.percent,
        "amount": _amount(code.amount),
        "free_shipping": code.is_free_shipping,
        "product": code.free_product or None,
        "minimum": _amount(code.minimum),
        "starts_at": code.starts_at and code.starts_at.isoformat(),
        "ends_at": code.ends_at and code.ends_at.isoformat(),
        "uses_max": code.uses_max,
        "uses_per_customer_max": code.uses_per_customer_max,
    }


def refusal(word: str) -> PlatformError | UnsupportedFeature:
    """Return the error for a word of the companion's."""
    if word in _UNSUPPORTED:
        return UnsupportedFeature(_UNSUPPORTED[word], adapter=ADAPTER)
    return refused(_REFUSED.get(word, "the shop refused the voucher"))


def _amount(money: Money | None) -> Json | None:
    return {"amount": str(money.amount), "currency": money.currency} if money else None
