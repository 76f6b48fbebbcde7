"""How far somebody is on the way to the next level, and until when they have time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from ...model import Record
from ...model.base import Instant
from ..tiers.periods import day_of, starts_at
from .evaluate import Completion, completions, levels_left, open_ticks, runs_of
from .facts import Facts
from .settings import COUNT, Achievement, CollectionAchievement, Level, StreakAchievement
from .spans import Calendar
from .ticks import Tally, Tick, closes_at, opens_at, ticks_of

Amount = Annotated[int, Field(ge=0)]


class Progress(Record):
    """How far an achievement is.

    ``level`` was reached last, empty for none, and ``next_level`` is the one to come; ``count`` of
    ``target`` are there, in minor units of ``currency`` if it is not empty. ``is_done`` says that
    nothing is left to reach, in this period if it repeats. ``until`` is when the count ends: the
    period, the challenge, the streak, or the day on which the first of the last days falls out.
    ``times`` counts completions of any level. ``lacking`` are the pieces a collection lacks.
    """

    achievement: str
    level: str = ""
    next_level: str = ""
    count: Amount = 0
    target: Amount = 0
    missing: Amount = 0
    currency: str = ""
    is_done: bool = False
    is_open: bool = True
    has_joined: bool = True
    until: Instant | None = None
    times: Amount = 0
    lacking: tuple[str, ...] = ()


def progress(
    achievement: Achievement, facts: Facts, now: datetime, *, time_zone: str = "UTC"
) -> Progress:
    """Return how far an achievement is at ``now``.

    >>> progress(achievement, Facts(purchases=three_orders), now).missing  # of five
    2
    """
    zone = ZoneInfo(time_zone)
    ticks = [tick for tick in ticks_of(achievement, facts, zone) if tick.at <= now]
    reached = completions(achievement, facts, now, time_zone=time_zone)
    here = _of_this_time(achievement, reached, now, zone)
    left = levels_left(achievement, here)
    goal = left[0] if left else achievement.levels[-1]
    if isinstance(achievement, StreakAchievement):
        count, target, currency = *_streak(achievement, ticks, goal, now, zone), COUNT
        lacking: tuple[str, ...] = ()
    else:
        tally = Tally.of(achievement, open_ticks(achievement, ticks, now, zone))
        count, target, currency = _nearest(achievement, tally, goal)
        lacking = _lacking(achievement, tally)
    opens, closes = opens_at(achievement, zone), closes_at(achievement, zone)
    return Progress(
        achievement=achievement.id,
        level=next((each.key for each in reversed(achievement.levels) if each.key in here), ""),
        next_level=left[0].key if left else "",
        count=count,
        target=target,
        missing=max(0, target - count) if left else 0,
        currency=currency,
        is_done=not left,
        is_open=(opens is None or opens <= now) and (closes is None or now < closes),
        has_joined=_has_joined(achievement, facts, now),
        until=_until(achievement, ticks, now, zone) if left else closes,
        times=len(reached),
        lacking=lacking,
    )


def ends_at(
    achievement: Achievement, facts: Facts, now: datetime, *, time_zone: str = "UTC"
) -> datetime | None:
    """Return when a count that has begun ends unless more is done; None for never.

    That is when a period or challenge ends that somebody takes part in, or a streak breaks. A
    challenge ends for who reached all of it, too, and for who joined it before it began.
    """
    seen = progress(achievement, facts, now, time_zone=time_zone)
    closes = closes_at(achievement, ZoneInfo(time_zone))
    takes_part = has_begun(achievement, seen) or (closes is not None and seen.times > 0)
    if not takes_part or (closes and now >= closes):
        return None
    return seen.until if seen.is_open and runs_out(achievement, seen) else closes


def has_begun(achievement: Achievement, seen: Progress) -> bool:
    """Whether somebody takes part: with a choice, or by what they did in this period."""
    return seen.count > 0 or (achievement.join == "opt_in" and seen.has_joined)


def runs_out(achievement: Achievement, seen: Progress) -> bool:
    """Whether somebody takes part who has something left to reach, and to lose at a known time."""
    is_fixed = achievement.period != "rolling"
    return is_fixed and not seen.is_done and has_begun(achievement, seen)


def _has_joined(achievement: Achievement, facts: Facts, now: datetime) -> bool:
    if achievement.join == "automatic":
        return True
    return any(span.holds(now) for span in facts.spans.get(achievement.id, ()))


def _of_this_time(
    achievement: Achievement, reached: Sequence[Completion], now: datetime, zone: ZoneInfo
) -> frozenset[str]:
    """Return the levels that cannot be reached again at ``now``."""
    if achievement.repeats == "on_completion":
        return frozenset()
    if achievement.repeats == "once":
        return frozenset(each.level for each in reached)
    calendar = Calendar(achievement.period)  # type: ignore[arg-type] # the model sees to it
    label = calendar.label(calendar.index_of(day_of(now, zone)))
    return frozenset(each.level for each in reached if each.occurrence == label)


def _nearest(achievement: Achievement, tally: Tally, goal: Level) -> tuple[int, int, str]:
    """Return count and target in the currency in which the goal is nearest.

    What begins anew has used up what its completions took, in the currency of the best.
    """
    needed = achievement.thresholds(goal)
    used = tally.times(goal) if achievement.repeats == "on_completion" else 0
    counts = {unit: max(0, tally.count(unit) - used * needed[unit]) for unit in needed}
    best = max(needed, key=lambda unit: Fraction(counts[unit], needed[unit]))
    return counts[best], needed[best], best


def _streak(
    achievement: StreakAchievement,
    ticks: Sequence[Tick],
    goal: Level,
    now: datetime,
    zone: ZoneInfo,
) -> tuple[int, int]:
    """Return how long the streak is that still goes on, and how long it must be."""
    target = goal.target or 1
    last, length = _running(achievement, ticks)
    here = Calendar(achievement.each).index_of(day_of(now, zone))
    alive = length if last is not None and last >= here - 1 else 0
    return (alive % target if achievement.repeats == "on_completion" else alive), target


def _running(achievement: StreakAchievement, ticks: Sequence[Tick]) -> tuple[int | None, int]:
    runs = runs_of(achievement, ticks)
    return (runs[-1][-1][0], len(runs[-1])) if runs else (None, 0)


def _lacking(achievement: Achievement, tally: Tally) -> tuple[str, ...]:
    if not isinstance(achievement, CollectionAchievement):
        return ()
    return tuple(piece for piece in achievement.pieces if piece not in tally.units)


def _until(
    achievement: Achievement, ticks: Sequence[Tick], now: datetime, zone: ZoneInfo
) -> datetime | None:
    closes, today = closes_at(achievement, zone), day_of(now, zone)
    end: datetime | None = None
    if isinstance(achievement, StreakAchievement):
        calendar = Calendar(achievement.each)
        here = calendar.index_of(today)
        last, _ = _running(achievement, ticks)
        # Who ordered in this period has all of the next one.
        end = starts_at(calendar.first_day(here + (2 if last == here else 1)), zone)
    elif achievement.period == "rolling":
        inside = open_ticks(achievement, ticks, now, zone)
        width = timedelta(days=achievement.rolling_days)
        end = starts_at(inside[0].day + width, zone) if inside else None
    elif achievement.period != "ever":
        calendar = Calendar(achievement.period)
        end = starts_at(calendar.first_day(calendar.index_of(today) + 1), zone)
    return min((each for each in (closes, end) if each), default=None)
