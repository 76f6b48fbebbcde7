"""Where each finished thing stands on its way out: planned, submitting, and what came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, select, update

from ..errors import StorageError
from ..model import Delivery, Receipt, ReceiptState
from .ids import insert_into
from .subjects import SubjectVault
from .tables import delivery as deliveries_table


class DeliveryState(StrEnum):
    """PLANNED and FAILED may be submitted. SUBMITTING after a restart means: nobody knows."""

    PLANNED = "planned"
    SUBMITTING = "submitting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens to it."""
        return self in {DeliveryState.ACCEPTED, DeliveryState.REJECTED}


@dataclass(frozen=True, slots=True)
class StoredDelivery:
    """How far a delivery came. ``receipt`` is there once the channel has answered."""

    id: str
    state: DeliveryState
    attempts: int
    receipt: Receipt | None

    @property
    def is_stopped(self) -> bool:
        """Whether it was not allowed any more when its turn came, so that nobody was asked."""
        return self.receipt is not None and self.receipt.state is ReceiptState.STOPPED


class DeliveryLog:
    """One row per delivery; each step is a guarded update, so that only one worker takes it.

    ``reserve`` → ``start`` (commit!) → the channel sends → ``finish`` or ``fail``. What must not
    leave any more is finished with a STOPPED receipt in the transaction of ``start``.
    """

    def __init__(self, subjects: SubjectVault) -> None:
        self._subjects = subjects

    def reserve(
        self, connection: Connection, delivery: Delivery, *, subject_id: str, now: datetime
    ) -> StoredDelivery:
        """Plan a delivery; a repeated one finds the state it has reached."""
        values = {
            "id": delivery.id,
            "event_id": delivery.event_id,
            "decision_id": delivery.decision_id,
            "subject_id": subject_id,
            "surface": delivery.surface,
            "channel": delivery.channel,
            "planned_at": now,
            "updated_at": now,
        }
        query = insert_into(connection, deliveries_table).on_conflict_do_nothing()
        connection.execute(query, values)
        return self._require(connection, delivery.id)

    def get(self, connection: Connection, delivery_id: str) -> StoredDelivery | None:
        """Return how far a delivery came, None if it was never planned."""
        table = deliveries_table.c
        query = select(table.subject_id, table.state, table.attempts, table.sealed_receipt)
        row = connection.execute(query.where(table.id == delivery_id)).one_or_none()
        if row is None:
            return None
        receipt = None
        if row.sealed_receipt is not None:
            receipt = self._read(connection, delivery_id, row.subject_id, row.sealed_receipt)
        return StoredDelivery(delivery_id, DeliveryState(row.state), row.attempts, receipt)

    def start(
        self,
        connection: Connection,
        delivery_id: str,
        *,
        now: datetime,
        may_repeat: bool = False,
    ) -> bool:
        """Take a delivery for submission; return False if it is taken or done.

        ``may_repeat`` also takes one that was being submitted when a process died: right for
        idempotent channels and for transactional mail, wrong for marketing.
        """
        startable = [DeliveryState.PLANNED, DeliveryState.FAILED]
        startable += [DeliveryState.SUBMITTING] if may_repeat else []
        table = deliveries_table
        query = (
            update(table)
            .where(table.c.id == delivery_id, table.c.state.in_(startable))
            .values(state=DeliveryState.SUBMITTING, attempts=table.c.attempts + 1, updated_at=now)
        )
        return connection.execute(query).rowcount == 1

    def finish(self, connection: Connection, receipt: Receipt) -> StoredDelivery:
        """Record what the channel answered. A second answer changes nothing.

        Raises:
            StorageError: the delivery was never planned.
        """
        stored = self._require(connection, receipt.delivery_id)
        if stored.state.is_final:
            return stored
        is_refused = receipt.state in {ReceiptState.REJECTED, ReceiptState.STOPPED}
        table = deliveries_table
        owner = connection.execute(
            select(table.c.subject_id).where(table.c.id == receipt.delivery_id)
        ).scalar_one()
        plain = receipt.model_dump_json().encode()
        purpose = f"receipt:{receipt.delivery_id}"
        values = {
            "state": DeliveryState.REJECTED if is_refused else DeliveryState.ACCEPTED,
            "sealed_receipt": self._subjects.seal(connection, owner, plain, purpose=purpose),
            "updated_at": receipt.at,
        }
        final = [state for state in DeliveryState if state.is_final]
        query = update(table).where(table.c.id == receipt.delivery_id, table.c.state.not_in(final))
        connection.execute(query.values(values))
        return self._require(connection, receipt.delivery_id)

    def fail(
        self, connection: Connection, delivery_id: str, *, retryable: bool, now: datetime
    ) -> None:
        """Record that sending raised: FAILED may be tried again, REJECTED never."""
        state = DeliveryState.FAILED if retryable else DeliveryState.REJECTED
        table = deliveries_table
        query = (
            update(table)
            .where(table.c.id == delivery_id, table.c.state == DeliveryState.SUBMITTING)
            .values(state=state, updated_at=now)
        )
        connection.execute(query)

    def of_event(self, connection: Connection, event_id: str) -> tuple[StoredDelivery, ...]:
        """Return all deliveries of an event, in order of planning."""
        table = deliveries_table.c
        query = select(table.id).where(table.event_id == event_id)
        found = connection.execute(query.order_by(table.planned_at, table.id)).scalars().all()
        return tuple(self._require(connection, delivery_id) for delivery_id in found)

    def of_subject(self, connection: Connection, subject_id: str) -> tuple[StoredDelivery, ...]:
        """Return all deliveries of what a person's data went into, in order of planning."""
        table = deliveries_table.c
        query = select(table.id).where(table.subject_id == subject_id)
        found = connection.execute(query.order_by(table.planned_at, table.id)).scalars().all()
        return tuple(self._require(connection, delivery_id) for delivery_id in found)

    def _require(self, connection: Connection, delivery_id: str) -> StoredDelivery:
        stored = self.get(connection, delivery_id)
        if stored is None:
            raise StorageError(f"delivery {delivery_id!r} was never planned")
        return stored

    def _read(
        self, connection: Connection, delivery_id: str, subject_id: str, sealed: bytes
    ) -> Receipt:
        purpose = f"receipt:{delivery_id}"
        plain = self._subjects.open(connection, subject_id, sealed, purpose=purpose)
        return Receipt.model_validate_json(plain)
