"""Calendars people write dates in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

# Proleptic day number of 1 Farvardin 1 under the 33-year rule, so that 1 Farvardin 1404 is
# 21 March 2025.
_PERSIAN_EPOCH = 226_895
# The 33-year rule makes 1502 a leap year; at the meridian of Tehran 1503 is one (ICU 78,
# persncal.cpp, after the University of Tehran's Calendar Center). The next such year is 1601.
_PERSIAN_SHIFTED = frozenset({1503})
_PERSIAN_LONG_MONTHS_DAYS = 6 * 31
_BUDDHIST_OFFSET = 543


class CalendarDay(NamedTuple):
    """A day in some calendar; months and days count from 1."""

    year: int
    month: int
    day: int


def gregorian(day: date) -> CalendarDay:
    """Return the day as it is."""
    return CalendarDay(day.year, day.month, day.day)


def buddhist(day: date) -> CalendarDay:
    """Return the day in the Thai solar calendar, as counted since 1941."""
    return CalendarDay(day.year + _BUDDHIST_OFFSET, day.month, day.day)


def persian(day: date) -> CalendarDay:
    """Return the day in the Solar Hijri calendar of Iran and Afghanistan.

    Equal to ICU 78 on every day from 1925 to 2199; the rule drifts by a day from 1601 AP (2222).
    """
    number = day.toordinal()
    year = (number - _PERSIAN_EPOCH) * 33 // 12_053 + 1
    year += number >= _persian_new_year(year + 1)
    year -= number < _persian_new_year(year)
    elapsed = number - _persian_new_year(year)
    if elapsed < _PERSIAN_LONG_MONTHS_DAYS:
        return CalendarDay(year, elapsed // 31 + 1, elapsed % 31 + 1)
    later = elapsed - _PERSIAN_LONG_MONTHS_DAYS
    return CalendarDay(year, 7 + later // 30, later % 30 + 1)


def _persian_new_year(year: int) -> int:
    # Eight leap years in 33, so 12,053 days; the constant places them within the cycle.
    days = 365 * (year - 1) + (8 * year + 21) // 33
    return _PERSIAN_EPOCH + days - (year in _PERSIAN_SHIFTED)


CALENDARS: Mapping[str, Callable[[date], CalendarDay]] = {
    "gregorian": gregorian,
    "persian": persian,
    "buddhist": buddhist,
}
