"""Rows that wait for their moment: planned once, leased by one worker, finished under a fence."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from .ids import insert_into
from .tables import account, due, order_fact, subject

ATTEMPTS_MAX = 10
_PAUSE = timedelta(minutes=1)
_PAUSE_MAX = timedelta(hours=6)


def _plan(insert: postgresql.Insert | sqlite.Insert) -> postgresql.Insert | sqlite.Insert:
    shop = select(subject.c.shop_id).where(subject.c.id == bindparam("who"))
    values = {"shop_id": shop.scalar_subquery(), "subject_id": bindparam("who")}
    return insert.values(
        kind=bindparam("kind"), key=bindparam("key"), due_at=bindparam("due_at"), **values
    ).on_conflict_do_nothing()


# Built once: every lot plans rows, and building a statement takes longer than running it.
_PLAN = {"sqlite": _plan(sqlite.insert(due)), "postgresql": _plan(postgresql.insert(due))}
_MOVE = (
    update(due)
    .where(due.c.kind == bindparam("of_kind"), due.c.key == bindparam("of_key"))
    .where(or_(due.c.state == "done", due.c.due_at > bindparam("now")))
    .where(due.c.state.in_(("waiting", "done")))
    .values(state="waiting", due_at=bindparam("next_at"))
)


@dataclass(frozen=True, slots=True)
class DueRow:
    """Something to be done for somebody at ``due_at``; one of a kind and key at the most."""

    kind: str
    key: str
    subject_id: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class LeasedRow(DueRow):
    """A row that one worker may work on. ``fence`` proves that the lease is its own."""

    fence: int
    attempts: int


@dataclass(frozen=True, slots=True)
class LeftRow(DueRow):
    """A row that nobody tries again unless the shop asks for it, and why."""

    error: str


class DueRows:
    """The table of what time will bring about. ``clock`` is the time on the wall, for leases.

    What a row brings about and ``finish`` belong into one transaction: a worker that dies in
    between leaves a lease, and after it another worker does all of it.
    """

    def plan(self, connection: Connection, rows: Iterable[DueRow]) -> None:
        """Plan rows for their subjects' shops; what is planned or was done stays as it is."""
        values = [
            {"kind": row.kind, "key": row.key, "who": row.subject_id, "due_at": row.due_at}
            for row in rows
        ]
        if values:
            connection.execute(_PLAN[connection.dialect.name], values)

    def note(self, connection: Connection, row: DueRow) -> bool:
        """Keep a row that is done already; False if there was one of its name."""
        shop = select(subject.c.shop_id).where(subject.c.id == row.subject_id).scalar_subquery()
        query = insert_into(connection, due).values(
            kind=row.kind,
            key=row.key,
            shop_id=shop,
            subject_id=row.subject_id,
            due_at=row.due_at,
            state="done",
        )
        query = query.on_conflict_do_nothing()
        return connection.execute(query).rowcount == 1

    def move(self, connection: Connection, row: DueRow, *, now: datetime) -> None:
        """Plan a row, or give one that ended, or waits and is not due yet, its new moment."""
        self.plan(connection, [row])
        values = {"of_kind": row.kind, "of_key": row.key, "next_at": row.due_at, "now": now}
        connection.execute(_MOVE, values)

    def take(
        self,
        connection: Connection,
        shop_id: str,
        *,
        until: datetime,
        kinds: Collection[str],
        clock: datetime,
        lease: timedelta,
    ) -> LeasedRow | None:
        """Lease the earliest row that is due at ``until``; None if there is none to be had.

        The rows of one person are worked on one after the other.
        """
        free = or_(due.c.lease_until.is_(None), due.c.lease_until <= clock)
        table = due.alias("other")
        is_busy = exists().where(
            table.c.subject_id == due.c.subject_id,
            table.c.state == "leased",
            table.c.lease_until > clock,
        )
        query = (
            select(due)
            .where(due.c.shop_id == shop_id, due.c.state.in_(("waiting", "leased")))
            .where(due.c.due_at <= until, due.c.kind.in_(kinds), free, ~is_busy)
            .order_by(due.c.due_at, due.c.kind, due.c.key)
            .limit(1)
            .with_for_update(skip_locked=True, of=due)
        )
        found = connection.execute(query).one_or_none()
        if found is None:
            return None
        guarded = (
            update(due)
            .where(due.c.kind == found.kind, due.c.key == found.key, due.c.fence == found.fence)
            .values(
                state="leased",
                lease_until=clock + lease,
                fence=due.c.fence + 1,
                attempts=due.c.attempts + 1,
            )
            .returning(due)
        )
        row = connection.execute(guarded).one_or_none()
        if row is None:
            return None
        return LeasedRow(row.kind, row.key, row.subject_id, row.due_at, row.fence, row.attempts)

    def claim(
        self, connection: Connection, row: DueRow, *, clock: datetime, lease: timedelta
    ) -> LeasedRow | None:
        """Plan and lease one row by its name, due or not; None while it is leased or pauses.

        ``attempts`` of what is returned counts how often that was, this one included.
        """
        self.plan(connection, [row])
        free = or_(due.c.lease_until.is_(None), due.c.lease_until <= clock)
        query = update(due).where(_is(row), free).returning(due.c.fence, due.c.attempts)
        values = {"state": "leased", "lease_until": clock + lease}
        counts = {"fence": due.c.fence + 1, "attempts": due.c.attempts + 1}
        found = connection.execute(query.values(values | counts)).one_or_none()
        if found is None:
            return None
        return LeasedRow(row.kind, row.key, row.subject_id, row.due_at, *found)

    def finish(
        self, connection: Connection, row: LeasedRow, *, next_at: datetime | None = None
    ) -> bool:
        """Say that a row is done, or due again at ``next_at``; False if the lease is another's."""
        values: dict[str, object] = {"lease_until": None, "attempts": 0, "error": ""}
        again = {"state": "waiting", "due_at": next_at} if next_at else {"state": "done"}
        return self._guarded(connection, row, values | again)

    def postpone(
        self, connection: Connection, row: LeasedRow, *, error: str, clock: datetime
    ) -> bool:
        """Try a row again after a pause that doubles; ten times, then it is left for the shop.

        ``error`` must not hold personal data. Returns False if the lease is another's.
        """
        is_last = row.attempts >= ATTEMPTS_MAX
        pause = min(_PAUSE * 2 ** (row.attempts - 1), _PAUSE_MAX)
        values = {
            "state": "failed" if is_last else "waiting",
            "lease_until": None if is_last else clock + pause,
            "error": error,
        }
        return self._guarded(connection, row, values)

    def leave(self, connection: Connection, row: LeasedRow, *, error: str) -> bool:
        """Leave a row for the shop at once; ``error`` says why, without personal data.

        Returns False if the lease is another's.
        """
        values: dict[str, object] = {"state": "failed", "lease_until": None, "error": error}
        return self._guarded(connection, row, values)

    def left(self, connection: Connection, shop_id: str, kind: str) -> tuple[LeftRow, ...]:
        """Return the rows of a kind that are left for the shop, earliest first."""
        query = select(due.c.kind, due.c.key, due.c.subject_id, due.c.due_at, due.c.error)
        query = query.where(due.c.shop_id == shop_id, due.c.kind == kind, due.c.state == "failed")
        rows = connection.execute(query.order_by(due.c.due_at, due.c.key)).all()
        return tuple(LeftRow(*row) for row in rows)

    def settle(self, connection: Connection, row: LeftRow) -> None:
        """Let a row be done that was left for the shop, unless it is tried again already."""
        query = update(due).where(_is(row), due.c.state == "failed")
        connection.execute(query.values(state="done", attempts=0))

    def retry_failed(self, connection: Connection, shop_id: str) -> int:
        """Give rows that failed for good another chance; return how many."""
        query = update(due).where(due.c.shop_id == shop_id, due.c.state == "failed")
        values = {"state": "waiting", "attempts": 0, "lease_until": None}
        return connection.execute(query.values(values)).rowcount

    def forget_erased(self, connection: Connection, shop_id: str, *, kinds: Collection[str]) -> int:
        """Delete rows of some kinds of people who were erased; return how many."""
        erased = select(subject.c.id).where(
            subject.c.shop_id == shop_id, subject.c.erased_at.is_not(None)
        )
        query = delete(due).where(
            due.c.shop_id == shop_id, due.c.kind.in_(kinds), due.c.subject_id.in_(erased)
        )
        return connection.execute(query).rowcount

    def buyers_without(
        self,
        connection: Connection,
        shop_id: str,
        kind: str,
        *,
        since: datetime,
        after: str = "",
        limit: int,
    ) -> tuple[str, ...]:
        """Return who paid for an order placed after ``since`` and never had a row of a kind.

        Subjects come in the order of their identifiers, from the one that follows ``after`` on.
        """
        sale = order_fact.c
        has_row = exists().where(due.c.kind == kind, due.c.key == sale.subject_id)
        query = (
            select(sale.subject_id)
            .distinct()
            .join(subject, subject.c.id == sale.subject_id)
            .where(sale.shop_id == shop_id, sale.placed_at > since, sale.subject_id > after)
            .where(sale.paid_at.is_not(None), subject.c.erased_at.is_(None), ~has_row)
            .order_by(sale.subject_id)
            .limit(limit)
        )
        return tuple(connection.execute(query).scalars())

    def members(
        self, connection: Connection, shop_id: str, program_id: str, *, after: str = "", limit: int
    ) -> tuple[str, ...]:
        """Return who ordered or has an account of a programme, in the order of identifiers."""
        buyers = select(order_fact.c.subject_id).where(order_fact.c.shop_id == shop_id)
        holders = select(account.c.subject_id).where(account.c.program_id == program_id)
        query = (
            select(subject.c.id)
            .where(subject.c.shop_id == shop_id, subject.c.erased_at.is_(None))
            .where(or_(subject.c.id.in_(buyers), subject.c.id.in_(holders)))
            .where(subject.c.id > after)
            .order_by(subject.c.id)
            .limit(limit)
        )
        return tuple(connection.execute(query).scalars())

    def planned(self, connection: Connection, kind: str, key: str) -> datetime | None:
        """Return when a row is due, None if there is none or it is done."""
        query = select(due.c.due_at).where(due.c.kind == kind, due.c.key == key)
        return connection.execute(query.where(due.c.state != "done")).scalar()

    def is_due(self, connection: Connection, shop_id: str, kind: str, *, until: datetime) -> bool:
        """Whether a row of a kind waits that is due at ``until``."""
        query = select(due.c.key).where(due.c.shop_id == shop_id, due.c.kind == kind)
        query = query.where(due.c.state == "waiting", due.c.due_at <= until).limit(1)
        return connection.execute(query).first() is not None

    def count(self, connection: Connection, shop_id: str) -> dict[str, int]:
        """Return how many rows of a shop are in each state."""
        query = select(due.c.state, func.count()).where(due.c.shop_id == shop_id)
        found = connection.execute(query.group_by(due.c.state)).all()
        return {str(state): int(number) for state, number in found}

    def _guarded(self, connection: Connection, row: LeasedRow, values: dict[str, object]) -> bool:
        query = update(due).where(_is(row), due.c.fence == row.fence, due.c.state == "leased")
        found = connection.execute(query.values(values).returning(due.c.fence)).one_or_none()
        return found is not None


def _is(row: DueRow) -> ColumnElement[bool]:
    return (due.c.kind == row.kind) & (due.c.key == row.key)
