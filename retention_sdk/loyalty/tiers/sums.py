"""What somebody bought, by currency and local day, and what it comes to in periods. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from ...model.context import TierProgress
from .facts import Qualifying
from .ladder import COUNT, TierLadder
from .periods import CALENDAR, MONTHS, Cycle, day_of

FOREVER = date.max


class Sums:
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
            return FOREVER
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

    def missing(self, height: int, until: date, today: date) -> tuple[int, str]:
        """Return what would keep a rank longer than ``until``, in the currency nearest to it.

        One at least: the days up to ``until`` are the last ones that suffice.
        """
        rank, own = self._ladder.ranks[height], until - timedelta(days=self._ladder.grace_days)
        if self.cycle is None:
            last = max(own + timedelta(days=1), today)
            first = last - timedelta(days=self._ladder.rolling_days - 1)
        else:
            index = self.cycle.index_of(own + timedelta(days=1)) - 1
            first = self.cycle.first_day(max(index, self.cycle.index_of(today)))
        reached = {
            each: sum(amount for day, amount in self.days.get(each, ()) if day >= first)
            for each in rank.thresholds
        }
        nearest = max(
            rank.thresholds, key=lambda each: Fraction(reached[each], rank.thresholds[each])
        )
        return rank.thresholds[nearest] - reached[nearest], nearest

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
