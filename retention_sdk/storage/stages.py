"""What each stage of the work made, so that a restart goes on instead of starting over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from .ids import insert_new
from .subjects import SubjectVault
from .tables import stage as stages_table

# Built once: that takes longer than running it.
_RESULT = select(stages_table.c.subject_id, stages_table.c.sealed).where(
    stages_table.c.event_id == bindparam("event_id"), stages_table.c.stage == bindparam("stage")
)


@dataclass(frozen=True, slots=True)
class StageResult:
    """What a stage made of an event, and whose data that is."""

    event_id: str
    stage: str
    payload: bytes
    subject_id: str


class StageLog:
    """Append-only: the first result of a stage is its result, whoever asks again.

    Record a stage in the transaction of its other effects, and a crash leaves both or neither::

        with store.begin() as connection:
            made = store.stages.record(
                connection, event.id, "context", payload, subject_id=subject_id, now=now
            )
    """

    def __init__(self, subjects: SubjectVault) -> None:
        self._subjects = subjects

    def record(
        self,
        connection: Connection,
        event_id: str,
        stage: str,
        payload: bytes,
        *,
        subject_id: str,
        now: datetime,
    ) -> bytes:
        """Store a result and return it; if there is one already, return that and store nothing."""
        purpose = _purpose(event_id, stage)
        values = {
            "event_id": event_id,
            "stage": stage,
            "subject_id": subject_id,
            "sealed": self._subjects.seal(connection, subject_id, payload, purpose=purpose),
            "at": now,
        }
        query = insert_new(connection, stages_table)
        if connection.execute(query, values).rowcount == 1:
            return payload
        return self.get(connection, event_id, stage) or b""

    def add(self, connection: Connection, results: Sequence[StageResult], *, now: datetime) -> None:
        """Store many results at once, of events that have none of these stages yet."""
        people = [each.subject_id for each in results]
        sealers = self._subjects.sealers(connection, people)
        rows = [
            {
                "event_id": each.event_id,
                "stage": each.stage,
                "subject_id": each.subject_id,
                "sealed": sealers[each.subject_id](
                    each.payload, _purpose(each.event_id, each.stage)
                ),
                "at": now,
            }
            for each in results
        ]
        if rows:
            connection.execute(insert(stages_table), rows)

    def get(self, connection: Connection, event_id: str, stage: str) -> bytes | None:
        """Return what a stage made, None if it was not reached.

        Raises:
            SubjectErased: it was made for somebody who is forgotten.
        """
        row = connection.execute(_RESULT, {"event_id": event_id, "stage": stage}).one_or_none()
        if row is None:
            return None
        purpose = _purpose(event_id, stage)
        return self._subjects.open(connection, row.subject_id, row.sealed, purpose=purpose)

    def reached(self, connection: Connection, event_id: str) -> tuple[str, ...]:
        """Return the names of the stages that are done, earliest first."""
        table = stages_table.c
        query = select(table.stage).where(table.event_id == event_id)
        return tuple(connection.execute(query.order_by(table.at, table.stage)).scalars())


def _purpose(event_id: str, stage: str) -> str:
    return f"stage:{event_id}:{stage}"
