"""Which rank somebody holds, since when, until when, and how far the next one is. Pure.

The rank follows from what was bought and the day alone, never from how often it was looked up:
evaluating daily, once a year or after a refund comes to the same. What was recorded before only
tells since when, and why it changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from ...model import LoyaltyState, Record
from ...model.base import Instant, Line
from ...model.context import TierProgress
from .facts import Qualifying
from .ladder import TierLadder
from .periods import day_of
from .sums import FOREVER, Sums

Reason = Literal["none", "reached", "kept", "period_ended", "refunded", "ladder_changed"]


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
    sums = Sums(ladder, facts, now, zone, joined_at)
    ends = last_days(ladder, sums)
    height = height_on(today, ends)
    tier = ladder.ranks[height].key if height >= 0 else ""
    until = ends[height] if height >= 0 else None
    before = current.tier if current else ladder.base
    reason = _reason(ladder, tier, current, today)
    is_same = current is not None and tier == before and current.since is not None
    return TierDecision(
        tier=tier,
        tier_before=before,
        since=(current.since if current and is_same else now) if tier else None,
        until=None if until == FOREVER else until,
        reason=reason,
        ladder=ladder.version,
        progress=sums.progress(height + 1, today),
    )


def last_days(ladder: TierLadder, sums: Sums) -> list[date | None]:
    """Return the last day of each rank, lowest first; None for those never reached."""
    heights = range(len(ladder.ranks))
    held = [sums.held_until(height) for height in heights]
    return [_last_day(ladder, sums, held, height) for height in heights]


def height_on(day: date, ends: Sequence[date | None]) -> int:
    """Return the highest rank that has not ended before a day, -1 for none."""
    return max((height for height, end in enumerate(ends) if end and day <= end), default=-1)


def _last_day(
    ladder: TierLadder, sums: Sums, held: Sequence[date | None], height: int
) -> date | None:
    """Return the last day of a rank with grace and the policy, None if it was never reached.

    Who falls one rank at a time passes it on the way down from every rank above.
    """
    own = held[height]
    if own is None:
        return None
    if own == FOREVER or ladder.downgrade == "never":
        return FOREVER
    if ladder.downgrade == "by_balance":
        return own + timedelta(days=ladder.grace_days)
    falls = ((day, steps) for steps, day in enumerate(held[height:]) if day)
    return max(_after(ladder, sums, day, steps) for day, steps in falls)


def _after(ladder: TierLadder, sums: Sums, day: date, periods: int) -> date:
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
