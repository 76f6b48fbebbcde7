"""A shop is kept in step with a real Medusa server, however bad the network between them is."""

import os

import pytest
from retention_medusa.adapter import MedusaAdapter

from retention_sdk.pipeline.incoming.sync import Sync
from retention_sdk.shop_api import Timing
from tests.chaos import TROUBLES, chaos_before
from tests.syncing import effects, placed, read, shop_in

SEEDS = range(20) if os.environ.get("RETENTION_SOAK") else range(1)


@pytest.fixture
def own(tmp_path):
    """A shop of ours, with a store of its own."""
    with shop_in(tmp_path) as found:
        yield found


def reader(own, shop, **settings):
    kind = type("Adapter", (MedusaAdapter,), {"timing": Timing(sleep=lambda _: None)})
    adapter = kind.from_config(shop.settings(**settings), shop_id=own.config.shop.id)
    return Sync(intake=own.intake, adapter=adapter, shop_id=own.config.shop.id)


@pytest.mark.parametrize("seed", SEEDS)
def test_chaos_loses_no_order_and_doubles_no_effect(own, shop, medusa, seed):
    known = {order.id for order in reader(own, shop).adapter.fetch_orders()}
    with chaos_before(int(medusa.rpartition(":")[2]), seed=seed) as chaos:
        troubled = reader(own, shop, url=chaos.url, page_size=3)
        read(troubled)
        history = placed(own)
        new = [shop.buy("fr"), shop.buy()]
        shop.refund(new[1], 5)
        read(troubled)
        read(troubled)

    assert known == set(history)
    assert known | {each["id"] for each in new} == set(placed(own))
    own.resume()
    assert {1} == set(effects(own, "event", "id").values())
    assert {1} == set(effects(own, "txn", "idem_key").values())
    assert {each["id"]: 1 for each in new} == effects(own, "card", "order_id")
    assert 5 <= sum(chaos.happened[trouble] for trouble in TROUBLES)
