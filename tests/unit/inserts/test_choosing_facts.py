"""Facts that rules look at, and what holds for every choice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.errors import PluginError
from retention_sdk.inserts import FAMILIES
from retention_sdk.inserts.facts import days_to, read_facts
from retention_sdk.inserts.rules import Rule, why_met
from retention_sdk.model import ContentKind, History, LoyaltyState
from retention_sdk.testing import builders as b
from tests.unit.inserts.choosing import CARE, DAY, REFERRAL, TIERS, chosen, yes_to_inserts


@pytest.mark.parametrize(
    ("day", "today", "expected"),
    [
        ("11-23", date(2026, 11, 20), 3),
        ("11-18", date(2026, 11, 20), 2),
        ("01-02", date(2026, 12, 30), 3),
        ("12-30", date(2027, 1, 2), 3),
        ("02-29", date(2027, 2, 28), 0),
        ("02-29", date(2028, 2, 28), 1),
    ],
)
def test_the_nearest_day_counts_on_both_sides_of_the_year(day, today, expected):
    assert expected == days_to(day, today)[0]


def test_years_are_those_of_the_anniversary_that_is_near():
    first = datetime(2023, 11, 22, 9, tzinfo=UTC)
    facts = read_facts(b.a_context(history=History(orders_count=5, first_order_at=first)))
    assert (2, 3) == (facts.anniversary_days, facts.years)


def test_days_are_counted_where_the_shop_is():
    """23:30 in London is the next day in Berlin."""
    promised = datetime(2026, 11, 17, 23, 30, tzinfo=UTC)
    facts = read_facts(b.a_context(order=b.an_order(ship_by=promised)))
    assert 2 == facts.late_days


def test_what_the_platform_says_goes_before_what_a_plugin_says():
    extras = {"crm": {"card": {"tier": "silver", "birthday": "01-01", "tier_until": "2027-01-31"}}}
    context = b.a_context(extras=extras, loyalty=LoyaltyState(tier="gold", tier_before="silver"))
    facts = read_facts(context)

    assert ("gold", True) == (facts.tier, facts.is_new_tier)
    assert date(2027, 1, 31) == facts.tier_until
    assert facts.birthday_days is not None


@pytest.mark.parametrize("facts", [{"tier": 7}, {"segment": "x"}, {"birthday": "02-30"}, "gold"])
def test_a_plugin_with_other_facts_is_named(facts):
    with pytest.raises(PluginError, match="'crm'"):
        read_facts(b.a_context(extras={"crm": {"card": facts}}))


PRICED = {ContentKind.COUPON, ContentKind.POINTS_BALANCE, ContentKind.REFERRAL}
contexts = st.builds(
    lambda count, days, points, tier, birthday: b.a_context(
        customer=yes_to_inserts(birthday=birthday),
        history=History(
            orders_count=count,
            first_order_at=b.NOON - days * DAY if count else None,
            last_order_at=b.NOON - days * DAY if count else None,
        ),
        loyalty=LoyaltyState(balance=points, tier=tier),
    ),
    st.integers(0, 20),
    st.integers(1, 2000),
    st.integers(0, 500),
    st.sampled_from(["", "gold"]),
    st.sampled_from(["", "11-20", "03-01"]),
)
EVERYTHING = {
    "tiers": TIERS, "care": CARE, "referral": REFERRAL, "holdout_ratio": 0.2,
    "offers": {"birthday": {"percent": 10}, "winback_gift": {"amount": "5.00 EUR"}},
    "rules": [{"template": "referral", "when": {"every": 3}}, {"template": "review_request"}],
    "review": {"url": "https://a.example/review"},
}  # fmt: skip


@given(contexts)
@settings(max_examples=60, deadline=None)
def test_every_candidate_is_explained_unique_and_ends_with_the_plain_card(context):
    decision = chosen(context, **EVERYTHING)
    identifiers = [each.id for each in decision.candidates]

    assert all(each.reason for each in decision.candidates)
    assert len(identifiers) == len(set(identifiers))
    assert "plain_thanks" == decision.candidates[-1].template
    assert decision == chosen(context, **EVERYTHING)


@given(contexts)
@settings(max_examples=40, deadline=None)
def test_a_gift_is_never_marketing_whatever_the_shop_sets(context):
    order = b.an_order(is_gift=True, gift_message="For you")
    decision = chosen(context.model_copy(update={"order": order}), **EVERYTHING)

    assert ["gift_message", "plain_thanks"] == [each.template for each in decision.candidates]
    assert not any(each.is_personalised or each.blocks for each in decision.candidates)
    assert not any(PRICED & each.content for each in decision.candidates)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_a_rule_without_conditions_is_met_and_explained(family):
    facts = read_facts(b.a_context())
    assert why_met(Rule(template=family.name), facts)
