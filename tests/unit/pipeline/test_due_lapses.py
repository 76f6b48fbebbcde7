"""Who orders no more is noticed once for each time, and only where the shop asks for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.loyalty.due_settings import DueSettings
from retention_sdk.model import CustomerErased, CustomersMerged, Erasure, OrderCancelled
from retention_sdk.pipeline.cards.admit import admit
from retention_sdk.pipeline.due.lapses import LapseTime
from retention_sdk.testing import a_customer, a_paid_event
from tests.unit.pipeline.due_shop import ADA, NOON, an_order_of, day

NINETY = DueSettings(winback_days=90)


@pytest.fixture
def shop(make_due_shop):
    return make_due_shop(loyalty=None, due=NINETY)


def lapses(shop, now):
    """Return when somebody lapsed, and the order they lapsed after."""
    return [
        (each["occurred_at"], each["last_order_at"], each["days"])
        for each in shop.told(shop.run(now))
        if each["type"] == "customer_lapsed"
    ]


def test_it_is_off_by_default(make_due_shop):
    shop = make_due_shop(loyalty=None)
    who = shop.subject(shop.buy().id)

    assert [] == lapses(shop, day(300))
    assert shop.planned("lapses", who) is None


def test_who_does_not_order_again_is_noticed_once_on_the_morning_of_the_day(shop):
    shop.buy()

    # 20 November and 90 days; the shop's clocks are those of UTC.
    assert [("2027-02-18T09:00:00Z", "2026-11-20T12:00:00Z", 90)] == lapses(shop, day(300))
    assert [] == lapses(shop, day(700))


def test_every_paid_order_moves_the_day_and_a_new_silence_counts_again(shop):
    shop.buy()
    shop.buy(order="2", at=day(80))

    assert [] == lapses(shop, day(95))
    assert ["2027-05-09T09:00:00Z"] == [at for at, _, _ in lapses(shop, day(200))]
    shop.buy(order="3", at=day(200))
    assert ["2027-09-06T09:00:00Z"] == [at for at, _, _ in lapses(shop, day(400))]


def test_an_order_that_came_meanwhile_counts_though_nobody_looked(shop):
    shop.buy()
    shop.buy(order="2", at=day(92))

    assert ["2027-05-21T09:00:00Z"] == [at for at, _, _ in lapses(shop, day(300))]


def test_an_order_that_was_called_off_is_no_reason_to_wait(shop):
    shop.buy()
    paid = shop.buy(order="2", at=day(60))
    gone = paid.order.model_copy(update={"cancelled_at": day(61)})
    off = OrderCancelled(id="off", shop_id=shop.id, occurred_at=day(61), order=gone)
    shop.app.ingest([off])

    assert ["2026-11-20T12:00:00Z"] == [last for _, last, _ in lapses(shop, day(300))]


def test_who_ordered_before_the_shop_asked_is_noticed_if_the_day_is_yet_to_come(make_due_shop):
    shop = make_due_shop(loyalty=None)
    shop.buy(customer=a_customer(id="1"), at=day(-200))
    shop.buy(customer=a_customer(id="2"), order="2", at=day(-30))
    shop.app.config = shop.app.config.model_copy(update={"due": NINETY})

    assert [] == lapses(shop, NOON)
    assert [("2027-01-19T09:00:00Z", 90)] == [(at, n) for at, _, n in lapses(shop, day(300))]


def test_people_without_a_day_are_found_page_by_page(make_due_shop):
    shop = make_due_shop(loyalty=None)
    who = sorted(
        shop.subject(shop.buy(order=each, customer=a_customer(id=each), at=NOON).id)
        for each in ("1", "2", "3")
    )
    shop.buy(order="4", customer=a_customer(id="4"), at=day(-1))

    def page(after, limit=2):
        with shop.store.reading() as connection:
            return shop.store.due.buyers_without(
                connection, shop.id, "lapses", since=day(-0.5), after=after, limit=limit
            )

    assert (tuple(who[:2]), tuple(who[2:]), ()) == (page(""), page(who[1]), page(who[2]))
    shop.app.config = shop.app.config.model_copy(update={"due": NINETY})
    shop.run(NOON)
    assert () == page("", limit=9)


def test_orders_of_the_past_trigger_nothing(shop):
    """J12: whoever brings a shop's history along does not write to everybody in it."""
    shop.buy(at=day(-365))
    shop.now = NOON

    assert [] == lapses(shop, day(300))


def test_cards_printed_in_a_batch_plan_the_day_and_the_birthday(shop):
    order = an_order_of(1200, customer=ADA)
    event = a_paid_event(order, shop_id=shop.id, occurred_at=NOON)
    admit([event], shop.app.press_room)
    with shop.store.reading() as connection:
        who = shop.store.orders.owner(connection, shop.id, order.id)

    assert datetime(2027, 2, 18, 9, tzinfo=UTC) == shop.planned("lapses", who)
    assert datetime(2027, 2, 28, 9, tzinfo=UTC) == shop.planned("birthday", who)
    assert datetime(2027, 11, 20, 9, tzinfo=UTC) == shop.planned("anniversary", who)


def test_two_people_who_are_one_lapse_once_by_the_later_order(shop):
    ada, ann = a_customer(id="1", email="ada@x.example"), a_customer(id="2", email="ann@x.example")
    shop.buy(customer=ada)
    shop.buy(order="2", customer=ann, at=day(50))
    shop.now = day(51)
    shop.app.ingest(
        [
            CustomersMerged(
                id="merged", shop_id=shop.id, occurred_at=day(51), customer=ada, absorbed=("2",)
            )
        ]
    )

    assert ["2027-04-09T09:00:00Z"] == [at for at, _, _ in lapses(shop, day(400))]


def test_who_became_somebody_that_never_ordered_lapses_too(shop):
    ada, ann = a_customer(id="1", email="ada@x.example"), a_customer(id="2", email="ann@x.example")
    shop.tell(ada, name="ada")
    shop.buy(customer=ann)
    merged = CustomersMerged(
        id="merged", shop_id=shop.id, occurred_at=day(1), customer=ada, absorbed=("2",)
    )
    shop.now = day(1)
    shop.app.ingest([merged])

    assert ["2027-02-18T09:00:00Z"] == [at for at, _, _ in lapses(shop, day(400))]


def test_of_the_erased_nothing_is_told(shop):
    who = shop.subject(shop.buy().id)
    gone = CustomerErased(
        id="erased", shop_id=shop.id, occurred_at=day(1), erasure=Erasure(customer_id=ADA.id)
    )
    shop.now = day(1)
    shop.app.ingest([gone])

    assert shop.planned("lapses", who) is None
    assert [] == lapses(shop, day(300))


def test_a_jump_tells_what_many_small_steps_tell(make_due_shop):
    found = []
    for looks in ([400], [89, 90, 91, 150, 171, 199, 260, 261, 300, 400]):
        shop = make_due_shop(loyalty=None, due=NINETY)
        for order, at in enumerate((0, 81, 170)):
            shop.buy(order=str(order), at=day(at))
        found.append([each for look in looks if look > 170 for each in lapses(shop, day(look))])

    assert found[0] == found[1] == [("2027-08-07T09:00:00Z", "2027-05-09T12:00:00Z", 90)]


ZONES = sorted(available_timezones())


@settings(max_examples=60, deadline=None)
@given(
    last=st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 31))  # noqa: DTZ001 - made aware
    | st.just(datetime(2028, 2, 29, 23, 59)),  # noqa: DTZ001 - made aware
    days=st.integers(1, 3650),
    zone=st.sampled_from(ZONES),
)
def test_in_every_zone_the_day_is_so_many_local_days_later(last, days, zone):
    moment = last.replace(tzinfo=UTC)
    time = LapseTime(store=None, shop_id="shop", time_zone=zone, days=days)
    local = time.lapses_at(moment).astimezone(ZoneInfo(zone))

    assert timedelta(days=days) == local.date() - moment.astimezone(ZoneInfo(zone)).date()
    assert date(1971, 1, 1) <= local.date()
    assert 9 <= local.hour <= 10
