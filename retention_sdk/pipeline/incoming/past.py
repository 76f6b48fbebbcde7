"""The past in chunks: many events in one commit, with the outcome of one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from ...model import (
    Context,
    CustomerErased,
    CustomersMerged,
    DataRequested,
    RecordChanged,
    ShopErased,
    ShopEvent,
)
from ..outcome import Outcome
from ..snapshot import HISTORY, Snapshots

if TYPE_CHECKING:
    from ...storage import Connection, StageResult, Store, StoredEvent

AT_ONCE = 200
"""How many events are one commit at most: whoever else writes waits for it, some tenths of a
second."""

# They are commits of their own, ask a platform, or change whose data the events after them are.
_APART = (CustomerErased, CustomersMerged, DataRequested, RecordChanged, ShopErased)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """Takes events of the past into account: in chunks where that makes no difference.

    ``alone`` does the same for one event, step by step, and sees to what goes wrong. ``settle`` is
    called after each chunk. A process that is killed leaves nothing of the chunk it was at.
    """

    store: Store
    snapshots: Snapshots
    clock: Callable[[], datetime]
    raw_kept: timedelta
    alone: Callable[[ShopEvent], tuple[Outcome, ...]]
    settle: Callable[[], object]

    def take(self, events: Sequence[ShopEvent]) -> Iterator[Outcome]:
        """Yield what became of each event that is new, in the order given."""
        at_once = self._at_once()
        for is_plain, group in groupby(events, key=lambda each: not isinstance(each, _APART)):
            part = tuple(group)
            size = at_once if is_plain else 0
            for start in range(0, len(part), size or 1):
                chunk = part[start : start + (size or 1)]
                yield from self._together(chunk) if size else self.alone(chunk[0])

    def _at_once(self) -> int:
        """Return how many events may be one commit; none where plugins answer to each.

        Plugins are asked outside of transactions, and about the store as it then is. What an event
        brings beside points is given before the next one.
        """
        from ...loyalty.gifts import gives_rewards

        if self.snapshots.asks_plugins:
            return 0
        programs = (each.program for each in self.snapshots.loyalty.ledgers)
        return 1 if any(map(gives_rewards, programs)) else AT_ONCE

    def _together(self, events: Sequence[ShopEvent]) -> tuple[Outcome, ...]:
        """Take a chunk; halve it for as long as something in it cannot be taken."""
        try:
            return self._chunk(events)
        except Exception:  # noqa: BLE001 - alone, it tells what is wrong, and stops no other
            if len(events) == 1:
                return self.alone(events[0])
        half = len(events) // 2
        return self._together(events[:half]) + self._together(events[half:])

    def _chunk(self, events: Sequence[ShopEvent]) -> tuple[Outcome, ...]:
        now, inbox = self.clock(), self.store.inbox
        with self.store.reading() as connection:
            known = inbox.known(connection, [each.id for each in events])
        # Plugins may choose a locale: not while nobody else can write.
        locales = {e.id: self.snapshots.locale(e) for e in events if e.id not in known}
        fresh = [each for each in events if each.id in locales]
        if not fresh:
            return ()
        with self.store.begin() as connection:
            new = inbox.receive_done(connection, fresh, now=now, raw_retention=self.raw_kept)
            taken = [
                self.snapshots.of_past(connection, each, locale=locales[each.event.id], now=now)
                for each in new
            ]
            self._record(connection, new, taken, now)
        self.settle()
        return tuple(map(_outcome, taken))

    def _record(
        self,
        connection: Connection,
        events: Sequence[StoredEvent],
        taken: Sequence[Context],
        now: datetime,
    ) -> None:
        """Keep the snapshots, and that nothing is to follow from any of them."""
        from ...storage import StageResult

        results: list[StageResult] = []
        for each, context in zip(events, taken, strict=True):
            name, who = each.event.id, each.subject_id
            snapshot = context.model_dump_json().encode()
            results.append(StageResult(name, HISTORY, b"{}", who))
            results.append(StageResult(name, "context", snapshot, who))
        self.store.stages.add(connection, results, now=now)


def _outcome(context: Context) -> Outcome:
    return Outcome(
        event_id=context.event_id,
        event_type=context.event_type,
        is_new=True,
        state="done",
        stages=("context",),
        locale=context.locale.tag,
        locale_reason=context.locale.reason,
        points_earned=context.loyalty.earned,
        points_balance=context.loyalty.balance,
    )
