"""What a point is worth in money: a ratio of whole numbers, rounded once."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

from pydantic import Field

from ..model import Money, Settings
from ..model.money import CurrencyCode


class PointValue(Settings):
    """``points`` are worth ``minor`` minor units: 100 points are 50 cents. Used in reports only."""

    points: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    minor: Annotated[int, Field(ge=1, le=10**12)]
    currency: CurrencyCode

    def worth(self, points: int) -> Money:
        """Return the value of some points, halves of a minor unit rounded away from zero.

        >>> str(PointValue(points=100, minor=50, currency="EUR").worth(1001))
        '5.01 EUR'
        """
        exact = Fraction(abs(points) * self.minor, self.points)
        minor = int(exact + Fraction(1, 2))
        return Money(minor=minor if points >= 0 else -minor, currency=self.currency)
