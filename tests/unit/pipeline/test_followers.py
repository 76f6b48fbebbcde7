"""What follows from an event is told in the event's own commit, worked on once, and ends."""

from __future__ import annotations

from itertools import product
from typing import get_args

import pytest

from retention_sdk.hooks import hookimpl
from retention_sdk.loyalty.earning import Occasion
from retention_sdk.model import (
    Birthday,
    CustomerCreated,
    Event,
    LoyaltyEvent,
    Money,
    OrderRefunded,
    PointsEarned,
    ReferralRewarded,
    TierChanged,
)
from retention_sdk.pipeline.loyalty.track import may_follow
from retention_sdk.testing import a_customer, a_paid_event
from tests.unit.model.test_events import CASES, an_event
from tests.unit.pipeline.due_shop import NOON, an_order_of, day, kinds, program

RULES = [
    {"kind": "signup", "id": "hello", "points": 20},
    {"kind": "birthday", "id": "cake", "points": 30},
    {"kind": "anniversary", "id": "years", "points": 15},
]
SILVER = {"ranks": [{"key": "silver", "from_minor": {"EUR": 100_00}}]}


@pytest.fixture
def shop(make_due_shop):
    return make_due_shop(loyalty=program(rules=RULES, tiers=SILVER))


def paid(shop, minor=150_00, *, name="1", **changes):
    order = an_order_of(minor, customer=changes.pop("customer", a_customer()), **changes)
    return a_paid_event(order, id=f"paid:{name}", shop_id=shop.id, occurred_at=NOON)


def test_an_order_tells_of_its_points_and_the_rank_it_brought(shop):
    event = shop.buy(150_00, is_whole=True)
    points, rank = shop.followers(event)

    assert PointsEarned is type(points)
    assert ("order", 150, 0, 150) == (points.kind, points.points, points.balance, points.pending)
    assert TierChanged is type(rank)
    assert ("", "silver", True, "points") == (
        rank.tier_before,
        rank.tier,
        rank.is_up,
        rank.program,
    )
    assert {"done"} == set(shop.states("points_earned").values())
    assert {"done"} == set(shop.states("tier_changed").values())


def test_the_balance_is_that_after_the_posting(make_due_shop):
    shop = make_due_shop(loyalty=program(matures_after_days=0))
    shop.buy(20_00)
    (second,) = shop.followers(shop.buy(30_00, order="2"))

    assert (30, 50, 0) == (second.points, second.balance, second.pending)


def test_a_crash_after_the_snapshot_leaves_what_followed_to_resume(shop):
    event = paid(shop)
    shop.begin(event)
    before = shop.states("points_earned")
    outcomes = {each.event_id: each.state for each in shop.app.resume()}

    assert ["pending"] == list(before.values())
    assert dict.fromkeys([event.id, *shop.app.pipeline.followers(event.id)], "done") == outcomes
    assert before.keys() == shop.states("points_earned").keys()
    assert () == shop.app.resume()


def test_a_card_that_cannot_be_printed_holds_up_nothing_that_followed(shop, tmp_path):
    (tmp_path / "out").write_text("a file where the folder of cards should be")
    event = paid(shop)
    (outcome,) = shop.app.ingest([event])

    assert "done" != outcome.state
    assert ["done", "done"] == [
        *shop.states("points_earned").values(),
        *shop.states("tier_changed").values(),
    ]


def test_what_was_told_before_tells_nothing_new(shop):
    shop.app.ingest([paid(shop)])
    shop.app.ingest([paid(shop)])
    shop.app.ingest([paid(shop, name="again")])

    assert 1 == len(shop.states("points_earned"))
    assert 1 == len(shop.states("tier_changed"))


def test_a_refund_tells_of_the_rank_and_earns_nothing(shop):
    event = shop.buy(150_00)
    back = event.order.model_copy(update={"refunded": Money(minor=150_00, currency="EUR")})
    refund = OrderRefunded(id="refund", shop_id=shop.id, occurred_at=NOON, order=back)
    shop.app.ingest([refund])

    assert [("silver", "", False)] == [
        (each.tier_before, each.tier, each.is_up) for each in shop.followers(refund)
    ]


def test_a_new_account_tells_of_its_points(shop):
    created = CustomerCreated(
        id="new", shop_id=shop.id, occurred_at=NOON, customer=a_customer(id="5")
    )
    shop.app.ingest([created])

    assert [("signup", 20)] == [(each.kind, each.points) for each in shop.followers(created)]


def test_nobody_is_told_where_nobody_is_known(shop):
    event = paid(shop, customer=None)
    shop.app.ingest([event])

    assert () == shop.app.pipeline.followers(event.id)
    assert [event.id] == list(shop.states("order_paid"))


def test_every_currency_of_points_tells_of_its_own(make_due_shop):
    shop = make_due_shop(loyalty=program(), points={"stars": program(id="stars")})
    event = shop.buy(20_00)

    assert [("points", 20), ("stars", 20)] == [
        (each.program, each.points) for each in shop.followers(event)
    ]


def test_observers_learn_of_what_followed(shop):
    seen = []

    class Watcher:
        @hookimpl
        def retention_event_received(self, event):
            seen.append(event.type)

    shop.app.plugins.add(Watcher(), "watcher")
    shop.buy(150_00, is_whole=True)

    assert ["order_paid", "points_earned", "tier_changed"] == seen


def test_birthdays_and_anniversaries_bring_their_points_with_their_events(shop):
    who = shop.subject(shop.buy(150_00).id)
    told = [each for each in shop.told(shop.run(day(366))) if "tier" not in each]

    assert ["points_matured", "birthday", "points_earned", "points_matured"] == kinds(told)[:4]
    assert [("birthday", 30), ("anniversary", 15)] == [
        (each["kind"], each["points"]) for each in told if each["type"] == "points_earned"
    ]
    assert "anniversary" == kinds(told)[kinds(told).index("points_earned", 4) - 1]
    assert [150, 30, 15] == [points for kind, points, _ in shop.history(who) if kind == "earn"]
    assert () == shop.run(day(366)).events
    assert shop.is_clean()


def test_points_of_a_birthday_that_was_moved_come_once_a_year(shop):
    shop.tell(a_customer(birthday="01-10"))
    shop.run(day(60))
    who = shop.tell(a_customer(birthday="03-10"), at=day(60), name="moved")
    shop.run(day(300))

    assert [30] == [points for kind, points, _ in shop.history(who) if kind == "earn"]


def test_a_birthday_that_was_rewarded_by_hand_is_not_rewarded_again(shop):
    who = shop.tell(a_customer(birthday="01-10"))
    with shop.store.begin() as connection:
        occasion = Occasion(kind="birthday", occurred_at=day(45))
        shop.app.ledger.awards.give(connection, occasion, subject_id=who, now=day(45))
    told = shop.told(shop.run(day(60)))

    assert ["birthday"] == [kind for kind in kinds(told) if not kind.startswith("points")]
    assert [30] == [points for kind, points, _ in shop.history(who) if kind == "earn"]


# Chains ------------------------------------------------------------------------------------


def test_news_of_a_programme_follow_in_one_direction_only():
    """No pair leads back, and no kind to itself: a chain is at most as long as there are kinds."""
    news = [an_event(kind) for kind in CASES if issubclass(kind, LoyaltyEvent)]
    pairs = {(type(a), type(b)) for a, b in product(news, news) if may_follow(a, b)}

    assert (PointsEarned, ReferralRewarded) in pairs
    assert not {(b, a) for a, b in pairs} & pairs
    known = {each for each in get_args(get_args(Event)[0]) if issubclass(each, LoyaltyEvent)}
    assert {type(each) for each in news} == known


def test_anything_may_follow_from_what_a_shop_or_the_time_told(shop):
    causes = [paid(shop), an_event(Birthday)]

    assert all(may_follow(an_event(kind), cause) for kind in (PointsEarned,) for cause in causes)


@pytest.mark.parametrize("kind", [k for k in CASES if issubclass(k, LoyaltyEvent)])
def test_news_of_a_programme_earn_nothing_and_change_no_rank(shop, kind):
    paid_event = shop.buy(150_00)
    who = shop.subject(paid_event.id)
    before = (shop.history(who), shop.ranks(who))
    event = an_event(kind, shop_id=shop.id, customer=paid_event.order.customer)
    shop.app.ingest([event])

    assert before == (shop.history(who), shop.ranks(who))
    assert () == shop.app.pipeline.followers(event.id)
