"""Telephone numbers are read in any digits, shown in their order, and kept out of errors."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.l10n import is_balanced
from retention_sdk.l10n.phones import read_phone

LRI, PDI = "\u2066", "\u2069"


@pytest.mark.parametrize(
    ("typed", "country", "e164"),
    [
        ("030 123456", "DE", "+4930123456"),
        ("+49 (0)30 123456", None, "+4930123456"),
        ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "IR", "+989123456789"),
        ("٠١٠ ١٢٣٤ ٥٦٧٨", "EG", "+201012345678"),
        ("077 123 456", "am", "+37477123456"),
        ("03-1234-5678", "JP", "+81312345678"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("Tel: +7 912 345-67-89", None, "+79123456789"),
    ],
)
def test_a_number_is_read_as_people_type_it(typed, country, e164):
    assert e164 == read_phone(typed, country=country).e164


@pytest.mark.parametrize(
    ("typed", "country"),
    [("030 123456", None), ("", "DE"), ("call me", "DE"), ("1" * 400, "DE"), ("030 1", "Q!")],
)
def test_what_is_no_number_is_none(typed, country):
    assert read_phone(typed, country=country) is None


def test_a_number_keeps_its_order_in_arabic_text():
    phone = read_phone("011 123 4567", country="SA")

    assert f"{LRI}+966 11 123 4567{PDI}" == phone.display


def test_at_home_the_country_code_is_left_out():
    phone = read_phone("+49 30 123456")

    assert f"{LRI}030 123456{PDI}" == phone.display_in("DE")
    assert phone.display == phone.display_in("AT") == phone.display_in(None)


def test_a_number_tells_what_it_is():
    mobile, landline = read_phone("+989123456789"), read_phone("+49 30 123456 ext. 12")

    assert ("IR", True, True) == (mobile.country, mobile.is_valid, mobile.is_mobile)
    assert ("DE", "12", False) == (landline.country, landline.extension, landline.is_mobile)


def test_a_number_no_plan_knows_is_not_valid():
    assert not read_phone("+1 555 000 0000").is_valid


def test_a_number_of_no_country_has_none():
    assert "" == read_phone("+800 1234 5678").country


def test_a_number_shows_in_no_repr():
    assert "Phone(country='DE', is_valid=True)" == repr(read_phone("+49 30 123456"))


def test_numbers_load_no_metadata_before_they_are_read():
    code = "import sys, retention_sdk.l10n.phones; print('phonenumbers' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "False" == done.stdout.strip()


@settings(deadline=None)
@given(text=st.text(max_size=300), country=st.one_of(st.none(), st.text(max_size=3)))
def test_reading_never_raises_and_never_breaks_the_line(text, country):
    phone = read_phone(text, country=country)

    assert phone is None or is_balanced(phone.display)


@settings(deadline=None)
@given(digits=st.text("0123456789", min_size=4, max_size=12), zero=st.sampled_from("0۰٠०０"))
def test_digits_of_any_script_mean_the_same(digits, zero):
    native = "".join(chr(ord(zero) + int(digit)) for digit in digits)

    assert read_phone(f"+98{digits}") == read_phone(f"+98{native}")
