from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.l10n import is_balanced, localizer
from retention_sdk.l10n.numbers import NumberFormatter
from retention_sdk.l10n.resources import cldr_locales, cldr_words
from retention_sdk.l10n.words import WordFormatter

# CLDR 48.2 gave Pashto the patterns of Latin digits for its own; 48.0 has none in the long form.
KNOWN_DIFFERENCES = {("ps", "compact"): 7}
UNITS = tuple(cldr_words("en")["units"]["long"])
NBSP = "\N{NO-BREAK SPACE}"
locales = st.sampled_from(sorted(cldr_locales()))


def words_of(tag):
    return WordFormatter(tag, NumberFormatter(tag))


def write(words, kind, width, value):
    if kind == "compact":
        return words.compact(Decimal(str(value)), width)
    if width in ("auto", "always"):
        return words.relative(value, kind, named=width == "auto")
    return words.unit(Decimal(str(value)), kind, width)


def test_compact_numbers_units_and_relative_times_read_as_icu_writes_them(oracle):
    """30,876 strings in 166 locales; 7 differ, all Pashto."""
    formatters, differing, compared = {}, Counter(), 0
    for tag, kind, width, value, expected in oracle("words"):
        if tag not in formatters:
            formatters[tag] = words_of(tag)
        compared += 1
        if write(formatters[tag], kind, width, value) != expected:
            differing[tag, kind] += 1

    assert 30_876 == compared
    assert KNOWN_DIFFERENCES == differing


@pytest.mark.parametrize(
    ("tag", "value", "width", "expected"),
    [
        ("en", 12_345, "short", "12K"),
        ("en", 999_999, "short", "1M"),
        ("en", 999_499, "short", "999K"),
        ("en", -1_500, "short", "-1.5K"),
        ("en", 12_345, "long", "12 thousand"),
        ("en", 999, "short", "999"),
        ("de", 12_345, "short", "12.345"),
        ("de", 1_200_000, "long", "1,2 Millionen"),
        ("fa", 12_345, "short", f"۱۲{NBSP}هزار"),
        ("ja", 12_345, "short", "1.2万"),
        ("hi", 1_234_567, "long", "12 लाख"),
        ("fr", 1_000, "long", "mille"),
        ("ru", 5_000_000, "long", "5 миллионов"),
    ],
)
def test_a_large_number_is_as_short_as_people_say_it(tag, value, width, expected):
    """Two digits at least; Japanese counts in ten thousands, Hindi in lakh."""
    assert expected == localizer(tag).compact(value, width=width)


@pytest.mark.parametrize(
    ("tag", "value", "unit", "width", "expected"),
    [
        ("en", 1, "day", "long", "1 day"),
        ("en", Decimal("1.5"), "kilogram", "long", "1.5 kilograms"),
        ("en", 250, "gram", "short", "250 g"),
        ("de", 3, "week", "long", "3 Wochen"),
        ("ru", 2, "day", "long", "2 дня"),
        ("ru", 5, "day", "long", "5 дней"),
        ("ar", 2, "day", "long", "يومان"),
        ("fa", 3, "day", "long", "۳ روز"),
        ("ja", 3, "day", "long", "3 日"),
    ],
)
def test_a_quantity_takes_its_unit_in_the_right_form(tag, value, unit, width, expected):
    """Arabic has a dual that needs no number; Babel prints a raw key for the Persian day."""
    assert expected == localizer(tag).unit(value, unit, width=width)


@pytest.mark.parametrize(
    ("tag", "count", "unit", "numeric", "expected"),
    [
        ("en", 1, "day", "auto", "tomorrow"),
        ("en", 1, "day", "always", "in 1 day"),
        ("en", 3, "day", "auto", "in 3 days"),
        ("en", -1, "week", "auto", "last week"),
        ("en", 0, "day", "auto", "today"),
        ("de", 2, "day", "auto", "übermorgen"),
        ("fa", 1, "day", "auto", "فردا"),
        ("fa", -3, "day", "auto", "۳ روز پیش"),
        ("ru", -5, "minute", "auto", "5 минут назад"),
        ("he", 1, "day", "auto", "מחר"),
    ],
)
def test_a_distance_from_now_is_said_as_people_say_it(tag, count, unit, numeric, expected):
    """With a word where there is one, unless numbers are asked for."""
    assert expected == localizer(tag).relative(count, unit, numeric=numeric)


@given(
    value=st.one_of(
        st.integers(min_value=-(10**40), max_value=10**40),
        st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30),
    ),
    tag=locales,
    unit=st.sampled_from(UNITS),
    width=st.sampled_from(["short", "long"]),
)
def test_no_value_in_any_locale_breaks_a_quantity(value, tag, unit, width):
    """Never an exception, a hole or an open isolate; a printed number is the number."""
    words = words_of(tag)
    quantity, compact = words.unit(value, unit, width), words.compact(value, width)

    assert is_balanced(quantity + compact)
    assert "{" not in quantity + compact
    if any(char.isdigit() for char in quantity):
        assert NumberFormatter(tag).decimal(Decimal(value)) in quantity


@given(
    count=st.integers(min_value=-(10**12), max_value=10**12),
    tag=locales,
    unit=st.sampled_from(["minute", "hour", "day", "week", "month", "year"]),
)
def test_no_distance_in_any_locale_breaks(count, tag, unit):
    """The number is always printed whole and in order, unless a word stands for it."""
    found = words_of(tag).relative(count, unit)

    assert is_balanced(found)
    assert "{" not in found
    if abs(count) > 10:
        assert NumberFormatter(tag).decimal(abs(count)) in found
