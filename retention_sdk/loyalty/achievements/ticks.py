"""Facts as ticks: what each adds to an achievement, at which moment, on which local day. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ..earning.clocks import moment_of
from ..tiers.periods import day_of
from .facts import Facts, Good, Purchase, Span
from .settings import (
    COUNT,
    Achievement,
    CollectionAchievement,
    DeedsAchievement,
    Level,
    OrdersAchievement,
    SpendAchievement,
    StreakAchievement,
    VarietyAchievement,
    VisitsAchievement,
)

_DEEDS = {"reviews": "review", "surveys": "survey", "follows": "follow", "referrals": "referral"}
VISIT = "visit"


@dataclass(frozen=True, slots=True, order=True)
class Tick:
    """One step. ``unit`` is a currency, or the thing of which each counts once."""

    at: datetime
    day: date
    unit: str = COUNT
    amount: int = 1


@dataclass(slots=True)
class Tally:
    """Adds ticks up: amounts by currency, or how many different things there are."""

    achievement: Achievement
    totals: dict[str, int]

    @classmethod
    def of(cls, achievement: Achievement, ticks: Iterable[Tick] = ()) -> Tally:
        """Return what ticks come to."""
        made = cls(achievement, {})
        for tick in ticks:
            made.add(tick)
        return made

    def add(self, tick: Tick) -> None:
        """Count a tick."""
        self.totals[tick.unit] = self.totals.get(tick.unit, 0) + tick.amount

    def remove(self, tick: Tick) -> None:
        """Count a tick no more."""
        self.totals[tick.unit] -= tick.amount

    def count(self, unit: str = COUNT) -> int:
        """Return the sum in a currency, or the number of things."""
        if _counts_different(self.achievement):
            return len(self.units)
        return self.totals.get(unit, 0)

    def times(self, level: Level) -> int:
        """Return how many times over the sums reach a level, in the best currency."""
        needed = self.achievement.thresholds(level)
        return max(self.count(unit) // needed[unit] for unit in needed)

    @property
    def units(self) -> frozenset[str]:
        """The currencies or things that count."""
        return frozenset(unit for unit, total in self.totals.items() if total > 0)


def ticks_of(achievement: Achievement, facts: Facts, zone: ZoneInfo) -> tuple[Tick, ...]:
    """Return what counts, in the order of time: within its dates, and while one took part."""
    spans = facts.spans.get(achievement.id, ())
    found = (
        tick
        for tick in _read(achievement, facts, zone)
        if _is_in_time(achievement, tick.at, zone) and _takes_part(achievement, tick.at, spans)
    )
    return tuple(sorted(found))


def opens_at(achievement: Achievement, zone: ZoneInfo) -> datetime | None:
    """Return the moment from which things count, None for always."""
    return moment_of(achievement.starts, zone) if achievement.starts else None


def closes_at(achievement: Achievement, zone: ZoneInfo) -> datetime | None:
    """Return the moment from which nothing counts any more, None for never."""
    return moment_of(achievement.ends, zone) if achievement.ends else None


def _is_in_time(achievement: Achievement, at: datetime, zone: ZoneInfo) -> bool:
    opens, closes = opens_at(achievement, zone), closes_at(achievement, zone)
    return (opens is None or opens <= at) and (closes is None or at < closes)


def _takes_part(achievement: Achievement, at: datetime, spans: Iterable[Span]) -> bool:
    if achievement.join == "automatic":
        return True
    if achievement.counts_from == "joining":
        return any(span.holds(at) for span in spans)
    return any(span.left_at is None or at < span.left_at for span in spans)


def _read(achievement: Achievement, facts: Facts, zone: ZoneInfo) -> Iterator[Tick]:
    if isinstance(achievement, DeedsAchievement):
        kind = _DEEDS[achievement.kind]
        yield from (Tick(d.at, day_of(d.at, zone)) for d in facts.deeds if d.kind == kind)
    elif isinstance(achievement, VisitsAchievement):
        yield from _visits(achievement, facts, zone)
    else:
        for order in facts.purchases:
            day = day_of(order.at, zone)
            for unit, amount in _units(achievement, order):
                yield Tick(order.at, day, unit, amount)


def _visits(achievement: VisitsAchievement, facts: Facts, zone: ZoneInfo) -> Iterator[Tick]:
    """Yield one tick for each day on which somebody came, at the first time they did."""
    days: dict[date, datetime] = {}
    for at in sorted(deed.at for deed in facts.deeds if deed.kind == VISIT):
        day = day_of(at, zone)
        if _is_in_time(achievement, at, zone) and (not achievement.days or day in achievement.days):
            days.setdefault(day, at)
    yield from (Tick(at, day) for day, at in days.items())


def _units(achievement: Achievement, order: Purchase) -> Iterator[tuple[str, int]]:
    """Yield what an order adds: an amount, a number, or things it brought."""
    if isinstance(achievement, SpendAchievement):
        yield order.currency, order.net_minor
    elif isinstance(achievement, OrdersAchievement | StreakAchievement):
        if _is_worth_it(achievement, order) and _has_goods(achievement, order):
            yield COUNT, 1
    elif isinstance(achievement, CollectionAchievement):
        brought = {name for good in order.goods for name in good.names(achievement.of)}
        yield from ((piece, 1) for piece in achievement.pieces if piece in brought)
    elif isinstance(achievement, VarietyAchievement):
        goods = [good for good in order.goods if _is_named(achievement, good)]
        brought = {name for good in goods for name in good.names(achievement.of)}
        yield from ((name, 1) for name in sorted(brought))


def _is_worth_it(achievement: OrdersAchievement | StreakAchievement, order: Purchase) -> bool:
    least = achievement.from_minor
    return not least or order.net_minor >= least.get(order.currency, order.net_minor + 1)


def _has_goods(achievement: OrdersAchievement | StreakAchievement, order: Purchase) -> bool:
    if isinstance(achievement, StreakAchievement) or not achievement.names_goods:
        return True
    return any(_is_named(achievement, good) for good in order.goods)


def _is_named(achievement: OrdersAchievement | VarietyAchievement, good: Good) -> bool:
    named = {
        "skus": achievement.skus,
        "products": achievement.products,
        "categories": achievement.categories,
        "brands": achievement.brands,
    }
    if not any(named.values()):
        return True
    return any(name in wanted for of, wanted in named.items() for name in good.names(of))


def _counts_different(achievement: Achievement) -> bool:
    return isinstance(achievement, VarietyAchievement | CollectionAchievement)
