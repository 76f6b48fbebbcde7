"""When notices are due and what days of every year are, on all clocks of the world."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.loyalty.notices import (
    day_in,
    day_of,
    morning_of,
    next_step,
    next_yearly,
    notice_days_at,
)

ZONES = sorted(available_timezones() - {"localtime"})
DAYS = st.dates(date(1990, 1, 1), date(2080, 12, 31))
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2080, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone


@given(zone=st.sampled_from(ZONES), day=DAYS)
def test_a_morning_is_nine_on_the_clocks_of_its_zone_and_never_before_yesterdays(zone, day):
    """Where clocks skip nine o'clock, or a whole day, it is later, and no earlier than the jump."""
    moment = morning_of(day, zone)
    local = moment.astimezone(ZoneInfo(zone))

    assert (local.date(), local.time()) >= (day, time(9))
    assert local.replace(tzinfo=None) - datetime.combine(day, time(9)) <= timedelta(days=1)
    assert morning_of(day - timedelta(1), zone) <= moment


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_has_notices_in_order_before_expiry_through_both_changes_of_clocks(zone):
    for month, day in ((3, 29), (4, 5), (10, 4), (10, 25), (11, 1)):
        expires_at = datetime(2026, month, day, 1, 30, tzinfo=UTC)
        first = next_step(expires_at, zone, after=expires_at - timedelta(days=60))
        second = next_step(expires_at, zone, after=first)

        assert (30, 7) == tuple(notice_days_at(each, expires_at, zone) for each in (first, second))
        assert first < second < expires_at == next_step(expires_at, zone, after=second)
        assert next_step(expires_at, zone, after=expires_at) is None


@given(zone=st.sampled_from(ZONES), expires_at=MOMENTS, after=MOMENTS)
def test_a_step_comes_after_the_moment_asked_and_is_a_notice_or_the_end(zone, expires_at, after):
    step = next_step(expires_at, zone, after=after)

    assert (step is None) == (after >= expires_at)
    if step:
        assert step > after
        assert step == expires_at or notice_days_at(step, expires_at, zone)


def test_a_samoan_friday_that_never_was_is_told_of_on_saturday():
    """Samoa went from 29 to 31 December 2011 overnight."""
    moment = morning_of(date(2011, 12, 30), "Pacific/Apia")

    assert "2011-12-31 09:00+14:00" == moment.astimezone(ZoneInfo("Pacific/Apia")).isoformat(
        " ", "minutes"
    )


@pytest.mark.parametrize(
    ("year", "leap_day", "expected"),
    [
        (2028, "02-28", date(2028, 2, 29)),
        (2027, "02-28", date(2027, 2, 28)),
        (2027, "03-01", date(2027, 3, 1)),
        (2100, "03-01", date(2100, 3, 1)),
    ],
)
def test_a_leap_day_falls_where_the_shop_wants_it(year, leap_day, expected):
    assert expected == day_in(year, "02-29", leap_day=leap_day)


@given(
    zone=st.sampled_from(ZONES),
    day=DAYS,
    after=MOMENTS,
    leap_day=st.sampled_from(["02-28", "03-01"]),
)
def test_a_day_of_the_year_comes_once_a_year(zone, day, after, leap_day):
    month_day = f"{day:%m-%d}"
    first = next_yearly(month_day, zone, after=after, leap_day=leap_day)
    second = next_yearly(month_day, zone, after=first, leap_day=leap_day)

    assert after < first < second
    assert timedelta(days=363) <= second - first <= timedelta(days=368)
    assert first - after <= timedelta(days=368)
    assert day_of(first, zone) >= day_in(day_of(first, zone).year, month_day, leap_day=leap_day)
