"""Who is held out and who sees which variant, always the same."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.inserts import InsertSettings, choose_insert
from retention_sdk.inserts.settings import is_held_out, share_of, variant_of
from retention_sdk.testing import builders as b
from tests.unit.inserts.choosing import DAY, chosen, shop_settings


def of_customer(number, **changes):
    customer = b.a_customer(id=str(number))
    order = b.an_order(id=f"o{number}", customer=customer)
    return b.a_context(order=order, customer=customer, **changes)


def test_about_the_share_that_was_set_is_held_out():
    """A twentieth of 4,000 is 200; three standard deviations are 41."""
    counted = sum(is_held_out(of_customer(n), InsertSettings()) for n in range(4000))
    assert 200 - 41 <= counted <= 200 + 41


def test_who_is_held_out_gets_the_plain_card_and_is_marked():
    held = next(c for c in map(of_customer, range(200)) if is_held_out(c, InsertSettings()))
    decision = choose_insert(held)

    assert ("plain_thanks", True) == (decision.template, decision.is_holdout)
    assert "held out" in decision.reasons[0] or "for comparison" in decision.reasons[0]


@pytest.mark.parametrize("change", [{"is_gift": True}, {"ship_by": b.NOON - 5 * DAY}])
def test_gifts_and_apologies_are_no_experiment(change):
    order = b.an_order(customer=b.a_customer(), **change)
    decision = choose_insert(
        b.a_context(order=order), InsertSettings(holdout_ratio=0.5, experiment="x")
    )
    assert decision.template in {"gift_message", "apology_late"}


@given(
    customer=st.integers(0, 10**9), orders=st.lists(st.integers(0, 10**9), min_size=2, max_size=5)
)
@settings(max_examples=40, deadline=None)
def test_a_customer_keeps_group_and_variant_across_orders(customer, orders):
    values = shop_settings(
        holdout_ratio=0.3, variants={"thank_you": [{"name": "a"}, {"name": "b", "weight": 3}]}
    )
    who = b.a_customer(id=str(customer))
    contexts = [b.a_context(order=b.an_order(id=str(n), customer=who)) for n in orders]

    assert 1 == len({is_held_out(context, values) for context in contexts})
    assert 1 == len({variant_of("thank_you", context, values) for context in contexts})


def test_guests_are_dealt_by_order():
    guest = b.a_customer(id="")
    contexts = [b.a_context(order=b.an_order(id=str(n), customer=guest)) for n in range(60)]
    assert {True, False} == {
        is_held_out(each, InsertSettings(holdout_ratio=0.5)) for each in contexts
    }


def test_variants_are_dealt_by_weight():
    """Three of four get b: 1,500 of 2,000, give or take 58 (three standard deviations)."""
    arms = [{"name": "a", "weight": 1}, {"name": "b", "weight": 3, "style": "editorial"}]
    values = shop_settings(variants={"first_order_welcome": arms})
    dealt = [variant_of("first_order_welcome", of_customer(n), values).name for n in range(2000)]

    assert 1500 - 58 <= dealt.count("b") <= 1500 + 58


def test_the_variant_is_on_the_candidate_and_told():
    arms = [{"name": "bold", "style": "editorial"}]
    decision = chosen(b.a_context(), variants={"first_order_welcome": arms})

    assert ("bold", "editorial") == (decision.variant, decision.style)
    assert "variant bold" in decision.reasons[1]
    assert "" == decision.candidates[-1].variant


def test_a_new_name_deals_anew():
    contexts = [of_customer(n) for n in range(300)]
    first, second = (
        [is_held_out(c, InsertSettings(experiment=name, holdout_ratio=0.5)) for c in contexts]
        for name in ("spring", "autumn")
    )
    assert first != second


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_share_is_a_part_of_one_and_always_the_same(experiment, key):
    share = share_of(experiment, "holdout", key)
    assert 0 <= share < 1
    assert isinstance(share, Fraction)
    assert share == share_of(experiment, "holdout", key)
