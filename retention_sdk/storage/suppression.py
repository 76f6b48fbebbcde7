"""Who was erased and must not come back: keyed hashes, no address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from .ids import insert_into
from .subjects import SubjectVault
from .tables import refused_event
from .tables import suppression as suppression_table

# Built once: it is asked of every event.
_ANY = (
    select(suppression_table.c.at)
    .where(suppression_table.c.shop_id == bindparam("shop_id"))
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Suppression:
    """One way that led to somebody, its kind (``email``, ``phone`` …), and since when it does not.

    What it led to is not kept.
    """

    kind: str
    reason: str
    at: datetime


class Suppressions:
    """Blind indexes of references: HMAC-SHA-256 under a key of this store.

    GDPR recital 65 and art. 17(3)(b) let a shop keep what it takes to respect an objection.
    """

    def __init__(self, subjects: SubjectVault) -> None:
        self._subjects = subjects

    def add(
        self,
        connection: Connection,
        shop_id: str,
        references: Sequence[str],
        *,
        reason: str,
        now: datetime,
    ) -> int:
        """Let references lead nowhere from now on; return how many did until now.

        Somebody who came back and was erased again is suppressed since the last time.
        """
        known = len(self.matching(connection, shop_id, references))
        rows = [
            {
                "shop_id": shop_id,
                "blind_index": self._subjects.index(connection, shop_id, reference),
                "kind": reference.partition(":")[0],
                "reason": reason,
                "at": now,
            }
            for reference in dict.fromkeys(references)
        ]
        for row in rows:
            query = insert_into(connection, suppression_table).values(row)
            later = query.on_conflict_do_update(
                index_elements=["shop_id", "blind_index"], set_={"at": now, "reason": reason}
            )
            connection.execute(later)
        return len(rows) - known

    def matching(
        self, connection: Connection, shop_id: str, references: Sequence[str]
    ) -> tuple[Suppression, ...]:
        """Return the suppressions that any of the references meets, oldest first."""
        table = suppression_table.c
        if not references or self.is_empty(connection, shop_id):
            return ()
        indexes = [
            self._subjects.index(connection, shop_id, each) for each in dict.fromkeys(references)
        ]
        query = select(table.kind, table.reason, table.at)
        query = query.where(table.shop_id == shop_id, table.blind_index.in_(indexes))
        rows = connection.execute(query.order_by(table.at, table.kind)).all()
        return tuple(Suppression(row.kind, row.reason, row.at) for row in rows)

    def count(self, connection: Connection, shop_id: str) -> int:
        """Return how many references lead nowhere."""
        table = suppression_table.c
        query = select(func.count()).where(table.shop_id == shop_id)
        return int(connection.execute(query).scalar_one())

    def refuse(self, connection: Connection, shop_id: str, event_id: str, *, now: datetime) -> None:
        """Count an event that was refused, once."""
        values = {"event_id": event_id, "shop_id": shop_id, "at": now}
        query = insert_into(connection, refused_event).on_conflict_do_nothing()
        connection.execute(query, values)

    def is_refused(self, connection: Connection, event_id: str) -> bool:
        """Whether an event was refused."""
        query = select(refused_event.c.at).where(refused_event.c.event_id == event_id)
        return connection.execute(query).scalar() is not None

    def refused_count(self, connection: Connection, shop_id: str) -> int:
        """Return how many events were refused, each counted once."""
        query = select(func.count()).where(refused_event.c.shop_id == shop_id)
        return int(connection.execute(query).scalar_one())

    def is_empty(self, connection: Connection, shop_id: str) -> bool:
        """Whether a shop never erased anybody, so that no search is worth its hashes."""
        return connection.execute(_ANY, {"shop_id": shop_id}).scalar() is None
