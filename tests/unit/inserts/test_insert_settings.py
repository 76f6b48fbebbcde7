"""What a shop can set about its cards, and how a mistake is told."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from retention_sdk import cli
from retention_sdk.config import load_config
from retention_sdk.errors import ConfigError
from retention_sdk.inserts import FAMILIES, InsertSettings, Offer
from retention_sdk.inserts.slots import Slots
from retention_sdk.l10n.registry import REGISTRY
from retention_sdk.testing import money

SHOP = '[shop]\nid = "a.example"\nname = "A"\ncountry = "DE"\ncurrency = "EUR"\n'
BRAND = 'name = "A"\n[sender]\nname = "Mary"\n'


@pytest.fixture
def read(tmp_path):
    def load(table):
        (tmp_path / "brand.toml").write_text(BRAND)
        (tmp_path / "retention.toml").write_text(f"{SHOP}\n{table}")
        return load_config(tmp_path / "retention.toml", environ={}).inserts

    return load


def test_a_shop_that_sets_nothing_holds_out_one_in_twenty(read):
    inserts = read("")
    assert (0.05, "a6", "none") == (inserts.holdout_ratio, inserts.format, inserts.further_parcels)


def test_everything_can_stand_in_the_file(read):
    inserts = read(
        """
        [inserts]
        holdout_ratio = 0.1
        skip = ["winback_gift"]

        [[inserts.rules]]
        template = "referral"
        when = { every = 5, countries = ["DE"], total_min = "50.00 EUR" }

        [[inserts.variants.thank_you]]
        name = "bold"
        style = "editorial"

        [inserts.offers.birthday]
        percent = 10
        minimum = "30.00 EUR"

        [inserts.gifts.birthday]
        en = "a sample of rose soap"

        [inserts.referral]
        friend = { percent = 10 }
        own = { words = { en = "a bar of soap" } }
        url = "https://a.example/friends"

        [[inserts.care]]
        categories = ["soap"]
        steps = { en = ["Keep it dry", "Keep it cool"] }
        warranty_months = 24

        [inserts.late]
        days = 3
        reason = { en = "a machine broke" }

        [inserts.sales_channels]
        fair = "plain"
        """
    )
    (rule,) = inserts.rules

    assert money("50.00 EUR") == rule.when.total_min
    assert 75 == rule.priority
    assert money("30.00 EUR") == inserts.offers["birthday"].minimum
    assert "a bar of soap" == inserts.referral.own.words["en"]
    assert 3 == inserts.late.days
    assert "winback_gift" not in {each.template for each in inserts.all_rules}


@pytest.mark.parametrize(
    ("table", "key", "message"),
    [
        ("[inserts]\nholdout_ratio = 0.6", "inserts.holdout_ratio", "less than or equal"),
        ('[inserts]\nformat = "a9"', "inserts", "there are: a6"),
        ("[inserts]\nholdout = 1", "inserts.holdout", "not a known key"),
        ("[inserts.offers.birthday]\ndays = 3", "inserts.offers.birthday", "one of percent"),
        (
            '[inserts.offers.birthday]\namount = "5"',
            "inserts.offers.birthday.amount",
            "with its currency",
        ),
        ("[inserts.offers.birthday]\npercent = 0", "inserts.offers.birthday.percent", "or equal"),
        (
            "[inserts.offers.birthday]\nis_free_shipping = true",
            "inserts.offers.birthday",
            "needs a code",
        ),
        (
            '[[inserts.rules]]\ntemplate = "referral"\nwhen = { evry = 5 }',
            "inserts.rules.0.when.evry",
            "not a known key",
        ),
        (
            '[[inserts.care]]\nurl = "https://a.example"',
            "inserts.care.0.steps",
            "is missing",
        ),
        (
            '[inserts.referral]\nfriend = { percent = 5 }\nown = {}\nurl = "https://a.example"',
            "inserts.referral.own",
            "a reward is one of",
        ),
        ('[inserts.review]\nurl = "soap.example"', "inserts.review.url", "match pattern"),
        (
            '[[inserts.variants.thank_you]]\nname = "a"\n[[inserts.variants.thank_you]]\nname = "a"',
            "inserts",
            "two variants of thank_you",
        ),
    ],
)
def test_a_mistake_names_file_and_key(read, table, key, message):
    with pytest.raises(ConfigError, match=message) as caught:
        read(table)
    assert "retention.toml" in str(caught.value)
    assert key in str(caught.value)


def test_an_offer_ends_when_its_last_day_ends_in_the_shop():
    """Half past eleven at night in London is the 21st in Berlin; 30 days later is 21 December."""
    offer, now = Offer(percent=10), datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    code = offer.to_code("THANKS-1", now=now, time_zone="Europe/Berlin")

    assert date(2026, 12, 21) == offer.expires_on(now, time_zone="Europe/Berlin")
    assert datetime(2026, 12, 21, 23, tzinfo=UTC) == code.ends_at
    assert (10, 1) == (code.percent, code.uses_max)


def test_what_is_printed_is_what_was_offered():
    offer = Offer(amount="5.00 EUR", minimum="30.00 EUR", days=1)
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    printed = offer.on_card("FIVE", now=now, time_zone="UTC")

    assert ("FIVE", money("5.00 EUR"), money("30.00 EUR"), date(2026, 11, 21), True) == (
        printed.code,
        printed.amount,
        printed.minimum,
        printed.expires_on,
        printed.is_single_use,
    )


def test_there_are_sixteen_families_and_all_they_say_is_registered():
    assert 16 == len(FAMILIES)
    assert set() == {key for family in FAMILIES.values() for key in family.says} - set(REGISTRY)


def test_families_require_slots_that_exist():
    slots = {name for family in FAMILIES.values() for name in family.required}
    adds = {name for family in FAMILIES.values() for name, _ in family.adds}
    assert set() == (slots | adds) - set(Slots.__dataclass_fields__)


def test_what_init_suggests_can_be_read():
    """The lines that ``retention init`` writes as comments."""
    template = Path(cli.__file__).with_name("templates") / "retention.toml"
    block = template.read_text("utf-8").partition("# [inserts]")[2].partition("\n\n")[0]
    lines = [line.removeprefix("# ") for line in block.splitlines()[1:]]

    assert 5 == len(lines)
    assert InsertSettings.model_validate(tomllib.loads("\n".join(lines)))


def test_settings_are_frozen_and_equal_by_value():
    assert InsertSettings() == InsertSettings(holdout_ratio=0.05)
    with pytest.raises(ValueError, match="frozen"):
        InsertSettings().holdout_ratio = 0.1
