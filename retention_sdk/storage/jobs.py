"""Print jobs: which copies went to a printer together, and in which order."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from .card_records import PrintJob
from .ids import insert_into
from .tables import delivery, print_job, print_job_card

_FINAL = ("accepted", "rejected")


class PrintJobs:
    """Append-only. A copy belongs to one job for ever, so nothing is printed by two of them.

    How far a job came is in ``Store.deliveries`` under the same identifier.
    """

    def plan(self, connection: Connection, job: PrintJob, *, now: datetime) -> bool:
        """Record a job; return False if it is recorded.

        Raises:
            StorageError: one of its copies belongs to another job.
        """
        values = {
            "id": job.id,
            "shop_id": job.shop_id,
            "batch_id": job.batch_id,
            "channel": job.channel,
            "format": job.format,
            "profile": job.profile,
            "sheet": job.sheet,
            "made_at": now,
        }
        query = insert_into(connection, print_job).on_conflict_do_nothing()
        if connection.execute(query, values).rowcount != 1:
            return False
        rows = [
            {"job_id": job.id, "position": position, "card_id": card_id, "copy": copy}
            for position, (card_id, copy) in enumerate(job.cards, start=1)
        ]
        connection.execute(insert_into(connection, print_job_card), rows)
        return True

    def get(self, connection: Connection, job_id: str) -> PrintJob | None:
        """Return a job, None if there is none."""
        row = connection.execute(select(print_job).where(print_job.c.id == job_id)).one_or_none()
        return self._job(connection, row) if row else None

    def of_copy(self, connection: Connection, card_id: int, copy: int) -> PrintJob | None:
        """Return the job that prints a copy, None while there is none."""
        table = print_job_card.c
        query = select(table.job_id).where(table.card_id == card_id, table.copy == copy)
        job_id = connection.execute(query).scalar()
        return self.get(connection, job_id) if job_id else None

    def unfinished(self, connection: Connection, batch_id: str) -> tuple[PrintJob, ...]:
        """Return the jobs of a batch that no channel has taken or refused for good."""
        query = (
            select(print_job)
            .outerjoin(delivery, delivery.c.id == print_job.c.id)
            .where(
                print_job.c.batch_id == batch_id,
                delivery.c.state.is_(None) | delivery.c.state.not_in(_FINAL),
            )
            .order_by(print_job.c.made_at, print_job.c.id)
        )
        return tuple(self._job(connection, row) for row in connection.execute(query).all())

    def _job(self, connection: Connection, row: Any) -> PrintJob:
        table = print_job_card.c
        query = select(table.card_id, table.copy).where(table.job_id == row.id)
        cards = connection.execute(query.order_by(table.position)).all()
        return PrintJob(
            id=row.id,
            shop_id=row.shop_id,
            batch_id=row.batch_id,
            channel=row.channel,
            format=row.format,
            profile=row.profile,
            sheet=row.sheet,
            cards=tuple((each.card_id, each.copy) for each in cards),
        )
