"""Rows of the points ledger, written: appended, or changed by guarded updates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Insert, Table, Update, bindparam, insert, select, update

from ...errors import StorageError
from ..ids import insert_into
from ..tables import hold as holds
from ..tables import hold_allocation as allocations
from ..tables import lot as lots
from ..tables import posting as postings
from ..tables import program as programs
from ..tables import rule_version as rule_versions
from ..tables import to_microseconds
from ..tables import txn as txns
from .records import Account, Changes, Hold, Lot, Txn

_LOT_STATE = (
    "pending",
    "available",
    "held",
    "redeemed",
    "expired",
    "reversed",
    "clawed",
    "forgiven",
)
_HOLD_FACTS = ("id", "account_id", "amount", "expires_at")
_HOLD_STATE = ("state", "captured", "refunded")
_ACCOUNT_STATE = ("pending", "available", "held", "debt", "version", "head_hash")
# Built once: building a statement takes longer than running it.
_NEW_HOLD, _NEW_SHARE = insert(holds), insert(allocations)
_CHANGE_LOT = update(lots).where(lots.c.id == bindparam("key"))
_CHANGE_HOLD = update(holds).where(holds.c.id == bindparam("key"))
# Resolved once; after that, only more and more of it may be given back.
_RESOLVE = _CHANGE_HOLD.where(holds.c.state == "open")
_GIVE_BACK = _CHANGE_HOLD.where(holds.c.refunded < bindparam("now_refunded"))
_KNOWN_RULES = select(rule_versions.c.id).where(rule_versions.c.id == bindparam("key"))


def has_rule_version(connection: Connection, version_id: str) -> bool:
    """Whether these rules were stored before."""
    return connection.execute(_KNOWN_RULES, {"key": version_id}).scalar() is not None


def save_program(
    connection: Connection, values: dict[str, Any], rule_version: dict[str, Any]
) -> None:
    """Store a programme and the immutable version of its rules; a known version stays."""
    query = insert_into(connection, programs).values(**values)
    changed = {name: value for name, value in values.items() if name != "id"}
    changed["version"] = programs.c.version + 1
    upsert = query.on_conflict_do_update(index_elements=[programs.c.id], set_=changed)
    connection.execute(upsert)
    versions = insert_into(connection, rule_versions).on_conflict_do_nothing()
    connection.execute(versions, rule_version)


def save(connection: Connection, changes: Changes) -> None:
    """Write everything one operation did.

    Raises:
        StorageError: somebody else changed the account meanwhile; nothing is kept.
    """
    save_all(connection, [changes])


def save_all(connection: Connection, changes: Sequence[Changes]) -> None:
    """Write what was done to several accounts, table by table.

    Raises:
        StorageError: somebody else changed one of the accounts meanwhile; nothing is kept.
    """
    _update_accounts(connection, changes)
    new_lots = [lot for each in changes for lot in each.new_lots]
    new_holds = [hold for each in changes for hold in each.new_holds]
    entries = [entry for each in changes for entry in each.txns]
    _append(connection, lots, list(map(_lot_row, new_lots)))
    moved = ({"key": lot.id, **_pick(lot, _LOT_STATE)} for each in changes for lot in each.lots)
    _write(connection, _CHANGE_LOT, moved)
    _write(connection, _NEW_HOLD, (_pick(hold, _HOLD_FACTS + _HOLD_STATE) for hold in new_holds))
    _write(connection, _NEW_SHARE, _allocation_rows(new_holds))
    for each in changes:
        for hold in each.holds:
            _resolve_hold(connection, hold)
    _append(connection, txns, list(map(_txn_row, entries)))
    _append(connection, postings, list(_posting_rows(entries)))


def _update_accounts(connection: Connection, changes: Sequence[Changes]) -> None:
    rows = [(*_account_state(each.account), each.version_before) for each in changes]
    statement = _CHANGE_ACCOUNT[connection.dialect.name]
    done = connection.exec_driver_sql(statement, rows, {"preserve_rowcount": True})
    if done.rowcount != len(rows):
        names = ", ".join(each.account.id for each in changes[:3])
        raise StorageError(f"account {names} was changed by somebody else; try again")


def _resolve_hold(connection: Connection, hold: Hold) -> None:
    state = {"key": hold.id, **_pick(hold, _HOLD_STATE)}
    if hold.refunded:
        done = connection.execute(_GIVE_BACK, {**state, "now_refunded": hold.refunded})
    else:
        done = connection.execute(_RESOLVE, state)
    if done.rowcount != 1:
        raise StorageError(f"hold {hold.id} was resolved by somebody else; try again")


def _write(
    connection: Connection, statement: Insert | Update, rows: Iterable[dict[str, Any]]
) -> None:
    if found := list(rows):
        connection.execute(statement, found)


def _allocation_rows(new_holds: Iterable[Hold]) -> Iterator[dict[str, Any]]:
    for hold in new_holds:
        for position, (lot_id, amount) in enumerate(hold.shares):
            yield {
                "hold_id": hold.id,
                "position": position,
                "lot_id": lot_id,
                "amount": amount,
            }


def _append(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    """Insert rows of values in the order of the table's columns, moments as microseconds.

    Handed to the driver as they are: to look at every parameter would take as long as SQLite
    takes to write it.
    """
    if rows:
        connection.exec_driver_sql(_APPEND[connection.dialect.name][table.name], rows)


def _appending(mark: str) -> dict[str, str]:
    found = {}
    for table in (lots, txns, postings):
        names = [column.name for column in table.c]
        values = ", ".join([mark] * len(names))
        # Names of our own tables, never anything from outside.
        found[table.name] = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values})"  # noqa: S608 - see above
    return found


def _changing_account(mark: str) -> str:
    state = ", ".join(f"{name} = {mark}" for name in _ACCOUNT_STATE)
    # Names of our own columns, never anything from outside.
    return f"UPDATE account SET {state} WHERE id = {mark} AND version = {mark}"  # noqa: S608 - see above


_APPEND = {"sqlite": _appending("?"), "postgresql": _appending("%s")}
_CHANGE_ACCOUNT = {"sqlite": _changing_account("?"), "postgresql": _changing_account("%s")}


def _account_state(account: Account) -> tuple[Any, ...]:
    """Return what may change of an account, as ``_ACCOUNT_STATE`` names it, and its key."""
    return (
        account.pending,
        account.available,
        account.held,
        account.debt,
        account.version,
        account.head_hash,
        account.id,
    )


def _lot_row(lot: Lot) -> tuple[Any, ...]:
    return (
        lot.id,
        lot.account_id,
        lot.earned,
        to_microseconds(lot.matures_at),
        None if lot.expires_at is None else to_microseconds(lot.expires_at),
        lot.source_order,
        lot.source_line,
        lot.rule_breakdown,
        lot.pending,
        lot.available,
        lot.held,
        lot.redeemed,
        lot.expired,
        lot.reversed,
        lot.clawed,
        lot.forgiven,
    )


def _txn_row(entry: Txn) -> tuple[Any, ...]:
    return (
        entry.id,
        entry.program_id,
        entry.account_id,
        entry.sequence,
        entry.kind,
        entry.idem_key,
        entry.fingerprint,
        entry.cause_type,
        entry.cause_id,
        entry.policy_version,
        to_microseconds(entry.occurred_at),
        to_microseconds(entry.recorded_at),
        entry.actor,
        entry.body,
        entry.sealed_note,
        entry.prev_hash,
        entry.hash,
    )


def _posting_rows(entries: Iterable[Txn]) -> Iterator[tuple[Any, ...]]:
    for entry in entries:
        for position, move in enumerate(entry.moves):
            yield entry.id, position, move.src, move.dst, move.points, move.lot_id, move.hold_id


def _pick(record: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}
