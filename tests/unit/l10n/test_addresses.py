"""Addresses read as their country reads them, and nothing a customer typed is lost."""

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk import Address
from retention_sdk.l10n import addresses
from retention_sdk.l10n.addresses import country_name, render_address

EXAMPLES = 1000 if os.environ.get("RETENTION_SOAK") else 25
COUNTRIES = sorted(
    set(json.loads((addresses._DATA / "addresses/formats.json").read_text())) - {"ZZ"}
)

BY_HAND = {
    "AE": (("1 Al Wasl Rd", "Al Ain", "Abu Dhabi", ""), ("1 Al Wasl Rd", "AL AIN", "Abu Dhabi")),
    "GI": (("1 Main St", "Gibraltar", "", "GX11 1AA"), ("1 Main St", "GIBRALTAR", "GX11 1AA")),
    "JP": (
        ("神宮前1-2-3", "渋谷区", "東京都", "150-0001"),
        ("〒150-0001", "東京都渋谷区", "神宮前1-2-3"),
    ),
    "KY": (
        ("PO Box 1", "George Town", "Grand Cayman", "KY1-1102"),
        ("PO Box 1", "GEORGE TOWN", "Grand Cayman KY1-1102"),
    ),
    "MO": (("新馬路1號", "澳門", "", ""), ("澳門", "新馬路1號")),
    "NR": (("1 Ring Rd", "Arijejen", "Aiwo", ""), ("1 Ring Rd", "ARIJEJEN", "Aiwo")),
    "SG": (("1 Raffles Pl", "Singapore", "", "048616"), ("1 Raffles Pl", "SINGAPORE 048616")),
    "US": (
        ("1 Main St", "Springfield", "IL", "62701"),
        ("1 Main St", "SPRINGFIELD, IL 62701"),
    ),
    "GB": (
        ("1 Main St", "Leeds", "West Yorkshire", "ls1 1aa"),
        ("1 Main St", "LEEDS", "West Yorkshire", "LS1 1AA"),
    ),
    "DE": (("Ring 1", "Gießen", "Hessen", "35390"), ("Ring 1", "Hessen", "35390 GIESSEN")),
    "CH": (("Gasse 1", "Zürich", "", "8001"), ("Gasse 1", "CH-8001 Zürich")),
    "TR": (("Cadde 1", "Diyarbakır", "", "21070"), ("Cadde 1", "21070 DİYARBAKIR")),
    "GR": (("Οδός 1", "Αθήνα", "", "105 57"), ("Οδός 1", "105 57 ΑΘΗΝΑ")),
    "AM": (("Աբովյան 1", "Երևան", "", "0001"), ("Աբովյան 1", "0001", "ԵՐԵՎԱՆ")),
    "GE": (("ქუჩა 1", "თბილისი", "", "0100"), ("ქუჩა 1", "0100 თბილისი")),
    "CN": (
        ("中山路1号", "深圳市", "广东省", "518000"),
        ("518000", "广东省深圳市", "中山路1号"),
    ),
    "IR": (
        ("خیابان ولیعصر", "شیراز", "فارس", "71936-12345"),
        ("فارس", "شیراز", "خیابان ولیعصر", "71936-12345"),
    ),
}


def an_address(country, street, city="", region="", postcode="", **fields):
    return Address(
        street=(street,), city=city, region=region, postcode=postcode, country=country, **fields
    )


@pytest.mark.parametrize("country", BY_HAND)
def test_a_country_reads_its_own_layout(country):
    typed, expected = BY_HAND[country]

    assert expected == render_address(an_address(country, *typed), origin_country=country)


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("CN", ("1 Zhongshan Rd", "Shenzhen", "GUANGDONG, 518000")),
        ("JP", ("1 Zhongshan Rd, Shenzhen, GUANGDONG", "518000")),
        ("KR", ("1 Zhongshan Rd", "Shenzhen", "Guangdong", "518000")),
        ("TW", ("1 Zhongshan Rd", "SHENZHEN, Guangdong 518000")),
    ],
)
def test_latin_letters_are_read_from_the_small_to_the_large(country, expected):
    address = an_address(country, "1 Zhongshan Rd", "Shenzhen", "Guangdong", "518000")

    assert tuple(map(str.casefold, expected)) == tuple(
        map(str.casefold, render_address(address, origin_country=country))
    )


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en", ("GERMANY",)),
        ("fr-FR", ("ALLEMAGNE",)),
        ("tr", ("ALMANYA",)),
        ("fa_IR", ("آلمان", "GERMANY")),
        ("ru", ("ГЕРМАНИЯ", "GERMANY")),
        ("rubbish!", ("GERMANY",)),
    ],
)
def test_a_carrier_abroad_reads_the_country_in_its_language_and_in_latin_letters(locale, expected):
    lines = render_address(an_address("DE", "Ring 1"), locale=locale, origin_country="IR")

    assert ("Ring 1", *expected) == lines


def test_the_country_is_left_out_at_home():
    assert ("Ring 1",) == render_address(an_address("DE", "Ring 1"), origin_country="DE")


def test_a_mark_that_was_typed_is_not_repeated():
    lines = render_address(an_address("CH", "Gasse 1", "Bern", "", "CH-3000"), origin_country="CH")

    assert ("Gasse 1", "CH-3000 Bern") == lines


def test_punctuation_goes_with_what_is_missing():
    lines = render_address(an_address("US", "1 Main St", "", "", "62701"), origin_country="US")

    assert ("1 Main St", "62701") == lines


def test_a_comma_in_arabic_script_is_the_arabic_one():
    address = an_address("BS", "شارع", "مدينة", "إقليم")

    assert "مدينة، إقليم" in render_address(address)


def test_every_line_of_the_street_has_a_line_even_where_it_shares_one():
    address = Address(street=("Flat 2", "Rue 1"), city="Abidjan", country="CI")

    assert ("Flat 2", "Rue 1 ABIDJAN") == render_address(address, origin_country="CI")


def test_a_company_of_the_customers_name_is_printed_once():
    address = an_address("DE", "Ring 1", name="Ada Lovelace", company="ADA LOVELACE")

    assert ("Ada Lovelace", "Ring 1") == render_address(address, origin_country="DE")


def test_country_names_fall_back_to_english_and_to_the_code():
    assert "Armenia" == country_name("AM", "en-AU")
    assert "Armenia" == country_name("AM", "gsw")
    assert "ارمنستان" == country_name("AM", "fa-AF")
    assert "Hong Kong" == country_name("HK")
    assert "QX" == country_name("QX")


def test_all_the_worlds_layouts_are_there():
    assert 252 == len(COUNTRIES)
    assert all(country_name(country) != country for country in COUNTRIES)


words = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8"), st.sampled_from("abcßiİıև 〒-,/%ACZ渋谷東京تهرانΆέ")
    ),
    max_size=30,
)


fields = st.fixed_dictionaries(
    dict.fromkeys(("name", "company", "city", "region", "postcode"), words)
    | {"street": st.lists(words, max_size=4).map(tuple)}
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(typed=fields, locale=st.sampled_from(["en", "fa", "tr", "ja"]))
def test_no_field_is_lost_in_any_country(typed, locale):
    """A field of separators alone, such as "-" for no region, says nothing and may go."""
    for country in (*COUNTRIES, None):
        address = Address.model_validate(typed | {"country": country})
        lines = render_address(address, locale=locale)

        said = "\n".join(lines)
        language = addresses._language_of(country or "ZZ")
        plain, shouted = said.casefold(), addresses._capitals(said, language)
        values = address.model_dump(include=set(typed) - {"street"}).values()
        for text in (*address.street, *values):
            is_said = text.casefold() in plain or not any(char not in " -,/" for char in text)
            assert is_said or addresses._capitals(text, language) in shouted, country
        assert all(line and line == line.strip() for line in lines)
