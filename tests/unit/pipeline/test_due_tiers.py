"""Ranks end by themselves, their holders are warned once, and late runs tell the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retention_sdk.loyalty.due_settings import DueSettings
from retention_sdk.loyalty.tiers.risk import next_turn
from retention_sdk.model import (
    CustomerErased,
    CustomersMerged,
    Erasure,
    Money,
    OrderRefunded,
    TierAtRisk,
    TierChanged,
)
from retention_sdk.testing import a_customer
from tests.unit.pipeline.due_shop import ADA, NOON, Shop, day, kinds, program

RANKS = [
    {"key": "silver", "from_minor": {"EUR": 100_00}},
    {"key": "gold", "from_minor": {"EUR": 300_00}},
]


def ranked(**changes):
    """A programme whose points never expire, so that only its ranks need time."""
    tiers = {"ranks": RANKS, **changes}
    return program(tiers=tiers, matures_after_days=0, expires_after_days=None)


@pytest.fixture
def shop(make_due_shop):
    return make_due_shop(loyalty=ranked())


def tiers(events):
    """Return what was told of ranks: when, and what."""
    found = []
    for each in events:
        if isinstance(each, TierChanged):
            found.append((each.occurred_at, each.tier_before, each.tier, each.is_up))
        elif isinstance(each, TierAtRisk):
            found.append((each.occurred_at, each.tier, each.falls_to, each.on))
    return found


def of_ranks(shop, report):
    return tiers(shop.events(report))


# Nothing is bought after 20 November 2026: the last of 365 days is 19 November 2027. Berlin is an
# hour ahead of UTC then, two in October.
LAST = date(2027, 11, 19)
WARNED = datetime(2027, 10, 20, 7, tzinfo=UTC)
OVER = datetime(2027, 11, 19, 23, tzinfo=UTC)


def test_a_rank_is_told_when_reached_warned_of_and_told_when_it_is_over(shop):
    paid = shop.buy(350_00)
    report = shop.run(day(400))

    assert [(NOON, "", "gold", True)] == tiers(shop.followers(paid))
    assert [(WARNED, "gold", "", LAST), (OVER, "gold", "", False)] == of_ranks(shop, report)
    assert [("", "gold", "reached"), ("gold", "", "period_ended")] == shop.ranks(
        shop.subject(paid.id)
    )
    assert shop.planned("tier_turns", f"points:{shop.subject(paid.id)}") is None


def test_the_warning_says_what_would_keep_the_rank(shop):
    shop.buy(250_00)
    shop.buy(120_00, order="2", at=day(200))
    warning = next(each for each in shop.events(shop.run(day(350))) if isinstance(each, TierAtRisk))

    # Without the first order 120 of the 300 euros are left.
    assert ("gold", "silver", LAST) == (warning.tier, warning.falls_to, warning.on)
    assert ("spend", 180_00, "EUR") == (warning.measure, warning.missing, warning.currency)


def test_an_order_moves_the_end_and_the_warning(shop):
    paid = shop.buy(350_00)
    who = shop.subject(paid.id)
    shop.run(day(200))
    shop.buy(350_00, order="2", at=day(200))

    # 8 June 2027 and 364 days: the last one is 6 June 2028, warned of on 7 May at nine.
    assert datetime(2028, 5, 7, 7, tzinfo=UTC) == shop.planned("tier_turns", f"points:{who}")
    assert [] == of_ranks(shop, shop.run(day(400)))
    assert [date(2028, 6, 6)] == [each[3] for each in of_ranks(shop, shop.run(day(540)))]


def test_grace_is_part_of_the_promise(make_due_shop):
    shop = make_due_shop(loyalty=ranked(grace_days=10))
    shop.buy(150_00)
    told = of_ranks(shop, shop.run(day(400)))

    ten = timedelta(days=10)
    assert [(WARNED + ten, LAST + ten), (OVER + ten, False)] == [
        (each[0], each[3]) for each in told
    ]


def test_who_falls_one_rank_at_a_time_is_told_each_time(make_due_shop):
    shop = make_due_shop(loyalty=ranked(downgrade="one_down", rolling_days=60))
    shop.buy(350_00)
    told = of_ranks(shop, shop.run(day(400)))

    assert [
        ("gold", "silver"),
        ("gold", "silver"),
        ("silver", ""),
        ("silver", ""),
    ] == [each[1:3] for each in told]


def test_a_rank_for_ever_waits_for_nothing(make_due_shop):
    shop = make_due_shop(loyalty=ranked(downgrade="never"))
    who = shop.subject(shop.buy(350_00).id)

    assert shop.planned("tier_turns", f"points:{who}") is None
    assert [] == of_ranks(shop, shop.run(day(800)))


@pytest.mark.parametrize(("days", "expected"), [(0, []), (7, ["2027-11-12T08:00:00Z"])])
def test_a_shop_says_when_to_warn(make_due_shop, days, expected):
    shop = make_due_shop(loyalty=ranked(), due=DueSettings(tier_warning_days=days))
    shop.buy(350_00)
    told = shop.told(shop.run(day(400)))

    assert expected == [each["occurred_at"] for each in told if "falls_to" in each]


def test_a_refund_lowers_at_once_and_nothing_is_told_twice(shop):
    paid = shop.buy(350_00)
    back = paid.order.model_copy(update={"refunded": Money(minor=350_00, currency="EUR")})
    refund = OrderRefunded(id="refund", shop_id=shop.id, occurred_at=NOON, order=back)
    shop.app.ingest([refund])

    assert [(NOON, "gold", "", False)] == tiers(shop.followers(refund))
    assert [] == of_ranks(shop, shop.run(day(800)))


def test_what_a_shop_does_to_its_ladder_is_for_the_shop_to_tell(shop):
    first = shop.buy(350_00)
    cheaper = [{**rank, "from_minor": {"EUR": 1_00}} for rank in RANKS[1:]]
    shop.app.config = shop.app.config.model_copy(update={"loyalty": ranked(ranks=cheaper)})
    for name in ("ledgers", "press_room", "cards", "pipeline", "intake"):
        shop.app.__dict__.pop(name, None)
    platinum = [{"key": "platinum", "from_minor": {"EUR": 1_00}}]
    shop.app.config = shop.app.config.model_copy(update={"loyalty": ranked(ranks=platinum)})
    second = shop.buy(10_00, order="2", at=day(1))

    assert [] == tiers(shop.followers(second))
    assert ("gold", "platinum", "ladder_changed") == shop.ranks(shop.subject(first.id))[-1]


def test_an_order_that_was_worked_on_before_the_row_holds(shop):
    """The row was due on day 365; an order of day 380 came first, and found the rank lost."""
    shop.buy(350_00)
    second = shop.buy(350_00, order="2", at=day(380))
    told = of_ranks(shop, shop.run(day(381)))

    assert [("", "gold", "reached"), ("gold", "gold", "kept")] == shop.ranks(
        shop.subject(second.id)
    )
    assert [] == told
    # Only the next end is left: 5 December 2027 and 364 days.
    assert [date(2028, 12, 3)] == [each[3] for each in of_ranks(shop, shop.run(day(735)))]


def test_two_people_who_are_one_have_one_rank_and_one_end(shop):
    ada, ann = a_customer(id="1", email="ada@x.example"), a_customer(id="2", email="ann@x.example")
    shop.buy(200_00, customer=ada)
    shop.buy(200_00, order="2", customer=ann)
    merged = CustomersMerged(
        id="merged", shop_id=shop.id, occurred_at=day(1), customer=ada, absorbed=("2",)
    )
    shop.now = day(1)
    shop.app.ingest([merged])

    assert [(day(1), "silver", "gold", True)] == tiers(shop.followers(merged))
    assert ["gold"] * 2 == [each[1] for each in of_ranks(shop, shop.run(day(400)))]


def test_of_the_erased_nothing_is_told_and_no_row_is_left(shop):
    who = shop.subject(shop.buy(350_00).id)
    gone = CustomerErased(
        id="erased", shop_id=shop.id, occurred_at=day(1), erasure=Erasure(customer_id=ADA.id)
    )
    shop.now = day(1)
    shop.app.ingest([gone])

    assert shop.planned("tier_turns", f"points:{who}") is None
    assert () == shop.run(day(400)).events


ORDERS = st.lists(st.tuples(st.integers(0, 300), st.integers(50_00, 400_00)), max_size=4)
LADDERS = st.fixed_dictionaries(
    {
        "period": st.sampled_from(["rolling", "month", "quarter"]),
        "rolling_days": st.just(90),
        "downgrade": st.sampled_from(["by_balance", "one_down"]),
        "grace_days": st.sampled_from([0, 20]),
    }
)


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(orders=ORDERS, ladder=LADDERS, stops=st.lists(st.integers(301, 700), max_size=6))
def test_a_jump_over_ranks_tells_what_many_small_steps_tell(in_memory, orders, ladder, stops):
    """L12: advance(a); advance(b) is advance(a + b)."""
    found = []
    for looks in (sorted(set(stops)), []):
        shop = Shop(loyalty=ranked(**ladder))
        who = ""
        for number, (at, minor) in enumerate(sorted(orders)):
            who = shop.subject(shop.buy(minor, order=str(number), at=day(at)).id)
        reports = [shop.run(day(each)) for each in [*looks, 700]]
        found.append(([each for r in reports for each in shop.told(r)], shop.ranks(who)))
        shop.app.close()

    assert found[0] == found[1]


def test_a_run_every_week_tells_what_one_after_a_year_tells(make_due_shop):
    once, weekly = make_due_shop(loyalty=ranked()), make_due_shop(loyalty=ranked())
    for each in (once, weekly):
        each.buy(350_00)
    reports = [weekly.run(day(count)) for count in range(329, 372, 7)]

    assert once.told(once.run(day(371))) == [t for r in reports for t in weekly.told(r)]
    assert ["tier_at_risk", "tier_changed"] == kinds(
        [t for report in reports for t in weekly.told(report) if "tier" in t]
    )


ZONES = sorted(available_timezones())


@settings(max_examples=60, deadline=None)
@given(
    until=st.dates(date(1971, 1, 1), date(2099, 12, 31)) | st.sampled_from([date(2028, 2, 29)]),
    days=st.integers(0, 366),
    zone=st.sampled_from(ZONES),
)
def test_in_every_zone_a_rank_ends_right_after_its_last_day_and_is_warned_of_before(
    until, days, zone
):
    clock, steps = ZoneInfo(zone), []
    at = datetime(1969, 1, 1, tzinfo=UTC)
    while at := next_turn(until, zone, days=days, after=at):
        steps.append(at)

    assert sorted(set(steps)) == steps
    assert (2 if days else 1) == len(steps)
    over = steps[-1].astimezone(clock)
    assert until < over.date()
    assert until >= (steps[-1] - timedelta(microseconds=1)).astimezone(clock).date()
    if days:
        assert timedelta(days=days) == until - steps[0].astimezone(clock).date()
