"""Single values as Adobe Commerce writes them; anything else is refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from retention_sdk.model import Money
from retention_sdk.model.money import minor_digits
from retention_sdk.shop_api.values import identifier, text

Json = Mapping[str, Any]
_AMOUNT_MAX = Decimal(10) ** 17


def number(value: Any) -> str:
    """Return an identifier, a whole number above zero, as text."""
    return identifier(value, least=1)


def moment(value: Any) -> datetime:
    """Read a date: UTC, and no zone beside it."""
    return datetime.strptime(text(value), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def stamp(when: datetime) -> str:
    """Write a date as filters compare it."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def plain(value: Any) -> Decimal:
    """Return a number; null is nothing."""
    if value is None:
        return Decimal(0)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError("a number was expected")
    amount = Decimal(value)
    if not amount.is_finite() or abs(amount) > _AMOUNT_MAX:
        raise ValueError("not an amount")
    return amount


def exact(value: Any, currency: str) -> Money:
    """Return an amount that has to fit the currency."""
    return Money.parse(plain(value), currency)


def rounded(value: Any, currency: str) -> Money:
    """Return an amount to the minor unit: rows and single pieces are kept with four decimals."""
    scaled = plain(value).scaleb(minor_digits(currency))
    return Money(minor=int(scaled.to_integral_value(ROUND_HALF_EVEN)), currency=currency)
