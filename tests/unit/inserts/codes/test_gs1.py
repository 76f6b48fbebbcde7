"""GS1 Digital Link. Expected values are printed in GS1's own documents unless said."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.inserts.codes.gs1 import check_digit, digital_link, is_gtin

SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"

qualifiers = st.text(SET_82, min_size=1, max_size=20)


@pytest.mark.parametrize(
    "gtin",
    [
        "9506000134352",  # GS1 Digital Link Standard, the example of every chapter
        "09520123456788",  # GS1 Digital Link Standard 1.2
        "6291041500213",  # GS1's page on how to calculate a check digit
        "036000291452",  # a UPC-A of the standard's literature
        "96385074",  # the GTIN-8 of the standard's literature
    ],
)
def test_published_numbers_are_gtins(gtin):
    assert is_gtin(gtin)


def test_check_digit_is_as_gs1_calculates_it_by_hand():
    """6·1+2·3+9·1+1·3+0·1+4·3+1·1+5·3+0·1+0·3+2·1+1·3 = 57, and 60 − 57 = 3."""
    assert 3 == check_digit("629104150021")


@pytest.mark.parametrize(
    "text",
    ["", "9506000134351", "950600013435", "٩٥٠٦٠٠٠١٣٤٣٥٢", "9506000134352 ", "95060001343520"],
)
def test_wrong_numbers_are_none(text):
    assert not is_gtin(text)


@given(
    digits=st.text("0123456789", min_size=13, max_size=13),
    place=st.integers(0, 13),
    step=st.integers(1, 9),
)
def test_one_wrong_digit_is_always_found(digits, place, step):
    gtin = digits + str(check_digit(digits))
    wrong = str((int(gtin[place]) + step) % 10)

    assert not is_gtin(gtin[:place] + wrong + gtin[place + 1 :])


@pytest.mark.parametrize(
    ("given_parts", "expected"),
    [
        ({}, "https://id.gs1.org/01/09506000134352"),
        (
            {"serial": "12345", "batch": "ABC1"},
            "https://id.gs1.org/01/09506000134352/10/ABC1/21/12345",
        ),
        ({"variant": "2A"}, "https://id.gs1.org/01/09506000134352/22/2A"),
        (
            {"serial": "12345", "batch": "ABC1", "variant": "2A"},
            "https://id.gs1.org/01/09506000134352/22/2A/10/ABC1/21/12345",
        ),
        (
            {"resolver": "https://brand.example.com/some-extra"},
            "https://brand.example.com/some-extra/01/09506000134352",
        ),
        ({"resolver": "https://brand.example.com/"}, "https://brand.example.com/01/09506000134352"),
    ],
)
def test_links_of_the_standard(given_parts, expected):
    assert expected == digital_link("9506000134352", **given_parts)


def test_reserved_characters_are_percent_encoded():
    """Written by hand after RFC 3986: a slash in a batch must not open a new segment."""
    link = digital_link("9506000134352", batch="A/B?1%", serial="5+5&x")

    assert "https://id.gs1.org/01/09506000134352/10/A%2FB%3F1%25/21/5%2B5%26x" == link


@given(variant=qualifiers, batch=qualifiers, serial=qualifiers)
def test_what_goes_in_can_be_read_back(variant, batch, serial):
    link = urlsplit(digital_link("96385074", variant=variant, batch=batch, serial=serial))
    parts = [unquote(part) for part in link.path.split("/")[1:]]

    assert ["01", "00000096385074", "22", variant, "10", batch, "21", serial] == parts
    assert ("", "") == (link.query, link.fragment)


@pytest.mark.parametrize("wrong", ["", "a b", "ü", "#1", "x" * 21, "a\n", "[x]", "a@b"])
def test_qualifier_outside_of_the_character_set_is_refused(wrong):
    with pytest.raises(ValueError, match="1 to 20"):
        digital_link("96385074", serial=wrong)


@pytest.mark.parametrize(
    "resolver",
    [
        "http://id.gs1.org",
        "https://",
        "https://a.example/?x=1",
        "https://a@b.example",
        "id.gs1.org",
    ],
)
def test_resolver_is_a_plain_https_address(resolver):
    with pytest.raises(ValueError, match="https"):
        digital_link("96385074", resolver=resolver)


def test_wrong_gtin_makes_no_link():
    with pytest.raises(ValueError, match="check digit"):
        digital_link("9506000134353")
