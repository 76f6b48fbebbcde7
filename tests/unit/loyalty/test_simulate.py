"""A simulation tells what the real ledger would have told, and what is assumed happens so often."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from retention_sdk.errors import LedgerError
from retention_sdk.loyalty import PointsLedger, Program
from retention_sdk.loyalty.liability import read_liability
from retention_sdk.loyalty.simulate import Assumptions, simulate
from retention_sdk.loyalty.tiers import TierBook
from retention_sdk.model import Customer, Money, OrderCancelled, OrderPaid, OrderRefunded
from retention_sdk.storage import open_store
from retention_sdk.storage.ledger import reporting

RULES = [
    {"kind": "milestone", "id": "third", "every": 3, "points": 40},
    {"kind": "cap", "id": "monthly", "points": 90, "per": "month"},
]
RANKS = {
    "rolling_days": 60,
    "ranks": [
        {"key": "silver", "from_minor": {"EUR": 10000}, "points_factor": "1.5"},
        {"key": "gold", "from_minor": {"EUR": 20000}, "points_factor": 2},
    ],
}
BY_POINTS = {
    "qualify": "points",
    "rolling_days": 90,
    "ranks": [{"key": "regular", "from_count": 60, "points_factor": "1.25"}],
}


@pytest.fixture
def year(make_order, now):
    """Return a year of five people's orders, some of them refunded in parts or cancelled."""

    def make(seed: int, count: int = 60) -> list:
        chance, events = random.Random(seed), []
        for number in range(count):
            at = now + timedelta(hours=chance.randrange(24 * 330))
            who = Customer(id=f"c{chance.randrange(5)}", email="")
            order = make_order(
                chance.randrange(500, 9000),
                order_id=str(number),
                customer=who,
                placed_at=at,
                paid_at=at,
            )
            events.append(paid(order, at))
            fate = chance.random()
            if fate < 0.15:
                back = [order.total.minor // 3, order.total.minor]
                for share in back[: chance.randint(1, 2)]:
                    at += timedelta(days=chance.randint(1, 20))
                    events.append(refunded(order, share, at))
            elif fate < 0.25:
                at += timedelta(days=3)
                told = order.model_copy(update={"cancelled_at": at})
                events.append(
                    OrderCancelled(id=f"x{number}", shop_id="shop", occurred_at=at, order=told)
                )
        return sorted(events, key=lambda event: event.occurred_at)

    return make


def paid(order, at):
    return OrderPaid(id=f"p{order.id}", shop_id="shop", occurred_at=at, order=order)


def refunded(order, minor, at):
    told = order.model_copy(update={"refunded": Money(minor=minor, currency=order.currency)})
    key = f"r{order.id}:{minor}"
    return OrderRefunded(id=key, shop_id="shop", occurred_at=at, order=told)


def posted(program: Program, events, days):
    """Return what a store says after the same events, and the ranks of everybody."""
    with open_store("sqlite://", key=bytes(32)) as store, store.begin() as connection:
        ledger, people = PointsLedger(store, program), {}
        for event in events:
            order, now = event.order, event.occurred_at
            who = people.setdefault(order.customer.id, store.subjects.for_event(connection, event))
            store.orders.record(connection, order, shop_id="shop", subject_id=who)
            act = ledger.earn if isinstance(event, OrderPaid) else ledger.claw_back
            act(connection, event, subject_id=who, now=now)
        last = events[-1].occurred_at
        (stored,) = reporting.stored_programs(connection)
        report = read_liability(connection, stored, days, now=last)
        ranks = []
        if program.tiers:
            book = TierBook(store, program, program.tiers)
            ranks = [book.look(connection, who, now=last).tier for who in people.values()]
        return report, ranks


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"matures_after_days": 14, "expires_after_days": 45, "clawback": "clamp"},
        {"rules": RULES, "expires_after_days": 100, "time_zone": "Europe/Berlin"},
        {"rules": RULES[:1], "tiers": RANKS, "matures_after_days": 7},
        {"tiers": BY_POINTS, "expires_after_days": 30},
        {"clawback": "manual_review"},
    ],
    ids=["plain", "dates", "rules", "ranks", "ranks by points", "review"],
)
def test_the_ledger_itself_comes_to_the_same(make_program, year, changes, seed):
    """Every month, every bucket, every year of expiry, and every rank."""
    program, events = make_program(**changes), year(seed)

    made = simulate(program, events)
    days = [line.first_day for line in made.report.lines]
    days.append(made.report.lines[-1].last_day + timedelta(days=1))
    report, ranks = posted(program, events, days)

    assert report == made.report
    assert 0 < made.total("issued")
    for key, number in made.tiers.items():
        assert ranks.count(key) == number


def test_a_redemption_by_hand(make_program, make_order, now):
    """100 points in March; in April the 50-point gift twice, dearer than that is nothing."""
    gift = {"kind": "gift", "id": "dish", "points": 30, "names": {"en": "Dish"}}
    note = {"kind": "amount", "id": "five", "points": 50, "worth_minor": {"EUR": 500}}
    rewards = [gift, {**note, "names": {"en": "Five"}, "minimum_minor": {"EUR": 2000}}]
    value = {"points": 10, "minor": 20, "currency": "EUR"}
    program = make_program(rewards=rewards, point_value=value)
    ada = Customer(id="ada")
    orders = [(10000, 0), (1000, 31), (3000, 62)]
    events = [
        paid(
            make_order(minor, order_id=str(n), customer=ada, placed_at=now + timedelta(days=days)),
            now + timedelta(days=days),
        )
        for n, (minor, days) in enumerate(orders)
    ]

    made = simulate(program, events, assumed=Assumptions(redeem=1))

    dish, five = made.rewards
    # The second order is too small for the five euros; a dish of 30 points is worth 0.60.
    assert ("dish", 1, 30, {"EUR": 60}) == (dish.reward, dish.count, dish.points, dict(dish.cost))
    assert ("five", 1, 50, {"EUR": 500}) == (five.reward, five.count, five.points, dict(five.cost))
    assert {"EUR": 560} == made.cost
    assert (140, 80, 60) == (
        made.total("issued"),
        made.total("redeemed"),
        made.report.lines[-1].closing,
    )
    assert Fraction(80, 140) == made.redemption


def test_friends_are_rewarded_when_their_order_cannot_go_back(make_program, make_order, now):
    rule = {"referrer_points": 100, "friend_points": 20, "return_days": 30, "yearly_max": 1}
    program = make_program(referral=rule)

    def sold(who, days, **changes):
        at = now + timedelta(days=days)
        order = make_order(
            1000, order_id=f"{who}{days}", customer=Customer(id=who), placed_at=at, **changes
        )
        return paid(order, at)

    first, friend, second, last = sold("ada", 0), sold("bob", 1), sold("cleo", 2), sold("ada", 90)
    # Bob brings 100 to Ada and 20 to himself. Cleo came through Ada or Bob.
    made = simulate(program, [first, friend, last], assumed=Assumptions(referral=1))
    assert (1, {"order": 30, "referral": 120}) == (made.referrals, made.sources)

    back = refunded(friend.order, 1000, now + timedelta(days=20))
    made = simulate(program, [first, friend, back, last], assumed=Assumptions(referral=1))
    assert (0, {"order": 30}) == (made.referrals, made.sources)

    early = [first, friend, second]
    assert 0 == simulate(program, early, assumed=Assumptions(referral=1)).referrals


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_chance_is_the_same_for_everybody_who_asks_and_happens_as_often_as_it_should(share):
    assumed, again = Assumptions(redeem=share), Assumptions(redeem=share, referral=0.5)
    drawn = [assumed.happens("redeem", str(number)) for number in range(4000)]

    assert drawn == [again.happens("redeem", str(number)) for number in range(4000)]
    assert abs(sum(drawn) - 4000 * share) <= 4000 * 0.03


def test_another_seed_is_another_draw():
    draws = {
        tuple(Assumptions(redeem=0.5, seed=seed).happens("redeem", str(n)) for n in range(64))
        for seed in range(20)
    }

    assert 20 == len(draws)


@pytest.mark.parametrize(
    ("assumed", "reason"),
    [
        ({"redeem": 0.5}, "no rewards to redeem"),
        ({"referral": 0.5}, "nothing for referrals"),
        ({"review": 0.5}, "no rule for a review"),
    ],
)
def test_what_a_programme_does_not_have_cannot_be_assumed(make_program, make_paid, assumed, reason):
    with pytest.raises(LedgerError, match=reason):
        simulate(make_program(), [make_paid()], assumed=Assumptions(**assumed))


def test_occasions_are_weighed_by_the_rules(make_program, make_order, now):
    """Two reviews a year count: 3 orders bring 2 × 5, a sign-up once 7."""
    rules = [
        {"kind": "review", "id": "review", "points": 5, "yearly_max": 2},
        {"kind": "signup", "id": "welcome", "points": 7},
    ]
    at = [now + timedelta(days=days) for days in (0, 10, 20)]
    events = [
        paid(make_order(100, order_id=str(n), customer=Customer(id="ada"), placed_at=each), each)
        for n, each in enumerate(at)
    ]

    made = simulate(make_program(rules=rules), events, assumed=Assumptions(review=1, signup=1))

    assert {"order": 3, "review": 10, "welcome": 7} == made.sources


def test_months_are_those_of_the_programme(make_program, make_paid):
    """Half past midnight on 1 April in Berlin is still March in London."""
    at = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)

    def first_day(zone):
        events = [make_paid(at=at), make_paid(order_id="2", at=at + timedelta(days=40))]
        report = simulate(make_program(time_zone=zone), events).report
        return next(line.first_day for line in report.lines if line.issued)

    assert date(2026, 4, 1) == first_day("Europe/Berlin")
    assert date(2026, 3, 1) == first_day("Europe/London")


def test_ranks_from_the_day_of_joining(make_program, year):
    """The first order opens the years of somebody."""
    ranks = {**RANKS, "period": "anniversary", "downgrade": "one_down"}
    program, events = make_program(tiers=ranks), year(5)
    made = simulate(program, events)
    days = [line.first_day for line in made.report.lines]
    days.append(made.report.lines[-1].last_day + timedelta(days=1))

    assert posted(program, events, days)[0] == made.report
