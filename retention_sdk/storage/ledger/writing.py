"""Rows of the points ledger, written: appended, or changed by guarded updates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, insert, select, update

from ...errors import StorageError
from ..ids import insert_into
from ..tables import account as accounts
from ..tables import hold as holds
from ..tables import hold_allocation as allocations
from ..tables import lot as lots
from ..tables import posting as postings
from ..tables import program as programs
from ..tables import rule_version as rule_versions
from ..tables import txn as txns
from .records import Account, Changes, Hold, Txn

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
_LOT_FACTS = (
    "id",
    "account_id",
    "earned",
    "matures_at",
    "expires_at",
    "source_order",
    "source_line",
    "rule_breakdown",
)
_HOLD_FACTS = ("id", "account_id", "amount", "expires_at")
_HOLD_STATE = ("state", "captured", "refunded")
_ACCOUNT_STATE = ("pending", "available", "held", "debt", "version", "head_hash")
_TXN_COLUMNS = tuple(column.name for column in txns.c)


def has_rule_version(connection: Connection, version_id: str) -> bool:
    """Whether these rules were stored before."""
    query = select(rule_versions.c.id).where(rule_versions.c.id == version_id)
    return connection.execute(query).scalar() is not None


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
    _update_account(connection, changes.account, changes.version_before)
    new = [_pick(each, _LOT_FACTS + _LOT_STATE) for each in changes.new_lots]
    _insert(connection, lots, new)
    for lot in changes.lots:
        state = _pick(lot, _LOT_STATE)
        connection.execute(update(lots).where(lots.c.id == lot.id).values(state))
    _insert(
        connection, holds, [_pick(each, _HOLD_FACTS + _HOLD_STATE) for each in changes.new_holds]
    )
    _insert(connection, allocations, list(_allocation_rows(changes.new_holds)))
    for hold in changes.holds:
        _resolve_hold(connection, hold)
    _insert(connection, txns, [_pick(each, _TXN_COLUMNS) for each in changes.txns])
    _insert(connection, postings, list(_posting_rows(changes.txns)))


def _update_account(connection: Connection, account: Account, version_before: int) -> None:
    query = (
        update(accounts)
        .where(accounts.c.id == account.id, accounts.c.version == version_before)
        .values(_pick(account, _ACCOUNT_STATE))
    )
    if connection.execute(query).rowcount != 1:
        raise StorageError(f"account {account.id} was changed by somebody else; try again")


def _resolve_hold(connection: Connection, hold: Hold) -> None:
    # Resolved once; after that, only more and more of it may be given back.
    before = holds.c.refunded < hold.refunded if hold.refunded else holds.c.state == "open"
    query = update(holds).where(holds.c.id == hold.id, before).values(_pick(hold, _HOLD_STATE))
    if connection.execute(query).rowcount != 1:
        raise StorageError(f"hold {hold.id} was resolved by somebody else; try again")


def _insert(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _allocation_rows(new_holds: Iterable[Hold]) -> Iterator[dict[str, Any]]:
    for hold in new_holds:
        for position, (lot_id, amount) in enumerate(hold.shares):
            yield {
                "hold_id": hold.id,
                "position": position,
                "lot_id": lot_id,
                "amount": amount,
            }


def _posting_rows(entries: Iterable[Txn]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        for position, move in enumerate(entry.moves):
            yield {
                "txn_id": entry.id,
                "seq": position,
                "src": move.src,
                "dst": move.dst,
                "amount": move.points,
                "lot_id": move.lot_id,
                "hold_id": move.hold_id,
            }


def _pick(record: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(record, name) for name in names}
