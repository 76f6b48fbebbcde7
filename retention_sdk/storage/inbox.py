"""Events as they arrived: each once, sealed, pending until its work is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, func, select, update

from ..errors import StorageError, SubjectErased
from ..model import OrderEvent, ShopEvent, read_event
from .doorkeeper import Doorkeeper
from .ids import insert_new
from .subjects import Sealer, SubjectVault
from .tables import event as events_table
from .tables import subject

RAW_RETENTION = timedelta(days=30)
# SQLite takes 32,766 parameters at most.
_NAMES_PER_QUERY = 1000

# Built once: that takes longer than running it.
_STORED = select(
    *(events_table.c[name] for name in ("id", "subject_id", "sealed_event", "state", "received_at"))
).where(events_table.c.id == bindparam("event_id"))

EventState = Literal["pending", "done", "failed"]


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event from the inbox, and whose data it is."""

    event: ShopEvent
    subject_id: str
    state: EventState
    received_at: datetime


class Known:
    """What one batch has found out: news of a customer come in twos and threes."""

    def __init__(self, subjects: SubjectVault, door: Doorkeeper) -> None:
        self._subjects, self._door = subjects, door
        self._owners: dict[tuple[str, str, str], str] = {}
        self._sealers: dict[str, Sealer] = {}

    def subject_for(self, connection: Connection, event: ShopEvent, *, now: datetime) -> str:
        """Return whose data an event is, as the doorkeeper says; it asks nobody twice.

        Raises:
            SubjectErased: nothing of the event may be kept.
        """
        place = _customer_of(event)
        owner = self._owners.get(place) if place else None
        if owner and self._door.is_open(connection, event.shop_id):
            return owner
        owner = self._door.subject_for(connection, event, now=now)
        if place:
            self._owners[place] = owner
        return owner

    def sealer(self, connection: Connection, subject_id: str) -> Sealer:
        """Return what seals for a subject."""
        if subject_id not in self._sealers:
            self._sealers[subject_id] = self._subjects.sealer(connection, subject_id)
        return self._sealers[subject_id]


class Inbox:
    """Receives events. ``event.id`` is the idempotency key, across all deliveries and restarts."""

    def __init__(self, subjects: SubjectVault, door: Doorkeeper) -> None:
        self._subjects = subjects
        self._door = door

    def receive(
        self,
        connection: Connection,
        events: Sequence[ShopEvent],
        *,
        now: datetime,
        raw_retention: timedelta = RAW_RETENTION,
    ) -> tuple[str, ...]:
        """Store what is new, in one batch; return the new identifiers in the order given.

        Acknowledge a delivery only after the commit. The raw body is kept, sealed, for
        ``raw_retention``; zero keeps none. What tells of somebody who was erased is counted, and
        not kept.
        """
        written = self._write(connection, events, "pending", now=now, raw_retention=raw_retention)
        return tuple(each.event.id for each in written)

    def receive_done(
        self,
        connection: Connection,
        events: Sequence[ShopEvent],
        *,
        now: datetime,
        raw_retention: timedelta = RAW_RETENTION,
    ) -> tuple[StoredEvent, ...]:
        """Store what is new as ``receive`` does, with its work done in the same transaction."""
        return self._write(connection, events, "done", now=now, raw_retention=raw_retention)

    def _write(
        self,
        connection: Connection,
        events: Sequence[ShopEvent],
        state: EventState,
        *,
        now: datetime,
        raw_retention: timedelta,
    ) -> tuple[StoredEvent, ...]:
        unseen = self._unseen(connection, events)
        known = Known(self._subjects, self._door)
        made = (self._row(connection, each, known, now, raw_retention) for each in unseen.values())
        rows = [{**row, "state": state} for row in made if row]
        if not rows:
            return ()
        query = insert_new(connection, events_table)
        written = connection.execute(query.returning(events_table.c.id), rows).scalars()
        new = frozenset(written)
        return tuple(
            StoredEvent(unseen[row["id"]], row["subject_id"], state, now)
            for row in rows
            if row["id"] in new
        )

    def get(self, connection: Connection, event_id: str) -> StoredEvent | None:
        """Return an event, None if it never arrived.

        Raises:
            SubjectErased: it was the event of somebody who is forgotten.
        """
        row = connection.execute(_STORED, {"event_id": event_id}).one_or_none()
        if row is None:
            return None
        return StoredEvent(
            event=self._read(connection, row.id, row.subject_id, row.sealed_event),
            subject_id=row.subject_id,
            state=row.state,
            received_at=row.received_at,
        )

    def pending(self, connection: Connection, *, limit: int = 100) -> tuple[StoredEvent, ...]:
        """Return unfinished events in order of arrival; those of erased people are passed over."""
        table = events_table.c
        query = (
            select(table.id, table.subject_id, table.sealed_event, table.state, table.received_at)
            .join(subject, subject.c.id == table.subject_id)
            .where(table.state == "pending", subject.c.erased_at.is_(None))
            .order_by(table.seq)
            .limit(limit)
        )
        return tuple(
            StoredEvent(
                event=self._read(connection, row.id, row.subject_id, row.sealed_event),
                subject_id=row.subject_id,
                state=row.state,
                received_at=row.received_at,
            )
            for row in connection.execute(query).all()
        )

    def newest(
        self, connection: Connection, shop_id: str, *, limit: int
    ) -> tuple[tuple[str, EventState, datetime], ...]:
        """Return identifier, state and arrival of a shop's newest events, the newest first."""
        table = events_table.c
        query = select(table.id, table.state, table.received_at).where(table.shop_id == shop_id)
        rows = connection.execute(query.order_by(table.seq.desc()).limit(limit))
        return tuple((row.id, row.state, row.received_at) for row in rows)

    def backlog(self, connection: Connection) -> tuple[int, datetime | None]:
        """Return how many events are not done, and when the oldest of them came."""
        table = events_table.c
        query = (
            select(func.count(), func.min(table.received_at))
            .select_from(events_table)
            .join(subject, subject.c.id == table.subject_id)
            .where(table.state == "pending", subject.c.erased_at.is_(None))
        )
        count, oldest = connection.execute(query).one()
        return count, oldest

    def mark(
        self, connection: Connection, event_id: str, state: EventState, *, error: str = ""
    ) -> None:
        """Say what became of an event. ``error`` must not hold personal data.

        Raises:
            StorageError: the event never arrived.
        """
        query = update(events_table).where(events_table.c.id == event_id)
        if connection.execute(query.values(state=state, error=error)).rowcount != 1:
            raise StorageError(f"event {event_id!r} is not in the inbox")

    def raw_body(self, connection: Connection, event_id: str) -> bytes | None:
        """Return the body an event was read from, None if there was none or it expired."""
        table = events_table.c
        query = select(table.subject_id, table.sealed_raw).where(table.id == event_id)
        row = connection.execute(query).one_or_none()
        if row is None or row.sealed_raw is None:
            return None
        purpose = f"raw:{event_id}"
        return self._subjects.open(connection, row.subject_id, row.sealed_raw, purpose=purpose)

    def purge_raw(self, connection: Connection, *, now: datetime) -> int:
        """Delete raw bodies whose time is over; return how many."""
        query = (
            update(events_table)
            .where(events_table.c.raw_expires_at <= now)
            .values(sealed_raw=None, raw_expires_at=None)
        )
        return connection.execute(query).rowcount

    def forget_unknown(self, connection: Connection, shop_id: str) -> int:
        """Delete bodies of unknown topics from before somebody was erased; return how many.

        Whose data they are is not known, so all of them go.
        """
        since = select(func.max(subject.c.erased_at)).where(subject.c.shop_id == shop_id)
        table = events_table.c
        query = update(events_table).where(table.shop_id == shop_id, table.type == "unknown")
        query = query.where(table.sealed_raw.is_not(None))
        query = query.where(table.received_at <= since.scalar_subquery())
        return connection.execute(query.values(sealed_raw=None, raw_expires_at=None)).rowcount

    def known(self, connection: Connection, names: Sequence[str]) -> frozenset[str]:
        """Return those of some identifiers under which an event was received before."""
        seen = set[str]()
        for start in range(0, len(names), _NAMES_PER_QUERY):
            chunk = names[start : start + _NAMES_PER_QUERY]
            query = select(events_table.c.id).where(events_table.c.id.in_(chunk))
            seen.update(connection.execute(query).scalars())
        return frozenset(seen)

    def _unseen(self, connection: Connection, events: Sequence[ShopEvent]) -> dict[str, ShopEvent]:
        by_id = {each.id: each for each in reversed(events)}
        seen = self.known(connection, list(by_id))
        ordered = dict.fromkeys(each.id for each in events)
        return {event_id: by_id[event_id] for event_id in ordered if event_id not in seen}

    def _row(
        self,
        connection: Connection,
        event: ShopEvent,
        known: Known,
        now: datetime,
        raw_retention: timedelta,
    ) -> dict[str, Any] | None:
        try:
            subject_id = known.subject_for(connection, event, now=now)
        except SubjectErased:
            return None
        keeps_raw = bool(event.raw) and raw_retention > timedelta(0)
        sealed = known.sealer(connection, subject_id)
        return {
            "id": event.id,
            "shop_id": event.shop_id,
            "type": getattr(event, "type", "unknown"),
            "subject_id": subject_id,
            "occurred_at": event.occurred_at,
            "received_at": now,
            "sealed_event": sealed(event.model_dump_json().encode(), f"event:{event.id}"),
            "sealed_raw": sealed(event.raw, f"raw:{event.id}") if keeps_raw else None,
            "raw_expires_at": now + raw_retention if keeps_raw else None,
        }

    def _read(
        self, connection: Connection, event_id: str, subject_id: str, sealed: bytes
    ) -> ShopEvent:
        purpose = f"event:{event_id}"
        return read_event(self._subjects.open(connection, subject_id, sealed, purpose=purpose))


def _customer_of(event: ShopEvent) -> tuple[str, str, str] | None:
    """Return what leads to the customer of an order; None where another rule says whose it is."""
    customer = event.order.customer if isinstance(event, OrderEvent) else None
    if customer is None or not (customer.id or customer.email):
        return None
    return event.shop_id, customer.id or "", customer.email
