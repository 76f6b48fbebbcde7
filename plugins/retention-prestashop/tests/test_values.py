"""Dates without a zone, amounts that are divided, records as XML: all pure."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retention_prestashop.moments import earliest_stamp, moment, moment_or_none, stamp
from retention_prestashop.money import spread
from retention_prestashop.xml import document

from retention_sdk.errors import UnsupportedFeature

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Tehran", "Australia/Lord_Howe"])
# Around an end of summer time in each of them, to the second.
AUTUMNS = st.sampled_from(
    [
        datetime(2026, 10, 25, 1, tzinfo=UTC),
        datetime(2026, 11, 1, 6, tzinfo=UTC),
        datetime(2021, 9, 21, 19, 30, tzinfo=UTC),
        datetime(2026, 4, 4, 15, tzinfo=UTC),
    ]
)
SECONDS = st.integers(-3 * 3600, 3 * 3600).map(lambda seconds: timedelta(seconds=seconds))


def test_dates_are_read_by_the_clock_on_the_wall():
    assert datetime(2026, 11, 22, 11, 2, 35, tzinfo=UTC) == moment("2026-11-22 12:02:35", BERLIN)
    assert datetime(2026, 7, 1, 10, tzinfo=UTC) == moment("2026-07-01 12:00:00", BERLIN)


@pytest.mark.parametrize("text", ["0000-00-00 00:00:00", "0000-00-00", "", None])
def test_zeros_stand_for_no_date(text):
    assert moment_or_none(text, BERLIN) is None


@pytest.mark.parametrize("text", ["2026-13-01 00:00:00", "yesterday", "2026-11-22"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError):
        moment_or_none(text, BERLIN)


def test_list_from_an_hour_shown_twice_begins_before_that_hour():
    """02:45 in summer time; a quarter of an hour later the clock shows 02:00 again."""
    since = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)

    assert "2026-10-25 02:45:00" == stamp(since, BERLIN)
    assert "2026-10-25 01:45:00" == earliest_stamp(since, BERLIN)
    assert "2026-10-25 02:45:00" == earliest_stamp(since + timedelta(hours=1), BERLIN)


@given(zone=ZONES, autumn=AUTUMNS, early=SECONDS, late=SECONDS)
def test_no_later_moment_is_written_by_an_earlier_stamp(zone, autumn, early, late):
    since, other = sorted((autumn + early, autumn + late))

    assert earliest_stamp(since, ZoneInfo(zone)) <= stamp(other, ZoneInfo(zone))


@given(
    total=st.integers(0, 10**9),
    weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=8),
)
def test_spread_amounts_add_up_and_are_off_by_less_than_one(total, weights):
    parts = spread(total, weights)

    assert total == sum(parts)
    assert len(parts) == len(weights)
    if whole := sum(weights):
        exact = [Decimal(total * weight) / whole for weight in weights]
        assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))


def test_remainder_goes_to_the_first_of_equals():
    assert [34, 33, 33] == spread(100, [1, 1, 1])
    assert [5, 0] == spread(5, [0, 0])


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn"]), max_size=50))
def test_texts_survive_xml(text):
    written = f"{text}\r\n\t{text}"
    record = ET.fromstring(document("customer", {"note": written}))

    assert written == record.findtext("customer/note")


def test_languages_and_associations_are_written_as_they_were_read():
    names = [{"id": 1, "value": "A & B"}, {"id": "2", "value": None}]
    groups = {"groups": [{"id": "3"}, {"id": "4"}]}
    record = ET.fromstring(document("customer", {"name": names, "associations": groups}))

    assert [("1", "A & B"), ("2", None)] == [(n.get("id"), n.text) for n in record.iter("language")]
    assert ["3", "4"] == [e.text for e in record.findall("customer/associations/groups/groups/id")]


@pytest.mark.parametrize("text", ["a\x0bb", "\x00", "\ud800"])
def test_what_xml_cannot_carry_is_not_written_changed(text):
    with pytest.raises(UnsupportedFeature, match="control characters") as caught:
        document("customer", {"note": text})
    assert text not in str(caught.value)


def test_name_that_is_none_is_not_written():
    with pytest.raises(UnsupportedFeature):
        document("customer", {"a><b": "x"})
