"""``[loyalty.tiers]``: which ranks there are, what qualifies, and when a rank is lost."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...model import Settings
from ...model.base import Identifier, Line
from ...model.money import CurrencyCode
from ..names import Names

Basis = Literal["spend", "points", "orders"]
PeriodKind = Literal["rolling", "year", "quarter", "month", "anniversary"]
DowngradePolicy = Literal["one_down", "by_balance", "never"]

# What stands for the currency where nothing is money.
COUNT = ""


class Rank(Settings):
    """One rank: its key, what it takes, and what it brings.

    ``from_minor`` is the least amount per currency, in minor units; ``from_count`` the least
    number of points or orders. Zero makes it the rank of everybody. ``benefits`` are keys or words
    of the shop. ``points_factor`` multiplies what money earns, as a rule of the kind *multiplier*
    does, for orders placed by those who hold the rank. ``names`` is what customers read, by
    language; cards prefer those of ``[inserts.tiers]``.
    """

    key: Identifier
    from_minor: dict[CurrencyCode, Annotated[int, Field(ge=0, le=10**15)]] = Field(
        default_factory=dict
    )
    from_count: Annotated[int | None, Field(ge=0, le=10**12)] = None
    benefits: tuple[Line, ...] = ()
    # Left out where there is none, so that older rules keep their version.
    points_factor: Annotated[
        Decimal | None,
        Field(gt=1, le=100, decimal_places=2, max_digits=5, exclude_if=lambda factor: not factor),
    ] = None
    # Moves no point and raises nobody, so it is no part of any version.
    names: Annotated[Names | None, Field(exclude=True)] = None

    @property
    def thresholds(self) -> dict[str, int]:
        """What it takes, by currency; by ``COUNT`` where nothing is money."""
        return dict(self.from_minor) if self.from_count is None else {COUNT: self.from_count}

    @property
    def is_for_all(self) -> bool:
        """Whether nothing has to be bought for it."""
        return not any(self.thresholds.values())


class TierLadder(Settings):
    """The ranks of a programme, lowest first, and how they are kept.

    What qualifies is summed over a period: the last ``rolling_days`` days with today, a calendar
    ``year``, ``quarter`` or ``month``, or a year from the day of joining, all in the programme's
    time zone. A rank is reached at once. It holds while the rolling days still suffice; otherwise
    to the end of the next period; in both cases ``grace_days`` longer. Then ``downgrade`` says:
    to the rank that the sums give (*by_balance*), one rank per period (*one_down*; per
    ``rolling_days`` where days roll), or *never*. Currencies are never added up: the best counts.
    """

    qualify: Basis = "spend"
    period: PeriodKind = "rolling"
    rolling_days: Annotated[int, Field(ge=1, le=3660)] = 365
    downgrade: DowngradePolicy = "by_balance"
    grace_days: Annotated[int, Field(ge=0, le=366)] = 0
    ranks: Annotated[tuple[Rank, ...], Field(min_length=1, max_length=20)]

    @model_validator(mode="after")
    def _has_the_thresholds_it_needs(self) -> Self:
        for rank in self.ranks:
            if self.qualify == "spend" and (not rank.from_minor or rank.from_count is not None):
                raise ValueError(f"rank {rank.key!r}: tiers by spend take from_minor, by currency")
            if self.qualify != "spend" and (rank.from_minor or rank.from_count is None):
                raise ValueError(f"rank {rank.key!r}: tiers by {self.qualify} take from_count")
            if not rank.is_for_all and not all(rank.thresholds.values()):
                raise ValueError(f"rank {rank.key!r}: is free in one currency and not in others")
        return self

    @model_validator(mode="after")
    def _rises(self) -> Self:
        keys = [rank.key for rank in self.ranks]
        if len(set(keys)) < len(keys):
            raise ValueError("two ranks have the same key")
        for low, high in pairwise(self.ranks):
            if low.thresholds.keys() != high.thresholds.keys():
                raise ValueError(f"rank {high.key!r}: other currencies than {low.key!r}")
            if any(high.thresholds[each] <= low.thresholds[each] for each in low.thresholds):
                raise ValueError(f"rank {high.key!r}: must take more than {low.key!r}")
        return self

    @cached_property
    def version(self) -> str:
        """A digest of all that decides about ranks; benefits and factors do not."""
        brought = {"ranks": {"__all__": {"benefits", "points_factor"}}}
        return sha256(self.model_dump_json(exclude=brought).encode()).hexdigest()[:16]

    @property
    def factors(self) -> dict[str, Fraction]:
        """What money earns more by rank; only ranks that multiply."""
        return {rank.key: Fraction(f) for rank in self.ranks if (f := rank.points_factor)}

    @property
    def base(self) -> str:
        """The rank of somebody who bought nothing, empty without one."""
        return self.ranks[0].key if self.ranks[0].is_for_all else ""
