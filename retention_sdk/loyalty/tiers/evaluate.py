"""Which rank somebody holds, since when, until when, and how far the next one is. Pure.

The rank follows from what was bought and the day alone, never from how often it was looked up:
evaluating daily, once a year or after a refund comes to the same. What was recorded before only
tells since when, and why it changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Literal
from zoneinfo import ZoneInfo

from ...model import LoyaltyState, Record
from ...model.base import Instant, Line
from ...model.context import TierProgress
from .facts import Qualifying
from .ladder import COUNT, TierLadder
from .periods import CALENDAR, MONTHS, Cycle, day_of

Reason = Literal["none", "reached", "kept", "period_ended", "refunded", "ladder_changed"]
_FOREVER = date.max


@dataclass(frozen=True, slots=True, kw_only=True)
class TierStanding:
    """What was recorded last of somebody's rank; ``until`` is None for one that does not end."""

    tier: str
    since: datetime | None
    until: date | None
    ladder: str


class TierDecision(Record):
    """The rank at a moment. ``until`` is the last day of it if nothing more is bought.

    ``reason`` tells how it came about: *reached*, *kept*, lost because a *period_ended*, because
    orders were *refunded*, or because the *ladder_changed*. ``ladder`` is the version of it.
    """

    tier: Line
    tier_before: Line
    since: Instant | None
    until: date | None
    reason: Reason
    ladder: Line
    progress: TierProgress | None = None

    @property
    def has_risen(self) -> bool:
        """Whether a higher rank was reached than was held before."""
        return self.reason == "reached"

    def on(self, state: LoyaltyState) -> LoyaltyState:
        """Return the points of a person with this rank added, for cards and messages."""
        return state.model_copy(
            update={
                "tier": self.tier,
                "tier_before": self.tier_before if self.has_risen else self.tier,
                "tier_until": self.until,
                "tier_progress": self.progress,
            }
        )


def evaluate(
    ladder: TierLadder,
    facts: Sequence[Qualifying],
    now: datetime,
    current: TierStanding | None = None,
    *,
    time_zone: str = "UTC",
    joined_at: datetime | None = None,
) -> TierDecision:
    """Return the rank that ``facts`` give at ``now``; those after it do not count.

    ``current`` is what was recorded last, None for the first time: then the rank of somebody who
    bought nothing is where they come from. ``joined_at`` starts the years of a ladder by
    anniversary; without it the first fact does.
    """
    zone = ZoneInfo(time_zone)
    today = day_of(now, zone)
    sums = _Sums(ladder, facts, now, zone, joined_at)
    held = [sums.held_until(height) for height in range(len(ladder.ranks))]
    ends = [_last_day(ladder, sums, held, height) for height in range(len(ladder.ranks))]
    height = max((h for h, end in enumerate(ends) if end and today <= end), default=-1)
    tier = ladder.ranks[height].key if height >= 0 else ""
    until = ends[height] if height >= 0 else None
    before = current.tier if current else ladder.base
    reason = _reason(ladder, tier, current, today)
    is_same = current is not None and tier == before and current.since is not None
    return TierDecision(
        tier=tier,
        tier_before=before,
        since=(current.since if current and is_same else now) if tier else None,
        until=None if until == _FOREVER else until,
        reason=reason,
        ladder=ladder.version,
        progress=sums.progress(height + 1, today),
    )


class _Sums:
    """Facts by currency and local day, and what they come to in a period."""

    def __init__(
        self,
        ladder: TierLadder,
        facts: Sequence[Qualifying],
        now: datetime,
        zone: ZoneInfo,
        joined_at: datetime | None,
    ) -> None:
        self._ladder = ladder
        counted = sorted((each.at, each.currency, each.amount) for each in facts if each.at <= now)
        self.days: dict[str, list[tuple[date, int]]] = {}
        for at, currency, amount in counted:
            self.days.setdefault(currency, []).append((day_of(at, zone), amount))
        self.cycle: Cycle | None = None
        if ladder.period != "rolling":
            joined = day_of(joined_at or (counted[0][0] if counted else now), zone)
            anchor = joined if ladder.period == "anniversary" else CALENDAR
            self.cycle = Cycle(anchor, MONTHS[ladder.period])

    def held_until(self, height: int) -> date | None:
        """Return the last day on which the sums themselves give a rank, None if they never do.

        In a calendar that is the last day of the period after the one in which it was reached.
        """
        rank = self._ladder.ranks[height]
        if rank.is_for_all:
            return _FOREVER
        found = (
            self._rolled(currency, needed) if self.cycle is None else self._cycled(currency, needed)
            for currency, needed in rank.thresholds.items()
        )
        return max((day for day in found if day), default=None)

    def progress(self, height: int, today: date) -> TierProgress | None:
        """Return how far a rank is, in the currency in which it is nearest."""
        if height >= len(self._ladder.ranks):
            return None
        rank = self._ladder.ranks[height]
        reached = {each: self._current(each, today) for each in rank.thresholds}
        nearest = max(
            rank.thresholds, key=lambda each: Fraction(reached[each], rank.thresholds[each])
        )
        return TierProgress(
            tier=rank.key,
            counts=self._ladder.qualify,
            reached=reached[nearest],
            needed=rank.thresholds[nearest],
            currency=nearest if nearest != COUNT else "",
        )

    def _current(self, currency: str, today: date) -> int:
        if self.cycle is None:
            first = today - timedelta(days=self._ladder.rolling_days - 1)
        else:
            first = self.cycle.first_day(self.cycle.index_of(today))
        return sum(amount for day, amount in self.days.get(currency, ()) if day >= first)

    def _rolled(self, currency: str, needed: int) -> date | None:
        """Return the last day whose window suffices. It begins with a fact, or could be later."""
        days = self.days.get(currency, [])
        width = timedelta(days=self._ladder.rolling_days - 1)
        total, last = 0, len(days) - 1
        for day, amount in reversed(days):
            total += amount
            while days[last][0] > day + width:
                total -= days[last][1]
                last -= 1
            if total >= needed:
                return day + width
        return None

    def _cycled(self, currency: str, needed: int) -> date | None:
        if self.cycle is None:
            return None
        totals: dict[int, int] = {}
        for day, amount in self.days.get(currency, ()):
            index = self.cycle.index_of(day)
            totals[index] = totals.get(index, 0) + amount
        reached = max((index for index, total in totals.items() if total >= needed), default=None)
        return None if reached is None else self.cycle.last_day(reached + 1)


def _last_day(
    ladder: TierLadder, sums: _Sums, held: Sequence[date | None], height: int
) -> date | None:
    """Return the last day of a rank with grace and the policy, None if it was never reached.

    Who falls one rank at a time passes it on the way down from every rank above.
    """
    own = held[height]
    if own is None:
        return None
    if own == _FOREVER or ladder.downgrade == "never":
        return _FOREVER
    if ladder.downgrade == "by_balance":
        return own + timedelta(days=ladder.grace_days)
    falls = ((day, steps) for steps, day in enumerate(held[height:]) if day)
    return max(_after(ladder, sums, day, steps) for day, steps in falls)


def _after(ladder: TierLadder, sums: _Sums, day: date, periods: int) -> date:
    """Return the last day of a rank that many periods and the grace later."""
    if sums.cycle is None:
        day += timedelta(days=ladder.rolling_days * periods)
    else:
        day = sums.cycle.last_day(sums.cycle.index_of(day) + periods)
    return day + timedelta(days=ladder.grace_days)


def _reason(ladder: TierLadder, tier: str, current: TierStanding | None, today: date) -> Reason:
    before = current.tier if current else ladder.base
    if tier == before:
        return "kept" if tier else "none"
    if current and current.ladder != ladder.version:
        return "ladder_changed"
    if _height(ladder, tier) > _height(ladder, before):
        return "reached"
    # It was promised until a day; only what was given back can end it before.
    is_over = current is not None and current.until is not None and today > current.until
    return "period_ended" if is_over else "refunded"


def _height(ladder: TierLadder, key: str) -> int:
    return next((h for h, rank in enumerate(ladder.ranks) if rank.key == key), -1)
