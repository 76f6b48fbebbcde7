"""Money as a whole number of minor units."""

from __future__ import annotations

from decimal import Decimal, DecimalException
from typing import Annotated, Self

from pydantic import StringConstraints, model_validator

from .base import Record

# ISO 4217:2015 amendment list, minor units other than 2.
_EXPONENTS = {
    **dict.fromkeys(
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0
    ),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}
# 10^17 minor units is more than the world's yearly trade in any currency.
_DIGITS_MAX = 17
_MINOR_MAX = 10**_DIGITS_MAX

CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217 alphabetic code."""


def minor_digits(currency: str) -> int:
    """Return how many decimals ISO 4217 gives the currency: 2 for EUR, 0 for JPY, 3 for KWD."""
    return _EXPONENTS.get(currency, 2)


class Money(Record):
    """``minor`` counts the smallest unit: cents for EUR, yen for JPY, fils for KWD."""

    minor: int
    currency: CurrencyCode

    @model_validator(mode="after")
    def _is_plausible(self) -> Self:
        if abs(self.minor) > _MINOR_MAX:
            raise ValueError("amount is beyond 10^17 minor units")
        return self

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Return nothing, in a currency."""
        return cls(minor=0, currency=currency)

    @classmethod
    def parse(cls, amount: str | int | Decimal, currency: str) -> Money:
        """Read a decimal amount in major units, exactly.

        Raises:
            TypeError: the amount is a float (or anything but text, int or Decimal).
            ValueError: it is not a finite decimal, or has more decimals than the currency.
        """
        if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
            raise TypeError(f"money must not be read from {type(amount).__name__}")
        try:
            scaled = Decimal(amount).scaleb(minor_digits(currency))
            whole = scaled.to_integral_value()
        except DecimalException:
            raise ValueError("not a decimal amount") from None
        if not scaled.is_finite() or scaled != whole:
            raise ValueError(f"more decimals than {currency} allows, or not a number")
        # Before int(): that of 1e999990 takes half a minute, and anybody can write so few letters.
        if whole.adjusted() > _DIGITS_MAX:
            raise ValueError("amount is beyond 10^17 minor units")
        return cls(minor=int(whole), currency=currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, exact."""
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))

    def _minor_of(self, other: Money) -> int:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(minor=self.minor + self._minor_of(other), currency=self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(minor=self.minor - self._minor_of(other), currency=self.currency)

    def __mul__(self, count: int) -> Money:
        if type(count) is not int:
            raise TypeError("money is multiplied by whole numbers only")
        return Money(minor=self.minor * count, currency=self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._minor_of(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._minor_of(other)

    def __str__(self) -> str:
        """Plain, for logs and tests, never for customers: ``38.90 EUR``."""
        return f"{self.amount} {self.currency}"
