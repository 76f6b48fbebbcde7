"""Dates as CLDR 48 writes them, in the calendar and digits of the place."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from .calendars import CALENDARS, CalendarDay
from .resources import cldr_calendars, cldr_locale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DateStyle = Literal["full", "long", "medium", "short"]

# A quoted literal, a run of one pattern letter, or anything else.
_TOKEN = re.compile(r"'((?:[^']|'')*)'|(([A-Za-z])\3*)|([^A-Za-z']+)")
_SHORT_YEAR = 100
_NAME_FROM = 3
# Japanese calls the first year of an era "original year".
_GANNEN = "元"


class DateFormatter:
    """Writes dates for one locale and calendar. Immutable.

    ``patterns`` replace CLDR's own by style; ``digits`` turns 0-9 into the locale's digits.
    """

    def __init__(
        self,
        cldr_tag: str,
        calendar: str,
        *,
        patterns: Mapping[str, str],
        digits: Callable[[str], str],
    ) -> None:
        dates = cldr_locale(cldr_tag)["dates"]
        self._names = _names_of(cldr_tag, calendar)
        self._days: Mapping[str, Sequence[str]] = {
            "E": dates["days"],
            "c": dates.get("days_standalone", dates["days"]),
        }
        self._convert = CALENDARS[calendar]
        self._digits = digits
        self._patterns = {**self._names["patterns"], **patterns}
        self._tokens = lru_cache(len(self._patterns))(self._split)

    def format(self, day: date, style: DateStyle = "long") -> str:
        """Return a day in one of CLDR's four lengths."""
        parts = self._convert(day)
        first_year = style in self._names.get("gannen", ()) and parts.year == 1
        return "".join(
            text or (_GANNEN if first_year and letters == "y" else self._field(letters, parts, day))
            for text, letters in self._tokens(style)
        )

    def _split(self, style: str) -> tuple[tuple[str, str], ...]:
        return split_pattern(self._patterns[style])

    def _field(self, letters: str, parts: CalendarDay, day: date) -> str:
        kind, width = letters[0], len(letters)
        if kind in self._days:
            return self._days[kind][day.weekday()]
        if kind == "G":
            eras: Sequence[str] = self._names["eras"][letters]
            return eras[parts.era]
        if kind in "ML" and width >= _NAME_FROM:
            key = "months" if width > _NAME_FROM else "months_short"
            month: str = self._names[key][parts.month - 1]
            return month
        number = {"y": parts.year, "M": parts.month, "L": parts.month, "d": parts.day}[kind]
        if letters == "yy":
            number %= _SHORT_YEAR
        return self._digits(str(number).rjust(width, "0"))


def _names_of(cldr_tag: str, calendar: str) -> Mapping[str, Any]:
    """Return patterns and names; what a calendar has not of its own it shares with others."""
    gregorian: Mapping[str, Any] = cldr_locale(cldr_tag)["dates"]["gregorian"]
    if calendar == "gregorian":
        return gregorian
    others = cldr_calendars(cldr_tag)
    # Both reckonings of the Hijri calendar have the same months.
    own = others[calendar.partition("-")[0]]
    months = {key: gregorian[key] for key in gregorian if key.startswith("months")}
    return {**months, **others["generic"], **own}


def split_pattern(pattern: str) -> tuple[tuple[str, str], ...]:
    """Return pairs of literal text and pattern letters; one of the two is empty."""
    return tuple(_token(match) for match in _TOKEN.finditer(pattern))


def _token(match: re.Match[str]) -> tuple[str, str]:
    """Return a literal text, or pattern letters; the other of the two is empty."""
    quoted, letters, _, other = match.groups()
    if letters:
        return "", letters
    # An empty pair of quotes stands for one quote.
    return (other if quoted is None else quoted.replace("''", "'") or "'"), ""


def local_day(moment: datetime | date, time_zone: str) -> date:
    """Return the day it is in a time zone.

    Raises:
        ValueError: the datetime is naive, so nobody knows what day it is there.
    """
    return local_moment(moment, time_zone).date() if isinstance(moment, datetime) else moment


def local_moment(moment: datetime, time_zone: str) -> datetime:
    """Return what clocks and calendars show in a time zone.

    Raises:
        ValueError: the datetime is naive, so nobody knows what they show.
    """
    if moment.tzinfo is None:
        raise ValueError("a naive datetime has no day: attach its time zone")
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo(time_zone))
