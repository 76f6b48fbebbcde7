"""A process that syncs a made-up platform of 24 orders, and is killed at one of its writes.

Usage: python -m tests.integration.sync_worker FOLDER WRITES; 0 writes: to the end.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from datetime import timedelta

from retention_sdk import Brand, Config, Retention, Sender
from retention_sdk.adapter import Capability, ShopAdapter
from retention_sdk.config import StoreConfig
from retention_sdk.loyalty.rules import Program, Rate
from retention_sdk.model import Page
from retention_sdk.pipeline.incoming.sync import Sync
from retention_sdk.testing import NOON, a_customer, a_shop, an_order

ORDERS, PAGE = 24, 5


class Listed(ShopAdapter):
    """Lists its orders with cursors; the last two are paid after the first sync began."""

    name = "listed"
    capabilities = Capability.LIST_ORDERS

    def order_pages(self, *, updated_since=None, cursor=""):
        orders = [order(number) for number in range(ORDERS)]
        for start in range(int(cursor or 0), ORDERS, PAGE):
            end = start + PAGE
            yield Page(tuple(orders[start:end]), str(end) if end < ORDERS else "")


def order(number):
    at = NOON + timedelta(days=1 if number >= ORDERS - 2 else -9)
    who = a_customer(id=str(number), email=f"{number}@mail.example")
    return an_order(id=str(number), number=str(number), placed_at=at, paid_at=at, customer=who)


def open_shop(folder):
    config = Config(
        shop=a_shop(),
        brand=Brand(name="Soap", sender=Sender(name="Mary")),
        store=StoreConfig(url=f"sqlite:///{folder}/shop.db", key="42" * 32),
        loyalty=Program(rates={"EUR": Rate(points=1, per_minor=100)}),
        channels={"folder": {"directory": f"{folder}/out"}},
        directory=str(folder),
    )
    return Retention(config, clock=lambda: NOON, environ={})


def sync_of(shop):
    adapter = Listed(Listed.settings_model(), shop_id=shop.config.shop.id)
    return Sync(intake=shop.intake, adapter=adapter, shop_id=shop.config.shop.id)


def die_at(shop, writes):
    """Kill this process right before or right after the commit of a transaction."""
    begin, left = shop.store.begin, [writes]

    @contextmanager
    def counted():
        with begin() as connection:
            yield connection
            left[0] -= 1
            if left[0] == 0 and writes % 2:
                os.kill(os.getpid(), signal.SIGKILL)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    shop.store.begin = counted


def main(folder, writes):
    with open_shop(folder) as shop:
        if writes:
            die_at(shop, writes)
        list(sync_of(shop).run())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
