"""Amounts and moments as Medusa writes them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from retention_sdk.model import Money
from retention_sdk.model.money import minor_digits
from retention_sdk.shop_api.values import moment

Json = Mapping[str, Any]


def amount(value: Any, currency: str) -> Money:
    """Return an amount in whole minor units: the one place where Medusa's amounts are rounded.

    Medusa keeps decimals of major units and does not round them to the currency: 36.8662 EUR is
    what an order may cost there, and 36.87 EUR what the buyer pays. Ties go to the even unit
    (ISO 80000-1, B.3 rule A), so that many amounts together are neither too high nor too low.

    Raises:
        TypeError: the value is no number; floats are refused.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError("money is a whole number or a decimal")
    step = Decimal(1).scaleb(-minor_digits(currency))
    return Money.parse(Decimal(value).quantize(step, rounding=ROUND_HALF_EVEN), currency)


def total(values: Iterable[Any]) -> Decimal:
    """Return the exact sum of amounts, to be rounded afterwards."""
    return sum((_exact(value) for value in values), Decimal(0))


def moments(items: Iterable[Json], name: str) -> list[datetime]:
    """Return a moment of each item that has it."""
    return [moment(item[name]) for item in items if item.get(name)]


def _exact(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError("money is a whole number or a decimal")
    return Decimal(value)
