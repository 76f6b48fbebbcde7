"""History is counted, news are worked on, and each page survives whatever comes after it."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.errors import PlatformError, UnsupportedFeature
from retention_sdk.hooks import hookimpl
from retention_sdk.model import FulfilmentStatus, Money, Page
from retention_sdk.pipeline.incoming.sync import Patience, Sync
from retention_sdk.testing import a_customer
from tests.unit.pipeline.due_shop import NOON, an_order_of, day

ADA = a_customer(id="1", email="ada@mail.example")


class Listed(ShopAdapter):
    """A platform whose orders lie in a list of (changed at, order), two to a page."""

    name = "listed"
    capabilities = Capability.LIST_ORDERS

    def __init__(self, shop_id):
        super().__init__(self.settings_model(), shop_id=shop_id)
        self.orders, self.asked, self.fails = [], [], []

    def order_pages(self, *, updated_since=None, cursor=""):
        self.asked.append((updated_since, cursor))
        start, is_more = int(cursor or 0), True
        while is_more:
            if self.fails and self.fails.pop(0):
                raise PlatformError("busy", adapter=self.name, retryable=True)
            changed = [o for at, o in self.orders if not updated_since or at >= updated_since]
            is_more = start + 2 < len(changed)
            yield Page(tuple(changed[start : start + 2]), str(start + 2) if is_more else "")
            start += 2


class Watcher:
    def __init__(self):
        self.seen = []

    @hookimpl
    def retention_event_received(self, event):
        if event.id.startswith("listed:"):  # and not what followed
            self.seen.append(event.id)


@pytest.fixture
def shop(make_due_shop):
    return make_due_shop()


@pytest.fixture
def platform(shop):
    found = Listed(shop.id)
    found.orders = [(day(-number), paid(number, day(-number))) for number in (50, 40, 30, 20, 10)]
    return found


@pytest.fixture
def sync(shop, platform):
    return Sync(intake=shop.app.intake, adapter=platform, shop_id=shop.id)


@pytest.fixture
def watcher(shop):
    found = Watcher()
    shop.app.plugins.add(found, "watcher")
    return found


def paid(number, at):
    return an_order_of(12_00, order=str(number), customer=ADA, at=at)


def counts(pages):
    return [(page.orders, page.history, page.news) for page in pages]


def earned(shop):
    """Return the orders that points were posted for."""
    with shop.store.begin() as connection:
        query = "SELECT cause_id FROM txn WHERE kind = 'earn' ORDER BY cause_id"
        found = connection.exec_driver_sql(query).scalars().all()
    return [each.rpartition(":")[2] for each in found]


def test_the_first_run_counts_history_and_tells_nobody(shop, sync, watcher, tmp_path):
    assert [(2, 4, 0), (2, 4, 0), (1, 2, 0)] == counts(sync.run())

    assert ["10", "20", "30", "40", "50"] == earned(shop)
    assert [] == watcher.seen
    state = sync.state()
    assert (NOON, NOON, None, "", 5) == (
        state.began_at, state.seen_until, state.pass_at, state.cursor, state.orders,
    )  # fmt: skip


def test_history_begins_where_it_was_asked_for(shop, sync):
    list(sync.run(since=day(-25)))

    assert ["10", "20"] == earned(shop)


def test_an_earlier_wish_reads_more_of_the_past(shop, sync):
    list(sync.run(since=day(-25)))
    shop.now = day(3)
    list(sync.run(since=day(-45)))

    assert ["10", "20", "30", "40"] == earned(shop)
    assert (NOON, day(3), day(-45)) == (
        sync.state().began_at, sync.state().seen_until, sync.state().since,
    )  # fmt: skip


def test_a_later_wish_changes_nothing(shop, sync):
    list(sync.run(since=day(-25)))
    list(sync.run(since=day(-15)))

    assert day(-25) == sync.state().since


def test_the_second_run_takes_only_what_changed(shop, sync, platform, watcher):
    list(sync.run())
    shop.now = day(2)
    platform.orders.append((day(1), paid(60, day(1))))
    pages = counts(sync.run())

    assert [(1, 0, 2)] == pages
    assert (NOON - timedelta(hours=1), "") == platform.asked[-1]
    assert 2 == len(watcher.seen)
    assert "60" in earned(shop)


def test_what_happened_before_the_line_is_history_whenever_it_is_told(
    shop, sync, platform, watcher
):
    """An order of last month that the platform changes today is no reason for a card."""
    list(sync.run(since=day(-5)))
    shop.now = day(2)
    platform.orders.append((day(1), paid(60, day(-30))))

    assert [(1, 2, 0)] == counts(sync.run())
    assert [] == watcher.seen


def test_what_is_paid_while_history_is_read_is_news(shop, sync, platform, watcher):
    pages = sync.run()
    next(pages)
    shop.now = NOON + timedelta(minutes=5)
    platform.orders.append((shop.now, paid(60, shop.now)))

    assert [(2, 4, 0), (2, 2, 2)] == counts(pages)
    assert 2 == len(watcher.seen)


def test_a_stopped_run_goes_on_after_its_last_page(shop, sync, platform):
    pages = sync.run()
    next(pages), next(pages)
    pages.close()
    shop.now = day(1)

    assert [(1, 2, 0)] == counts(sync.run())
    assert [(None, ""), (None, "4")] == platform.asked
    assert ["10", "20", "30", "40", "50"] == earned(shop)
    assert NOON == sync.state().seen_until  # when the pass began, not when it ended


def test_a_crash_amid_the_work_on_a_page_leaves_history_history(shop, sync, watcher):
    """A plugin is asked, so each event is received before it is worked on; there the process ends."""

    class Gone:
        @hookimpl
        def retention_enrich_context(self, context):
            raise KeyboardInterrupt

    shop.app.plugins.add(Gone(), "gone")
    with pytest.raises(KeyboardInterrupt):
        list(sync.run())
    shop.app.plugins.pm.unregister(name="gone")
    left = counts(sync.run())

    assert [(2, 3, 0), (2, 4, 0), (1, 2, 0)] == left
    assert ["10", "20", "30", "40", "50"] == earned(shop)
    assert [] == watcher.seen


def test_a_crash_before_the_cursor_moves_reads_the_page_again(shop, sync, watcher, monkeypatch):
    monkeypatch.setattr(type(shop.store.syncs), "advance", gone)
    with pytest.raises(KeyboardInterrupt):
        list(sync.run())
    monkeypatch.undo()

    assert "" == sync.state().cursor
    assert [(2, 0, 0), (2, 4, 0), (1, 2, 0)] == counts(sync.run())
    assert ["10", "20", "30", "40", "50"] == earned(shop)
    assert [] == watcher.seen


def gone(*_, **__):
    raise KeyboardInterrupt


def test_news_that_a_webhook_told_has_no_second_effect(shop, sync, platform, watcher):
    list(sync.run())
    shop.now, order = day(2), paid(60, day(1))
    shop.app.ingest(platform.order_events(order))
    platform.orders.append((day(1), order))

    assert [(1, 0, 0)] == counts(sync.run())
    assert 2 == len(watcher.seen)
    assert 1 == earned(shop).count("60")


def test_two_syncs_at_once_finish_one_pass(shop, platform):
    first, second = (
        Sync(intake=shop.app.intake, adapter=platform, shop_id=shop.id) for _ in range(2)
    )
    slow = first.run()
    next(slow)
    list(second.run())
    list(slow)

    assert (NOON, None) == (first.state().seen_until, first.state().pass_at)
    assert ["10", "20", "30", "40", "50"] == earned(shop)


def test_failures_that_pass_are_waited_for(shop, sync, platform):
    slept = []
    platform.fails = [False, True, True, False]
    pages = Patience(slept.append, pauses_s=(1, 5)).run(sync)

    assert 3 == len(list(pages))
    assert [1, 5] == slept
    assert [(None, ""), (None, "2"), (None, "2")] == platform.asked


def test_a_failure_that_stays_is_raised_and_the_pages_before_it_are_kept(shop, sync, platform):
    platform.fails = [False, *[True] * 9]
    with pytest.raises(PlatformError, match="busy"):
        list(Patience(lambda _: None, pauses_s=(1, 5)).run(sync))

    assert ["40", "50"] == earned(shop)


def test_a_platform_without_a_list_says_so(shop):
    class Silent(ShopAdapter):
        name = "silent"

    adapter = Silent(Silent.settings_model(), shop_id=shop.id)
    sync = Sync(intake=shop.app.intake, adapter=adapter, shop_id=shop.id)

    with pytest.raises(UnsupportedFeature, match="list orders"):
        list(sync.run())
    assert sync.state() is None


def states_of(number, at):
    """Return an order as the platform told it, after each thing that happened to it."""
    order = paid(number, at)
    left = order.fulfilments[0].model_copy(
        update={"status": FulfilmentStatus.SHIPPED, "shipped_at": at + timedelta(days=1)}
    )
    shipped = order.model_copy(update={"fulfilments": (left,)})
    back = [
        shipped.model_copy(update={"refunded": Money(minor=minor, currency="EUR")})
        for minor in (3_00, 7_00)
    ]
    return [order.model_copy(update={"paid_at": None}), order, shipped, *back]


def books(shop):
    """Return what was told, and what everybody's points add up to."""
    queries = (
        "SELECT id, state FROM event WHERE substr(id, 1, 7) = 'listed:' ORDER BY id",
        (
            "SELECT bucket, sum(points) FROM ("
            " SELECT dst AS bucket, amount AS points FROM posting"
            " UNION ALL SELECT src, -amount FROM posting) AS moves GROUP BY bucket ORDER BY bucket"
        ),
    )
    with shop.store.begin() as connection:
        return [list(map(tuple, connection.exec_driver_sql(each).all())) for each in queries]


@pytest.mark.parametrize("seed", range(3))
def test_repetition_and_order_of_deliveries_change_nothing(make_due_shop, seed):
    """Told in order, or each twice and shuffled: the same facts and the same points."""
    ended = []
    for is_shuffled in (False, True):
        shop = make_due_shop()
        platform = Listed(shop.id)
        list(Sync(intake=shop.app.intake, adapter=platform, shop_id=shop.id).run())
        shop.now = day(9)
        told = [platform.order_events(state) for state in states_of(60, day(1))]
        if is_shuffled:
            told *= 2
            random.Random(seed).shuffle(told)
        for events in told:
            shop.app.ingest(events)
        ended.append(books(shop))

    assert ended[0] == ended[1]
    assert 5 == len(ended[0][0])


def test_the_events_of_one_call_have_one_effect(shop, sync, platform, tmp_path):
    """A platform that tells of one call by three topics tells one payment three times."""
    list(sync.run())
    shop.now, order = day(2), paid(60, day(1))
    for _ in range(3):
        shop.app.ingest(platform.order_events(order))

    assert 1 == earned(shop).count("60")
    with shop.store.begin() as connection:
        cards = connection.exec_driver_sql("SELECT order_id FROM card").scalars().all()
    assert ["60"] == cards
