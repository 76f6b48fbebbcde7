"""What moved in a simulation, added up as the reports on a store have it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ..storage.ledger.reporting import Flow
from .book import Book
from .liability import Calendar


class FlowSums:
    """Sums of moves by month, by buckets, and by the year in which their points expire."""

    def __init__(self, time_zone: str, days: Sequence[date]) -> None:
        self._calendar = Calendar(time_zone, tuple(days))
        self._periods = self._calendar.periods
        self._zone = ZoneInfo(time_zone)
        self._sums: Counter[tuple[int, str, str, int | None]] = Counter()

    def note(self, book: Book, at: datetime) -> None:
        """Add what moved in a book since the last time."""
        moves = book.take_moves()
        period = bisect_right(self._periods, at) if moves else 0
        for move in moves:
            ends = book.lots[move.lot_id].expires_at if move.lot_id else None
            year = ends.astimezone(self._zone).year if ends else None
            self._sums[period, move.src, move.dst, year] += move.points

    def calendar(self) -> Calendar:
        """Return the months, with all years in which something expires."""
        years = sorted({year for *_, year in self._sums if year is not None})
        span = tuple(range(years[0], years[-1] + 1)) if years else ()
        return Calendar(self._calendar.time_zone, self._calendar.days, span)

    def flows(self, calendar: Calendar) -> Iterator[Flow]:
        """Yield the sums for ``liability.add_up``."""
        for (period, src, dst, year), points in self._sums.items():
            life = None if year is None else calendar.years.index(year)
            yield Flow(period, src, dst, life, points)
