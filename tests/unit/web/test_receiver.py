"""An event loop goes on while a store is opened, however long its server takes."""

from __future__ import annotations

import asyncio
from threading import Event
from types import SimpleNamespace

from retention_sdk.errors import StorageError
from retention_sdk.web import Receiver


class SlowShop:
    """A shop whose store is opened when the test says so, and then is away."""

    config = SimpleNamespace(platforms={"told": {}})
    plugins = SimpleNamespace(shelves=SimpleNamespace(adapters={"told": None}))

    def __init__(self):
        self.go = Event()

    @property
    def intake(self):
        assert self.go.wait(timeout=20), "the event loop stands still"
        raise StorageError("the server does not answer")


def test_opening_the_store_does_not_hold_up_the_event_loop():
    shop = SlowShop()

    async def deliver():
        receiver = Receiver(shop, works=False)
        answer = asyncio.ensure_future(receiver.take_async("told", {}, b"{}"))
        await asyncio.sleep(0)
        shop.go.set()
        return await answer

    assert 503 == asyncio.run(deliver()).status
