from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.l10n.calendars import buddhist, persian

EPOCH = date(1970, 1, 1)


def test_the_persian_calendar_equals_icu_on_every_day_of_275_years(oracle):
    """100,442 days from 1925 to 2199, 2124 among them, where the bare 33-year rule is wrong."""
    table = oracle("persian")
    day, compared = EPOCH + timedelta(days=table["first_day"]), 0
    for year, month, first, count in table["months"]:
        for number in range(first, first + count):
            assert (year, month, number, 0) == persian(day), day
            day += timedelta(days=1)
            compared += 1

    assert 100_442 == compared
    assert date(2200, 1, 1) == day


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(1979, 2, 11), (1357, 11, 22)),
        (date(2026, 3, 20), (1404, 12, 29)),
        (date(2026, 3, 21), (1405, 1, 1)),
        (date(2026, 11, 21), (1405, 8, 30)),
        (date(2025, 3, 20), (1403, 12, 30)),
        (date(2025, 3, 21), (1404, 1, 1)),
    ],
)
def test_known_days_are_what_iranians_call_them(day, expected):
    """The revolution, New Year, and the last days of a common and a leap year."""
    assert expected == persian(day)[:3]


@given(st.dates(min_value=date(623, 1, 1), max_value=date(2221, 1, 1)))
def test_persian_days_follow_one_another(day):
    """Tomorrow is the next day, the first of the next month, or New Year."""
    today, tomorrow = persian(day), persian(day + timedelta(days=1))

    assert tomorrow > today
    assert tomorrow.day in (today.day + 1, 1)
    assert tomorrow.month in (today.month, today.month + 1, 1)


def test_thai_years_are_543_ahead():
    """2026 is 2569 of the Buddhist era."""
    assert (2569, 11, 21, 0) == buddhist(date(2026, 11, 21))
