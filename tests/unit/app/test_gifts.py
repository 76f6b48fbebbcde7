"""Rewards for levels and ranks: they cost nobody points, come once, and go with what they are for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from retention_sdk.errors import PlatformError
from retention_sdk.hooks.manager import load
from retention_sdk.hooks.registry import Offer
from retention_sdk.loyalty import Program
from retention_sdk.model import Money, OrderRefunded, RewardIssued
from retention_sdk.testing import BogusShop, FrozenClock, a_customer, a_paid_event, an_order

ADA = a_customer()
FIVE = {
    "id": "five",
    "kind": "amount",
    "points": 100,
    "names": {"en": "Five euros"},
    "worth_minor": {"EUR": 500},
}
MUG = {"id": "mug", "kind": "gift", "points": 400, "names": {"en": "Our mug"}}


class World:
    """A shop whose platform fails as a test wants, and what is asked about it."""

    def __init__(self, make_shop, **program):
        kept, failures = {}, []

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
        self.kept, self.failures, self.clock = kept, failures, FrozenClock()
        rules = Program.model_validate(
            {
                "rates": {"EUR": {"points": 1, "per_minor": 100}},
                "rewards": [FIVE, MUG],
                "rewards_platform": "flaky",
                **program,
            }
        )
        self.app = make_shop(clock=self.clock, plugins=plugins, loyalty=rules)

    def order(self, number, euros=30, **changes):
        total = f"{euros}.00 EUR"
        return a_paid_event(
            an_order(total, id=number, number=number, customer=ADA, **changes),
            id=f"paid:{number}",
        )

    def pay(self, number, euros=30, **changes):
        event = self.order(number, euros, **changes)
        self.app.ingest([event])
        return event

    def refund(self, event):
        back = event.order.total or Money(minor=0, currency="EUR")
        order = event.order.model_copy(update={"refunded": back})
        told = OrderRefunded(
            id=f"back:{order.id}", shop_id=event.shop_id, occurred_at=self.clock(), order=order
        )
        self.app.ingest([told])

    @property
    def issued(self):
        return [(each.reward, each.state) for each in self.app.loyalty.rewards.list(ADA)]

    @property
    def account(self):
        """What can be spent and what is owed; the books add up."""
        shop = self.app
        with shop.store.reading() as connection:
            (who,) = shop.store.people_of(connection, shop.config.shop.id, [ADA.reference])
            state = shop.ledger.balance(connection, who, now=self.clock())
            assert shop.ledger.verify(connection).is_clean
        return state.balance, state.debt

    @property
    def told(self):
        """Return what was told of rewards, and how far each telling came."""
        shop = self.app
        with shop.store.reading() as connection:
            (who,) = shop.store.people_of(connection, shop.config.shop.id, [ADA.reference])
            events = list(shop.store.people.events(connection, who))
        return [(e.reward, shop.outcome(e.id).state) for e in events if isinstance(e, RewardIssued)]


def an_achievement(reward, **changes):
    level = {"target": 1, "reward": reward}
    return {"id": "first", "kind": "orders", "levels": [level], **changes}


@pytest.mark.parametrize("reward", ["five", "mug"])
def test_a_level_brings_its_reward_at_once_and_for_nothing(make_shop, reward):
    world = World(make_shop, achievements=[an_achievement(reward)])
    world.pay("1")

    assert [(reward, "issued")] == world.issued
    assert (30, 0) == world.account
    assert [(reward, "done")] == world.told


def test_a_reward_comes_once_however_often_its_event_is_told(make_shop):
    world = World(make_shop, achievements=[an_achievement("five")])
    for _ in range(3):
        world.pay("1")
    world.app.resume()
    world.app.run_due(now=world.clock())

    assert [("five", "issued")] == world.issued
    assert 1 == len(world.kept)


def test_rules_for_buyers_do_not_hold_up_what_was_earned(make_shop):
    rules = {"per_customer": 1, "segment": {"orders_from": 50}}
    world = World(
        make_shop,
        rewards=[{**MUG, **rules}],
        achievements=[an_achievement("mug", repeats="on_completion")],
    )
    world.pay("1")
    world.pay("2")

    assert [("mug", "issued")] * 2 == world.issued


def test_what_is_sold_out_is_given_when_there_is_more(make_shop, tmp_path):
    sold_out = World(make_shop, rewards=[{**MUG, "stock": 0}], achievements=[an_achievement("mug")])
    sold_out.pay("1")

    assert ([], (30, 0)) == (sold_out.issued, sold_out.account)

    refilled = World(make_shop, rewards=[{**MUG, "stock": 5}], achievements=[an_achievement("mug")])
    # The row waits by the clock on the wall; this is what `retention resume --failed` does.
    with refilled.app.store.begin() as connection:
        query = "UPDATE due SET state = 'failed' WHERE kind = 'reward_gift' AND error LIKE '%none%'"
        assert 1 == connection.exec_driver_sql(query).rowcount
        refilled.app.store.due.retry_failed(connection, refilled.app.config.shop.id)
    refilled.app.run_due(now=refilled.clock())

    assert [("mug", "issued")] == refilled.issued


def test_a_platform_that_is_away_gets_its_code_later(make_shop):
    world = World(make_shop, achievements=[an_achievement("five")])
    world.failures.append(PlatformError("away", adapter="flaky", retryable=True))
    world.pay("1")
    before = world.issued
    world.app.resume()
    world.app.loyalty.go_on()

    assert [("five", "held")] == before
    assert [("five", "issued")] == world.issued
    assert (30, 0) == world.account


def test_a_platform_that_refuses_leaves_no_points(make_shop):
    world = World(make_shop, achievements=[an_achievement("five")])
    world.failures.append(PlatformError("no", adapter="flaky", retryable=False))
    world.pay("1")

    assert [("five", "returned")] == world.issued
    assert (30, 0) == world.account


@pytest.mark.parametrize("reward", ["five", "mug"])
def test_a_refund_takes_the_reward_of_its_level_back(make_shop, reward):
    world = World(make_shop, achievements=[an_achievement(reward)])
    event = world.pay("1")
    world.refund(event)

    assert [(reward, "cancelled")] == world.issued
    assert (0, 0) == world.account
    assert {} == world.kept

    world.pay("2")

    assert [(reward, "cancelled"), (reward, "issued")] == sorted(world.issued)


def test_a_level_that_is_kept_keeps_its_reward(make_shop):
    world = World(make_shop, achievements=[an_achievement("mug", on_refund="keep")])
    event = world.pay("1")
    world.refund(event)

    assert [("mug", "issued")] == world.issued


@pytest.mark.parametrize(("policy", "owed"), [("debt", 400), ("clamp", 0)])
def test_a_reward_that_was_handed_over_is_owed_as_the_programme_says(make_shop, policy, owed):
    world = World(make_shop, clawback=policy, achievements=[an_achievement("mug")])
    event = world.pay("1")
    (mug,) = world.app.loyalty.rewards.list(ADA)
    world.app.loyalty.rewards.fulfil(mug.id)
    world.refund(event)

    assert [("mug", "fulfilled")] == world.issued
    assert (0, owed) == world.account


def test_a_cancelled_present_becomes_no_points(make_shop):
    world = World(make_shop, achievements=[an_achievement("five")])
    world.pay("1")
    (five,) = world.app.loyalty.rewards.list(ADA)
    world.app.loyalty.rewards.cancel(five.id, reason="asked for by mail", grace_days=30)

    assert [("five", "cancelled")] == world.issued
    assert (30, 0) == world.account


def test_orders_of_the_past_bring_rewards_that_nobody_is_told_of(make_shop):
    world = World(make_shop, achievements=[an_achievement("five")])
    world.app.remember([world.order("1")])

    assert [("five", "issued")] == world.issued
    assert {"five"} == {reward for reward, _ in world.told}
    with world.app.store.reading() as connection:
        names = [f"reward:{each.id}:issued" for each in world.app.loyalty.rewards.list(ADA)]
        stages = [world.app.store.stages.reached(connection, name) for name in names]
    assert [{"context", "history"}] == [set(each) for each in stages]


def test_what_a_crash_left_is_given_by_the_next_run(make_shop):
    world = World(make_shop, achievements=[an_achievement("five")])
    event = world.order("1")
    world.app.accept([event])
    # The process dies after the commit that records the level.
    world.app.press_room.snapshots.take(world.app.intake.stored(event.id), now=world.clock())
    before = world.issued
    done = [world.app.run_due(now=world.clock()).done for _ in range(2)]

    assert [] == before
    assert ([1, 0], [("five", "issued")]) == (done, world.issued)


RANKS = {
    "qualify": "spend",
    "ranks": [
        {"key": "silver", "from_minor": {"EUR": 2000}, "benefits": ["early access", "mug"]},
        {"key": "gold", "from_minor": {"EUR": 10000}, "benefits": ["mug", "five"]},
    ],
}


def test_a_rank_brings_the_rewards_among_its_benefits(make_shop):
    world = World(make_shop, tiers=RANKS)
    world.pay("1", 30)
    silver = world.issued
    world.pay("2", 40)
    still_silver = world.issued
    world.pay("3", 50)

    assert [("mug", "issued")] == silver == still_silver
    assert [("five", "issued"), ("mug", "issued"), ("mug", "issued")] == sorted(world.issued)
    assert (120, 0) == world.account


def test_a_rank_that_a_refund_undoes_takes_its_rewards_along(make_shop):
    world = World(make_shop, tiers=RANKS)
    world.pay("1", 30)
    world.refund(world.pay("2", 100))

    assert [("mug", "issued"), ("mug", "cancelled"), ("five", "cancelled")] == sorted(
        world.issued, key=lambda each: (each[1] != "issued", each[0] != "mug")
    )


def test_a_rank_whose_time_is_over_leaves_what_it_brought(make_shop):
    world = World(make_shop, tiers={**RANKS, "rolling_days": 30})
    world.pay("1", 30)
    world.app.run_due(now=world.clock.advance(timedelta(days=60)))

    with world.app.store.reading() as connection:
        (who,) = world.app.store.people_of(connection, world.app.config.shop.id, [ADA.reference])
        newest = world.app.store.tiers.newest(connection, "points", who)
    assert ("", "period_ended") == (newest.tier, newest.reason)
    assert [("mug", "issued")] == world.issued


def test_a_changed_programme_is_applied_to_everybody_without_a_word(make_shop):
    before = World(make_shop)
    before.pay("1")
    changed = World(make_shop, achievements=[an_achievement("five")], tiers=RANKS)
    planned = [changed.app.loyalty.refresh() for _ in range(2)]
    changed.app.run_due(now=changed.clock())
    changed.app.run_due(now=changed.clock())
    with changed.app.store.reading() as connection:
        due = changed.app.store.due.count(connection, changed.app.config.shop.id)
        (who,) = changed.app.store.people_of(connection, "soap.example", [ADA.reference])
        rank = changed.app.store.tiers.newest(connection, "points", who)
        names = [f"reward:{each.id}:issued" for each in changed.app.loyalty.rewards.list(ADA)]
        stages = [changed.app.store.stages.reached(connection, name) for name in names]

    assert [1, 1] == planned
    assert [("five", "issued"), ("mug", "issued")] == sorted(changed.issued)
    assert ("silver", (30, 0)) == (rank.tier, changed.account)
    assert [{"context", "history"}] * 2 == [set(each) for each in stages]
    assert 0 == due.get("failed", 0)


def test_a_level_names_a_reward_of_the_catalogue():
    with pytest.raises(
        ValueError, match=r"achievements\.0\.levels\.0\.reward: no reward is called"
    ):
        Program(
            rates={"EUR": {"points": 1, "per_minor": 100}},
            rewards=[MUG],
            achievements=[an_achievement("hat")],
        )
