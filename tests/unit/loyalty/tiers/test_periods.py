"""Days and periods are half-open in every time zone, however its clocks jump."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.loyalty.tiers import Qualifying, TierLadder, evaluate
from retention_sdk.loyalty.tiers.periods import Cycle, day_of, starts_at

DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
CYCLES = st.builds(
    Cycle, st.dates(date(1990, 1, 1), date(2040, 12, 31)), st.sampled_from((1, 3, 12))
)


def jumps(zone, year):
    """Return the local days of a year on which clocks jump, and their neighbours."""
    hours = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(0, 366 * 24, 24)]
    offsets = [(each, each.astimezone(zone).utcoffset()) for each in hours]
    moved = [b[0] for a, b in pairwise(offsets) if a[1] != b[1]]
    return {each.astimezone(zone).date() + n * DAY for each in moved for n in (-2, -1, 0, 1)}


@pytest.mark.parametrize("year", [2011, 2026])
def test_days_are_half_open_wherever_clocks_jump(year):
    seen = 0
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        for day in jumps(zone, year):
            start, end = starts_at(day, zone), starts_at(day + DAY, zone)
            seen += 1
            assert start <= end, (name, day)
            if start == end:
                continue  # a day that the calendar left out, as in Samoa
            assert (day, day) == (day_of(start, zone), day_of(end - TICK, zone)), (name, day)
            assert day != day_of(start - TICK, zone), (name, day)
            assert day != day_of(end, zone), (name, day)

    assert 100 < seen


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-28T23:00"),
        ("Europe/Berlin", date(2026, 3, 30), "2026-03-29T22:00"),
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00"),  # no midnight
        ("America/Havana", date(2026, 11, 1), "2026-11-01T04:00"),  # two midnights: the first
        ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00"),  # no 30 December
        ("America/St_Johns", date(2010, 11, 7), "2010-11-07T02:30"),  # back at one past midnight
    ],
)
def test_a_day_starts_where_its_zone_says(zone, day, start):
    assert datetime.fromisoformat(start).replace(tzinfo=UTC) == starts_at(day, ZoneInfo(zone))


def test_the_hour_that_is_repeated_belongs_to_the_day_that_has_begun():
    """In 2010 clocks of Newfoundland went from 0:01 on Sunday back to 23:01 on Saturday."""
    zone = ZoneInfo("America/St_Johns")
    repeated = datetime(2010, 11, 7, 3, 0, tzinfo=UTC)

    assert date(2010, 11, 6) == repeated.astimezone(zone).date()
    assert date(2010, 11, 7) == day_of(repeated, zone)


@given(CYCLES, st.dates(date(1990, 1, 1), date(2040, 12, 31)))
def test_every_day_lies_in_exactly_one_period(cycle, day):
    index = cycle.index_of(day)

    assert cycle.first_day(index) <= day <= cycle.last_day(index)
    assert cycle.last_day(index) + DAY == cycle.first_day(index + 1)
    assert index == cycle.index_of(cycle.first_day(index)) == cycle.index_of(cycle.last_day(index))


@pytest.mark.parametrize(
    ("joined", "years"),
    [
        (date(2024, 2, 29), ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
        (date(2023, 2, 28), ["2023-02-28", "2024-02-28", "2025-02-28", "2026-02-28", "2027-02-28"]),
    ],
)
def test_anniversaries_of_29_february(joined, years):
    cycle = Cycle(joined, 12)

    assert years == [cycle.first_day(index).isoformat() for index in range(5)]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Sao_Paulo", "Pacific/Kiritimati"])
def test_the_last_moment_of_a_year_and_the_first_of_the_next_are_not_added(zone):
    ladder = TierLadder.model_validate(
        {"period": "year", "ranks": [{"key": "silver", "from_minor": {"EUR": 100}}]}
    )
    edge = starts_at(date(2026, 1, 1), ZoneInfo(zone))
    old, new = Qualifying(edge - TICK, 50, "EUR"), Qualifying(edge, 50, "EUR")

    assert "" == evaluate(ladder, [old, new], edge, time_zone=zone).tier
    assert "silver" == evaluate(ladder, [new, new], edge, time_zone=zone).tier
    assert "silver" == evaluate(ladder, [old, old], edge, time_zone=zone).tier
