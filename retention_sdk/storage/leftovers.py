"""What another process was just sending while its recipient was erased."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update

from .ids import insert_into
from .tables import card, delivery, meta, print_job, print_job_card, subject

_WITHDRAWING = "withdrawing:"


class Leftovers:
    """Finds deliveries that an erasure could not see: out of the queue, and not there yet.

    Their files must be taken back by whoever comes next.
    """

    def singles(self, connection: Connection, shop_id: str) -> tuple[tuple[str, str], ...]:
        """Return deliveries of erased people that nobody finished: identifier and channel."""
        query = (
            select(delivery.c.id, delivery.c.channel)
            .join(subject, subject.c.id == delivery.c.subject_id)
            .where(
                subject.c.shop_id == shop_id,
                subject.c.erased_at.is_not(None),
                delivery.c.state == "submitting",
            )
            .order_by(delivery.c.id)
        )
        return tuple((row.id, row.channel) for row in connection.execute(query).all())

    def sheets(self, connection: Connection, shop_id: str) -> tuple[str, ...]:
        """Return print jobs of several people that were taken after one of them was erased."""
        query = (
            select(print_job.c.id)
            .join(print_job_card, print_job_card.c.job_id == print_job.c.id)
            .join(card, card.c.card_id == print_job_card.c.card_id)
            .join(subject, subject.c.id == card.c.subject_id)
            .join(delivery, delivery.c.id == print_job.c.id)
            .where(
                print_job.c.shop_id == shop_id,
                print_job.c.sheet != "",
                subject.c.erased_at.is_not(None),
                delivery.c.state == "accepted",
                delivery.c.updated_at >= subject.c.erased_at,
            )
            .distinct()
            .order_by(print_job.c.id)
        )
        return tuple(connection.execute(query).scalars())

    def begin(self, connection: Connection, job_id: str) -> bool:
        """Note that a sheet is being taken back; return False if an earlier process noted it.

        Only so can the next process tell a sheet that is gone because of it from one that a press
        fetched.
        """
        query = insert_into(connection, meta).on_conflict_do_nothing()
        values = {"name": f"{_WITHDRAWING}{job_id}", "value": b"1"}
        return connection.execute(query, values).rowcount == 1

    def end(self, connection: Connection, job_id: str) -> None:
        """Say that a sheet is taken back, or was not there."""
        connection.execute(delete(meta).where(meta.c.name == f"{_WITHDRAWING}{job_id}"))

    def close(self, connection: Connection, delivery_ids: Sequence[str]) -> None:
        """Say that these were seen to."""
        query = update(delivery).where(delivery.c.id.in_(tuple(delivery_ids)))
        connection.execute(query.values(state="rejected"))
