"""Hours in which nobody is disturbed, on the recipient's wall clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field

from ..model import Record

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY_RANGE = re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))?\b")
_HOURS = re.compile(r"(\d\d:\d\d)-(\d\d:\d\d)")
# A clock change can swallow a window that comes once a week; the week after has it again.
_SEARCH_DAYS = 15
_MEMORY_DAYS = 400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = 1_000_000
_STEP = 6 * 3600 * _SECOND
_DAY = 4 * _STEP
# The first of January 1970 was a Thursday.
_EPOCH_WEEKDAY = 3


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

    None if there is none within two weeks, or if the clock is not known.
    """
    return OpenHours(quiet, zones).first(now)


class OpenHours:
    """When every rule allows sending in every zone: worked out once per day, then looked up.

    Wall clocks are exact at every clock change: an hour that a gap skips does not exist, one that
    comes twice is open twice, and what opens in the middle of a change opens at that very moment.
    """

    __slots__ = ("_days", "_quiet", "_zones")

    def __init__(self, quiet: Iterable[QuietHours], zones: Iterable[str]) -> None:
        self._quiet = tuple(_Week.of(hours) for hours in dict.fromkeys(quiet))
        self._zones = tuple(dict.fromkeys(zones))
        self._days: dict[int, tuple[_Span, ...]] = {}

    @property
    def has_clock(self) -> bool:
        """Whether anything is known of the recipient's clock."""
        return bool(self._zones)

    def first(self, now: datetime) -> datetime | None:
        """Return the first open moment from ``now`` on, in UTC; None without any in two weeks."""
        if not self._zones:
            return None
        instant = (now - _EPOCH) // _MICROSECOND
        today = instant // _DAY
        for day in range(today, today + _SEARCH_DAYS):
            for start, end in self._open(day):
                if instant < end:
                    return _EPOCH + max(start, instant) * _MICROSECOND
        return None

    def _open(self, day: int) -> tuple[_Span, ...]:
        """Return the open spans of one day of UTC."""
        spans = self._days.get(day)
        if spans is None:
            if len(self._days) >= _MEMORY_DAYS:
                self._days.clear()
            spans = self._days[day] = self._intersect(day * _DAY)
        return spans

    def _intersect(self, start: int) -> tuple[_Span, ...]:
        spans: tuple[_Span, ...] = ((start, start + _DAY),)
        clocks = {_pieces(ZoneInfo(zone), start, start + _DAY) for zone in self._zones}
        for clock in clocks:
            for week in self._quiet:
                spans = _overlap(spans, week.open_in(clock))
        return spans


_Span = tuple[int, int]
"""From and until, in microseconds since 1970; the end is outside."""


class _Piece(NamedTuple):
    """A time in which a zone's clock is ``offset`` ahead of UTC; all in microseconds."""

    start: int
    end: int
    offset: int


class _Week(NamedTuple):
    """The windows of each weekday, in microseconds since its midnight."""

    days: tuple[tuple[_Span, ...], ...]

    @classmethod
    def of(cls, hours: QuietHours) -> _Week:
        spans: list[list[_Span]] = [[] for _ in _DAYS]
        for window in hours.windows:
            spans[window.weekday].append(
                (_since_midnight(window.starts_at), _since_midnight(window.ends_at))
            )
        return cls(tuple(tuple(day) for day in spans))

    def open_in(self, clock: tuple[_Piece, ...]) -> tuple[_Span, ...]:
        """Return the open spans in UTC, in order and apart from each other."""
        found: list[_Span] = []
        for start, end in sorted(self._windows(clock)):
            if found and start <= found[-1][1]:
                found[-1] = (found[-1][0], max(end, found[-1][1]))
            else:
                found.append((start, end))
        return tuple(found)

    def _windows(self, clock: tuple[_Piece, ...]) -> Iterator[_Span]:
        for piece in clock:
            first, last = (piece.start + piece.offset) // _DAY, (piece.end + piece.offset) // _DAY
            for day in range(first, last + 1):
                midnight = day * _DAY - piece.offset
                for opens, closes in self.days[(day + _EPOCH_WEEKDAY) % 7]:
                    start = max(piece.start, midnight + opens)
                    end = min(piece.end, midnight + closes)
                    if start < end:
                        yield start, end


def _overlap(one: tuple[_Span, ...], other: tuple[_Span, ...]) -> tuple[_Span, ...]:
    both = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple((start, end) for start, end in both if start < end)


def _pieces(zone: ZoneInfo, start: int, end: int) -> tuple[_Piece, ...]:
    """Cut a time where the zone's clock changes. No zone changes twice within six hours."""
    pieces = [_Piece(start, start, _offset(zone, start))]
    for moment in range(start + _STEP, end + 1, _STEP):
        offset = _offset(zone, moment)
        if offset != pieces[-1].offset:
            change = _change(zone, moment - _STEP, moment)
            pieces[-1] = pieces[-1]._replace(end=change)
            pieces.append(_Piece(change, change, offset))
    pieces[-1] = pieces[-1]._replace(end=end)
    return tuple(piece for piece in pieces if piece.start < piece.end)


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """Return the second in which the clock changes; it does between the two."""
    old = _offset(zone, before)
    while after - before > _SECOND:
        middle = (before + after) // (2 * _SECOND) * _SECOND
        if _offset(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after


def _offset(zone: ZoneInfo, instant: int) -> int:
    """Return how far ahead of UTC the zone is at an instant; a wall clock's fold cannot be."""
    local = (_EPOCH + instant * _MICROSECOND).astimezone(zone)
    return (local.utcoffset() or timedelta()) // _MICROSECOND


def _since_midnight(clock: time) -> int:
    seconds = clock.hour * 3600 + clock.minute * 60 + clock.second
    return seconds * _SECOND + clock.microsecond


def _weekdays(text: str) -> tuple[int, ...]:
    found = _DAY_RANGE.search(text)
    if found is None:
        return tuple(range(7))
    first, last = found.groups()
    return tuple(range(_DAYS.index(first), _DAYS.index(last or first) + 1))


def _clock(text: str) -> time:
    return time.fromisoformat(text)
