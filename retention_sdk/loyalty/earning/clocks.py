"""Wall-clock times of a programme as moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Period = Literal["day", "month", "year"]


def moment_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment, in UTC, at which clocks show a time or have just jumped over it.

    Of a time that comes twice, the first.
    """
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    early = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _jump_between(early, first, zone)


def _jump_between(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """Return the first second that has the offset of ``late``; zones change on whole seconds."""
    offset = late.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset:
            late = middle
        else:
            early = middle
    return late


def period_of(moment: datetime, period: Period, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first moment of a local day, month or year, and the first one after it."""
    local = moment.astimezone(zone)
    start = datetime(local.year, local.month, local.day)  # noqa: DTZ001 - a wall-clock time
    if period == "day":
        end = start + timedelta(days=1)
    elif period == "month":
        start = start.replace(day=1)
        end = (start + timedelta(days=31)).replace(day=1)
    else:
        start = start.replace(month=1, day=1)
        end = start.replace(year=start.year + 1)
    return moment_of(start, zone), moment_of(end, zone)
