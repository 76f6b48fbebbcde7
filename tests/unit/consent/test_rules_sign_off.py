"""Signatures as lines of the settings: what is appended is read back, and nothing else changes."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.consent import ConsentConfig, SignOff, load_rules
from retention_sdk.consent.sign_off import add_sign_off, make_sign_off, write_sign_off
from retention_sdk.errors import ConfigError

RULES = load_rules()
DAY = date(2026, 11, 20)
SETTINGS = '[shop]\nname = "Tea" # ours\n\n[consent]\nbase_url = "https://tea.example/"\n'


def sign(rule_id="de.mark.sms", by="A. Counsel", note=""):
    return make_sign_off(rule_id, rules=RULES, by=by, on=DAY, note=note)


def test_a_signature_names_the_version_of_the_rule():
    (rule,) = (rule for rule in RULES.rules if rule.rule_id == "de.mark.sms")

    assert SignOff(rule_id="de.mark.sms", by="A. Counsel", on=DAY, version=rule.version) == sign()


def test_there_is_no_signature_for_no_rule_or_twice():
    with pytest.raises(ConfigError, match=r"de\.mark\.fax: there is no such rule"):
        sign("de.mark.fax")
    signed = RULES.plus([], [sign()])
    with pytest.raises(ConfigError, match="is signed off already, by A"):
        make_sign_off("de.mark.sms", rules=signed, by="B", on=DAY)


def test_a_stale_signature_can_be_followed_by_another():
    stale = sign().model_copy(update={"version": "0" * 12})
    signed = RULES.plus([], [stale])

    assert sign() == make_sign_off("de.mark.sms", rules=signed, by="A. Counsel", on=DAY)


@settings(max_examples=50)
@given(
    by=st.text(min_size=1, max_size=200).filter(lambda text: text.isprintable()),
    note=st.text(st.characters(exclude_categories=["Cs"]), max_size=500),
)
def test_any_name_and_note_come_back_from_the_lines(by, note):
    sign_off = sign(by=by, note=note)
    read = tomllib.loads(add_sign_off(SETTINGS, sign_off))["consent"]

    assert (sign_off,) == ConsentConfig.model_validate(read).sign_offs


def test_the_rest_of_the_settings_stays_as_it_was():
    once = add_sign_off(SETTINGS, sign())
    twice = add_sign_off(once, sign("de.mark.phone"))

    assert once.startswith(SETTINGS)
    assert twice == once + "\n" + write_sign_off(sign("de.mark.phone"))


def test_an_older_signature_is_not_written_over():
    once = add_sign_off(SETTINGS, sign())

    with pytest.raises(ConfigError, match=r"sign_offs de\.mark\.sms: an older signature"):
        add_sign_off(once, sign(by="B"))


@pytest.mark.parametrize(
    "text",
    [
        "[consent]\nsign_offs = []\n",
        'consent = { base_url = "https://tea.example/" }\n',
    ],
)
def test_settings_that_cannot_be_appended_to_are_left_alone(text):
    with pytest.raises(ConfigError, match="add the lines by hand"):
        add_sign_off(text, sign())


def test_settings_without_a_table_get_one():
    assert (
        "de.mark.sms"
        == tomllib.loads(add_sign_off("", sign()))["consent"]["sign_offs"][0]["rule_id"]
    )
