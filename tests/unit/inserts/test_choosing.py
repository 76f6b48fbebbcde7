"""Which card is chosen, and the reason that is told: one row per case."""

from __future__ import annotations

import pytest

from retention_sdk.inserts.rules import When, conditions
from retention_sdk.model import History, LoyaltyState
from retention_sdk.testing import builders as b
from tests.unit.inserts.choosing import (
    CARE,
    DAY,
    REFERRAL,
    TIERS,
    chosen,
    line,
    rule,
    yes_to_inserts,
)

BUILT_IN = [
    ("first order of an account", {}, {}, "first_order_welcome", "the first order"),
    ("repeat", {"history": History(orders_count=2)}, {}, "repeat_customer", "ordered before"),
    ("guest", {"customer": b.a_customer(id="")}, {}, "thank_you", "any order deserves"),
    (
        "tier reached",
        {"loyalty": LoyaltyState(tier="gold", tier_before="silver")},
        {"tiers": TIERS},
        "vip_tier_up",
        "reached a tier",
    ),
    (
        "birthday in three days, and a yes",
        {"customer": yes_to_inserts(birthday="11-23")},
        {},
        "birthday",
        "birthday",
    ),
    (
        "a year since the first order, and a yes",
        {
            "customer": yes_to_inserts(),
            "history": History(orders_count=3, first_order_at=b.NOON - 367 * DAY),
        },
        {},
        "anniversary",
        "day of the first order",
    ),
    (
        "back after a year",
        {"history": History(orders_count=3, last_order_at=b.NOON - 366 * DAY)},
        {},
        "winback_gift",
        "366 days before",
    ),
    (
        "three days late",
        {"order": b.an_order(ship_by=b.NOON - 3 * DAY)},
        {},
        "apology_late",
        "3 days later than promised",
    ),
    (
        "the last box",
        {"order": b.an_order(subscription="last")},
        {"survey": {"url": "https://a.example/why"}},
        "exit_survey",
        "last",
    ),
    (
        "a product with a guide, bought by a guest",
        {"customer": b.a_customer(id="")},
        {"care": CARE},
        "care_guide",
        "there is a guide",
    ),
    ("gift", {"order": b.an_order(is_gift=True)}, {}, "gift_message", "a gift"),
]


@pytest.mark.parametrize(
    ("changes", "values", "template", "why"),
    [case[1:] for case in BUILT_IN],
    ids=[case[0] for case in BUILT_IN],
)
def test_our_rules_choose_and_say_why(changes, values, template, why):
    decision = chosen(b.a_context(**changes), **values)

    assert template == decision.template
    assert why in decision.reasons[0]
    assert "plain_thanks" == decision.candidates[-1].template


NOT_CHOSEN = [
    ("birthday without a yes", {"customer": b.a_customer(birthday="11-23")}, {}, "birthday"),
    ("birthday eight days off", {"customer": yes_to_inserts(birthday="11-28")}, {}, "birthday"),
    (
        "anniversary without a yes",
        {"history": History(orders_count=3, first_order_at=b.NOON - 366 * DAY)},
        {},
        "anniversary",
    ),
    (
        "a first order this week is no anniversary",
        {
            "customer": yes_to_inserts(),
            "history": History(orders_count=1, first_order_at=b.NOON - 2 * DAY),
        },
        {},
        "anniversary",
    ),
    (
        "back after half of the days",
        {"history": History(orders_count=3, last_order_at=b.NOON - 90 * DAY)},
        {},
        "winback_gift",
    ),
    ("one day late", {"order": b.an_order(ship_by=b.NOON - DAY)}, {}, "apology_late"),
    ("nothing promised", {}, {}, "apology_late"),
    ("a middle box", {"order": b.an_order(subscription="renewal")}, {}, "exit_survey"),
    (
        "the tier is as before",
        {"loyalty": LoyaltyState(tier="gold", tier_before="gold")},
        {"tiers": TIERS},
        "vip_tier_up",
    ),
    (
        "another product",
        {"order": line(sku="OTHER"), "customer": b.a_customer(id="")},
        {"care": CARE},
        "care_guide",
    ),
]


@pytest.mark.parametrize(
    ("changes", "values", "template"),
    [case[1:] for case in NOT_CHOSEN],
    ids=[case[0] for case in NOT_CHOSEN],
)
def test_our_rules_leave_what_does_not_fit(changes, values, template):
    decision = chosen(b.a_context(**changes), **values)
    assert template not in {candidate.template for candidate in decision.candidates}


OWN = [
    ("nth", {"order": [3]}, {"history": History(orders_count=2)}, "order number 3"),
    ("every", {"every": 5}, {"history": History(orders_count=9)}, "a multiple of 5"),
    ("tier", {"tiers": ["Gold"]}, {"loyalty": LoyaltyState(tier="gold")}, "tier is Gold"),
    ("product", {"products": ["p-7"]}, {"order": line(product_id="P-7")}, "product p-7"),
    ("sku", {"skus": ["SOAP-1"]}, {}, "holds SOAP-1"),
    ("category", {"categories": ["Knives"]}, {"order": line(categories=("knives",))}, "Knives"),
    ("country", {"countries": ["DE", "AT"]}, {}, "goes to DE"),
    ("amount", {"total_min": "12.00 EUR"}, {}, "12.00 EUR or more"),
    ("small amount", {"total_max": "12.00 EUR"}, {}, "12.00 EUR or less"),
    ("tag of the customer", {"tags": ["vip"]}, {"customer": b.a_customer(tags=("VIP",))}, "vip"),
    ("tag of the order", {"tags": ["press"]}, {"order": b.an_order(tags=("press",))}, "press"),
    ("segment of a plugin", {"tags": ["b2b"]}, {"extras": {"crm": {"card": {"tags": ["b2b"]}}}}, "b2b"),
    ("channel", {"sales_channels": ["pos"]}, {"order": b.an_order(sales_channel="POS / Berlin")}, "pos"),
    ("no first order", {"is_first": False}, {"history": History(orders_count=1)}, "not the first"),
    ("all of several", {"countries": ["DE"], "total_min": "1.00 EUR"}, {}, "goes to DE, the order"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("when", "changes", "why"), [case[1:] for case in OWN], ids=[case[0] for case in OWN]
)
def test_a_rule_of_the_shop_goes_before_ours(when, changes, why):
    decision = chosen(b.a_context(**changes), referral=REFERRAL, **rule("referral", **when))

    assert "referral" == decision.template
    assert why in decision.reasons[0]


OWN_NOT = [
    ("another number", {"order": [3]}, {}),
    ("not a multiple", {"every": 5}, {"history": History(orders_count=5)}),
    ("no tier", {"tiers": ["gold"]}, {}),
    ("another country", {"countries": ["AT"]}, {}),
    ("a cent too little", {"total_min": "12.01 EUR"}, {}),
    ("another currency", {"total_min": "1.00 USD"}, {}),
    ("a cent too much", {"total_max": "11.99 EUR"}, {}),
    ("one of two fails", {"countries": ["DE"], "skus": ["OTHER"]}, {}),
]


@pytest.mark.parametrize(
    ("when", "changes"), [case[1:] for case in OWN_NOT], ids=[case[0] for case in OWN_NOT]
)
def test_a_rule_that_is_not_met_changes_nothing(when, changes):
    context = b.a_context(**changes)
    with_rule = chosen(context, referral=REFERRAL, **rule("referral", **when))
    assert chosen(context).candidates == with_rule.candidates


def test_every_condition_has_a_case_here():
    tried = {name for _, when, *_ in OWN for name in when}
    ours = set(When(birthday_days=1, anniversary_days=1, away_days=1, late_days=1, is_repeat=True,
                    is_new_tier=True, subscription=("last",), has_permission=True)
               .model_dump(exclude_defaults=True))  # fmt: skip

    assert set(conditions()) == tried | ours
    assert set(conditions()) == set(When.model_fields)
