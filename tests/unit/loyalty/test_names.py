"""Names of ranks, rewards and points, by language."""

import pytest
from pydantic import ValidationError

from retention_sdk.loyalty.names import Names


def test_a_reader_gets_the_name_in_their_language():
    names = Names({"en": "Gold", "fa": "طلایی", "zh-Hant": "金卡"})

    assert "طلایی" == names.pick("fa-IR")
    assert "金卡" == names.pick("zh-TW")


def test_a_region_falls_back_to_its_language_and_to_another_region_of_it():
    names = Names({"en": "Gold", "de": "Gold (de)", "pt-BR": "Ouro"})

    assert "Gold (de)" == names.pick("de-AT")
    assert "Ouro" == names.pick("pt-PT")


def test_a_script_is_never_crossed():
    names = Names({"zh-Hans": "金卡会员", "en": "Gold"})

    assert "Gold" == names.pick("zh-TW")
    assert "" == names.find("zh-TW")


@pytest.mark.parametrize("locale", ["hy", "", "no language at all", "x" * 5000])
def test_whoever_cannot_be_served_gets_english_else_the_first_name(locale):
    assert "Gold" == Names({"fa": "طلایی", "en": "Gold"}).pick(locale)
    assert "Or" == Names({"fr": "Or", "fa": "طلایی"}).pick(locale)


def test_keys_of_any_platform_are_kept_in_bcp_47():
    assert ("fa-IR", "he", "zh-Hant-TW") == Names(
        {"fa_IR": "a", "iw": "b", "zh_Hant_TW": "c"}
    ).languages


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({}, "at least 1 item"),
        ({"en": ""}, "1 to 80 characters"),
        ({"en": "   \u202e "}, "1 to 80 characters"),
        ({"en": "x" * 81}, "1 to 80 characters"),
        ({"no language at all": "Gold"}, "names no language"),
        ({"": "Gold"}, "names no language"),
        ({1: "Gold"}, "names no language"),
        ({"he": "a", "iw": "b"}, "named twice"),
        ("Gold", "valid dictionary"),
    ],
)
def test_what_is_no_table_of_names_is_refused(wrong, says):
    with pytest.raises(ValidationError, match=says):
        Names(wrong)


def test_a_name_is_cleaned_of_what_could_turn_the_line_around():
    assert "Gold" == Names({"en": "\u202eGo\u200fld\n"}).pick("en")


def test_names_survive_a_round_trip_through_json():
    names = Names({"fa_IR": "طلایی", "en": "Gold"})

    assert names == Names.model_validate_json(names.model_dump_json())
