"""Everything that hangs on one person, across the tables: to show it, and to let go of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select, update

from ..model import Decision, ShopEvent, read_event
from .decisions import read_decision
from .deliveries import DeliveryState
from .subjects import SubjectVault
from .tables import decision, delivery, event


@dataclass(frozen=True, slots=True)
class SentThing:
    """A delivery in the clear: what it was and how far it came, and not what was in it."""

    id: str
    event_id: str
    surface: str
    channel: str
    state: str
    attempts: int
    updated_at: datetime


class PersonRows:
    """Reads and releases what is kept of a subject. Sealed values open until the key is gone."""

    def __init__(self, subjects: SubjectVault) -> None:
        self._subjects = subjects

    def events(self, connection: Connection, subject_id: str) -> Iterator[ShopEvent]:
        """Yield the events of a person in order of arrival.

        Raises:
            SubjectErased: the person is forgotten.
        """
        table = event.c
        query = select(table.id, table.sealed_event).where(table.subject_id == subject_id)
        for row in connection.execute(query.order_by(table.seq)).all():
            purpose = f"event:{row.id}"
            yield read_event(
                self._subjects.open(connection, subject_id, row.sealed_event, purpose=purpose)
            )

    def decisions(self, connection: Connection, subject_id: str) -> tuple[Decision, ...]:
        """Return all that was decided about a person, earliest first.

        Raises:
            SubjectErased: the person is forgotten.
        """
        table = decision.c
        query = select(table.id, table.sealed).where(table.subject_id == subject_id)
        rows = connection.execute(query.order_by(table.decided_at, table.id)).all()
        return tuple(
            read_decision(
                self._subjects.open(
                    connection, subject_id, row.sealed, purpose=f"decision:{row.id}"
                )
            )
            for row in rows
        )

    def sent(self, connection: Connection, subject_id: str) -> tuple[SentThing, ...]:
        """Return what was sent to a person or waits to be, in order of planning."""
        table = delivery.c
        query = select(delivery).where(table.subject_id == subject_id)
        return _things(connection, query.order_by(table.planned_at, table.id))

    def thing(self, connection: Connection, delivery_id: str) -> SentThing | None:
        """Return one delivery, None if it was never planned."""
        query = select(delivery).where(delivery.c.id == delivery_id)
        return next(iter(_things(connection, query)), None)

    def stop(self, connection: Connection, subject_id: str, *, now: datetime) -> int:
        """Let nothing that waits for a person leave any more; return how much waited."""
        waiting = [DeliveryState.PLANNED, DeliveryState.FAILED]
        query = (
            update(delivery)
            .where(delivery.c.subject_id == subject_id, delivery.c.state.in_(waiting))
            .values(state=DeliveryState.REJECTED, updated_at=now)
        )
        return connection.execute(query).rowcount

    def clear_errors(self, connection: Connection, subject_id: str) -> None:
        """Empty what was noted of failures, and delete the bodies that events were read from."""
        query = update(event).where(event.c.subject_id == subject_id)
        connection.execute(query.values(error="", sealed_raw=None, raw_expires_at=None))

    def count(self, connection: Connection, subject_id: str) -> int:
        """Return how many events are kept of a person; they stay, and nobody can read them."""
        query = select(func.count()).where(event.c.subject_id == subject_id)
        return int(connection.execute(query).scalar_one())


def _things(connection: Connection, query: Select[Any]) -> tuple[SentThing, ...]:
    rows = connection.execute(query).all()
    return tuple(
        SentThing(
            row.id,
            row.event_id,
            row.surface,
            row.channel,
            row.state,
            row.attempts,
            row.updated_at,
        )
        for row in rows
    )
