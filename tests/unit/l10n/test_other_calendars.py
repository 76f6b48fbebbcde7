from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import ConfigError
from retention_sdk.l10n import is_balanced, localizer
from retention_sdk.l10n.calendars import CALENDARS, japanese, roc
from retention_sdk.l10n.dates import DateFormatter
from retention_sdk.l10n.numbers import NumberFormatter
from retention_sdk.l10n.resources import cldr_locales

THIN = str.maketrans({"\N{NARROW NO-BREAK SPACE}": " ", "\N{THIN SPACE}": " "})
# Of 2,656 each. Unicode's packages of these calendars are older than CLDR 48: names that
# languages got since are missing there, and so are years before 1912 in the Republic's.
DIFFERENT = {
    "gregorian": 4,
    "persian": 36,
    "islamic-umalqura": 4,
    "islamic-civil": 4,
    "buddhist": 87,
    "roc": 794,
    "japanese": 176,
}
# The places where each calendar is at home: here nothing may differ.
AT_HOME = {
    "persian": ("fa", "fa-AF", "ps", "ckb"),
    "islamic-umalqura": ("ar", "ar-SA", "ar-AE", "ar-EG", "ur", "ms", "tr", "fa", "en"),
    "buddhist": ("th", "en"),
    "roc": ("zh-Hant", "zh-Hant-HK", "zh"),
    "japanese": ("ja", "en", "ko", "zh-Hant"),
}


def compare(oracle):
    """Yield tag, calendar, and whether we write a day as ICU does."""
    formatters = {}
    for tag, icu_name, style, day, expected in oracle("calendars"):
        name = "gregorian" if icu_name == "gregory" else icu_name
        if (tag, name) not in formatters:
            digits = NumberFormatter(tag).digits
            formatters[tag, name] = DateFormatter(tag, name, patterns={}, digits=digits)
        found = formatters[tag, name].format(date.fromisoformat(day), style)
        yield tag, name, found.translate(THIN) == expected.translate(THIN)


def test_seven_calendars_read_as_icu_writes_them(oracle):
    """18,592 dates in 166 locales; nothing differs where a calendar is at home."""
    differing, compared = Counter(), Counter()
    for tag, name, is_equal in compare(oracle):
        compared[name] += 1
        differing[name] += not is_equal
        assert is_equal or tag not in AT_HOME.get(name, ())

    assert dict.fromkeys(CALENDARS, 2_656) == compared
    assert DIFFERENT == differing


@pytest.mark.parametrize(
    ("tag", "calendar", "expected"),
    [
        ("ar-SA", "islamic-umalqura", "١١ جمادى الآخرة ١٤٤٨ هـ"),
        ("ja", "japanese", "令和8年11月21日"),
        ("th", "gregorian", "21 พฤศจิกายน ค.ศ. 2026"),
        ("fa", "gregorian", "۲۱ نوامبر ۲۰۲۶"),
        ("fa", "islamic-umalqura", "۱۱ جمادی‌الثانی ۱۴۴۸ ه‍.ق."),
        ("en", "buddhist", "November 21, 2569 BE"),
        ("en", "persian", "Aban 30, 1405 AP"),
        ("en", "roc", "November 21, 115 Minguo"),
    ],
)
def test_a_brand_may_choose_another_calendar(tag, calendar, expected):
    """The choice goes before what the region expects."""
    assert expected == localizer(tag, calendar=calendar).date(date(2026, 11, 21))


def test_the_choice_goes_before_the_tag_and_the_tag_before_the_region():
    """Three sources, in this order."""
    assert "persian" == localizer("fa-IR").calendar
    assert "buddhist" == localizer("fa-IR-u-ca-buddhist").calendar
    assert "gregorian" == localizer("fa-IR-u-ca-buddhist", calendar="gregorian").calendar
    assert "islamic-umalqura" == localizer("ar-u-ca-islamic-umalqura-nu-arab").calendar
    assert "12" == localizer("fa-IR-u-nu-latn").number(12)
    assert "١٢" == localizer("ar-AE-u-nu-arab").number(12)


@pytest.mark.parametrize(
    ("tag", "calendar"),
    [
        ("fa-IR", "persian"),
        ("fa-AF", "persian"),
        ("th-TH", "buddhist"),
        ("ar-SA", "gregorian"),
        ("ja-JP", "gregorian"),
        ("he-IL", "gregorian"),
        ("en-TH", "gregorian"),
    ],
)
def test_a_region_expects_its_own_calendar(tag, calendar):
    """CLDR 48: Saudi Arabia, Japan and Taiwan write ordinary dates in the Gregorian calendar."""
    assert calendar == localizer(tag).calendar


def test_a_calendar_that_does_not_exist_is_refused_with_the_choices():
    """A typo in a setting is found when it is read."""
    with pytest.raises(ConfigError, match="gregorian, persian, islamic-umalqura"):
        localizer("fa", calendar="jalali")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2019, 4, 30), (31, 4, 30, 1)),
        (date(2019, 5, 1), (1, 5, 1, 0)),
        (date(1989, 1, 7), (64, 1, 7, 2)),
        (date(1926, 12, 25), (1, 12, 25, 2)),
        (date(1868, 10, 22), (1868, 10, 22, 5)),
    ],
)
def test_japanese_eras_change_on_the_day(day, expected):
    """Reiwa, Heisei, Shōwa; before Meiji the years are ours."""
    assert expected == japanese(day)


def test_the_first_year_of_an_era_has_a_name():
    """令和元年 in words, R1 in figures."""
    written = localizer("ja", calendar="japanese")

    assert "令和元年5月1日" == written.date(date(2019, 5, 1))
    assert "R1/5/1" == written.date(date(2019, 5, 1), "short")


def test_years_before_the_republic_count_backwards():
    """1912 is the first year, 1911 the first before it."""
    assert (1, 1, 1, 0) == roc(date(1912, 1, 1))
    assert (1, 12, 31, 1) == roc(date(1911, 12, 31))


@given(
    day=st.dates(),
    tag=st.sampled_from(sorted(cldr_locales())),
    calendar=st.sampled_from(sorted(CALENDARS)),
    style=st.sampled_from(["full", "long", "medium", "short"]),
)
def test_no_day_breaks_in_any_calendar_and_locale(day, tag, calendar, style):
    """Every day Python knows, from year 1 to 9999."""
    formatter = DateFormatter(tag, calendar, patterns={}, digits=NumberFormatter(tag).digits)

    assert is_balanced(formatter.format(day, style))
