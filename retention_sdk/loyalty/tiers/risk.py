"""When a rank would be lost, to what, and what would keep it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ..notices import morning_of
from .evaluate import height_on, last_days
from .facts import Qualifying
from .ladder import COUNT, Basis, TierLadder
from .periods import day_of, starts_at
from .sums import FOREVER, Sums

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TierRisk:
    """A rank that ends after ``until`` unless ``missing`` more comes together before.

    ``falls_to`` is empty where no rank would be left. ``missing`` is points, orders or minor
    units of ``currency``, whatever ``measure`` says.
    """

    tier: str
    falls_to: str
    until: date
    measure: Basis
    missing: int
    currency: str


def risk_of(
    ladder: TierLadder,
    facts: Sequence[Qualifying],
    now: datetime,
    *,
    time_zone: str = "UTC",
    joined_at: datetime | None = None,
) -> TierRisk | None:
    """Return how the rank that somebody holds at ``now`` will end; None if it will not."""
    zone = ZoneInfo(time_zone)
    today, sums = day_of(now, zone), Sums(ladder, facts, now, zone, joined_at)
    ends = last_days(ladder, sums)
    height = height_on(today, ends)
    until = ends[height] if height >= 0 else None
    if until is None or until == FOREVER:
        return None
    below = height_on(until + _DAY, ends)
    missing, currency = sums.missing(height, until, today)
    return TierRisk(
        tier=ladder.ranks[height].key,
        falls_to=ladder.ranks[below].key if below >= 0 else "",
        until=until,
        measure=ladder.qualify,
        missing=missing,
        currency=currency if currency != COUNT else "",
    )


def warning_at(until: date, time_zone: str, *, days: int) -> datetime:
    """Return the morning so many days before the last day of a rank."""
    return morning_of(until - timedelta(days=days), time_zone)


def next_turn(until: date | None, time_zone: str, *, days: int, after: datetime) -> datetime | None:
    """Return when a rank is to be looked at next: for a warning, or because it is over.

    ``days`` is how long before the last day somebody is warned, 0 for never.
    """
    if until is None:
        return None
    turns = [starts_at(until + _DAY, ZoneInfo(time_zone))]
    if days:
        turns.append(warning_at(until, time_zone, days=days))
    return min((each for each in turns if each > after), default=None)
