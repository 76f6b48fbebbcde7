"""Hours in which nobody is disturbed, on the recipient's wall clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from ..model import Record

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY_RANGE = re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))?\b")
_HOURS = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")
# A week holds every weekday; one more day for zones ahead of UTC.
_SEARCH_DAYS = 8


class Window(Record):
    """A part of one weekday (0 is Monday) in which sending is allowed; ``ends_at`` is outside."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    starts_at: time
    ends_at: time


class QuietHours(Record):
    """The windows of a week in which sending is allowed."""

    windows: Annotated[tuple[Window, ...], Field(min_length=1)]

    def is_open(self, local: datetime) -> bool:
        """Whether something may be sent at this wall-clock time."""
        clock, weekday = local.time(), local.weekday()
        return any(
            window.weekday == weekday and window.starts_at <= clock < window.ends_at
            for window in self.windows
        )


def read_quiet_hours(hours: str, days: str) -> QuietHours | None:
    """Read ``09:00-21:00 Mon-Sat; 12:00-21:00 Sun`` and ``Sunday, public holidays``.

    Without a weekday a range means every day. Public holidays are not in any table here, so they
    stay words in the rule. Empty hours are no quiet hours.

    Raises:
        ValueError: the text has no hours in it.
    """
    if not hours:
        return None
    closed = {index for index, name in enumerate(_DAYS) if name in days}
    windows = tuple(
        Window(weekday=weekday, starts_at=_clock(start), ends_at=_clock(end))
        for part in hours.split(";")
        for start, end in _HOURS.findall(part)
        for weekday in _weekdays(part)
        if weekday not in closed
    )
    if not windows:
        raise ValueError(f"no hours in {hours!r}")
    return QuietHours(windows=windows)


def first_open(
    now: datetime, *, quiet: Sequence[QuietHours], zones: Sequence[str]
) -> datetime | None:
    """Return the first moment from ``now`` on that every rule allows in every zone, in UTC.

    None if there is none within a week. An intersection of half-open windows begins where one of
    them begins, so only ``now`` and beginnings have to be tried. A beginning that a clock change
    skips moves behind the gap; one that happens twice is tried twice.
    """
    places = tuple(ZoneInfo(name) for name in zones)
    moments = {now.astimezone(UTC)}
    for place in places:
        for hours in quiet:
            moments.update(_beginnings(now, hours, place))
    for moment in sorted(moments):
        if moment >= now and all(
            hours.is_open(moment.astimezone(place)) for place in places for hours in quiet
        ):
            return moment
    return None


def _beginnings(now: datetime, hours: QuietHours, place: ZoneInfo) -> Iterator[datetime]:
    today = now.astimezone(place).date()
    for offset in range(_SEARCH_DAYS):
        day = today + timedelta(days=offset)
        for window in hours.windows:
            if window.weekday == day.weekday():
                yield from _instants(day, window.starts_at, place)


def _instants(day: date, clock: time, place: ZoneInfo) -> Iterator[datetime]:
    for fold in (0, 1):
        yield datetime.combine(day, clock, tzinfo=place).replace(fold=fold).astimezone(UTC)


def _weekdays(text: str) -> tuple[int, ...]:
    found = _DAY_RANGE.search(text)
    if found is None:
        return tuple(range(7))
    first, last = found.groups()
    return tuple(range(_DAYS.index(first), _DAYS.index(last or first) + 1))


def _clock(text: str) -> time:
    return time.fromisoformat(text)
