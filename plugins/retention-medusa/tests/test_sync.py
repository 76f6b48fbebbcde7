"""A shop is kept in step with a real Medusa server, however bad the network between them is."""

import os
from collections import Counter

import pytest
from retention_medusa.adapter import MedusaAdapter

from retention_sdk import Brand, Config, Retention, Sender
from retention_sdk.config import StoreConfig
from retention_sdk.errors import PlatformError
from retention_sdk.loyalty.rules import Program, Rate
from retention_sdk.pipeline.sync import Patience, Sync
from retention_sdk.shop_api import Timing
from retention_sdk.testing import a_shop
from tests.chaos import TROUBLES, chaos_before

SEEDS = range(20) if os.environ.get("RETENTION_SOAK") else range(1)


@pytest.fixture
def own(tmp_path):
    """A shop of ours, with a store of its own."""
    config = Config(
        shop=a_shop(),
        brand=Brand(name="Soap", sender=Sender(name="Mary")),
        store=StoreConfig(url=f"sqlite:///{tmp_path}/shop.db", key="42" * 32),
        loyalty=Program(rates={"EUR": Rate(points=1, per_minor=100)}),
        channels={"folder": {"directory": str(tmp_path / "out")}},
        directory=str(tmp_path),
    )
    with Retention(config, environ={}) as found:
        yield found


def reader(own, shop, **settings):
    kind = type("Adapter", (MedusaAdapter,), {"timing": Timing(sleep=lambda _: None)})
    adapter = kind.from_config(shop.settings(**settings), shop_id=own.config.shop.id)
    return Sync(intake=own.intake, adapter=adapter, shop_id=own.config.shop.id)


def read(sync):
    """Sync as a cron job would: again and again, whatever the network does."""
    for _ in range(200):
        try:
            return list(Patience(lambda _: None).run(sync))
        except PlatformError as error:
            if not error.retryable:
                raise
    raise AssertionError("the network never let it finish")


def counted(own, query):
    with own.store.reading() as connection:
        return Counter(connection.exec_driver_sql(query).scalars().all())


def placed(own):
    names = counted(own, "SELECT id FROM event WHERE type = 'order_placed'")
    return Counter(name.split(":")[3] for name in names.elements())


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
    assert {1} == set(counted(own, "SELECT id FROM event").values())
    assert {1} == set(counted(own, "SELECT idem_key FROM txn").values())
    assert {each["id"]: 1 for each in new} == counted(own, "SELECT order_id FROM card")
    assert 5 <= sum(chaos.happened[trouble] for trouble in TROUBLES)
