"""One pass over a platform's orders, from its first page to its last, and what it brought."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypedDict

from ...adapter import ShopAdapter
from .intake import Intake
from .sync import OVERLAP, Patience, Sync, SyncedPage

SENTENCES_MAX = 20


class SyncWishes(TypedDict, total=False):
    """How a pass is made.

    ``since`` is how far back history is read, all of it by default. ``overlap`` is how far a pass
    looks back behind the last one. ``on_page`` is told of each page once it is stored and worked
    on; ``sleep`` waits between tries.
    """

    since: datetime | None
    overlap: timedelta
    on_page: Callable[[SyncedPage], object]
    sleep: Callable[[float], None]


@dataclass(slots=True)
class SyncReport:
    """What a pass brought.

    Facts from before ``history_until`` are history; whatever changed before ``seen_until`` is
    stored. ``refused`` orders could not be read; ``refusals`` are the first of the sentences that
    say where they stand and what is wrong.
    """

    platform: str
    history_until: datetime | None = None
    since: datetime | None = None
    seen_until: datetime | None = None
    pages: int = 0
    orders: int = 0
    history: int = 0
    news: int = 0
    waiting: int = 0
    failed: int = 0
    refused: int = 0
    refusals: list[str] = field(default_factory=list)

    def add(self, page: SyncedPage) -> None:
        """Count a page in."""
        self.pages += 1
        self.orders += page.orders
        self.history += page.history
        self.news += page.news
        self.waiting += page.waiting
        self.failed += page.failed
        self.refused += len(page.refused)
        self.refusals += page.refused[: SENTENCES_MAX - len(self.refusals)]


def sync_platform(
    intake: Intake, adapter: ShopAdapter, shop_id: str, wishes: SyncWishes
) -> SyncReport:
    """Read what changed on a platform, all of it, and return what it brought.

    Failures that may pass are waited for, as ``Patience`` says; after another one the next call
    goes on after the last page that was stored.

    Raises:
        UnsupportedFeature: the platform has no list of orders.
        PlatformError: it refused, or is still away; ``retryable`` tells which.
        PayloadError: the answer is no list of orders.
    """
    overlap, sleep = wishes.get("overlap", OVERLAP), wishes.get("sleep", time.sleep)
    sync = Sync(intake=intake, adapter=adapter, shop_id=shop_id, overlap=overlap)
    report, on_page = SyncReport(adapter.name), wishes.get("on_page")
    for page in Patience(sleep).run(sync, since=wishes.get("since")):
        report.add(page)
        if on_page:
            on_page(page)
    if state := sync.state():
        report.history_until, report.since = state.began_at, state.since
        report.seen_until = state.seen_until
    return report
