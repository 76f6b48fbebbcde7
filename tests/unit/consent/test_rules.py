"""The shipped table, and what is refused when somebody changes it."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.consent import Basis, QuietHours, RuleSet, Window, read_rules
from retention_sdk.consent.places import Place, zones_of
from retention_sdk.consent.quiet import first_open, read_quiet_hours
from retention_sdk.errors import ConfigError

SINCE = datetime(2024, 1, 1, tzinfo=UTC)
SHIPPED = files("retention_sdk.consent") / "data" / "rules.csv"


def test_every_shipped_rule_is_read(rules):
    assert 253 == len(rules.rules)
    assert {"EU", "DE", "GB", "US", "US-CA", "CA", "IR", "AM", "JP", "*"} <= {
        rule.region for rule in rules.rules
    }
    assert all(rule.citation for rule in rules.rules)


def test_no_transactional_rule_asks_for_consent(rules):
    """That is the ground of the fallback's transactional row, which this project added."""
    bases = {rule.basis_code for rule in rules.rules if rule.message_class == "transactional"}

    assert {Basis.NONE} == bases


def test_the_fallback_answers_every_class_and_kind_of_insert(rules):
    day = date(2026, 11, 18)
    for wanted in (
        ("transactional", "email", ""),
        ("marketing", "email", ""),
        ("marketing", "parcel_insert", "own_generic"),
        ("marketing", "parcel_insert", "own_personalised"),
        ("marketing", "parcel_insert", "third_party"),
    ):
        assert rules.find(("*",), wanted, day=day) is not None


def test_the_version_is_the_hash_of_the_content(rules):
    text = SHIPPED.read_text(encoding="utf-8")
    changed = text.replace("HO-49-N", "HO-49", 1)

    assert rules.version == RuleSet.of(read_rules(text)).version
    assert rules.version != RuleSet.of(read_rules(changed)).version


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("confidence", "certain", "de.mark.email.confidence"),
        ("basis_code", "yes", "de.mark.email"),
        ("region", "Germany", "de.mark.email.region"),
        ("in_force_from", "soon", r"de\.mark\.email\.in_force_from: has no date"),
        ("quiet_hours_allowed_local", "at night", "no hours in"),
        ("opt_in_months", "two", "de.mark.email"),
    ],
)
def test_a_malformed_row_is_refused_by_name(column, value, words):
    rows = list(csv.DictReader(SHIPPED.read_text(encoding="utf-8").splitlines()))
    row = next(r for r in rows if r["rule_id"] == "de.mark.email")
    header = ",".join(row)
    cells = ",".join(
        '"' + cell.replace('"', '""') + '"' for cell in {**row, column: value}.values()
    )

    with pytest.raises(ConfigError, match=words):
        read_rules(f"{header}\n{cells}\n")


def test_two_rules_for_the_same_thing_are_refused(rules):
    twin = rules.rules[0].model_copy(update={"rule_id": "other"})

    with pytest.raises(ConfigError, match="two consent rules"):
        RuleSet.of((*rules.rules, twin))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-08-11", date(2026, 8, 11)),
        ("2026-01-01 (7025(c)(6))", date(2026, 1, 1)),
        ("about 2027-05 (18 months)", date(2027, 5, 1)),
    ],
)
def test_dates_are_read_with_their_remarks(rules, text, day):
    found = [rule for rule in rules.rules if rule.in_force_note == text]

    assert [day] == [rule.in_force_from for rule in found]
    assert not found[0].is_in_force(day - timedelta(days=1))
    assert found[0].is_in_force(day)


def test_quiet_hours_are_read_by_weekday():
    hours = read_quiet_hours("09:00-21:00 Mon-Sat; 12:00-21:00 Sun", "")

    assert hours is not None
    assert not hours.is_open(datetime(2026, 11, 22, 11, 59))  # noqa: DTZ001 - a wall clock
    assert hours.is_open(datetime(2026, 11, 22, 12, 0))  # noqa: DTZ001
    assert hours.is_open(datetime(2026, 11, 23, 9, 0))  # noqa: DTZ001
    assert not hours.is_open(datetime(2026, 11, 23, 21, 0))  # noqa: DTZ001


def test_closed_days_have_no_hours():
    hours = read_quiet_hours("10:00-13:00,14:00-20:00", "Saturday, Sunday, public holidays")

    assert hours is not None
    assert {0, 1, 2, 3, 4} == {window.weekday for window in hours.windows}
    assert 10 == len(hours.windows)


def test_all_zones_of_a_country_count():
    """It is nine in New York when Honolulu sleeps; at one o'clock (EST) everybody is up."""
    quiet = (read_quiet_hours("08:00-21:00", ""),)
    morning = datetime(2026, 11, 18, 14, 0, tzinfo=UTC)
    opened = first_open(morning, quiet=quiet, zones=zones_of([Place("US")]))

    assert datetime(2026, 11, 18, 18, 0, tzinfo=UTC) == opened


def test_hours_that_no_moment_satisfies_give_none():
    quiet = (read_quiet_hours("08:00-09:00", ""),)

    assert (
        first_open(
            datetime(2026, 1, 1, tzinfo=UTC), quiet=quiet, zones=("Asia/Tokyo", "Europe/London")
        )
        is None
    )


def test_every_country_of_the_table_has_zones_of_the_database():
    rows = csv.DictReader(
        (files("retention_sdk.consent") / "data" / "zones.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    known = available_timezones()

    zones = {zone for row in rows for zone in row["zones"].split()}
    assert 400 < len(zones)
    assert zones <= known


WINDOWS = st.builds(
    lambda day, start, length: Window(
        weekday=day, starts_at=time(start, 30), ends_at=time(min(23, start + length), 45)
    ),
    st.integers(0, 6),
    st.integers(0, 22),
    st.integers(0, 12),
)


@settings(deadline=None)
@given(
    now=st.integers(0, 4 * 366 * 24 * 60).map(lambda m: SINCE + timedelta(minutes=m)),
    windows=st.lists(WINDOWS, min_size=1, max_size=4),
    zones=st.lists(st.sampled_from(sorted(available_timezones())), min_size=1, max_size=2),
)
def test_the_first_open_moment_is_open_everywhere_and_nothing_before_it_is(now, windows, zones):
    """Compared with trying every quarter of an hour, over any clock change."""
    quiet = (QuietHours(windows=tuple(windows)),)
    opened = first_open(now, quiet=quiet, zones=zones)

    def is_open(moment):
        return all(quiet[0].is_open(moment.astimezone(ZoneInfo(zone))) for zone in zones)

    tried = (now + timedelta(minutes=15 * step) for step in range(4 * 24 * 7))
    first_tried = next((moment for moment in tried if is_open(moment)), None)
    assert opened is None or is_open(opened)
    assert first_tried is None or (opened is not None and opened <= first_tried)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # Berlin, 29 March 2026: 02:30 does not exist, the window opens when it is 03:00 at once.
        (datetime(2026, 3, 29, 0, 0, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        # 25 October 2026: 02:30 happens twice, the first counts.
        (datetime(2026, 10, 24, 23, 0, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_clock_changes_neither_skip_nor_repeat_a_window(now, expected):
    quiet = (read_quiet_hours("02:30-04:00", ""),)

    assert expected == first_open(now, quiet=quiet, zones=("Europe/Berlin",))
