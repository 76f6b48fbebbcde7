"""Weeks, months, quarters and years in a time zone, as numbers that follow each other. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ..tiers.periods import CALENDAR, MONTHS, Cycle
from .settings import CalendarPeriod

# A Monday: weeks are those of ISO 8601.
_MONDAY = date(2000, 1, 3)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Periods of one kind, numbered without a gap; each day lies in exactly one."""

    kind: CalendarPeriod

    def index_of(self, day: date) -> int:
        """Return the number of the period of a day."""
        if self.kind == "week":
            return (day - _MONDAY).days // 7
        return self._cycle.index_of(day)

    def first_day(self, index: int) -> date:
        """Return the day a period starts on."""
        if self.kind == "week":
            return _MONDAY + timedelta(weeks=index)
        return self._cycle.first_day(index)

    def label(self, index: int) -> str:
        """Return what a period is called in ISO 8601, with ``Q`` for quarters.

        >>> Calendar("week").label(Calendar("week").index_of(date(2027, 1, 3)))
        '2026-W53'
        """
        first = self.first_day(index)
        if self.kind == "week":
            year, week, _ = first.isocalendar()
            return f"{year}-W{week:02d}"
        if self.kind == "quarter":
            return f"{first.year}-Q{(first.month + 2) // 3}"
        return str(first.year) if self.kind == "year" else f"{first:%Y-%m}"

    @property
    def _cycle(self) -> Cycle:
        return Cycle(CALENDAR, MONTHS[self.kind])
