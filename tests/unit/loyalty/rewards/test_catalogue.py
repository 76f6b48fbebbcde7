"""The catalogue of rewards: read from TOML, with the path of each mistake; no part of the rules."""

from __future__ import annotations

import tomllib

import pytest
from pydantic import TypeAdapter, ValidationError

from retention_sdk.loyalty import Program
from retention_sdk.loyalty.journal import canonical
from retention_sdk.loyalty.rewards import (
    Access,
    AccountCredit,
    AmountCoupon,
    Donation,
    FreeProduct,
    FreeShipping,
    Invitation,
    ParcelGift,
    PartnerReward,
    PercentCoupon,
    Reward,
    StoreCredit,
)
from retention_sdk.testing import money

CATALOGUE = """
rates = { EUR = { points = 1, per_minor = 100 } }
tiers = { ranks = [{ key = "gold", from_minor = { EUR = 50000 } }] }

[[rewards]]
id = "five"
kind = "amount"
points = 500
names = { en = "Five euros off", "de-AT" = "Fünf Euro weniger" }
worth_minor = { EUR = 500, CHF = 500 }
minimum_minor = { EUR = 2500 }
per_customer = 1
per = "month"
starts = 2026-11-01
ends = 2026-12-24T18:00:00
[[rewards]]
id = "tenth"
kind = "percent"
points = 500
names = { en = "Ten per cent off" }
percent = 10
countries = ["DE", "AT"]
locales = ["de"]
[[rewards]]
id = "post"
kind = "free_shipping"
points = 200
names = { en = "Free shipping" }
[[rewards]]
id = "soap"
kind = "free_product"
points = 900
names = { en = "A soap" }
product = "17"
[[rewards]]
id = "credit"
kind = "store_credit"
points = 900
names = { en = "Ten euros" }
worth_minor = { EUR = 1000 }
[[rewards]]
id = "account"
kind = "account_credit"
points = 900
names = { en = "Ten euros" }
worth_minor = { EUR = 1000 }
[[rewards]]
id = "sample"
kind = "gift"
points = 50
names = { en = "A sample" }
sku = "SOAP-S"
stock = 200
[[rewards]]
id = "tree"
kind = "donation"
points = 100
names = { en = "A tree" }
worth_minor = { EUR = 100 }
cause = "trees.example"
[[rewards]]
id = "party"
kind = "invitation"
points = 1000
names = { en = "Our party" }
event = "party-2027"
tiers = ["gold"]
[[rewards]]
id = "early"
kind = "access"
points = 100
names = { en = "A day before the others" }
area = "spring-collection"
valid_days = 14
[[rewards]]
id = "cinema"
kind = "partner"
points = 800
names = { en = "A cinema ticket" }
partner = "cinema.example"
segment = { orders_from = 2, quiet_days_to = 365 }
"""


def program(text=CATALOGUE):
    return Program.model_validate(tomllib.loads(text))


def reward(**changes):
    fields = {"id": "r", "kind": "percent", "percent": 10, "points": 5, "names": {"en": "R"}}
    return TypeAdapter(Reward).validate_python({**fields, **changes})


def test_every_kind_is_read_in_the_order_of_the_file():
    kinds = [
        AmountCoupon, PercentCoupon, FreeShipping, FreeProduct, StoreCredit, AccountCredit, ParcelGift,
        Donation, Invitation, Access, PartnerReward,
    ]  # fmt: skip

    assert kinds == [type(each) for each in program().rewards]


def test_amounts_are_those_of_a_currency_and_of_no_other():
    five = program().rewards[0]

    assert (money("5.00 CHF"), None) == (five.worth_in("CHF"), five.worth_in("USD"))
    assert (money("25.00 EUR"), None) == (five.minimum_in("EUR"), five.minimum_in("CHF"))
    assert {"EUR"} == five.priced_in


def test_names_are_picked_as_those_of_ranks_are():
    five = program().rewards[0]

    assert ["Fünf Euro weniger", "Five euros off"] == [
        five.names.pick("de-AT"), five.names.pick("fr"),
    ]  # fmt: skip


def test_catalogue_is_no_part_of_the_rules_that_transactions_name():
    with_rewards, plain = program(), Program.model_validate(
        {k: v for k, v in tomllib.loads(CATALOGUE).items() if k != "rewards"}
    )  # fmt: skip

    assert canonical(plain.model_dump(mode="json")) == canonical(
        with_rewards.model_dump(mode="json")
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"points": 0}, "greater than or equal to 1"),
        ({"percent": 101}, "less than or equal to 100"),
        ({"names": {}}, "at least 1"),
        ({"names": {"e": "x"}}, "names no language"),
        ({"id": "Ten Per Cent"}, "pattern"),
        ({"kind": "cash"}, "kind"),
        ({"starts": "2026-12-01T00:00:00", "ends": "2026-11-01T00:00:00"}, "ends before it starts"),
        ({"starts": "2026-12-01T00:00:00+01:00"}, "timezone"),
        ({"per": "month"}, "needs per_customer"),
        ({"countries": ["Germany"]}, "pattern"),
        ({"segment": {"orders_from": 3, "orders_to": 2}}, "orders_to: nobody"),
        ({"segment": {"quiet_days_from": 3, "quiet_days_to": 2}}, "quiet_days_to: nobody"),
        ({"worth_minor": {"EUR": 5}}, "Extra inputs"),
        ({"kind": "amount", "percent": None, "worth_minor": {}}, "at least 1"),
    ],
)
def test_mistakes_are_refused(changes, words):
    with pytest.raises(ValidationError, match=words):
        reward(**changes)


def test_minimum_in_another_currency_than_the_worth_is_refused():
    amounts = {"worth_minor": {"EUR": 500}, "minimum_minor": {"USD": 100}}
    fields = {"id": "r", "kind": "amount", "points": 5, "names": {"en": "R"}}
    with pytest.raises(ValidationError, match="no currency in common"):
        TypeAdapter(Reward).validate_python({**fields, **amounts})


def test_two_rewards_of_one_name_and_ranks_that_are_none_are_refused():
    with pytest.raises(ValidationError, match="same id: tenth"):
        program(CATALOGUE.replace('"post"', '"tenth"'))
    with pytest.raises(ValidationError, match="'party': there is no rank 'gold'"):
        program(CATALOGUE.replace('key = "gold"', 'key = "silver"'))
