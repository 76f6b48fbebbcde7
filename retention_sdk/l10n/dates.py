"""Dates as CLDR 48 writes them, in the calendar and digits of the place."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from .calendars import CALENDARS, CalendarDay
from .resources import cldr_locale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

DateStyle = Literal["full", "long", "medium", "short"]

# A quoted literal, a run of one pattern letter, or anything else.
_TOKEN = re.compile(r"'((?:[^']|'')*)'|(([A-Za-z])\3*)|([^A-Za-z']+)")
_SHORT_YEAR = 100
_NAME_FROM = 3


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
        # The Thai solar calendar has the Gregorian months, so it has no data of its own.
        self._names: Mapping[str, Any] = dates["calendars"].get(
            calendar, dates["calendars"]["gregorian"]
        )
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
        return "".join(
            text if not letters else self._field(letters, parts, day.weekday())
            for text, letters in self._tokens(style)
        )

    def _split(self, style: str) -> tuple[tuple[str, str], ...]:
        return tuple(_token(match) for match in _TOKEN.finditer(self._patterns[style]))

    def _field(self, letters: str, parts: CalendarDay, weekday: int) -> str:
        kind, width = letters[0], len(letters)
        if kind in self._days:
            return self._days[kind][weekday]
        if kind == "G":
            era: str = self._names["era"]
            return era
        if kind in "ML" and width >= _NAME_FROM:
            key = "months" if width > _NAME_FROM else "months_short"
            month: str = self._names[key][parts.month - 1]
            return month
        number = {"y": parts.year, "M": parts.month, "L": parts.month, "d": parts.day}[kind]
        if letters == "yy":
            number %= _SHORT_YEAR
        return self._digits(str(number).rjust(width, "0"))


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
    if not isinstance(moment, datetime):
        return moment
    if moment.tzinfo is None:
        raise ValueError("a naive datetime has no day: attach its time zone")
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo(time_zone)).date()
