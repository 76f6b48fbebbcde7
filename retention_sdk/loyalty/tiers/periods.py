"""Days and periods in a time zone, half-open: each moment lies in exactly one. Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
MONTHS = {"year": 12, "quarter": 3, "month": 1, "anniversary": 12}
# Any 1 January does: calendar periods repeat from it in both directions.
CALENDAR = date(2000, 1, 1)


def starts_at(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment of a local day, in UTC.

    Where clocks skip midnight it is the moment of the jump; where midnight comes twice, the first.
    """
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """Return the local day whose start is at or before a moment, and whose end is after it.

    Differs from the date on the wall in one case: clocks set back over midnight show the day
    before once more; that hour belongs to the day that has begun.
    """
    day = moment.astimezone(zone).date()
    return day + _DAY if moment >= starts_at(day + _DAY, zone) else day


@dataclass(frozen=True, slots=True)
class Cycle:
    """Periods of whole months, counted from the one that starts on ``anchor``.

    A period that would start on a day its month does not have starts on the last day of it: who
    joined on 29 February has 28 February as anniversary in other years.
    """

    anchor: date
    months: int

    def first_day(self, index: int) -> date:
        """Return the day a period starts on."""
        months = self.anchor.year * 12 + self.anchor.month - 1 + index * self.months
        year, month = divmod(months, 12)
        return date(year, month + 1, min(self.anchor.day, monthrange(year, month + 1)[1]))

    def last_day(self, index: int) -> date:
        """Return the last day that belongs to a period."""
        return self.first_day(index + 1) - _DAY

    def index_of(self, day: date) -> int:
        """Return the period a day lies in; those before the anchor are negative."""
        months = (day.year - self.anchor.year) * 12 + day.month - self.anchor.month
        index = months // self.months
        return index - 1 if day < self.first_day(index) else index
