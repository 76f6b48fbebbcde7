"""Sums over the points ledger for reports: added up in the database, read in small parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Integer, and_, case, func, literal, or_, select

from ..tables import account as accounts
from ..tables import hold as holds
from ..tables import lot as lots
from ..tables import posting as postings
from ..tables import program as programs
from ..tables import txn as txns

_PAGE = 500


class StoredProgram(NamedTuple):
    """What a report says of a programme that was ever posted to."""

    id: str
    unit: str
    time_zone: str


class Flow(NamedTuple):
    """Points that moved within one period between two buckets.

    ``period`` counts the boundaries that had passed: 0 is before the first. ``life`` counts those
    that pass before the points expire; None where they never do, or belong to no lot.
    """

    period: int
    src: str
    dst: str
    life: int | None
    points: int


def freeze(connection: Connection) -> None:
    """Let all that follows see one moment, whoever writes meanwhile. Call it first.

    SQLite does so by itself.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def stored_programs(connection: Connection) -> tuple[StoredProgram, ...]:
    """Return the programmes of a store by identifier."""
    query = select(programs.c.id, programs.c.unit, programs.c.time_zone).order_by(programs.c.id)
    return tuple(StoredProgram(*row) for row in connection.execute(query).all())


def expiry_range(connection: Connection, program_id: str) -> tuple[datetime, datetime] | None:
    """Return the first and the last moment at which a lot expires, None if none ever does."""
    query = (
        select(func.min(lots.c.expires_at), func.max(lots.c.expires_at))
        .join(accounts, accounts.c.id == lots.c.account_id)
        .where(accounts.c.program_id == program_id)
    )
    first, last = connection.execute(query).one()
    return None if first is None else (first, last)


def flows(
    connection: Connection,
    program_id: str,
    *,
    periods: Sequence[datetime],
    lives: Sequence[datetime],
) -> Iterator[Flow]:
    """Yield what moved, added up between the boundaries of ``periods`` and of ``lives``.

    What a request did counts when it was recorded, so that a period that is over never changes.
    What time did counts when it was due, however late somebody looked.
    """
    posted_at = case((txns.c.cause_type == "time", txns.c.occurred_at), else_=txns.c.recorded_at)
    moved = (
        select(
            _passed(posted_at, periods).label("period"),
            postings.c.src,
            postings.c.dst,
            case((lots.c.expires_at.is_not(None), _passed(lots.c.expires_at, lives))).label("life"),
            postings.c.amount,
        )
        .join(txns, txns.c.id == postings.c.txn_id)
        .outerjoin(lots, lots.c.id == postings.c.lot_id)
        .where(txns.c.program_id == program_id)
        .subquery()
    )
    keys = (moved.c.period, moved.c.src, moved.c.dst, moved.c.life)
    query = select(*keys, func.sum(moved.c.amount)).group_by(*keys)
    for period, src, dst, life, points in connection.execute(query):
        yield Flow(period, src, dst, life, int(points))


def cached_totals(connection: Connection, program_id: str) -> dict[str, int]:
    """Return what the accounts of a programme hold together, by their cached balances."""
    names = ("pending", "available", "held", "debt")
    sums = [func.coalesce(func.sum(accounts.c[name]), 0) for name in names]
    row = connection.execute(select(*sums).where(accounts.c.program_id == program_id)).one()
    return {name: int(points) for name, points in zip(names, row, strict=True)}


def accounts_due(
    connection: Connection, program_id: str, *, now: datetime
) -> Iterator[tuple[str, int]]:
    """Yield accounts, and what they owe, where time brought about what nobody wrote down yet."""
    last = ""
    while page := _page_due(connection, program_id, now, after=last):
        yield from page
        last = page[-1][0]


def _page_due(
    connection: Connection, program_id: str, now: datetime, *, after: str
) -> list[tuple[str, int]]:
    # Spelt as the index on live lots has it, so that settled ones are never read.
    is_live = lots.c.pending + lots.c.available + lots.c.held > 0
    has_matured = and_(lots.c.pending > 0, lots.c.matures_at <= now)
    has_expired = and_(lots.c.available > 0, lots.c.expires_at <= now)
    is_lot_due = select(literal(1)).where(
        lots.c.account_id == accounts.c.id, is_live, or_(has_matured, has_expired)
    )
    is_hold_due = select(literal(1)).where(
        holds.c.account_id == accounts.c.id, holds.c.state == "open", holds.c.expires_at <= now
    )
    query = (
        select(accounts.c.id, accounts.c.debt)
        .where(accounts.c.program_id == program_id, accounts.c.id > after)
        .where(or_(is_lot_due.exists(), is_hold_due.exists()))
        .order_by(accounts.c.id)
        .limit(_PAGE)
    )
    return [(row.id, row.debt) for row in connection.execute(query).all()]


def _passed(moment: ColumnElement[datetime], boundaries: Sequence[datetime]) -> ColumnElement[int]:
    """Return how many boundaries have passed at a moment, one that is just reached included."""
    if not boundaries:
        return literal(0, Integer)
    steps = [(moment < boundary, count) for count, boundary in enumerate(boundaries)]
    return case(*steps, else_=len(boundaries))
