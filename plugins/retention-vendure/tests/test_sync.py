"""A shop is kept in step with a real Vendure server, however bad the network between them is."""

import os
import random
import time
from collections import Counter

import pytest
from retention_vendure.adapter import VendureAdapter

from retention_sdk.pipeline.incoming.sync import Sync
from retention_sdk.shop_api import Timing
from tests.chaos import TROUBLES, chaos_before
from tests.syncing import effects, placed, read, shop_in

SEEDS = range(20) if os.environ.get("RETENTION_SOAK") else range(1)
UNHURRIED = Timing(sleep=lambda _: None)


@pytest.fixture
def own(tmp_path):
    """A shop of ours, with a store of its own."""
    with shop_in(tmp_path) as found:
        yield found


@pytest.fixture
def port(shop):
    return int(shop.server.admin_url.split(":")[2].split("/")[0])


def reader(own, shop, **settings):
    kind = type("Adapter", (VendureAdapter,), {"timing": UNHURRIED})
    adapter = kind.from_config(shop.settings(**settings), shop_id=own.config.shop.id)
    return Sync(intake=own.intake, adapter=adapter, shop_id=own.config.shop.id)


def postings(own, bought):
    """Return what was posted for an order."""
    with own.store.reading() as connection:
        query = "SELECT kind FROM txn WHERE cause_id = ?"
        name = f"{own.config.shop.id}:{bought['id']}"
        return Counter(connection.exec_driver_sql(query, (name,)).scalars().all())


@pytest.mark.parametrize("seed", SEEDS)
def test_chaos_loses_no_order_and_doubles_no_effect(own, shop, port, seed):
    login = {"api_key": None, "username": "superadmin", "password": shop.server.password}
    known = {order.id for order in reader(own, shop).adapter.fetch_orders()}
    time.sleep(1.1)  # the server dates by the second
    with chaos_before(port, seed=seed) as chaos:
        troubled = reader(
            own, shop, url=f"{chaos.url}/admin-api", page_size=3, lookback_days=0, **login
        )
        read(troubled)
        history = placed(own)
        new = [shop.buy(), shop.buy(quantity=2)]
        shop.refund(new[1], quantity=1)
        read(troubled)
        read(troubled)

    assert known == set(history)
    assert known | {each["id"] for each in new} == set(placed(own))
    own.resume()
    assert {1} == set(effects(own, "event", "id").values())
    assert {1} == set(effects(own, "txn", "idem_key").values())
    cards = effects(own, "card", "order_id")
    assert {each["id"]: 1 for each in new} == cards
    assert 5 <= sum(chaos.happened[trouble] for trouble in TROUBLES)


def test_history_of_a_real_shop_earns_points_and_prints_nothing(own, shop):
    bought = shop.orders["two soaps, shipped by post, in German"]["id"]
    time.sleep(1.1)  # the server dates by the second
    read(reader(own, shop))

    assert 1 == placed(own)[bought]
    assert Counter() == effects(own, "card", "order_id")
    assert Counter() == effects(own, "delivery", "id")
    assert Counter(earn=1) == postings(own, {"id": bought})


@pytest.mark.parametrize("seed", SEEDS)
def test_order_and_repetition_of_what_is_told_change_nothing(own, shop, seed):
    """As webhooks come: late, twice, in any order; the facts and the points are the same."""
    sync = reader(own, shop)
    read(sync)
    bought = shop.buy(quantity=2)
    states = [sync.adapter.fetch_order(bought["id"])]
    shop.ship(bought, quantity=2)
    states.append(sync.adapter.fetch_order(bought["id"]))
    shop.refund(bought, quantity=1)
    states.append(sync.adapter.fetch_order(bought["id"]))
    told = [event for state in states for event in sync.adapter.order_events(state)] * 2
    random.Random(seed).shuffle(told)
    for event in told:
        own.ingest([event])
    read(sync)

    names = effects(own, "event", "id")
    facts = {name.rpartition(":")[2] for name in names if f":order:{bought['id']}:" in name}
    assert {"placed", "paid", "fulfilled", "refunded-1546"} == facts
    assert {1} == set(names.values())
    # Whether there is a card depends on what was told first: none lies in a parcel that left.
    assert effects(own, "card", "order_id")[bought["id"]] in {0, 1}
    assert Counter(earn=1, clawback=1) == postings(own, bought)
