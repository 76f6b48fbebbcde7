"""The history of ranks: one row per change, never rewritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from .ids import insert_into
from .subject_merges import same_person
from .tables import account, subject, tier_change, txn


@dataclass(frozen=True, slots=True, kw_only=True)
class TierChange:
    """A rank from a moment on, and why. ``until`` is None for no end, ``cause`` what led to it."""

    tier: str
    tier_before: str
    since: datetime | None
    until: date | None
    reason: str
    ladder: str
    progress: str
    cause: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderPosting:
    """A transaction by which an order earned points, or by which some were taken back."""

    kind: str
    cause_id: str
    occurred_at: datetime
    body: str


class TierHistory:
    """Ranks of people in a programme, oldest first. People who were merged share theirs."""

    def lock(self, connection: Connection, subject_id: str) -> None:
        """Let nobody else evaluate a person until the transaction ends.

        On SQLite the transaction holds the only write lock anyway.
        """
        query = select(subject.c.id).where(subject.c.id == subject_id)
        connection.execute(query.with_for_update(key_share=True))

    def record(
        self, connection: Connection, program_id: str, subject_id: str, change: TierChange
    ) -> int:
        """Append a change and return its number; 0 if this cause is on record for the person."""
        values = {
            "program_id": program_id,
            "subject_id": subject_id,
            "tier": change.tier,
            "tier_before": change.tier_before,
            "since": change.since,
            "until": change.until.isoformat() if change.until else "",
            "reason": change.reason,
            "ladder": change.ladder,
            "progress": change.progress,
            "cause": change.cause,
            "at": change.at,
        }
        query = insert_into(connection, tier_change).values(values).on_conflict_do_nothing()
        return connection.execute(query.returning(tier_change.c.seq)).scalar() or 0

    def newest(self, connection: Connection, program_id: str, subject_id: str) -> TierChange | None:
        """Return what was recorded last of a person, None if nothing was."""
        return next(reversed(self.history(connection, program_id, subject_id)), None)

    def history(
        self, connection: Connection, program_id: str, subject_id: str
    ) -> tuple[TierChange, ...]:
        """Return all changes of a person in the order in which they were recorded."""
        table = tier_change
        people = same_person(connection, subject_id)
        query = select(table).where(
            table.c.program_id == program_id, table.c.subject_id.in_(people)
        )
        return tuple(
            TierChange(
                tier=row.tier,
                tier_before=row.tier_before,
                since=row.since,
                until=date.fromisoformat(row.until) if row.until else None,
                reason=row.reason,
                ladder=row.ladder,
                progress=row.progress,
                cause=row.cause,
                at=row.at,
            )
            for row in connection.execute(query.order_by(table.c.seq)).all()
        )

    def joined_at(self, connection: Connection, subject_id: str) -> datetime | None:
        """Return when the shop first told of a person, under whatever name."""
        people = same_person(connection, subject_id)
        query = select(func.min(subject.c.created_at)).where(subject.c.id.in_(people))
        moment: datetime | None = connection.execute(query).scalar()
        return moment

    def postings(
        self, connection: Connection, program_id: str, subject_id: str
    ) -> tuple[OrderPosting, ...]:
        """Return what orders of a person earned and lost, in the order of recording."""
        people = same_person(connection, subject_id)
        query = (
            select(txn.c.kind, txn.c.cause_id, txn.c.occurred_at, txn.c.body)
            .join(account, account.c.id == txn.c.account_id)
            .where(
                account.c.program_id == program_id,
                account.c.subject_id.in_(people),
                txn.c.cause_type == "order",
                txn.c.kind.in_(("earn", "clawback")),
            )
            .order_by(txn.c.recorded_at, txn.c.id)
        )
        return tuple(OrderPosting(*row) for row in connection.execute(query).all())
