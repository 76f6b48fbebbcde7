"""What time brings about: once each, whole, and the same however seldom somebody looks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retention_sdk.loyalty.due_settings import DueSettings
from retention_sdk.model import CustomerErased, Erasure
from retention_sdk.testing import a_customer, a_paid_event, an_order
from tests.unit.pipeline.due_shop import NOON, Shop, day, kinds


@pytest.fixture
def shop(due_shop):
    return due_shop


def test_points_are_told_of_when_they_mature_and_twice_before_they_expire(shop):
    shop.earn(shop.tell(a_customer()))
    told = shop.told(shop.run(day(400)))

    assert ["points_matured", "points_expiring", "points_expiring"] == kinds(told)
    assert [(12, 30), (12, 7)] == [(each["points"], each["days"]) for each in told[1:]]
    # The last day is 4 December 2027, in Berlin; nine o'clock there is eight in UTC.
    assert ["2026-12-04T12:00:00Z", "2027-11-04T08:00:00Z", "2027-11-27T08:00:00Z"] == [
        each["occurred_at"] for each in told
    ]


def test_postings_exist_at_their_instant_and_the_books_verify(shop):
    who = shop.tell(a_customer())
    shop.earn(who)
    shop.run(day(400))

    assert [("earn", 12, day(0)), ("mature", 0, day(14)), ("expire", -12, day(379))] == (
        shop.history(who)
    )
    with shop.store.reading() as connection:
        assert () == tuple(shop.app.ledger.verify(connection).findings)


def test_lots_of_one_day_are_told_of_together(shop):
    who = shop.tell(a_customer())
    shop.earn(who)
    shop.earn(who, order="2", at=NOON + timedelta(hours=1))
    told = shop.told(shop.run(day(360)))

    assert [(24, 30)] == [(t["points"], t["days"]) for t in told if "days" in t]


def test_nothing_is_told_where_nothing_is_left(shop):
    who = shop.tell(a_customer())
    shop.earn(who)
    shop.run(day(20))
    with shop.store.begin() as connection:
        held = shop.app.ledger.holds.place(
            connection, who, 12, key="all", now=day(20), expires_at=day(21)
        )
        shop.app.ledger.holds.capture(connection, held.hold_id, key="all:capture", now=day(20))

    assert () == shop.run(day(400)).events


@pytest.mark.parametrize(
    ("leap_day", "expected"),
    [
        ("02-28", ["2027-02-28", "2028-02-29", "2029-02-28"]),
        ("03-01", ["2027-03-01", "2028-02-29", "2029-03-01"]),
    ],
)
def test_who_was_born_on_29_february_has_a_birthday_every_year(make_due_shop, leap_day, expected):
    shop = make_due_shop(due=DueSettings(leap_day=leap_day))
    shop.tell()
    told = shop.told(shop.run(day(365 * 2 + 120)))

    assert [("birthday", f"{each}T09:00:00Z") for each in expected] == [
        (each["type"], each["occurred_at"]) for each in told
    ]


def test_a_birthday_comes_once_a_year_even_if_its_date_was_edited(shop):
    shop.tell(a_customer(birthday="01-10"))
    first = shop.told(shop.run(day(60)))
    shop.tell(a_customer(birthday="03-10"), at=day(60), name="edited")
    second = shop.told(shop.run(day(300)))
    third = shop.told(shop.run(day(500)))

    assert (["birthday"], [], ["2028-03-10T09:00:00Z"]) == (
        kinds(first),
        second,
        [each["occurred_at"] for each in third],
    )


def test_who_took_the_birthday_back_has_none(shop):
    shop.tell()
    shop.tell(a_customer(), at=day(1), name="edited")

    assert () == shop.run(day(400)).events


def test_a_first_order_is_remembered_every_year(shop):
    event = a_paid_event(an_order(), shop_id=shop.app.config.shop.id)
    shop.app.config = shop.app.config.model_copy(update={"loyalty": None})
    shop.app.ingest([event])
    told = shop.told(shop.run(day(800)))

    assert [("anniversary", 1), ("anniversary", 2)] == [(t["type"], t["years"]) for t in told]


def test_nothing_is_told_of_the_erased_and_their_points_still_mature(shop):
    who = shop.tell()
    shop.earn(who)
    with shop.store.reading() as connection:
        assert shop.store.due.planned(connection, "birthday", who) is not None
    shop.app.ingest(
        [
            CustomerErased(
                id="erased",
                shop_id=shop.app.config.shop.id,
                occurred_at=day(1),
                erasure=Erasure(customer_id="77"),
            )
        ]
    )
    with shop.store.reading() as connection:
        assert shop.store.due.planned(connection, "birthday", who) is None

    report = shop.run(day(400))

    assert ((), 0) == (report.events, report.postponed)
    assert [("earn", 12), ("mature", 0), ("expire", -12)] == [h[:2] for h in shop.history(who)]


def test_a_second_run_does_nothing(shop):
    shop.earn(shop.tell())
    shop.run(day(400))
    again = shop.run(day(400))

    assert (0, ()) == (again.done, again.events)


def test_a_limit_stops_a_run_and_the_next_goes_on(shop):
    shop.earn(shop.tell(a_customer()))
    reports = [shop.run(day(400), limit=1) for _ in range(5)]

    assert [1, 1, 1, 1, 0] == [each.done for each in reports]


ORDERS = st.lists(st.tuples(st.integers(0, 500), st.integers(100, 9000)), max_size=4)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(orders=ORDERS, stops=st.lists(st.integers(0, 1200), max_size=8))
def test_a_jump_of_years_does_what_many_small_steps_do(in_memory, orders, stops):
    """L12: advance(a); advance(b) is advance(a + b)."""
    found = []
    for looks in (sorted({each for each in stops if each > 500}), []):
        shop = Shop()
        who = shop.tell()
        for number, (at, minor) in enumerate(sorted(orders)):
            shop.earn(who, minor=minor, order=str(number), at=day(at))
        reports = [shop.run(day(each)) for each in [*looks, 1200]]
        told = [each for report in reports for each in shop.told(report)]
        found.append((told, shop.history(who)))
        shop.app.close()

    assert found[0] == found[1]
