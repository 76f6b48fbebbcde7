"""What tests of a sync share: a shop of ours, reading as a cron job would, and what is in the store."""

from __future__ import annotations

from collections import Counter

from retention_sdk import Brand, Config, Retention, Sender
from retention_sdk.config import StoreConfig
from retention_sdk.errors import PlatformError
from retention_sdk.loyalty.rules import Program, Rate
from retention_sdk.pipeline.incoming.sync import Patience
from retention_sdk.testing import a_shop


def shop_in(folder):
    """Return a shop with points, cards and a store of its own."""
    config = Config(
        shop=a_shop(),
        brand=Brand(name="Soap", sender=Sender(name="Mary")),
        store=StoreConfig(url=f"sqlite:///{folder}/shop.db", key="42" * 32),
        loyalty=Program(rates={"EUR": Rate(points=1, per_minor=100)}),
        channels={"folder": {"directory": str(folder / "out")}},
        directory=str(folder),
    )
    return Retention(config, environ={})


def read(sync):
    """Sync as a cron job would: again and again, whatever the network does."""
    for _ in range(200):
        try:
            return list(Patience(lambda _: None).run(sync))
        except PlatformError as error:
            if not error.retryable:
                raise
    raise AssertionError("the network never let it finish")


def effects(own, table, column):
    """Return how often each value stands in a column."""
    with own.store.reading() as connection:
        query = f"SELECT {column} FROM {table}"
        return Counter(connection.exec_driver_sql(query).scalars().all())


def placed(own):
    """Return how often each order was placed."""
    with own.store.reading() as connection:
        query = "SELECT id FROM event WHERE type = 'order_placed'"
        names = connection.exec_driver_sql(query).scalars().all()
    return Counter(name.split(":")[3] for name in names)
