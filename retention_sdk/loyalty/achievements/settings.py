"""``[[loyalty.achievements]]``: what customers can achieve, in which time, and what it brings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, NaiveDatetime, model_validator

from ...model import Settings
from ...model.base import Line
from ...model.money import CurrencyCode
from ..earning.settings import Minor, RuleId
from ..names import Names

# What stands for the currency where nothing is money.
COUNT = ""

CalendarPeriod = Literal["week", "month", "quarter", "year"]
_Words = tuple[Annotated[Line, Field(min_length=1)], ...]
_GOODS = ("skus", "products", "categories", "brands")


class Level(Settings):
    """One level: what it takes, and what it brings.

    ``target`` is a number of whatever is counted; achievements by spend take ``target_minor``
    instead, an amount for each currency, and nothing is converted. ``points`` are granted with the
    programme's own waiting time and expiry. ``reward`` is the id of a reward that is issued for
    nothing. Without either, the level is a badge.
    """

    key: RuleId = "done"
    target: Annotated[int | None, Field(ge=1, le=10**9)] = None
    target_minor: dict[CurrencyCode, Minor] = Field(default_factory=dict)
    points: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    reward: Annotated[str, Field(max_length=200)] = ""
    # What it is called moves no point.
    names: Annotated[Names | None, Field(exclude=True)] = None

    @property
    def thresholds(self) -> dict[str, int]:
        """What it takes, by currency; by ``COUNT`` where nothing is money."""
        return dict(self.target_minor) or {COUNT: self.target or 0}


class _Achievement(Settings):
    """What all kinds have in common.

    What happens from ``starts`` until just before ``ends`` counts; both are wall-clock times in
    the programme's time zone. With both it is a challenge. ``period`` says over what is counted:
    all of that time (*ever*), each calendar week (from Monday), month, quarter or year, or the
    last ``rolling_days`` days with today.

    ``repeats`` says how often a level can be reached: *once* by a person, once in *each_period* of
    the calendar, or anew after each completion (*on_completion*).
    Where people ``join`` by themselves, only what they do while they take part counts, from
    ``counts_from`` on: their joining or the start of the period. ``on_refund`` says what becomes of
    a level that a refund undoes: it is revoked with its points, or kept.
    """

    id: RuleId
    names: Annotated[Names | None, Field(exclude=True)] = None
    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=20)]
    starts: NaiveDatetime | None = None
    ends: NaiveDatetime | None = None
    period: Literal["ever", "week", "month", "quarter", "year", "rolling"] = "ever"
    rolling_days: Annotated[int, Field(ge=1, le=3660)] = 30
    repeats: Literal["once", "each_period", "on_completion"] = "once"
    join: Literal["automatic", "opt_in"] = "automatic"
    counts_from: Literal["joining", "start"] = "joining"
    on_refund: Literal["revoke", "keep"] = "revoke"

    @model_validator(mode="after")
    def _takes_time(self) -> Self:
        if self.starts and self.ends and self.starts >= self.ends:
            raise ValueError("ends before it starts")
        if self.repeats == "each_period" and self.period in {"ever", "rolling"}:
            raise ValueError("each_period needs a period of the calendar: week, month, quarter…")
        if self.repeats == "on_completion" and len(self.levels) > 1:
            raise ValueError("what begins anew on_completion has one level")
        return self

    @model_validator(mode="after")
    def _has_levels_that_rise(self) -> Self:
        keys = [level.key for level in self.levels]
        if len(set(keys)) < len(keys):
            raise ValueError("two levels have the same key")
        for level in self.levels:
            self._check_level(level)
        for low, high in pairwise(self.levels):
            before, after = self.thresholds(low), self.thresholds(high)
            if before.keys() != after.keys():
                raise ValueError(f"level {high.key!r}: other currencies than {low.key!r}")
            if any(after[each] <= before[each] for each in before):
                raise ValueError(f"level {high.key!r}: must take more than {low.key!r}")
        return self

    def _check_level(self, level: Level) -> None:
        if level.target is None or level.target_minor:
            raise ValueError(f"level {level.key!r}: takes a target")

    @property
    def names_goods(self) -> bool:
        """Whether one must know what was bought, not only that something was."""
        return False

    @property
    def is_challenge(self) -> bool:
        """Whether it is for a fixed time."""
        return self.starts is not None and self.ends is not None

    def thresholds(self, level: Level) -> dict[str, int]:
        """Return what a level takes, by currency or ``COUNT``."""
        return level.thresholds

    def level(self, key: str) -> Level | None:
        """Return a level by its key, None if there is none of it any more."""
        return next((level for level in self.levels if level.key == key), None)


class _GoodsAchievement(_Achievement):
    """One about goods. Those count that have one of the SKUs, products, categories or brands."""

    skus: _Words = ()
    products: _Words = ()
    categories: _Words = ()
    brands: _Words = ()

    @property
    def names_goods(self) -> bool:
        """Whether one must know what was bought."""
        return any(getattr(self, each) for each in _GOODS)


class OrdersAchievement(_GoodsAchievement):
    """A number of paid orders, with some goods in them if any are named.

    ``from_minor`` is the least amount per currency that an order must come to, net of refunds; a
    currency that is missing there never does.
    """

    kind: Literal["orders"]
    from_minor: dict[CurrencyCode, Minor] = Field(default_factory=dict)


class SpendAchievement(_Achievement):
    """An amount paid, net of refunds. Currencies are never added up: the best counts."""

    kind: Literal["spend"]

    def _check_level(self, level: Level) -> None:
        if level.target is not None or not level.target_minor:
            raise ValueError(f"level {level.key!r}: spend takes target_minor, by currency")


class VarietyAchievement(_GoodsAchievement):
    """A number of different products, SKUs, categories or brands, of those named or of all."""

    kind: Literal["variety"]
    of: Literal["skus", "products", "categories", "brands"] = "products"

    @property
    def names_goods(self) -> bool:
        """Always: without, nobody can tell what is different."""
        return True


class CollectionAchievement(_GoodsAchievement):
    """All of a set, or as many of it as a level says: name products, SKUs, categories or brands.

    A level without a target takes the whole set.
    """

    kind: Literal["collection"]

    @model_validator(mode="after")
    def _is_one_set(self) -> Self:
        sets = [name for name in _GOODS if getattr(self, name)]
        if len(sets) != 1:
            raise ValueError(f"a collection is one set: give one of {', '.join(_GOODS)}")
        if len(set(self.pieces)) < len(self.pieces):
            raise ValueError("the collection names a piece twice")
        if any(self.thresholds(each)[COUNT] > len(self.pieces) for each in self.levels):
            raise ValueError("a level takes more pieces than the collection has")
        if self.repeats == "on_completion":
            raise ValueError("a collection cannot begin anew; let it repeat each_period")
        return self

    def _check_level(self, level: Level) -> None:
        if level.target_minor:
            raise ValueError(f"level {level.key!r}: a collection takes a number of pieces")

    def thresholds(self, level: Level) -> dict[str, int]:
        """Return how many pieces a level takes."""
        return {COUNT: level.target or len(self.pieces)}

    @property
    def of(self) -> str:
        """Which set it is: ``skus``, ``products``, ``categories`` or ``brands``."""
        return next(name for name in _GOODS if getattr(self, name))

    @property
    def pieces(self) -> tuple[str, ...]:
        """What is collected."""
        found: tuple[str, ...] = getattr(self, self.of)
        return found


class DeedsAchievement(_Achievement):
    """A number of reviews, surveys, networks followed, or friends who brought a reward."""

    kind: Literal["reviews", "surveys", "follows", "referrals"]


class VisitsAchievement(_Achievement):
    """Visits on a number of different days, of the campaign's ``days`` or of all."""

    kind: Literal["visits"]
    days: Annotated[tuple[date, ...], Field(max_length=366)] = ()


class StreakAchievement(_Achievement):
    """A paid order in each of so many weeks, months, quarters or years one after the other."""

    kind: Literal["streak"]
    each: CalendarPeriod = "month"
    from_minor: dict[CurrencyCode, Minor] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_its_own_period(self) -> Self:
        if self.period != "ever":
            raise ValueError("a streak goes on from period to period; say in `each` which")
        return self


Achievement = Annotated[
    OrdersAchievement
    | SpendAchievement
    | VarietyAchievement
    | CollectionAchievement
    | DeedsAchievement
    | VisitsAchievement
    | StreakAchievement,
    Field(discriminator="kind"),
]
"""Any achievement, told apart by ``kind``."""


def _with_own_names(achievements: Sequence[Achievement]) -> tuple[Achievement, ...]:
    names = [each.id for each in achievements]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two achievements have the same id: {', '.join(twice)}")
    return tuple(achievements)


Achievements = Annotated[
    tuple[Achievement, ...], Field(max_length=200), AfterValidator(_with_own_names)
]
"""The achievements of a programme, at most 200. Their order is the one they are shown in."""
