"""Every decision about what may leave, whatever the answer was."""

from __future__ import annotations

from zlib import compress, decompress

from sqlalchemy import Connection, select

from ..model import Decision
from .ids import insert_into
from .subjects import SubjectVault
from .tables import decision as decisions_table

# Ends the decision in what is sealed; JSON writes a line break in a text as two characters.
_SEPARATOR = b"\n"


class DecisionLog:
    """Append-only. A decision is sealed whole; what is kept in clear names nobody."""

    def __init__(self, subjects: SubjectVault) -> None:
        self._subjects = subjects

    def record(
        self,
        connection: Connection,
        decision: Decision,
        *,
        subject_id: str,
        question: bytes = b"",
    ) -> bool:
        """Store a decision; return False if one with its identifier is there already.

        ``question`` is what it was made on, where nothing else keeps that; it is sealed with it.
        """
        plain = decision.model_dump_json().encode()
        if question:
            plain += _SEPARATOR + compress(question)
        purpose = f"decision:{decision.decision_id}"
        values = {
            "id": decision.decision_id,
            "event_id": decision.event_id,
            "subject_id": subject_id,
            "candidate_id": decision.candidate_id,
            "channel": decision.channel.value,
            "message_class": decision.message_class.value,
            "allowed": decision.allowed,
            "basis": decision.basis,
            "rules_version": decision.rules_version,
            "sealed": self._subjects.seal(connection, subject_id, plain, purpose=purpose),
            "decided_at": decision.decided_at,
        }
        query = insert_into(connection, decisions_table).on_conflict_do_nothing()
        return connection.execute(query, values).rowcount == 1

    def of_event(self, connection: Connection, event_id: str) -> tuple[Decision, ...]:
        """Return what was decided because of an event, earliest first.

        Raises:
            SubjectErased: the decisions were about somebody who is forgotten.
        """
        table = decisions_table.c
        query = select(table.id, table.subject_id, table.sealed).where(table.event_id == event_id)
        rows = connection.execute(query.order_by(table.decided_at, table.id)).all()
        return tuple(self._read(connection, *row) for row in rows)

    def questions(self, connection: Connection, event_id: str) -> dict[str, bytes]:
        """Return what decisions about an event were made on, by decision, where it was kept.

        Raises:
            SubjectErased: the decisions were about somebody who is forgotten.
        """
        table = decisions_table.c
        query = select(table.id, table.subject_id, table.sealed).where(table.event_id == event_id)
        opened = {row.id: self._open(connection, *row) for row in connection.execute(query).all()}
        parts = {name: plain.partition(_SEPARATOR)[2] for name, plain in opened.items()}
        return {name: decompress(question) for name, question in parts.items() if question}

    def _read(
        self, connection: Connection, decision_id: str, subject_id: str, sealed: bytes
    ) -> Decision:
        plain = self._open(connection, decision_id, subject_id, sealed)
        return read_decision(plain)

    def _open(
        self, connection: Connection, decision_id: str, subject_id: str, sealed: bytes
    ) -> bytes:
        purpose = f"decision:{decision_id}"
        return self._subjects.open(connection, subject_id, sealed, purpose=purpose)


def read_decision(plain: bytes) -> Decision:
    """Return the decision in what was sealed, with or without its question."""
    return Decision.model_validate_json(plain.partition(_SEPARATOR)[0])
