"""Rows of the points ledger. Knows no rules: those are in ``loyalty``."""

from .reading import (
    all_accounts,
    all_lots,
    bodies_by_cause,
    count_txns,
    find_account,
    find_hold,
    find_holds,
    live_lots,
    lock_account,
    lots_of_order,
    owner_of,
    txn_by_id,
    txn_by_key,
    txns_of_account,
)
from .records import Account, Changes, Hold, Lot, Move, Txn
from .writing import has_rule_version, save, save_program

__all__ = [
    "Account",
    "Changes",
    "Hold",
    "Lot",
    "Move",
    "Txn",
    "all_accounts",
    "all_lots",
    "bodies_by_cause",
    "count_txns",
    "find_account",
    "find_hold",
    "find_holds",
    "has_rule_version",
    "live_lots",
    "lock_account",
    "lots_of_order",
    "owner_of",
    "save",
    "save_program",
    "txn_by_id",
    "txn_by_key",
    "txns_of_account",
]
