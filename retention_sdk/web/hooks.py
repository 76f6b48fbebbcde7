"""Webhooks: verified and stored before the answer, worked on after it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore, Lock
from typing import TYPE_CHECKING

from ..errors import (
    PayloadError,
    RetentionError,
    SignatureError,
    UnsupportedFeature,
)
from ..model import ShopEvent, WebhookRequest
from .intake import Intake

if TYPE_CHECKING:
    from ..app import Retention

_log = logging.getLogger(__name__)

BODY_BYTES_MAX = 4 * 1024 * 1024
_WAITING_MAX = 1_000


class HookDesk:
    """Takes deliveries for one shop. Work happens in a pool of threads, one by default.

    What does not get into the pool, because 1,000 deliveries wait or the process dies, stays
    pending in the store; ``resume`` finds it.
    """

    def __init__(self, shop: Retention, *, workers: int = 1) -> None:
        self._shop = shop
        self._intake = Intake(shop.accept)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="webhooks")
        self._room = BoundedSemaphore(_WAITING_MAX)
        self._waiting = 0
        self._lock = Lock()

    @property
    def waiting(self) -> int:
        """How many stored deliveries wait in the pool, or are worked on."""
        return self._waiting

    def knows(self, platform: str) -> bool:
        """Whether a platform stands in ``retention.toml`` and its adapter is installed."""
        is_set = platform in self._shop.config.platforms
        return is_set and platform in self._shop.plugins.shelves.adapters

    def take(self, platform: str, headers: Mapping[str, str], body: bytes) -> int:
        """Verify, read and store a delivery; return the HTTP status that says how it went.

        2xx: it is stored and need not come again. 401: not proven to be the platform's. 400: it
        cannot be read. 503: come again, the shop's settings or store are at fault.
        """
        try:
            adapter = self._shop.adapter(platform)
            request = WebhookRequest(
                headers=dict(headers), body=body, received_at=self._shop.clock()
            )
            events = adapter.handle(request)
            self._intake.store(events)
        except SignatureError:
            return 401
        except UnsupportedFeature:
            return 404
        except PayloadError as error:
            _log.warning("a delivery cannot be read: %s", error)
            return 400
        except RetentionError as error:
            _log.error("a delivery was not taken: %s", error)
            return 503
        self._start(events)
        return 202

    def resume(self) -> None:
        """Work, in the pool, on everything that was left open."""
        self._pool.submit(self._guarded, self._shop.resume)

    def close(self) -> None:
        """Finish what is being stored and worked on; what waits for work stays in the store."""
        self._intake.close()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _start(self, events: Sequence[ShopEvent]) -> None:
        if events and self._room.acquire(blocking=False):
            job = self._pool.submit(self._guarded, lambda: self._shop.ingest(events))
            self._note(+1)
            job.add_done_callback(lambda _: self._leave())

    def _leave(self) -> None:
        self._note(-1)
        self._room.release()

    def _note(self, change: int) -> None:
        with self._lock:
            self._waiting += change

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except RetentionError as error:
            _log.error("work on an event stopped: %s", error)
        except Exception as error:  # noqa: BLE001 - the thread's last one to hear of it
            # A trace may quote a customer. The event stays pending: `retention resume` shows it.
            _log.error("work on an event broke with %s", type(error).__name__)
