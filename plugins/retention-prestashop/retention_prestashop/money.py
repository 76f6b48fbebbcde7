"""Amounts: exact in minor units, tax included. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from retention_sdk.model import Money, minor_digits


def rounded(amount: str | int | Decimal, currency: str) -> Money:
    """Read an amount of up to six decimals, rounded to the minor unit as PrestaShop shows it.

    Raises:
        TypeError: it is a float, or no amount.
        ValueError: it is not a finite decimal.
    """
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
        raise TypeError("money is text or a whole number")
    unit = Decimal(1).scaleb(-minor_digits(currency))
    return Money.parse(Decimal(amount).quantize(unit, ROUND_HALF_UP), currency)


def spread(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount in proportion, exactly: what remains goes to the largest remainders.

    Of equal remainders the first wins. Without any weight, all goes to the first part.
    """
    whole = sum(weights)
    if not whole:
        return [total_minor, *(0 for _ in weights[1:])]
    parts = [total_minor * weight // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda place: -(total_minor * weights[place] % whole)
    )
    for place in by_remainder[: total_minor - sum(parts)]:
        parts[place] += 1
    return parts
