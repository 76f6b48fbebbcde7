"""The lunar Hijri calendar: as Saudi Arabia publishes it, and by arithmetic."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from .resources import umm_al_qura_table

_MONTHS = 12
_MONTH_BASE_DAYS = 28
# Proleptic day number of 1 Muharram 1 in the civil reckoning: Friday, 16 July 622 (Julian).
_CIVIL_EPOCH = 227_015
# Eleven leap years in thirty: 30 × 354 + 11 days.
_CYCLE_YEARS, _CYCLE_DAYS = 30, 10_631


class HijriDay(NamedTuple):
    """A day of the Hijri calendar; years before the Hijra are zero or less."""

    year: int
    month: int
    day: int


def umm_al_qura(day: date) -> HijriDay:
    """Return the day in the official calendar of Saudi Arabia.

    The published table runs from 1343 to 1500 AH (1 August 1924 to 16 November 2077); days
    outside it are reckoned by arithmetic, so they may be a day or two off. ICU 78 holds an older
    table that differs from the 2020s on; see ``docs/howto/calendars-and-digits.md``.
    """
    first_year, starts = _published()
    number = day.toordinal()
    if not starts[0] <= number < starts[-1]:
        return civil(day)
    index = bisect_right(starts, number) - 1
    return HijriDay(first_year + index // _MONTHS, index % _MONTHS + 1, number - starts[index] + 1)


def civil(day: date) -> HijriDay:
    """Return the day in the tabular calendar of astronomers, leap years 2, 5, 7, 10, … of 30."""
    number = day.toordinal() - _CIVIL_EPOCH
    year = (_CYCLE_YEARS * number + _CYCLE_DAYS + 15) // _CYCLE_DAYS
    elapsed = number - _civil_new_year(year)
    # Months of 30 and 29 days take turns; the leap day ends the last one.
    month = min(elapsed * 2 // 59, _MONTHS - 1)
    return HijriDay(year, month + 1, elapsed - (month * 59 + 1) // 2 + 1)


def _civil_new_year(year: int) -> int:
    return (year - 1) * 354 + (3 + 11 * year) // _CYCLE_YEARS


@cache
def _published() -> tuple[int, tuple[int, ...]]:
    table = umm_al_qura_table()
    lengths = (_MONTH_BASE_DAYS + int(digit) for digit in "".join(table["days_above_28"]))
    first = date.fromisoformat(table["first_day"]).toordinal()
    return table["first_year"], tuple(accumulate(lengths, initial=first))
