from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.l10n import is_balanced, localizer
from retention_sdk.l10n.dates import DateFormatter
from retention_sdk.l10n.numbers import NumberFormatter
from retention_sdk.l10n.resources import cldr_locales
from retention_sdk.l10n.times import TimeFormatter

# V8 turns CLDR's narrow spaces into spaces; we keep what CLDR says.
THIN = str.maketrans({"\N{NARROW NO-BREAK SPACE}": " ", "\N{THIN SPACE}": " "})
# CLDR 48.2 after 48.0: Korean says 오전 and 오후 again; Akan days have their long names.
KNOWN_DIFFERENCES = {"ko": 12, "ak": 1}
AFTERNOON = datetime(2026, 11, 21, 15, 30, 45, tzinfo=UTC)


def write(tag, style, time_style, moment):
    digits = NumberFormatter(tag).digits
    times = TimeFormatter(tag, digits=digits)
    clock = times.format(moment.time(), time_style)
    if not style:
        return clock
    dates = DateFormatter(tag, "gregorian", patterns={}, digits=digits)
    return times.join(dates.format(moment.date(), style), clock, style)


def test_every_time_reads_as_icu_writes_it(oracle):
    """1,992 times, and days with times, in 166 locales; 13 differ."""
    differing, compared = Counter(), 0
    for tag, style, time_style, moment, expected in oracle("times"):
        found = write(tag, style, time_style, datetime.fromisoformat(moment))
        compared += 1
        if found.translate(THIN) != expected.translate(THIN):
            differing[tag] += 1

    assert 1_992 == compared
    assert KNOWN_DIFFERENCES == differing


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "3:30\N{NARROW NO-BREAK SPACE}PM"),
        ("en-GB", "15:30"),
        ("de", "15:30"),
        ("fa", "۱۵:۳۰"),
        ("ko", "오후 3:30"),
        ("ja", "15:30"),
    ],
)
def test_clocks_count_to_twelve_where_people_do(tag, expected):
    """In the digits of the place."""
    assert expected == localizer(tag).time(AFTERNOON)


def test_taiwan_names_the_part_of_the_day():
    """凌晨, 中午 and 下午: flexible day periods of CLDR."""
    clock = TimeFormatter("zh-Hant", digits=str)

    assert "凌晨12:05" == clock.format(time(0, 5))
    assert "中午12:00" == clock.format(time(12, 0))
    assert "下午3:30" == clock.format(time(15, 30))


def test_a_day_and_its_time_are_one_phrase_in_the_customers_zone():
    """Seven in the evening in Tehran, half past three in London."""
    assert "21 November 2026 at 15:30" == localizer("en-GB").date_time(AFTERNOON)
    assert "۳۰ آبان ۱۴۰۵ ساعت ۱۹:۰۰" == localizer("fa").date_time(
        AFTERNOON, time_zone="Asia/Tehran"
    )
    assert "21.11.2026, 15:30:45" == localizer("de").date_time(AFTERNOON, "medium", "medium")


def test_a_naive_moment_has_no_time():
    """Nobody knows what the clock shows where the customer is."""
    with pytest.raises(ValueError, match="naive"):
        localizer("en").time(datetime(2026, 11, 21, 15, 30))  # noqa: DTZ001 - the point of the test


@given(
    moment=st.datetimes(timezones=st.just(UTC)),
    tag=st.sampled_from(sorted(cldr_locales())),
    style=st.sampled_from(["full", "long", "medium", "short"]),
)
def test_no_moment_breaks_a_phrase(moment, tag, style):
    """Any second of the first ten thousand years, in any locale: no exception, no hole."""
    found = write(tag, style, "medium", moment)

    assert is_balanced(found)
    assert "{" not in found


def test_a_day_is_never_read_as_a_pattern():
    """Braces in what stands for the day stay what they are."""
    joined = TimeFormatter("en", digits=str).join("{0} {1}", "noon", "short")

    assert "{0} {1}, noon" == joined
