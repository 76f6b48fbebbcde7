"""Which levels facts reach, and how far the next one is: pure functions, the same from scratch.

Nothing is counted up as events arrive. What a person completed follows from the facts that hold
now, so events may come twice or in any order, and a refund takes away what only its order gave.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ..tiers.periods import day_of
from .facts import Facts
from .settings import Achievement, Level, StreakAchievement
from .spans import Calendar
from .ticks import Tally, Tick, ticks_of


@dataclass(frozen=True, slots=True)
class Completion:
    """A level that was reached. ``occurrence`` tells the times of a repeating one apart.

    It is empty for what can be reached once, the period (``2026-Q3``) for what can be in each, and
    a number for what begins anew; in periods both: ``2026-03/2``.
    """

    level: str
    occurrence: str
    at: datetime


def completions(
    achievement: Achievement, facts: Facts, now: datetime, *, time_zone: str = "UTC"
) -> tuple[Completion, ...]:
    """Return every level that the facts up to ``now`` reach, by occurrence and height."""
    zone = ZoneInfo(time_zone)
    ticks = [tick for tick in ticks_of(achievement, facts, zone) if tick.at <= now]
    found: dict[tuple[str, str], Completion] = {}
    for each in _reached(achievement, ticks):
        first = found.setdefault((each.level, each.occurrence), each)
        if each.at < first.at:
            found[each.level, each.occurrence] = each
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Part:
    """Ticks of one period, in order. ``label`` is empty where nothing is divided."""

    label: str
    ticks: Sequence[Tick]


def parts_of(achievement: Achievement, ticks: Iterable[Tick]) -> tuple[Part, ...]:
    """Return ticks by the period of the calendar they lie in."""
    if achievement.period in {"ever", "rolling"}:
        return (Part("", tuple(ticks)),)
    calendar, found = Calendar(achievement.period), dict[str, list[Tick]]()  # type: ignore[arg-type] # the others are handled above
    for tick in ticks:
        label = calendar.label(calendar.index_of(tick.day))
        found.setdefault(label, []).append(tick)
    return tuple(Part(label, tuple(inside)) for label, inside in found.items())


def _reached(achievement: Achievement, ticks: Sequence[Tick]) -> Iterator[Completion]:
    if isinstance(achievement, StreakAchievement):
        yield from _streaks(achievement, ticks)
    elif achievement.period == "rolling":
        yield from _rolling(achievement, ticks)
    else:
        for part in parts_of(achievement, ticks):
            yield from _counted(achievement, part)


def _counted(achievement: Achievement, part: Part) -> Iterator[Completion]:
    """Yield what is reached within one period, at the moment it is."""
    tally = Tally.of(achievement)
    done = {level.key: 0 for level in achievement.levels}
    for tick in part.ticks:
        tally.add(tick)
        for level in achievement.levels:
            for number in range(done[level.key] + 1, tally.times(level) + 1):
                done[level.key] = number
                if number == 1 or achievement.repeats == "on_completion":
                    yield Completion(level.key, _name(achievement, part.label, number), tick.at)


def _rolling(achievement: Achievement, ticks: Sequence[Tick]) -> Iterator[Completion]:
    """Yield what the last days reach on any day; what begins anew uses no tick twice."""
    tally, inside, width = Tally.of(achievement), deque[Tick](), _width(achievement)
    number = 0
    for tick in ticks:
        tally.add(tick)
        inside.append(tick)
        while inside[0].day <= tick.day - width:
            tally.remove(inside.popleft())
        for level in achievement.levels:
            if not tally.times(level):
                continue
            number += 1
            yield Completion(level.key, _name(achievement, "", number), tick.at)
            if achievement.repeats == "on_completion":
                tally.totals.clear()
                inside.clear()
                break


def _streaks(achievement: StreakAchievement, ticks: Sequence[Tick]) -> Iterator[Completion]:
    number = 0
    for run in runs_of(achievement, ticks):
        for length, (_, at) in enumerate(run, 1):
            for level in achievement.levels:
                needed = level.target or 1
                if achievement.repeats == "on_completion" and length % needed == 0:
                    number += 1
                    yield Completion(level.key, str(number), at)
                elif achievement.repeats == "once" and length == needed:
                    yield Completion(level.key, "", at)


def runs_of(
    achievement: StreakAchievement, ticks: Iterable[Tick]
) -> tuple[tuple[tuple[int, datetime], ...], ...]:
    """Return unbroken runs of periods with an order: number and first moment of each."""
    calendar, firsts = Calendar(achievement.each), dict[int, datetime]()
    for tick in ticks:
        firsts.setdefault(calendar.index_of(tick.day), tick.at)
    runs: list[list[tuple[int, datetime]]] = []
    for index in sorted(firsts):
        if not runs or runs[-1][-1][0] != index - 1:
            runs.append([])
        runs[-1].append((index, firsts[index]))
    return tuple(tuple(run) for run in runs)


def open_ticks(
    achievement: Achievement, ticks: Sequence[Tick], now: datetime, zone: ZoneInfo
) -> tuple[Tick, ...]:
    """Return what counts towards the next completion at ``now``; not for streaks."""
    today = day_of(now, zone)
    if achievement.period == "rolling":
        return tuple(_left_over(achievement, ticks, today))
    if achievement.period == "ever":
        return tuple(ticks)
    calendar = Calendar(achievement.period)
    here = calendar.index_of(today)
    return tuple(tick for tick in ticks if calendar.index_of(tick.day) == here)


def _left_over(achievement: Achievement, ticks: Sequence[Tick], today: date) -> Iterator[Tick]:
    used: datetime | None = None
    if achievement.repeats == "on_completion":
        used = max((each.at for each in _rolling(achievement, ticks)), default=None)
    for tick in ticks:
        if tick.day > today - _width(achievement) and (used is None or tick.at > used):
            yield tick


def _width(achievement: Achievement) -> timedelta:
    return timedelta(days=achievement.rolling_days)


def _name(achievement: Achievement, label: str, number: int) -> str:
    if achievement.repeats == "once":
        return ""
    if achievement.repeats == "each_period":
        return label
    return f"{label}/{number}" if label else str(number)


def levels_left(achievement: Achievement, done: Iterable[str]) -> tuple[Level, ...]:
    """Return the levels that are not among those done, lowest first."""
    gone = frozenset(done)
    return tuple(level for level in achievement.levels if level.key not in gone)
