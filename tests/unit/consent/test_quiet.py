"""Nothing is ever sent in a closed hour, whatever the clocks do, and nothing waits for too long."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retention_sdk.consent import decide
from retention_sdk.consent.places import find_places, homes_of, zones_of
from retention_sdk.consent.quiet import OpenHours, first_open, read_quiet_hours
from retention_sdk.model import Consent, ConsentChannel, ConsentState, OptInLevel

NOW = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
# Windows that begin, end and lie in the hours in which clocks change.
HOURS = (
    "00:15-00:45; 02:30-03:30",
    "01:00-02:15; 02:45-03:00; 03:15-23:45",
    "02:15-02:45",
)


def every_zone():
    text = (files("retention_sdk.consent") / "data" / "zones.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return sorted({zone for row in rows for zone in row["zones"].split()})


def changes_of(zone):
    """Find the moments at which a clock changes from 2024 to 2030, by looking at each day."""
    moment, found = datetime(2024, 1, 1, tzinfo=UTC), []
    clock = ZoneInfo(zone)
    offset = moment.astimezone(clock).utcoffset()
    while moment.year < 2031:
        later = moment + timedelta(days=1)
        if later.astimezone(clock).utcoffset() != offset:
            change = moment
            while change.astimezone(clock).utcoffset() == offset:
                change += QUARTER
            found.append(change)
            offset = later.astimezone(clock).utcoffset()
        moment = later
    return found


def test_at_every_change_of_every_clock_the_first_open_moment_is_found_and_is_open():
    """Compared with asking the wall clock each quarter of an hour, both folds included."""
    rules = [read_quiet_hours(hours, "") for hours in HOURS]
    counted = 0
    for zone in every_zone():
        clock = ZoneInfo(zone)
        opened = [OpenHours([rule], [zone]) for rule in rules]
        for change in changes_of(zone):
            counted += 1
            moments = [change + step * QUARTER for step in range(-8, 13)]
            for rule, hours in zip(rules, opened, strict=True):
                expected = None
                for moment in reversed(moments):
                    expected = moment if rule.is_open(moment.astimezone(clock)) else expected
                    if expected is not None:
                        assert expected == hours.first(moment), (zone, moment, rule)

    assert 1500 < counted


def test_an_hour_that_comes_twice_is_open_twice():
    """Berlin, 25 October 2026: the clock goes from 03:00 back to 02:00 at 01:00 UTC."""
    quiet = [read_quiet_hours("02:15-02:45", "")]

    def opened(hour, minute):
        moment = datetime(2026, 10, 25, hour, minute, tzinfo=UTC)
        return first_open(moment, quiet=quiet, zones=["Europe/Berlin"])

    assert datetime(2026, 10, 25, 0, 15, tzinfo=UTC) == opened(0, 0)
    assert datetime(2026, 10, 25, 0, 44, tzinfo=UTC) == opened(0, 44)
    assert datetime(2026, 10, 25, 1, 15, tzinfo=UTC) == opened(0, 45)
    assert datetime(2026, 10, 26, 1, 15, tzinfo=UTC) == opened(1, 45)


def test_a_window_that_a_change_cuts_opens_again_at_the_change():
    """New York, 1 November 2026: 01:20 is closed, and at 02:00 it is 01:00 once more."""
    quiet = [read_quiet_hours("00:30-01:15", "")]
    moment = datetime(2026, 11, 1, 5, 20, tzinfo=UTC)

    expected = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)
    assert expected == first_open(moment, quiet=quiet, zones=["America/New_York"])


def test_a_window_that_a_change_swallows_waits_for_the_next_week():
    """Berlin, Sunday 29 March 2026: there is no 02:15."""
    quiet = [read_quiet_hours("02:00-03:00 Sun", "")]
    moment = datetime(2026, 3, 28, 12, tzinfo=UTC)

    expected = datetime(2026, 4, 5, 0, 0, tzinfo=UTC)
    assert expected == first_open(moment, quiet=quiet, zones=["Europe/Berlin"])


@pytest.mark.parametrize("zone", ["Australia/Lord_Howe", "Asia/Kathmandu", "Antarctica/Troll"])
def test_half_hours_and_double_hours_are_clocks_too(zone):
    quiet = [read_quiet_hours("09:00-09:15", "")]
    opened = first_open(NOW, quiet=quiet, zones=[zone])

    assert "09:00" == f"{opened.astimezone(ZoneInfo(zone)):%H:%M}"


def test_nobody_knows_an_open_hour_without_a_clock():
    assert first_open(NOW, quiet=[read_quiet_hours("09:00-20:00", "")], zones=[]) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    case=st.tuples(
        st.sampled_from(["ZA", "KR", "US", "CA", "AU", "FR", "IN", "VN", "AE", "IR", "XX"]),
        st.sampled_from(["", "CA", "Texas", "ON", "NSW", "Ruritania"]),
        st.sampled_from(["email", "sms", "push", "phone", "whatsapp"]),
        st.integers(0, 7 * 366 * 24 * 60),
    )
)
def test_what_may_go_goes_in_an_open_hour_of_every_clock_it_may_reach(
    rules, make_context, make_candidate, case
):
    country, region, channel, minutes = case
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    yes = Consent(
        channel=ConsentChannel(channel),
        state=ConsentState.GRANTED,
        recorded_at=now - timedelta(days=1),
        opt_in_level=OptInLevel.CONFIRMED,
    )
    context = make_context(country, region=region, consents=(yes,), now=now)
    candidate = make_candidate("marketing", channel=ConsentChannel(channel))
    decision = decide(candidate, context, rules=rules)
    moment = decision.earliest_send_at or now
    places = find_places(homes_of(context), subdivisions_of=rules.subdivisions_of)
    by_id = {rule.rule_id: rule for rule in rules.rules}
    hours = [by_id[rule_id].quiet_hours for rule_id in decision.rule_ids]

    if decision.allowed:
        assert all(
            quiet.is_open(moment.astimezone(ZoneInfo(zone)))
            for quiet in hours
            if quiet
            for zone in zones_of(places)
        )
        assert moment >= now
