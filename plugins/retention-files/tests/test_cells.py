"""Amounts, numbers and moments as people write them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retention_files.cells import Amounts, CellError, Literal, is_yes, plain
from retention_files.moments import Moments, check_format, to_gregorian

from retention_sdk.l10n.calendars import CALENDARS

GERMAN = Amounts(",", (".",))
INDIAN = Amounts(".", (",",))


@pytest.mark.parametrize(
    ("amounts", "text", "currency", "minor"),
    [
        (Amounts(), "38.90", "EUR", 3890),
        (Amounts(), "38.9", "EUR", 3890),
        (Amounts(), "38", "EUR", 3800),
        (Amounts(), "38.", "EUR", 3800),
        (Amounts(), "38.9000", "EUR", 3890),
        (Amounts(), "-5.00", "EUR", -500),
        (Amounts(), "\u22125.00", "EUR", -500),
        (Amounts(), "38.90 EUR", "EUR", 3890),
        (Amounts(), "EUR 38.90", "EUR", 3890),
        (Amounts(), "1200", "JPY", 1200),
        (Amounts(), "1.234", "KWD", 1234),
        (GERMAN, "1.234,50", "EUR", 123450),
        (GERMAN, "1.234.567,5", "EUR", 123456750),
        (GERMAN, "1234,50", "EUR", 123450),
        (INDIAN, "12,34,567.50", "INR", 123456750),
        (Amounts(",", (" ",)), "1\u202f234,50", "EUR", 123450),
        (Amounts(".", ("'",)), "1'234.50", "CHF", 123450),
        (Amounts(signs=("$", "AU $"), thousands=(",",)), "AU $3,000.00", "AUD", 300000),
        (Amounts(), "۳۸٫۹۰", "EUR", 3890),
        (Amounts(), "٣٬٨٩٠٫٥", "SAR", 389050),
        (Amounts(), "३८.९०", "INR", 3890),
        (Amounts(), "\u200f۳۸٫۹۰\u200e", "EUR", 3890),
        (Amounts(factor=10), "۱۵۰٬۰۰۰", "IRR", 150000000),
        (Amounts(is_minor=True), "3890", "EUR", 3890),
        (GERMAN, Literal("38.90"), "EUR", 3890),
    ],
)
def test_amounts_are_exact(amounts, text, currency, minor):
    assert minor == amounts.read("total", text, currency)


@pytest.mark.parametrize(
    ("amounts", "text"),
    [
        (Amounts(), "38,90"),
        (Amounts(), "1,234.50"),
        (Amounts(), "38.905"),
        (Amounts(), ""),
        (Amounts(), "."),
        (Amounts(), "1e3"),
        (Amounts(), "NaN"),
        (Amounts(), "$38.90"),
        (Amounts(), "9" * 21),
        (Amounts(), "38.90 USD"),
        (Amounts(is_minor=True), "38.90"),
        (GERMAN, "1.5"),
        (GERMAN, "38.90"),
        (GERMAN, "1,234.50"),
        (GERMAN, "12.3.567"),
    ],
)
def test_what_is_unsure_is_no_amount(amounts, text):
    with pytest.raises(CellError):
        amounts.read("total", text, "EUR")


@pytest.mark.parametrize(
    ("text", "minor"),
    [("11.111", 1111), ("11.115", 1112), ("11.1149999", 1111), ("-11.115", -1112), ("0.0051", 1)],
)
def test_a_price_may_be_rounded_half_away_from_zero(text, minor):
    assert minor == Amounts().read("unit_price", text, "EUR", is_rounded=True)


@given(st.integers(0, 10**15), st.sampled_from(["EUR", "JPY", "KWD"]), st.booleans())
def test_an_amount_that_is_written_is_read_again(minor, currency, is_german):
    digits = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    whole, rest = divmod(minor, 10**digits)
    text = f"{whole:,}" + (f".{rest:0{digits}}" if digits else "")
    if is_german:
        text = text.translate(str.maketrans(",.", ".,"))
    amounts = GERMAN if is_german else INDIAN

    assert minor == amounts.read("total", text, currency)
    native = text.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
    assert minor == amounts.read("total", native, currency)


@pytest.mark.parametrize(("text", "count"), [("2", 2), ("2.00", 2), ("٣", 3), ("1", 1)])
def test_whole_numbers(text, count):
    assert count == Amounts().count("quantity", text)


@pytest.mark.parametrize("text", ["1.5", "-1", "", "two"])
def test_no_whole_number(text):
    with pytest.raises(CellError, match="whole number"):
        Amounts().count("quantity", text)


def test_yes_and_no():
    assert [True, True, False, False] == [is_yes("x", t) for t in ("Yes", "1", "no", "")]
    with pytest.raises(CellError):
        is_yes("x", "perhaps")


def test_letters_are_left_alone():
    assert "Çay 12" == plain("Çay ۱۲")


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("%d.%m.%Y %H:%M", "20.11.2026 11:00", (2026, 11, 20, 10)),
        ("%m/%d/%y", "11/20/26", (2026, 11, 19, 23)),
        ("%b %d, %Y %I:%M:%S %p", "Nov 20, 2026 12:00:00 AM", (2026, 11, 19, 23)),
        ("%b %d, %Y %I:%M:%S %p", "November 20, 2026 1:00:00 p.m.", (2026, 11, 20, 12)),
        ("%d-%b-%y", "20-Nov-26", (2026, 11, 19, 23)),
        ("%Y-%m-%d %H:%M:%S %z", "2026-11-20 10:00:00 -0400", (2026, 11, 20, 14)),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2026-11-20T10:00:00.250Z", (2026, 11, 20, 10, 0, 0, 250000)),
        ("%d.%m.%Y", "٢٠.١١.٢٠٢٦", (2026, 11, 19, 23)),
        ("unix", "1795168800", (2026, 11, 20, 10)),
        ("unix-ms", "1795168800000", (2026, 11, 20, 10)),
        ("", "2026-11-20T10:00:00+01:00", (2026, 11, 20, 9)),
        ("", "2026-11-20", (2026, 11, 19, 23)),
    ],
)
def test_moments_in_a_format(form, text, expected):
    moments = Moments((form,) if form else (), time_zone="Europe/Vienna", calendar="gregorian")

    assert datetime(*expected, tzinfo=UTC) == moments.read("placed_at", text)


@pytest.mark.parametrize(
    ("calendar", "text", "expected"),
    [
        ("persian", "۱۴۰۵/۰۸/۲۹ ۱۰:۰۰", (2026, 11, 20, 6, 30)),
        ("persian", "1404/01/01 00:00", (2025, 3, 20, 20, 30)),
        ("buddhist", "2569/11/20 10:00", (2026, 11, 20, 6, 30)),
        ("roc", "115/11/20 10:00", None),
        ("islamic-umalqura", "1448/06/10 10:00", (2026, 11, 20, 6, 30)),
    ],
)
def test_moments_in_other_calendars(calendar, text, expected):
    moments = Moments(("%Y/%m/%d %H:%M",), time_zone="Asia/Tehran", calendar=calendar)
    if expected is None:
        with pytest.raises(CellError):
            moments.read("placed_at", text)
    else:
        assert datetime(*expected, tzinfo=UTC) == moments.read("placed_at", text)


@given(
    st.sampled_from(["persian", "islamic-umalqura", "islamic-civil", "buddhist", "roc"]),
    st.dates(date(1925, 1, 1), date(2076, 12, 31)),
)
def test_a_day_of_another_calendar_is_found_again(calendar, day):
    theirs = CALENDARS[calendar](day)

    assert day == to_gregorian(calendar, theirs.year, theirs.month, theirs.day)


@pytest.mark.parametrize("day", [(1405, 12, 30), (1405, 7, 31), (1405, 13, 1), (1200, 1, 1)])
def test_days_that_there_are_not(day):
    with pytest.raises(ValueError, match="no such day"):
        to_gregorian("persian", *day)


@pytest.mark.parametrize("text", ["31.02.2026 10:00", "20.11.2026", "20.11.2026 25:00", "soon", ""])
def test_no_moment(text):
    moments = Moments(("%d.%m.%Y %H:%M",), time_zone="UTC", calendar="gregorian")
    with pytest.raises(CellError, match=r"not a moment such as %d\.%m\.%Y %H:%M"):
        moments.read("placed_at", text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00"])
def test_the_ends_of_time_are_no_moments(text):
    with pytest.raises(CellError):
        Moments((), time_zone="", calendar="gregorian").read("placed_at", text)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(CellError, match="set time_zone"):
        Moments((), time_zone="", calendar="gregorian").read("placed_at", "2026-11-20 10:00")


@pytest.mark.parametrize("form", ["%Y-%m-%d %Q", "%H:%M", "%Y-%Y-%m-%d", "hello"])
def test_formats_that_are_none(form):
    with pytest.raises(ValueError, match="a format of dates with"):
        check_format(form)
