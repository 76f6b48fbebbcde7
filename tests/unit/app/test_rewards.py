"""Rewards of a whole shop: from the points of an order to the order that uses the reward."""

from __future__ import annotations

from datetime import timedelta

import pytest

from retention_sdk.errors import PlatformError
from retention_sdk.hooks.manager import load
from retention_sdk.hooks.registry import Offer
from retention_sdk.loyalty import Program
from retention_sdk.loyalty.rewards import IssueState
from retention_sdk.model import RewardIssued
from retention_sdk.testing import BogusShop, FrozenClock, a_customer, a_paid_event, an_order

ADA = a_customer()
REWARDS = [
    {
        "id": "five",
        "kind": "amount",
        "points": 100,
        "names": {"en": "Five euros"},
        "worth_minor": {"EUR": 500},
    },
    {"id": "sample", "kind": "gift", "points": 20, "names": {"en": "A sample"}},
]


@pytest.fixture
def kept():
    return {}


@pytest.fixture
def failures():
    return []


@pytest.fixture
def clock():
    return FrozenClock()


@pytest.fixture
def shop(make_shop, clock, kept, failures):
    class Platform(BogusShop):
        """A shop makes adapters as it needs them, so codes are kept beside them."""

        name = "flaky"

        def __init__(self, settings=None, *, shop_id="soap.example"):
            super().__init__(settings, shop_id=shop_id)
            self.codes = kept

        def create_code(self, code):
            if failures:
                raise failures.pop()
            return super().create_code(code)

    plugins = load(discover=False)
    plugins.shelves.adapters.add(Offer("flaky", Platform, "test"))
    program = Program.model_validate(
        {
            "rates": {"EUR": {"points": 1, "per_minor": 100}},
            "rewards": REWARDS,
            "rewards_platform": "flaky",
        }
    )
    made = make_shop(clock=clock, plugins=plugins, loyalty=program)
    made.ingest([a_paid_event(an_order("150.00 EUR", customer=ADA))])
    return made


def balance(shop):
    with shop.store.reading() as connection:
        (who,) = shop.store.people_of(connection, shop.config.shop.id, [ADA.reference])
        return shop.ledger.balance(connection, who, now=shop.clock()).balance


def test_points_of_an_order_buy_a_code_that_the_next_order_uses(shop, kept):
    redeemed = shop.loyalty.rewards.redeem(ADA, "five", key="form 1")
    assert ("issued", 50, [redeemed.code]) == (redeemed.state, balance(shop), list(kept))

    order = an_order("30.00 EUR", id="1002", customer=ADA, coupon_codes=(redeemed.code,))
    shop.ingest([a_paid_event(order)])
    (used,) = shop.loyalty.rewards.list(ADA)

    assert ("redeemed", "order 1002", 80) == (used.state, used.reason, balance(shop))


@pytest.mark.parametrize("reward", ["five", "sample"])
def test_customer_is_told_of_the_reward(shop, reward):
    redeemed = shop.loyalty.rewards.redeem(ADA, reward)

    outcome = shop.outcome(f"reward:{redeemed.id}:issued")
    event = shop.intake.stored(outcome.event_id).event
    assert isinstance(event, RewardIssued)
    assert "done" == outcome.state
    assert (reward, redeemed.points, redeemed.code, redeemed.ends_at) == (
        event.reward, event.points, event.code, event.ends_at,
    )  # fmt: skip


def test_run_due_goes_on_when_the_platform_is_back(shop, clock, failures, kept):
    failures += [PlatformError("away", adapter="flaky", retryable=True)] * 2
    shop.loyalty.rewards.redeem(ADA, "five")
    assert 0 == shop.run_due(now=clock()).done

    clock.advance(timedelta(minutes=2))
    assert 1 == shop.run_due(now=clock()).done
    assert [IssueState.HELD] == [each.state for each in shop.loyalty.rewards.list(ADA)]
    assert 0 == shop.run_due(now=clock.advance(timedelta(seconds=119))).done
    assert 1 == shop.run_due(now=clock.advance(timedelta(seconds=1))).done

    (issued,) = shop.loyalty.rewards.list(ADA)
    assert ("issued", [issued.code], 50) == (issued.state, list(kept), balance(shop))


def test_platform_that_never_comes_back_gives_the_points_back_after_a_week(
    shop, clock, failures, kept
):
    failures += [PlatformError("away", adapter="flaky", retryable=True)] * 1000
    shop.loyalty.rewards.redeem(ADA, "five")
    tries = sum(shop.run_due(now=clock.advance(timedelta(hours=1))).done for _ in range(24 * 8))

    (ended,) = shop.loyalty.rewards.list(ADA)
    assert ("returned", {}, 150) == (ended.state, kept, balance(shop))
    assert "the points were set aside for too long" in ended.reason
    assert 20 < tries < 40


def test_row_of_a_redemption_ends_with_it(shop, clock, failures, kept):
    failures.append(PlatformError("away", adapter="flaky", retryable=True))
    held = shop.loyalty.rewards.redeem(ADA, "five")
    clock.advance(timedelta(minutes=2))

    report = shop.run_due(now=clock())
    assert (1, 0) == (report.done, report.postponed)
    with shop.store.reading() as connection:
        assert shop.store.due.planned(connection, "reward_open", held.id) is None
    assert 0 == shop.run_due(now=clock.advance(timedelta(days=1))).done


def test_catalogue_tells_how_far_the_next_reward_is(shop):
    shop.loyalty.rewards.redeem(ADA, "five")
    offers = {offer.reward.id: offer for offer in shop.loyalty.rewards.offers(ADA)}

    assert (50, 50, False) == (
        offers["five"].missing, offers["five"].spendable, offers["five"].is_available,
    )  # fmt: skip
    assert offers["sample"].is_available
