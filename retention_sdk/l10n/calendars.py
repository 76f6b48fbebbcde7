"""Calendars people write dates in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

from .hijri import HijriDay, civil, umm_al_qura

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Calendar = Literal[
    "auto",
    "gregorian",
    "persian",
    "islamic-umalqura",
    "islamic-civil",
    "buddhist",
    "roc",
    "japanese",
]
"""CLDR's names of calendars; ``auto`` is the one people of the region expect."""

# Proleptic day number of 1 Farvardin 1 under the 33-year rule, so that 1 Farvardin 1404 is
# 21 March 2025.
_PERSIAN_EPOCH = 226_895
# The 33-year rule makes 1502 a leap year; at the meridian of Tehran 1503 is one (ICU 78,
# persncal.cpp, after the University of Tehran's Calendar Center). The next such year is 1601.
_PERSIAN_SHIFTED = frozenset({1503})
_PERSIAN_LONG_MONTHS_DAYS = 6 * 31
_BUDDHIST_OFFSET = 543
# The Republic of China was founded in 1912, its year 1.
_ROC_OFFSET = 1911
# First days of Reiwa, Heisei, Shōwa, Taishō and Meiji.
_JAPANESE_ERAS = (
    date(2019, 5, 1),
    date(1989, 1, 8),
    date(1926, 12, 25),
    date(1912, 7, 30),
    date(1868, 10, 23),
)


class CalendarDay(NamedTuple):
    """A day in some calendar; months and days count from 1.

    ``era`` is a place in the list of eras of the extract; 0 is the one we live in.
    """

    year: int
    month: int
    day: int
    era: int = 0


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


def roc(day: date) -> CalendarDay:
    """Return the day in the calendar of Taiwan; years before 1912 count backwards."""
    year = day.year - _ROC_OFFSET
    return CalendarDay(year, day.month, day.day) if year > 0 else _before(year, day.month, day.day)


def japanese(day: date) -> CalendarDay:
    """Return the day in its Japanese era, or in ours if it was before Meiji."""
    for era, first in enumerate(_JAPANESE_ERAS):
        if day >= first:
            return CalendarDay(day.year - first.year + 1, day.month, day.day, era)
    return CalendarDay(day.year, day.month, day.day, len(_JAPANESE_ERAS))


def islamic_umalqura(day: date) -> CalendarDay:
    """Return the day in the official Hijri calendar of Saudi Arabia."""
    return _hijri(umm_al_qura(day))


def islamic_civil(day: date) -> CalendarDay:
    """Return the day in the tabular Hijri calendar."""
    return _hijri(civil(day))


def _hijri(found: HijriDay) -> CalendarDay:
    return CalendarDay(*found) if found.year > 0 else _before(*found)


def _before(year: int, month: int, day: int) -> CalendarDay:
    return CalendarDay(1 - year, month, day, era=1)


CALENDARS: Mapping[str, Callable[[date], CalendarDay]] = {
    "gregorian": gregorian,
    "persian": persian,
    "islamic-umalqura": islamic_umalqura,
    "islamic-civil": islamic_civil,
    "buddhist": buddhist,
    "roc": roc,
    "japanese": japanese,
}
