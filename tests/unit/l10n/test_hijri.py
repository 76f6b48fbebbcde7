from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.l10n.hijri import civil, umm_al_qura

EPOCH = date(1970, 1, 1)
PUBLISHED = (date(1924, 8, 1), date(2077, 11, 16))
# Days per decade on which ICU 78's older table says another day than Saudi Arabia published.
DIFFERENT_DAYS = {
    1920: 539,
    1930: 1255,
    1940: 2169,
    1950: 1255,
    1960: 2224,
    1970: 2545,
    1980: 2724,
    1990: 2929,
    2020: 60,
    2030: 1260,
    2040: 1320,
    2050: 1286,
    2060: 1324,
    2070: 1079,
}


def icu_days(oracle):
    table = oracle("umalqura")
    day = EPOCH + timedelta(days=table["first_day"])
    for year, month, first, count in table["months"]:
        for number in range(first, first + count):
            yield day, (year, month, number)
            day += timedelta(days=1)


def test_where_icu_holds_an_older_table_is_known_by_the_decade(oracle):
    """Equal in the 2000s and 2010s; the forecast months after that were revised."""
    differing, compared = Counter(), 0
    for day, expected in icu_days(oracle):
        if day > PUBLISHED[1]:
            break
        compared += 1
        differing[day.year // 10 * 10] += expected != umm_al_qura(day)

    assert 55_837 == compared
    assert DIFFERENT_DAYS == {decade: days for decade, days in differing.items() if days}


def test_the_difference_is_a_day_at_the_start_of_some_months_from_2029(oracle):
    """963 months since 2000: ICU begins 211 of them a day later, the first in August 2029."""
    theirs = {found[:2]: day for day, found in icu_days(oracle) if found[2] == 1}
    ours = {
        umm_al_qura(day)[:2]: day
        for day, _ in icu_days(oracle)
        if date(2000, 1, 1) <= day <= PUBLISHED[1] and umm_al_qura(day).day == 1
    }
    later = Counter((theirs[month] - day).days for month, day in ours.items())

    assert {0: 752, 1: 211} == later
    assert date(2029, 8, 11) == min(day for month, day in ours.items() if theirs[month] != day)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(1924, 8, 1), (1343, 1, 1)),
        (date(2024, 3, 11), (1445, 9, 1)),
        (date(2024, 7, 7), (1446, 1, 1)),
        (date(2025, 3, 1), (1446, 9, 1)),
        (date(2026, 11, 21), (1448, 6, 11)),
        (date(2077, 11, 16), (1500, 12, 30)),
    ],
)
def test_known_days_are_what_saudi_arabia_calls_them(day, expected):
    """The ends of the table, and the first days of Ramadan and Muharram as announced."""
    assert expected == umm_al_qura(day)


def test_the_civil_calendar_begins_with_the_hijra():
    """16 July 622 in the Julian calendar; the day before it is in the year before."""
    assert (1, 1, 1) == civil(date(622, 7, 19))
    assert (0, 12, 29) == civil(date(622, 7, 18))


@given(st.dates(min_value=PUBLISHED[0], max_value=PUBLISHED[1] - timedelta(days=1)))
def test_published_days_follow_one_another(day):
    """Tomorrow is the next day, the first of the next month, or New Year."""
    today, tomorrow = umm_al_qura(day), umm_al_qura(day + timedelta(days=1))

    assert tomorrow > today
    assert tomorrow.day in (today.day + 1, 1)
    assert tomorrow.month in (today.month, today.month % 12 + 1)


@given(st.dates(max_value=date(9999, 12, 30)))
def test_every_day_of_python_has_a_civil_one(day):
    """Months of 29 or 30 days, twelve a year, without gaps."""
    today, tomorrow = civil(day), civil(day + timedelta(days=1))

    assert 1 <= today.month <= 12
    assert 1 <= today.day <= 30
    assert tomorrow > today
    assert tomorrow.day in (today.day + 1, 1)
