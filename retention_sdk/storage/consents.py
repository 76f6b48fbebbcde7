"""What people agreed to and objected to: every answer, with its proof, for as long as they stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, select

from ..model import Consent, ConsentChannel, ConsentState
from .ids import insert_into
from .subjects import SubjectVault
from .tables import consent as consents_table

_NEVER = datetime.min.replace(tzinfo=UTC)


class ConsentLog:
    """Append-only. GDPR art. 7(1) puts the burden of proof on the shop, so nothing is replaced."""

    def __init__(self, subjects: SubjectVault) -> None:
        self._subjects = subjects

    def record(
        self,
        connection: Connection,
        subject_id: str,
        consents: Sequence[Consent],
        *,
        event_id: str,
        now: datetime,
    ) -> int:
        """Append the answers an event brought; return how many were news.

        UNKNOWN is silence, not an answer, and is not kept; nor is an answer that every order
        repeats. The same event twice adds nothing.
        """
        current = {each.channel: each for each in self.current(connection, subject_id)}
        rows = [
            self._row(connection, subject_id, each, place=(event_id, position), now=now)
            for position, each in enumerate(consents)
            if each.state is not ConsentState.UNKNOWN and current.get(each.channel) != each
        ]
        query = insert_into(connection, consents_table).on_conflict_do_nothing()
        return sum(connection.execute(query, row).rowcount for row in rows)

    def current(self, connection: Connection, subject_id: str) -> tuple[Consent, ...]:
        """Return the newest answer per channel, in the order of ``ConsentChannel``.

        Newest by when the person answered; an answer without a time is older than any with one.

        Raises:
            SubjectErased: the person is forgotten.
        """
        newest: dict[ConsentChannel, Consent] = {}
        for each in self.history(connection, subject_id):
            known = newest.get(each.channel)
            if known is None or _answered_at(each) >= _answered_at(known):
                newest[each.channel] = each
        return tuple(newest[channel] for channel in ConsentChannel if channel in newest)

    def history(self, connection: Connection, subject_id: str) -> tuple[Consent, ...]:
        """Return every answer of a person in the order in which it reached us."""
        table = consents_table.c
        query = (
            select(table.event_id, table.position, table.sealed)
            .where(table.subject_id == subject_id)
            .order_by(table.received_at, table.event_id, table.position)
        )
        return tuple(
            self._read(connection, subject_id, row.sealed, f"{row.event_id}:{row.position}")
            for row in connection.execute(query).all()
        )

    def _row(
        self,
        connection: Connection,
        subject_id: str,
        consent: Consent,
        *,
        place: tuple[str, int],
        now: datetime,
    ) -> dict[str, object]:
        event_id, position = place
        purpose = f"consent:{event_id}:{position}"
        plain = consent.model_dump_json().encode()
        return {
            "event_id": event_id,
            "position": position,
            "subject_id": subject_id,
            "channel": consent.channel.value,
            "state": consent.state.value,
            "recorded_at": consent.recorded_at,
            "received_at": now,
            "sealed": self._subjects.seal(connection, subject_id, plain, purpose=purpose),
        }

    def _read(self, connection: Connection, subject_id: str, sealed: bytes, place: str) -> Consent:
        purpose = f"consent:{place}"
        plain = self._subjects.open(connection, subject_id, sealed, purpose=purpose)
        return Consent.model_validate_json(plain)


def _answered_at(consent: Consent) -> datetime:
    return consent.recorded_at or _NEVER
