"""What was acknowledged is read once, or put aside where somebody sees it; it never vanishes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.errors import PayloadError, StorageError
from retention_sdk.pipeline.incoming.receiving import Receiving
from tests.unit.pipeline.due_shop import NOON, an_order_of


class Told(ShopAdapter):
    """A platform whose deliveries name the orders that were paid; ``broken`` ones it cannot read."""

    name = "told"
    capabilities = Capability.WEBHOOKS

    def __init__(self, shop_id):
        super().__init__(self.settings_model(), shop_id=shop_id)
        self.broken = set()

    def verify(self, request):
        pass

    def read(self, request, body):
        if self.broken & set(body["orders"]):
            raise PayloadError("as the test wants", adapter=self.name)
        for order in body["orders"]:
            yield from self.order_events(an_order_of(900, order=order), raw=request.body)


@pytest.fixture
def shop(make_due_shop):
    return make_due_shop()


@pytest.fixture
def platform(shop):
    return Told(shop.id)


def receiving(shop, platform, *, raw_kept=timedelta(days=30)):
    return Receiving(
        store=shop.store,
        adapter=lambda _: platform,
        clock=lambda: shop.now,
        shop_id=shop.id,
        raw_kept=raw_kept,
    )


def deliver(door, *orders, **more):
    body = json.dumps({"orders": orders, **more}).encode()
    door.keep([door.admit("told", {}, body)])


def backlog(shop):
    with shop.store.reading() as connection:
        told = shop.store.arrivals.backlog(connection)
    return told.waiting, told.unreadable


def test_a_reader_that_comes_late_takes_nothing_of_what_came_since(shop, platform):
    """SQLite gives the number of a row that is gone to the next one."""
    ours, other = receiving(shop, platform), receiving(shop, platform)
    accept = shop.app.intake.accept
    deliver(ours, "1")

    def late(events, at_last):
        readings = other.take(accept)  # another process reads the same, and is done
        other.done(readings)
        deliver(other, "2")
        return accept(events, at_last)

    ours.done(ours.take(late))

    assert (1, 0) == backlog(shop)
    (reading,) = ours.take(accept)
    assert {"told:offline:order:2:placed", "told:offline:order:2:paid"} == reading.new


def test_a_fault_of_ours_in_one_does_not_hold_up_the_others(shop, platform):
    door, accept = receiving(shop, platform), shop.app.intake.accept
    for order in "123":
        deliver(door, order)

    def broken(events, at_last):
        if any(":order:2:" in each.id for each in events):
            raise OverflowError("of a number that somebody wrote")
        return accept(events, at_last)

    readings = door.take(broken)

    assert 2 == len(readings)
    assert (0, 1) == backlog(shop)


def test_what_cannot_be_read_is_tried_once_more_before_it_is_given_up(shop, platform):
    door, accept = receiving(shop, platform, raw_kept=timedelta(0)), shop.app.intake.accept
    platform.broken = {"1", "2"}
    deliver(door, "1")
    deliver(door, "2")
    assert () == door.take(accept)
    assert (0, 2) == backlog(shop)

    platform.broken = {"2"}
    shop.now = NOON + timedelta(days=1)
    door.retry()
    assert 1 == len(door.take(accept))
    door.give_up()

    assert (0, 0) == backlog(shop)


def test_news_of_a_known_order_that_cannot_be_seen_to_is_put_aside(shop, platform):
    intake, door = shop.app.intake, receiving(shop, platform)
    deliver(door, "1")
    intake = replace(intake, adapter=lambda _: platform)
    assert 2 == len(list(intake.news()))
    deliver(door, "1", changed=True)
    deliver(door, "2")

    class Broken:
        """The cards of a store that is away for a moment."""

        room = intake.cards.room

        def hear_again(self, event):
            raise StorageError("database is locked")

    found = list(replace(intake, cards=Broken()).news())

    assert ["2", "2"] == [event.order.id for event, _ in found]
    assert (0, 1) == backlog(shop)

    door.retry()
    assert [("1", False), ("1", False)] == [(each.order.id, new) for each, new in intake.news()]
    assert (0, 0) == backlog(shop)
