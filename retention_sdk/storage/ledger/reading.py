"""Rows of the points ledger, read; under a lock where they are about to change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from ..ids import insert_into
from ..tables import account as accounts
from ..tables import hold as holds
from ..tables import hold_allocation as allocations
from ..tables import lot as lots
from ..tables import posting as postings
from ..tables import txn as txns
from .records import Account, Hold, Lot, Move, Txn


def find_account(connection: Connection, program_id: str, subject_id: str) -> Account | None:
    """Return an account, None if nothing was ever posted to it."""
    query = select(accounts).where(
        accounts.c.program_id == program_id, accounts.c.subject_id == subject_id
    )
    row = connection.execute(query).one_or_none()
    return Account(**row._mapping) if row else None  # noqa: SLF001 - SQLAlchemy's public API


def lock_account(
    connection: Connection, program_id: str, subject_id: str, *, new_id: str
) -> Account:
    """Return an account that nobody else can change until the transaction ends; create it if new.

    On SQLite the transaction holds the only write lock; on PostgreSQL the row is locked.
    """
    query = select(accounts).where(
        accounts.c.program_id == program_id, accounts.c.subject_id == subject_id
    )
    row = connection.execute(query.with_for_update()).one_or_none()
    if row is None:
        values = {"id": new_id, "program_id": program_id, "subject_id": subject_id}
        connection.execute(insert_into(connection, accounts).on_conflict_do_nothing(), values)
        row = connection.execute(query.with_for_update()).one()
    return Account(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public API


def owner_of(connection: Connection, account_id: str) -> str:
    """Return the subject of an account."""
    query = select(accounts.c.subject_id).where(accounts.c.id == account_id)
    return str(connection.execute(query).scalar_one())


def all_accounts(connection: Connection, program_id: str) -> Iterator[Account]:
    """Yield the accounts of a programme by identifier."""
    query = select(accounts).where(accounts.c.program_id == program_id).order_by(accounts.c.id)
    for row in connection.execute(query).all():
        yield Account(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public API


def live_lots(connection: Connection, account_id: str) -> list[Lot]:
    """Return the lots whose points can still move."""
    live = lots.c.pending + lots.c.available + lots.c.held > 0
    return _lots(connection, select(lots).where(lots.c.account_id == account_id, live))


def all_lots(connection: Connection, account_id: str) -> list[Lot]:
    """Return every lot of an account, spent ones too."""
    return _lots(connection, select(lots).where(lots.c.account_id == account_id))


def lots_of_order(connection: Connection, program_id: str, source_order: str) -> list[Lot]:
    """Return the lots that an order earned, whoever holds them."""
    query = (
        select(lots)
        .join(accounts, accounts.c.id == lots.c.account_id)
        .where(lots.c.source_order == source_order, accounts.c.program_id == program_id)
    )
    return _lots(connection, query)


def lots_by_id(connection: Connection, lot_ids: Sequence[str]) -> list[Lot]:
    """Return some lots, spent ones too."""
    return _lots(connection, select(lots).where(lots.c.id.in_(lot_ids)))


def find_holds(connection: Connection, *, account_id: str, only_open: bool = False) -> list[Hold]:
    """Return the holds of an account with their shares."""
    query = select(holds).where(holds.c.account_id == account_id).order_by(holds.c.id)
    if only_open:
        query = query.where(holds.c.state == "open")
    return [_hold(connection, row) for row in connection.execute(query).all()]


def find_hold(connection: Connection, hold_id: str) -> Hold | None:
    """Return a hold, None if there is none of that name."""
    row = connection.execute(select(holds).where(holds.c.id == hold_id)).one_or_none()
    return _hold(connection, row) if row else None


def claim_key(connection: Connection, program_id: str, idem_key: str) -> None:
    """Let nobody else use an idempotency key until the transaction ends.

    On SQLite the transaction holds the only write lock. On PostgreSQL the second of two requests
    that come at once waits, and then finds what the first one did.
    """
    if connection.dialect.name == "postgresql":
        claim = func.pg_advisory_xact_lock(func.hashtextextended(f"{program_id} {idem_key}", 0))
        connection.execute(select(claim))


def txn_by_key(connection: Connection, program_id: str, idem_key: str) -> Txn | None:
    """Return what was posted under an idempotency key."""
    query = select(txns).where(txns.c.program_id == program_id, txns.c.idem_key == idem_key)
    return next(iter(_txns(connection, query)), None)


def txn_by_id(connection: Connection, txn_id: str) -> Txn | None:
    """Return a transaction with its postings."""
    return next(iter(_txns(connection, select(txns).where(txns.c.id == txn_id))), None)


def txns_of_account(connection: Connection, account_id: str) -> list[Txn]:
    """Return the chain of an account in order."""
    query = select(txns).where(txns.c.account_id == account_id).order_by(txns.c.sequence)
    return _txns(connection, query)


def txns_of_kind(connection: Connection, program_id: str, kind: str) -> list[Txn]:
    """Return all transactions of a kind in the order of time. Reads the whole programme."""
    query = select(txns).where(txns.c.program_id == program_id, txns.c.kind == kind)
    return _txns(connection, query.order_by(txns.c.recorded_at, txns.c.id))


def bodies_by_cause(
    connection: Connection, program_id: str, *, kind: str, cause: tuple[str, str]
) -> list[str]:
    """Return the bodies of all transactions of a kind that one thing caused."""
    query = select(txns.c.body).where(
        txns.c.program_id == program_id,
        txns.c.cause_id == cause[1],
        txns.c.cause_type == cause[0],
        txns.c.kind == kind,
    )
    return list(connection.execute(query).scalars())


def count_txns(connection: Connection, program_id: str) -> int:
    """Return how many transactions a programme has, whatever accounts they claim."""
    query = select(func.count()).where(txns.c.program_id == program_id)
    return connection.execute(query).scalar_one()


def _lots(connection: Connection, query: Select[Any]) -> list[Lot]:
    rows = connection.execute(query.order_by(lots.c.id)).all()
    return [Lot(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public API


def _hold(connection: Connection, row: Row[Any]) -> Hold:
    query = select(allocations.c.lot_id, allocations.c.amount)
    query = query.where(allocations.c.hold_id == row.id).order_by(allocations.c.position)
    shares = tuple((lot_id, amount) for lot_id, amount in connection.execute(query).all())
    return Hold(**row._mapping, shares=shares)  # noqa: SLF001 - SQLAlchemy's public API


def _txns(connection: Connection, query: Select[Any]) -> list[Txn]:
    rows = connection.execute(query).all()
    moves: dict[str, list[Move]] = {row.id: [] for row in rows}
    wanted = query.with_only_columns(txns.c.id).order_by(None).subquery()
    found = (
        select(postings)
        .join(wanted, wanted.c.id == postings.c.txn_id)
        .order_by(postings.c.txn_id, postings.c.seq)
    )
    for row in connection.execute(found).all() if rows else ():
        move = Move(row.src, row.dst, row.amount, row.lot_id, row.hold_id)
        moves[row.txn_id].append(move)
    return [Txn(**row._mapping, moves=tuple(moves[row.id])) for row in rows]  # noqa: SLF001 - public
