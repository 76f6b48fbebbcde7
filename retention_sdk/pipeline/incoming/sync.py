"""Reads a platform's orders: history first, then whatever webhooks left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ...adapter import Capability, ShopAdapter
from ...errors import PlatformError, StorageError, UnsupportedFeature
from ...model import Order, Page, ShopEvent
from .intake import Intake

if TYPE_CHECKING:
    from ...storage import Connection, SyncState

OVERLAP = timedelta(hours=1)
"""How far a pass looks back behind the last one: for clocks that differ, and late commits."""
_PAUSES_S = (1.0, 5.0, 20.0, 60.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncedPage:
    """What one page of orders brought: facts of the past, news, and what is not done of them.

    ``refused`` are the sentences of an adapter about orders that it passed over.
    """

    orders: int
    history: int
    news: int
    waiting: int = 0
    failed: int = 0
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """Keeps one shop's store in step with the orders of one platform.

    The first sync draws a line: facts from before it are history (points and ranks count, nothing
    is sent), facts after it are news and go the way of a webhook. Both are told by identifiers
    that name the fact, so that nothing has a second effect, however often and in whatever order it
    is told.
    """

    intake: Intake
    adapter: ShopAdapter
    shop_id: str
    overlap: timedelta = OVERLAP

    def state(self) -> SyncState | None:
        """Return how far it is, None before the first sync."""
        with self.intake.store.reading() as connection:
            return self.intake.store.syncs.get(connection, self.shop_id, self.adapter.name)

    def run(self, *, since: datetime | None = None) -> Iterator[SyncedPage]:
        """Read what changed, and yield each page once it is stored and worked on.

        The first time that is everything since ``since``, all orders by default; later what
        changed after the last pass began, less ``overlap``. A pass that was stopped, even by
        ``kill -9``, goes on after its last page; so does the next call after an error. An earlier
        ``since`` than before reads more of the past.

        Raises:
            UnsupportedFeature: the platform has no list of orders.
            PlatformError: it refused, or is away; ``retryable`` tells which.
            PayloadError: the answer is no list of orders.
        """
        if Capability.LIST_ORDERS not in self.adapter.capabilities:
            raise UnsupportedFeature("it does not list orders", adapter=self.adapter.name)
        self.intake.resume()
        state = self._begun(since)
        pages = self.adapter.order_pages(updated_since=state.pass_since, cursor=state.cursor)
        for page in pages:
            yield self._take(page, state)
        store = self.intake.store
        with store.begin() as connection:
            store.syncs.finish(connection, state)

    def _begun(self, since: datetime | None) -> SyncState:
        """Return the state with a pass under way: the one that was, or a new one."""
        store, name, now = self.intake.store, self.adapter.name, self.intake.clock()
        with store.begin() as connection:
            # Platforms date by the second: what happens in this one is news.
            line = now.replace(microsecond=0)
            store.syncs.begin(connection, self.shop_id, name, now=line, since=since)
            state = self._read(connection)
            if since is not None and state.since is not None and since < state.since:
                store.syncs.reach_back(connection, state, since=since)
                state = self._read(connection)
            if state.pass_at is None:
                seen = state.seen_until
                start = seen - self.overlap if seen else state.since
                store.syncs.start(connection, state, at=now, since=start)
            return self._read(connection)

    def _read(self, connection: Connection) -> SyncState:
        state = self.intake.store.syncs.get(connection, self.shop_id, self.adapter.name)
        if state is None:
            raise StorageError("the state of the sync is gone; who deleted it?")
        return state

    def _take(self, page: Page[Order], state: SyncState) -> SyncedPage:
        """Take the past in; store the news and the cursor in one commit, then work on those."""
        events = [each for order in page.items for each in self.adapter.order_events(order)]
        past = [each for each in events if each.occurred_at < state.began_at]
        news = [each for each in events if each.occurred_at >= state.began_at]
        self._hear_again(events)

        old = self.intake.remember(past)

        def note(connection: Connection, _: tuple[str, ...]) -> None:
            # False: another process finished this pass. The page is stored all the same.
            self.intake.store.syncs.advance(
                connection, state, cursor=page.cursor, orders=len(page.items)
            )

        new = self.intake.accept(news, note)
        outcomes = (*old, *(self.intake.work(each, is_new=True) for each in new))
        states = [outcome.state for outcome in outcomes]
        return SyncedPage(
            orders=len(page.items),
            history=len(old),
            news=len(new),
            waiting=states.count("pending"),
            failed=states.count("failed"),
            refused=page.refused,
        )

    def _hear_again(self, events: Sequence[ShopEvent]) -> None:
        """See to orders that changed after they were told of: before the cursor moves on."""
        store = self.intake.store
        with store.reading() as connection:
            known = store.inbox.known(connection, [each.id for each in events])
        for event in events:
            if event.id in known:
                self.intake.cards.hear_again(event)


@dataclass(slots=True)
class Patience:
    """Waits longer after each failure in a row, and forgets them once a page came."""

    sleep: Callable[[float], None]
    pauses_s: Sequence[float] = _PAUSES_S
    _failures: int = field(default=0)

    def run(self, sync: Sync, *, since: datetime | None = None) -> Iterator[SyncedPage]:
        """Read as ``Sync.run`` does, and go on after errors that may pass.

        Raises:
            PlatformError: it will not pass, or did not after all pauses.
        """
        while True:
            try:
                for page in sync.run(since=since):
                    self._failures = 0
                    yield page
            except PlatformError as error:
                if not error.retryable or self._failures == len(self.pauses_s):
                    raise
                self.sleep(self.pauses_s[self._failures])
                self._failures += 1
            else:
                self._failures = 0
                return
