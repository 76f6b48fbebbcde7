from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import retention_sdk
from retention_sdk.l10n import localizer
from retention_sdk.l10n.dates import DateFormatter, local_day
from retention_sdk.l10n.numbers import NumberFormatter

# V8 turns CLDR's narrow no-break space into a space; we keep what CLDR says.
NARROW = "\N{NARROW NO-BREAK SPACE}"


def test_every_date_reads_as_icu_writes_it(oracle, cldr_tag):
    """1,696 dates in 103 locales and two calendars."""
    formatters, differing, compared = {}, Counter(), 0
    for tag, calendar, style, day, expected in oracle("dates"):
        if (tag, calendar) not in formatters:
            name = cldr_tag(tag)
            digits = NumberFormatter(name).digits
            formatters[tag, calendar] = DateFormatter(name, calendar, patterns={}, digits=digits)
        found = formatters[tag, calendar].format(date.fromisoformat(day), style)
        compared += 1
        if found.replace(NARROW, " ") != expected.replace(NARROW, " "):
            differing[tag, calendar, style] += 1

    assert 1696 == compared
    assert Counter() == differing


@pytest.mark.parametrize(
    ("tag", "style", "expected"),
    [
        ("fa-IR", "long", "۳۰ آبان ۱۴۰۵"),
        ("fa-IR", "full", "شنبه ۳۰ آبان ۱۴۰۵"),
        ("fa-AF", "long", "۳۰ عقرب ۱۴۰۵"),
        ("ja", "long", "2026年11月21日"),
        ("th", "long", "21 พฤศจิกายน 2569"),
        ("th", "full", "วันเสาร์ที่ 21 พฤศจิกายน พ.ศ. 2569"),
        ("ar-EG", "long", "٢١ نوفمبر ٢٠٢٦"),
        ("ar-AE", "long", "21 نوفمبر 2026"),
        ("he", "long", "21 בנובמבר 2026"),
        ("hy", "long", "21 նոյեմբերի, 2026 թ."),
        ("ru", "long", f"21 ноября 2026{NARROW}г."),
        ("de-AT", "long", "21. November 2026"),
        ("en-GB", "long", "21 November 2026"),
        ("en", "long", "November 21, 2026"),
        ("en-IR", "long", "November 21, 2026"),
        ("fa-DE", "long", "۲۱ نوامبر ۲۰۲۶"),
        ("en-u-ca-persian", "long", "Aban 30, 1405 AP"),
        ("ko", "long", "2026년 11월 21일"),
    ],
)
def test_a_day_is_written_in_the_calendar_and_digits_of_the_place(tag, style, expected):
    """One Saturday, as people of many places would write it."""
    assert expected == localizer(tag).date(date(2026, 11, 21), style)


def test_new_year_in_iran_reads_as_iranians_write_it():
    """CLDR's own full pattern would put the year first."""
    assert "شنبه ۱ فروردین ۱۴۰۵" == localizer("fa").date(date(2026, 3, 21), "full")


def test_a_wish_for_a_calendar_in_the_tag_is_granted():
    """Unicode extension -u-ca-; a calendar we cannot write falls back to the Gregorian."""
    assert "۲۱ نوامبر ۲۰۲۶" == localizer("fa-IR-u-ca-gregory").date(date(2026, 11, 21))
    assert "21 November 2026" == localizer("en-GB-u-ca-hebrew").date(date(2026, 11, 21))


def test_a_moment_is_the_day_it_is_where_the_customer_lives():
    """Half past nine in the evening in London is already tomorrow in Tehran."""
    moment = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)

    assert date(2026, 11, 20) == local_day(moment, "Europe/London")
    assert date(2026, 11, 21) == local_day(moment, "Asia/Tehran")
    assert "۳۰ آبان ۱۴۰۵" == localizer("fa").date(moment, time_zone="Asia/Tehran")


def test_a_naive_datetime_is_refused():
    """Nobody knows what day it is somewhere unknown."""
    with pytest.raises(ValueError, match="naive"):
        localizer("en").date(datetime(2026, 11, 21))  # noqa: DTZ001 - the point of the test


def test_formatting_one_locale_never_changes_another():
    """The fault of Babel 2.18: after az-IR or Hebrew dates, Urdu months print as M03."""
    day = date(2026, 3, 5)
    thin = ("fa", "ur", "ne", "km", "ps", "tr", "fr", "nl")

    def fresh(name):
        return DateFormatter(name, "gregorian", patterns={}, digits=str).format(day, "long")

    before = [fresh(name) for name in thin]
    for name in ("az", "he", "ckb", "mn", "he"):
        fresh(name)

    assert before == [fresh(name) for name in thin]
    assert "5 مارچ، 2026" == before[1]


CORRUPTION = """
from datetime import UTC, date, datetime
from decimal import Decimal
import sys
from retention_sdk.l10n import available_locales, localizer
from retention_sdk.l10n.dates import DateFormatter
from retention_sdk.model import Money

THIN = ("fa", "ur", "ne", "km", "ps")
DAY, MOMENT = date(2026, 3, 5), datetime(2026, 3, 5, 12, tzinfo=UTC)

def ours():
    return [DateFormatter(t, "gregorian", patterns={}, digits=str).format(DAY, "long") for t in THIN]

before = ours()
for tag in available_locales():
    speaker = localizer(tag)
    speaker.date(DAY, "full"), speaker.date_time(MOMENT), speaker.relative(1, "day")
    speaker.money(Money(minor=100, currency="EUR")), speaker.unit(Decimal(2), "day")
assert not [name for name in sys.modules if name.startswith("babel")], "our formatting loads Babel"

from babel.dates import format_date
for tag in ("az_IR", "ba_RU", "he_IL", "ckb_IQ"):
    format_date(DAY, "long", locale=tag), format_date(DAY, "LLLL", locale=tag)
assert before == ours()
"""


def test_babels_corruption_cannot_reach_us():
    """Our formatting never loads Babel, and stays as it was whatever Babel formats beside it."""
    done = subprocess.run(
        [sys.executable, "-c", CORRUPTION], capture_output=True, text=True, check=False
    )

    assert "" == done.stderr


def test_no_module_of_ours_imports_what_babel_formats_with():
    """Babel serves translators' files and names of locales; nothing a customer reads."""
    forbidden = re.compile(r"babel\.(dates|numbers|units|lists)|from babel import .*format")
    package = Path(retention_sdk.__file__).parent

    assert [] == [
        path.name for path in package.rglob("*.py") if forbidden.search(path.read_text("utf-8"))
    ]
