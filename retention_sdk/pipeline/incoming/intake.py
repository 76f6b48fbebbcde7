"""Takes events in, each once, and sees each through: now, or after whatever stopped it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ...errors import ConfigError, PluginError, RetentionError, SubjectErased
from ...model import CustomerErased, RecordChanged, ShopErased, ShopEvent
from ..cards.track import CardTrack
from ..outcome import Outcome
from ..report import read_outcome
from ..run import Pipeline, may_pass
from ..snapshot import HISTORY
from .past import Past
from .receiving import Reading, Receiving

if TYPE_CHECKING:
    from ...adapter import ShopAdapter
    from ...hooks.calls import HookCalls
    from ...storage import Connection, Store, StoredEvent
    from ..loyalty.desk import LoyaltyDesk

_RESUME_MAX = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One shop's inbox. ``raw_kept`` and ``scans_kept`` are how long bodies and scans may stay.

    ``loyalty`` does at once what events planned beside themselves; ``run-due`` would do it later.
    ``adapter`` returns the one of a platform, to ask it what it did not say.
    """

    store: Store
    pipeline: Pipeline
    cards: CardTrack
    calls: HookCalls
    clock: Callable[[], datetime]
    raw_kept: timedelta
    scans_kept: timedelta
    loyalty: Callable[[], LoyaltyDesk | None] = lambda: None
    adapter: Callable[[str], ShopAdapter] | None = None

    def accept(
        self,
        events: Sequence[ShopEvent],
        at_last: Callable[[Connection, tuple[str, ...]], None] | None = None,
    ) -> tuple[str, ...]:
        """Store events and return the new ones; observers learn of those.

        ``at_last`` is called with them before the commit.
        """
        with self.store.begin() as connection:
            new = self.store.inbox.receive(
                connection, events, now=self.clock(), raw_retention=self.raw_kept
            )
            if at_last:
                at_last(connection, new)
        for event in events:
            if event.id in new:
                self.calls.event_received(event=event)
        return new

    def remember(self, events: Sequence[ShopEvent]) -> tuple[Outcome, ...]:
        """Take events of the past into account: orders, answers, points and ranks.

        Nothing follows from them: no card, no message, no event, and observers do not hear of
        them. An event that was received before is left as it is.
        """
        return tuple(self._past.take(events))

    @property
    def _past(self) -> Past:
        return Past(
            store=self.store,
            snapshots=self.cards.room.snapshots,
            clock=self.clock,
            raw_kept=self.raw_kept,
            alone=self._remember,
            settle=lambda: self.follow(()),
        )

    def _remember(self, event: ShopEvent) -> tuple[Outcome, ...]:
        """Store one event of the past, and work on it as on any other."""
        now, store = self.clock(), self.store
        with store.begin() as connection:
            new = store.inbox.receive(connection, [event], now=now, raw_retention=self.raw_kept)
            stored = store.inbox.get(connection, event.id) if new else None
            if stored:
                store.stages.record(
                    connection, event.id, HISTORY, b"{}", subject_id=stored.subject_id, now=now
                )
        return tuple(self.work(event_id, is_new=True) for event_id in new)

    def ingest(self, events: Sequence[ShopEvent]) -> tuple[Outcome, ...]:
        """Store events, each once, and work on those that are not done yet."""
        new = frozenset(self.accept(events))
        for event in events:
            if event.id not in new:
                self.cards.hear_again(event)
        return tuple(self.work(event.id, is_new=event.id in new) for event in events)

    @property
    def receiving(self) -> Receiving:
        """The deliveries of platforms, wired to this inbox."""
        return Receiving(
            store=self.store,
            adapter=self._adapter,
            clock=self.clock,
            shop_id=self.cards.room.shop_id,
            raw_kept=self.raw_kept,
        )

    def news(self) -> Iterator[tuple[ShopEvent, bool]]:
        """Read deliveries that wait; yield each stored event, and whether it is new.

        Call ``work`` for each; ``resume`` finds what was left. What known events tell anew is
        seen to here, before its delivery is let go; where that breaks, it is put aside.
        """
        receiving = self.receiving
        while (readings := receiving.take(self.accept)) is not None:
            finished = []
            for each in readings:
                try:
                    yield from self._heard(each)
                except Exception as error:  # noqa: BLE001 - it must not hold up the others
                    receiving.put_aside(each.digest, error)
                else:
                    finished.append(each)
            receiving.done(finished)

    def _heard(self, reading: Reading) -> Iterator[tuple[ShopEvent, bool]]:
        for event in reading.events:
            is_new = event.id in reading.new
            if not is_new:
                self.cards.hear_again(event)
            yield event, is_new

    def resume(self) -> tuple[Outcome, ...]:
        """Read and work on everything left open; forget bodies and scans whose time is over."""
        return tuple(self.resuming())

    def resuming(self) -> Iterator[Outcome]:
        """Do what ``resume`` does, and yield after each event."""
        self.receiving.retry()
        for _ in self.news():
            pass  # they are among the pending ones
        self.receiving.give_up()
        oldest_scan = self.clock() - self.scans_kept
        with self.store.begin() as connection:
            self.store.inbox.purge_raw(connection, now=self.clock())
            self.store.scans.forget(connection, before=oldest_scan)
            pending = self.store.inbox.pending(connection, limit=_RESUME_MAX)
        self.cards.catch_up()
        self._sweep("")
        for stored in pending:
            yield self.work(stored.event.id, is_new=False)
        if desk := self.loyalty():
            desk.go_on()

    def stages(self, event_id: str) -> Iterator[str]:
        """Work on one event, and yield each stage once it is committed."""
        yield from self.pipeline.run(self.stored(event_id))
        self._mark(event_id, "done")
        self._follow_up(event_id)

    def work(self, event_id: str, *, is_new: bool) -> Outcome:
        """Work on one event to its end, or to what stops it, and return what is known of it."""
        try:
            return self._work(event_id, is_new=is_new)
        except SubjectErased:  # before, or by another process meanwhile
            return _forgotten(event_id, is_new=is_new)

    def _work(self, event_id: str, *, is_new: bool) -> Outcome:
        stored = self.stored(event_id)
        error: RetentionError | None = None
        if stored.state == "pending":
            error = self._finish(stored)
            self._follow_up(event_id)
        if isinstance(stored.event, CustomerErased | ShopErased):
            return _forgotten(event_id, is_new=is_new)
        return self.outcome(event_id, is_new=is_new, error=error)

    def follow(self, event_ids: Sequence[str]) -> None:
        """Let observers learn of new events of our own, and work on each."""
        for event_id in event_ids:
            try:
                event = self.stored(event_id).event
            except SubjectErased:  # by another process meanwhile
                continue
            self.calls.event_received(event=event)
            self.work(event_id, is_new=True)
        if desk := self.loyalty():
            desk.settle()

    def _follow_up(self, event_id: str) -> None:
        """Work on what followed from an event; ``resume`` does what a crash left open of it."""
        followers = self.pipeline.followers(event_id)
        with self.store.reading() as connection:
            untouched = [
                each for each in followers if not self.store.stages.reached(connection, each)
            ]
        self.follow(untouched)

    def outcome(
        self, event_id: str, *, is_new: bool = False, error: RetentionError | None = None
    ) -> Outcome:
        """Return what is known of an event: its stages, decisions, deliveries and points."""
        stored = self.stored(event_id)
        return read_outcome(self.store, stored, is_new=is_new, error=str(error or ""))

    def stored(self, event_id: str) -> StoredEvent:
        """Return an event as it was received.

        Raises:
            ConfigError: none of that id was received.
            SubjectErased: it tells of somebody who was erased before.
        """
        with self.store.reading() as connection:
            stored = self.store.inbox.get(connection, event_id)
            is_refused = self.store.suppressions.is_refused(connection, event_id)
        if stored is None and is_refused:
            raise SubjectErased(f"event {event_id!r} tells of somebody who was erased")
        if stored is None:
            hint = "`retention explain` alone lists the newest"
            raise ConfigError(f"no event {event_id!r} was received", hint=hint)
        return stored

    def _finish(self, stored: StoredEvent) -> RetentionError | None:
        event_id, stage = stored.event.id, "receive"
        try:
            if isinstance(stored.event, RecordChanged):
                stage = "complete"
                self.ingest(self._completed(stored.event))
                self._mark(event_id, "done")
                return None
            for stage in self.pipeline.run(stored):  # noqa: B007 - the last one is told
                pass
        except RetentionError as error:
            self._mark(event_id, "pending" if may_pass(error) else "failed", str(error))
            self.calls.failed(stage=stage, error=error, event_id=event_id)
            if isinstance(error, SubjectErased):
                self._sweep(event_id)  # what was on its way when the person was erased
            return error
        self._mark(event_id, "done")
        return None

    def _completed(self, event: RecordChanged) -> tuple[ShopEvent, ...]:
        """Ask the platform; what it tells is received as if it had been delivered."""
        return self._adapter(event.platform).complete(event)

    def _adapter(self, platform: str) -> ShopAdapter:
        if self.adapter is None:
            raise PluginError(f"no adapter of {platform!r} is at hand")
        return self.adapter(platform)

    def _sweep(self, event_id: str) -> None:
        """Take back what no erasure saw; what holds that up does not hold up the others."""
        try:
            self.pipeline.sweep()
        except RetentionError as error:
            self.calls.failed(stage="sweep", error=error, event_id=event_id)

    def _mark(self, event_id: str, state: str, error: str = "") -> None:
        with self.store.begin() as connection:
            self.store.inbox.mark(connection, event_id, state, error=error)  # type: ignore[arg-type] # a literal


def _forgotten(event_id: str, *, is_new: bool) -> Outcome:
    """The outcome of an erasure, and of whatever concerned the person it erased."""
    return Outcome(event_id=event_id, event_type="erased", is_new=is_new, state="done")
