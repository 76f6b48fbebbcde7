"""What happened before a shop began counts, and nothing follows from it (J12)."""

from __future__ import annotations

import pytest

from retention_sdk.hooks import hookimpl
from retention_sdk.model import CustomerCreated
from retention_sdk.testing import a_customer, a_paid_event
from tests.unit.pipeline.due_shop import NOON, an_order_of, day, program

ADA = a_customer(id="1", email="ada@mail.example", birthday="03-10")
RULES = [{"kind": "signup", "id": "hello", "points": 20}]
SILVER = {"ranks": [{"key": "silver", "from_minor": {"EUR": 100_00}}]}


@pytest.fixture
def shop(make_due_shop):
    return make_due_shop(loyalty=program(rules=RULES, tiers=SILVER))


def past(shop):
    order = an_order_of(150_00, customer=ADA, at=day(-100))
    return (
        CustomerCreated(id="new", shop_id=shop.id, occurred_at=day(-101), customer=ADA),
        a_paid_event(order, id="paid:1", shop_id=shop.id, occurred_at=day(-100)),
    )


def all_events(shop):
    with shop.store.reading() as connection:
        return set(connection.exec_driver_sql("SELECT id FROM event").scalars())


def test_history_counts_and_nothing_follows(shop, tmp_path):
    outcomes = shop.app.remember(past(shop))
    who = shop.subject("paid:1")

    assert [("done", ("context",))] * 2 == [(each.state, each.stages) for each in outcomes]
    assert [20, 150] == [points for kind, points, _ in shop.history(who) if kind == "earn"]
    assert [("", "silver", "reached")] == shop.ranks(who)
    assert {"new", "paid:1"} == all_events(shop)
    assert [] == list(tmp_path.rglob("*.pdf"))


def test_what_it_says_of_days_to_come_is_planned(shop):
    shop.app.remember(past(shop))
    told = {each["type"] for each in shop.told(shop.run(day(200)))}

    assert {"birthday"} <= told


def test_a_crash_changes_nothing_of_that(shop):
    """A plugin is asked, so each is received before it is worked on, and then the process is gone."""

    class Gone:
        @hookimpl
        def retention_enrich_context(self, context):
            raise KeyboardInterrupt

    shop.app.plugins.add(Gone(), "gone")
    with pytest.raises(KeyboardInterrupt):
        shop.app.remember(past(shop))
    shop.app.plugins.pm.unregister(name="gone")
    (created,) = shop.app.resume()
    (paid,) = shop.app.remember(past(shop))

    assert [("context",)] * 2 == [each.stages for each in (created, paid)]
    assert {"new", "paid:1"} == all_events(shop)


def test_who_repeats_history_changes_nothing(shop):
    shop.app.remember(past(shop))

    assert () == shop.app.remember(past(shop))


def test_what_was_told_as_news_stays_news(shop):
    created, _ = past(shop)
    shop.app.ingest([created])

    assert () == shop.app.remember([created])
    assert ["signup"] == [each.kind for each in shop.followers(created)]


def test_observers_do_not_hear_of_it(shop):
    seen = []

    class Watcher:
        @hookimpl
        def retention_event_received(self, event):
            seen.append(event.id)

    shop.app.plugins.add(Watcher(), "watcher")
    shop.app.remember(past(shop))
    shop.app.ingest([past(shop)[1].model_copy(update={"id": "news", "occurred_at": NOON})])

    assert ["news"] == seen
