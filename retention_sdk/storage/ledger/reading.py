"""Rows of the points ledger, read; under a lock where they are about to change."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    Connection,
    Row,
    Select,
    Text,
    any_,
    bindparam,
    func,
    literal_column,
    select,
    text,
)

from ...errors import StorageError
from ..ids import insert_into
from ..tables import account as accounts
from ..tables import hold as holds
from ..tables import hold_allocation as allocations
from ..tables import lot as lots
from ..tables import posting as postings
from ..tables import txn as txns
from .records import Account, Hold, Lot, Move, Txn

_ACCOUNTS = select(*(accounts.c[each.name] for each in fields(Account)))
_LOTS = select(*(lots.c[each.name] for each in fields(Lot)))
# Statements of every posting are built once: building one takes longer than running it.
_ACCOUNT = _ACCOUNTS.where(
    accounts.c.program_id == bindparam("program_id"),
    accounts.c.subject_id == bindparam("subject_id"),
)
_LOCKED_ACCOUNT = _ACCOUNT.with_for_update()
_OWNER = select(accounts.c.subject_id).where(accounts.c.id == bindparam("account_id"))
_ALL_LOTS = select(lots).where(lots.c.account_id == bindparam("account_id")).order_by(lots.c.id)
# Spelt as the index on live lots has it, so that settled ones are never read. With a parameter
# SQLite would only see that it fits when it is run, and prepare the query anew each time.
_IS_LIVE = lots.c.pending + lots.c.available + lots.c.held > literal_column("0")
_LIVE_LOTS = _ALL_LOTS.where(_IS_LIVE)
_LOTS_OF_ORDER = (
    _LOTS.join(accounts, accounts.c.id == lots.c.account_id)
    .where(
        lots.c.source_order == bindparam("source_order"),
        accounts.c.program_id == bindparam("program_id"),
    )
    .order_by(lots.c.id)
)
_SHARED_HOLDS = (
    select(holds, allocations.c.lot_id, allocations.c.amount.label("share"))
    .outerjoin(allocations, allocations.c.hold_id == holds.c.id)
    .order_by(holds.c.id, allocations.c.position)
)
_HOLD = _SHARED_HOLDS.where(holds.c.id == bindparam("hold_id"))
_HOLDS = _SHARED_HOLDS.where(holds.c.account_id == bindparam("account_id"))
_OPEN_HOLDS = _HOLDS.where(holds.c.state == "open")
_HOLDER = (
    select(holds.c.id, accounts.c.subject_id)
    .join(accounts, accounts.c.id == holds.c.account_id)
    .where(holds.c.id.in_([bindparam("hold_id"), bindparam("moved_id")]))
)
_CLAIM = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("claim"), 0)))
_TXN_BY_KEY = select(txns).where(
    txns.c.program_id == bindparam("program_id"), txns.c.idem_key == bindparam("idem_key")
)
_MOVES = select(postings).where(postings.c.txn_id == bindparam("txn_id")).order_by(postings.c.seq)
# Spelt as the index on clawbacks has it: a parameter could be of any kind.
_CLAWBACKS_OF_ORDERS = select(txns.c.cause_id, txns.c.body).where(
    txns.c.program_id == bindparam("program_id"),
    txns.c.kind == literal_column("'clawback'"),
    txns.c.cause_type == "order",
)
_CLAWBACKS = _CLAWBACKS_OF_ORDERS.where(txns.c.cause_id == bindparam("cause_id"))

# The same for many at once, for history that is taken in.
# All names are one parameter: as one each, to prepare a query would take longer than to run it,
# and SQLite takes only so many.
_MANY_ON_SQLITE = select(func.json_each(bindparam("names")).table_valued("value").c.value)
_MANY_ON_POSTGRES = bindparam("names", type_=ARRAY(Text))


def _among_many(query: Select[Any], column: Column[str]) -> dict[str, Select[Any]]:
    return {
        "sqlite": query.where(column.in_(_MANY_ON_SQLITE)),
        "postgresql": query.where(column == any_(_MANY_ON_POSTGRES)),
    }


_LOCKED_ACCOUNTS = _among_many(
    _ACCOUNTS.where(accounts.c.program_id == bindparam("program_id"))
    .order_by(accounts.c.subject_id)
    .with_for_update(),
    accounts.c.subject_id,
)
_LIVE_LOTS_OF = _among_many(
    _LOTS.where(_IS_LIVE).order_by(lots.c.id),
    lots.c.account_id,
)
_LOTS_OF_ORDERS = _among_many(
    # Whose programme it is, is looked at afterwards: SQLite would read all of its accounts first.
    _LOTS.add_columns(accounts.c.program_id)
    .join(accounts, accounts.c.id == lots.c.account_id)
    .order_by(lots.c.id),
    lots.c.source_order,
)
_FINGERPRINTS = _among_many(
    select(txns.c.idem_key, txns.c.fingerprint).where(txns.c.program_id == bindparam("program_id")),
    txns.c.idem_key,
)
_CLAWBACKS_OF = _among_many(_CLAWBACKS_OF_ORDERS, txns.c.cause_id)
_OWNERS = _among_many(select(accounts.c.id, accounts.c.subject_id), accounts.c.id)
_NEW_ACCOUNT = {
    "sqlite": "INSERT INTO account (id, program_id, subject_id) VALUES (?, ?, ?)"
    " ON CONFLICT DO NOTHING",
    "postgresql": "INSERT INTO account (id, program_id, subject_id) VALUES (%s, %s, %s)"
    " ON CONFLICT DO NOTHING",
}
# Claimed in one order by everybody, so that two who claim some in common do not wait for each
# other for ever.
_CLAIM_MANY = text(
    "SELECT pg_advisory_xact_lock(claim) FROM (SELECT hashtextextended(name, 0) AS claim"
    " FROM unnest(CAST(:claims AS text[])) AS name ORDER BY 1) AS claims"
)


def find_account(connection: Connection, program_id: str, subject_id: str) -> Account | None:
    """Return an account, None if nothing was ever posted to it."""
    return _account(connection, _ACCOUNT, program_id, subject_id)


def lock_account(
    connection: Connection, program_id: str, subject_id: str, *, new_id: Callable[[], str]
) -> Account:
    """Return an account that nobody else can change until the transaction ends; create it if new.

    On SQLite the transaction holds the only write lock; on PostgreSQL the row is locked.
    """
    found = _account(connection, _LOCKED_ACCOUNT, program_id, subject_id)
    if found is None:
        values = {"id": new_id(), "program_id": program_id, "subject_id": subject_id}
        connection.execute(insert_into(connection, accounts).on_conflict_do_nothing(), values)
        # Read again: on PostgreSQL somebody else may have been faster.
        found = _account(connection, _LOCKED_ACCOUNT, program_id, subject_id)
    if found is None:
        raise StorageError(f"the account of subject {subject_id} cannot be opened")
    return found


def lock_accounts(
    connection: Connection,
    program_id: str,
    subject_ids: Sequence[str],
    *,
    new_id: Callable[[], str],
) -> dict[str, Account]:
    """Lock the accounts of many, by subject; create those that are new, named in the order given.

    They are locked in the order of their subjects, so that two who lock some in common do not
    wait for each other for ever.
    """
    found = _lock_many(connection, program_id, subject_ids)
    new_ids = {each: new_id() for each in subject_ids if each not in found}
    if new_ids:
        made = [Account(new_ids[each], program_id, each) for each in sorted(new_ids)]
        names = [(each.id, program_id, each.subject_id) for each in made]
        connection.exec_driver_sql(_NEW_ACCOUNT[connection.dialect.name], names)
        if connection.dialect.name == "sqlite":
            return found | {each.subject_id: each for each in made}
        # Read again: somebody else may have been faster.
        found |= _lock_many(connection, program_id, tuple(new_ids))
    return found


def owner_of(connection: Connection, account_id: str) -> str:
    """Return the subject of an account."""
    return str(connection.execute(_OWNER, {"account_id": account_id}).scalar_one())


def all_accounts(connection: Connection, program_id: str) -> Iterator[Account]:
    """Yield the accounts of a programme by identifier."""
    query = _ACCOUNTS.where(accounts.c.program_id == program_id).order_by(accounts.c.id)
    for row in connection.execute(query).all():
        yield Account(*row)


def live_lots(connection: Connection, account_id: str) -> list[Lot]:
    """Return the lots whose points can still move."""
    return _lots(connection, _LIVE_LOTS, {"account_id": account_id})


def all_lots(connection: Connection, account_id: str) -> list[Lot]:
    """Return every lot of an account, spent ones too."""
    return _lots(connection, _ALL_LOTS, {"account_id": account_id})


def lots_of_order(connection: Connection, program_id: str, source_order: str) -> list[Lot]:
    """Return the lots that an order earned, whoever holds them."""
    names = {"source_order": source_order, "program_id": program_id}
    return _lots(connection, _LOTS_OF_ORDER, names)


def live_lots_of(connection: Connection, account_ids: Sequence[str]) -> dict[str, list[Lot]]:
    """Return the lots whose points can still move, by account."""
    found: dict[str, list[Lot]] = {each: [] for each in account_ids}
    for row in _ask(connection, _LIVE_LOTS_OF, account_ids):
        lot = Lot(*row)
        found[lot.account_id].append(lot)
    return found


def lots_of_orders(
    connection: Connection, program_id: str, sources: Sequence[str]
) -> dict[str, list[Lot]]:
    """Return the lots that some orders earned, whoever holds them, by order."""
    found: dict[str, list[Lot]] = {}
    for *facts, whose in _ask(connection, _LOTS_OF_ORDERS, sources):
        if whose == program_id:
            lot = Lot(*facts)
            found.setdefault(lot.source_order, []).append(lot)
    return found


def owners_of(connection: Connection, account_ids: Sequence[str]) -> dict[str, str]:
    """Return the subjects of some accounts."""
    return {row.id: row.subject_id for row in _ask(connection, _OWNERS, account_ids)}


def lots_by_id(connection: Connection, lot_ids: Sequence[str]) -> list[Lot]:
    """Return some lots, spent ones too."""
    return _lots(connection, _LOTS.where(lots.c.id.in_(lot_ids)).order_by(lots.c.id), {})


def find_holds(connection: Connection, *, account_id: str, only_open: bool = False) -> list[Hold]:
    """Return the holds of an account with their shares."""
    query = _OPEN_HOLDS if only_open else _HOLDS
    return _holds(connection.execute(query, {"account_id": account_id}))


def find_hold(connection: Connection, hold_id: str) -> Hold | None:
    """Return a hold, None if there is none of that name."""
    return next(iter(_holds(connection.execute(_HOLD, {"hold_id": hold_id}))), None)


def holders(connection: Connection, hold_id: str, *, moved_id: str) -> dict[str, str]:
    """Return whose holds of either name are, by name."""
    found = connection.execute(_HOLDER, {"hold_id": hold_id, "moved_id": moved_id})
    return {row.id: row.subject_id for row in found}


def claim_key(connection: Connection, program_id: str, idem_key: str) -> None:
    """Let nobody else use an idempotency key until the transaction ends.

    On SQLite the transaction holds the only write lock. On PostgreSQL the second of two requests
    that come at once waits, and then finds what the first one did.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_CLAIM, {"claim": f"{program_id} {idem_key}"})


def claim_keys(connection: Connection, program_id: str, idem_keys: Iterable[str]) -> None:
    """Let nobody else use some idempotency keys until the transaction ends; see ``claim_key``."""
    if connection.dialect.name == "postgresql":
        names = [f"{program_id} {key}" for key in idem_keys]
        connection.execute(_CLAIM_MANY, {"claims": names})


def fingerprints_by_key(
    connection: Connection, program_id: str, idem_keys: Sequence[str]
) -> dict[str, str]:
    """Return the fingerprints of what was posted under some idempotency keys."""
    found = _ask(connection, _FINGERPRINTS, idem_keys, program_id=program_id)
    return {row.idem_key: row.fingerprint for row in found}


def txn_by_key(connection: Connection, program_id: str, idem_key: str) -> Txn | None:
    """Return what was posted under an idempotency key."""
    names = {"program_id": program_id, "idem_key": idem_key}
    row = connection.execute(_TXN_BY_KEY, names).one_or_none()
    if row is None:
        return None
    moves = connection.execute(_MOVES, {"txn_id": row.id})
    return Txn(**row._mapping, moves=tuple(map(_move, moves)))  # noqa: SLF001 - public


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


def clawbacks_of_order(connection: Connection, program_id: str, reference: str) -> list[str]:
    """Return the bodies of all that was taken back of an order."""
    found = connection.execute(_CLAWBACKS, {"program_id": program_id, "cause_id": reference})
    return [row.body for row in found]


def clawbacks_of_orders(
    connection: Connection, program_id: str, references: Sequence[str]
) -> list[tuple[str, str]]:
    """Return the orders, and the bodies, of all that was taken back of some orders."""
    found = _ask(connection, _CLAWBACKS_OF, references, program_id=program_id)
    return [(row.cause_id, row.body) for row in found]


def count_txns(connection: Connection, program_id: str) -> int:
    """Return how many transactions a programme has, whatever accounts they claim."""
    query = select(func.count()).where(txns.c.program_id == program_id)
    return connection.execute(query).scalar_one()


def _account(
    connection: Connection, query: Select[Any], program_id: str, subject_id: str
) -> Account | None:
    names = {"program_id": program_id, "subject_id": subject_id}
    row = connection.execute(query, names).one_or_none()
    return Account(*row) if row else None


def _lock_many(
    connection: Connection, program_id: str, subject_ids: Sequence[str]
) -> dict[str, Account]:
    rows = _ask(connection, _LOCKED_ACCOUNTS, subject_ids, program_id=program_id)
    found = (Account(*row) for row in rows)
    return {account.subject_id: account for account in found}


def _ask(
    connection: Connection,
    queries: Mapping[str, Select[Any]],
    names: Sequence[str],
    **wanted: str,
) -> Sequence[Any]:
    """Return what is found of many names; nothing is asked where there are none."""
    if not names:
        return ()
    dialect = connection.dialect.name
    many = list(names) if dialect == "postgresql" else json.dumps(list(names))
    return connection.execute(queries[dialect], {**wanted, "names": many}).all()


def _lots(connection: Connection, query: Select[Any], names: Mapping[str, Any]) -> list[Lot]:
    return [Lot(*row) for row in connection.execute(query, names).all()]


def _holds(rows: Iterable[Row[Any]]) -> list[Hold]:
    """Gather holds from rows that each have one share; those of a hold follow each other."""
    found = dict[str, Hold]()
    for row in rows:
        facts = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public API
        share = (facts.pop("lot_id"), facts.pop("share"))
        hold = found.setdefault(row.id, Hold(**facts))
        hold.shares += (share,)
    return list(found.values())


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
        moves[row.txn_id].append(_move(row))
    return [Txn(**row._mapping, moves=tuple(moves[row.id])) for row in rows]  # noqa: SLF001 - public


def _move(row: Row[Any]) -> Move:
    return Move(row.src, row.dst, row.amount, row.lot_id, row.hold_id)
