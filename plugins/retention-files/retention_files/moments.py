"""Moments as files write them: formats, zones, and other calendars than ours."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import NoReturn
from zoneinfo import ZoneInfo

from retention_sdk.l10n.calendars import CALENDARS

from .cells import CellError, plain

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Between these every calendar counts its days without a gap.
_FIRST, _LAST = date(1925, 1, 1).toordinal(), date(2077, 1, 1).toordinal()
_YEARS = (1900, 2200)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_DIRECTIVES = {
    "Y": r"(?P<Y>[0-9]{4})",
    "y": r"(?P<y>[0-9]{2})",
    "m": r"(?P<m>[0-9]{1,2})",
    "d": r"(?P<d>[0-9]{1,2})",
    "b": r"(?P<b>[A-Za-z]{3,9})\.?",
    "B": r"(?P<b>[A-Za-z]{3,9})",
    "H": r"(?P<H>[0-9]{1,2})",
    "I": r"(?P<I>[0-9]{1,2})",
    "M": r"(?P<M>[0-9]{2})",
    "S": r"(?P<S>[0-9]{2})",
    "f": r"(?P<f>[0-9]{1,6})",
    "p": r"(?P<p>[AaPp])\.?[Mm]\.?",
    "z": r"(?P<z>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})",
    "%": "%",
}
_FORMAT = re.compile(r"%(.)|( +)|([^% ]+)")
_CACHED = 4096


class Moments:
    """Reads the moments of one file; what it read last it remembers, a few thousand of them."""

    def __init__(self, dates: Sequence[str], *, time_zone: str, calendar: str) -> None:
        self._zone = ZoneInfo(time_zone) if time_zone else None
        self._calendar = calendar
        self._forms = [_reader(each) for each in dates] or [self._iso]
        self._example = " or ".join(dates) or "2026-11-20T10:00:00+01:00"
        self._cached = lru_cache(_CACHED)(self._find)

    def read(self, field: str, text: str) -> datetime:
        """Return an aware moment; days without a time begin at midnight.

        Raises:
            CellError: it is no moment in any of the formats, or nobody said in which zone.
        """
        found = self._cached(text)
        if found is None:
            raise CellError(field, f"not a moment such as {self._example}")
        if found.tzinfo is None and self._zone is None:
            raise CellError(field, "a moment without a zone: set time_zone in the mapping")
        return found if found.tzinfo else found.replace(tzinfo=self._zone)

    def _find(self, text: str) -> datetime | None:
        text = plain(text).strip()
        for form in self._forms:
            if isinstance(form, re.Pattern):
                match = form.fullmatch(text)
                found = self._of_parts(match.groupdict()) if match else None
            else:
                found = form(text)
            # Outside there were no shops, and zones cannot be reckoned at the ends of time.
            if found is not None and _YEARS[0] <= found.year <= _YEARS[1]:
                return found
        return None

    def _iso(self, text: str) -> datetime | None:
        if self._calendar != "gregorian":
            match = _ISO.fullmatch(text)
            return self._of_parts(match.groupdict()) if match else None
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None

    def _of_parts(self, parts: dict[str, str | None]) -> datetime | None:
        month = parts.get("b") or ""
        if month and month[:3].lower() not in _MONTHS:
            return None
        number = _MONTHS.index(month[:3].lower()) + 1 if month else int(parts.get("m") or 1)
        year = int(parts.get("Y") or 0) or 2000 + int(parts.get("y") or 0)
        try:
            day = to_gregorian(self._calendar, year, number, int(parts.get("d") or 1))
            minute, second = (int(parts.get(name) or 0) for name in "MS")
            micros = int((parts.get("f") or "0").ljust(6, "0"))
            at = time(_hour(parts), minute, second, micros, _offset(parts.get("z")))
            return datetime.combine(day, at)
        except ValueError:
            return None


def to_gregorian(calendar: str, year: int, month: int, day: int) -> date:
    """Return a day of another calendar as one of ours.

    Raises:
        ValueError: there is no such day, or it lies before 1925 or after 2076.
    """
    if calendar == "gregorian":
        return date(year, month, day)
    convert, wanted = CALENDARS[calendar], (year, month, day)

    def in_theirs(number: int) -> tuple[int, int, int]:
        day = convert(date.fromordinal(number))
        return day.year, day.month, day.day

    found = _FIRST + bisect_left(range(_FIRST, _LAST), wanted, key=in_theirs)
    if found == _LAST or in_theirs(found) != wanted:
        raise ValueError("no such day")
    return date.fromordinal(found)


def check_format(text: str) -> str:
    """Return a format as it is.

    Raises:
        ValueError: it has a directive that is not read here.
    """
    _reader(text)
    return text


def _reader(text: str) -> re.Pattern[str] | Callable[[str], datetime | None]:
    if text in _UNIX:
        return _UNIX[text]
    parts = []
    for directive, spaces, rest in _FORMAT.findall(text):
        if directive and directive not in _DIRECTIVES:
            _refuse(f"%{directive}")
        parts.append(_DIRECTIVES[directive] if directive else " +" if spaces else re.escape(rest))
    try:
        form = re.compile("".join(parts))
    except re.error:
        _refuse("the same part twice")
    if not {"d", "m", "b"} & set(form.groupindex) or not {"Y", "y"} & set(form.groupindex):
        _refuse("no year, month and day")
    return form


def _refuse(what: str) -> NoReturn:
    known = ", ".join(f"%{name}" for name in _DIRECTIVES)
    raise ValueError(f"a format of dates with {what}; it may have {known}, or be unix or unix-ms")


def _seconds(unit: timedelta) -> Callable[[str], datetime | None]:
    def read(text: str) -> datetime | None:
        try:
            return _EPOCH + int(text) * unit
        except (ValueError, OverflowError):
            return None

    return read


_UNIX = {"unix": _seconds(timedelta(seconds=1)), "unix-ms": _seconds(timedelta(milliseconds=1))}
_ISO = re.compile(
    r"(?P<Y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"
    r"(?:[T ](?P<H>[0-9]{2}):(?P<M>[0-9]{2})(?::(?P<S>[0-9]{2})(?:\.(?P<f>[0-9]{1,6}))?)?"
    r"(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)


def _hour(parts: dict[str, str | None]) -> int:
    if not parts.get("I"):
        return int(parts.get("H") or 0)
    hour = int(parts["I"] or 0)
    if not 1 <= hour <= 12:  # noqa: PLR2004 - a clock face
        raise ValueError("no such hour")
    return hour % 12 + (12 if (parts.get("p") or "a") in "Pp" else 0)


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text in {"Z", "UTC", "GMT"}:
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
