"""What the ledger's tables hold, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


@dataclass(slots=True)
class Account:
    """Cached balances of one person in one programme. ``version`` counts transactions."""

    id: str
    program_id: str
    subject_id: str
    pending: int = 0
    available: int = 0
    held: int = 0
    debt: int = 0
    version: int = 0
    head_hash: str = ""


@dataclass(slots=True)
class Lot:
    """Points of one origin, and where they are now. Buckets always add up to ``earned``."""

    id: str
    account_id: str
    earned: int
    matures_at: datetime
    expires_at: datetime | None
    source_order: str
    source_line: str
    rule_breakdown: str
    pending: int = 0
    available: int = 0
    held: int = 0
    redeemed: int = 0
    expired: int = 0
    reversed: int = 0
    clawed: int = 0
    forgiven: int = 0


@dataclass(slots=True)
class Hold:
    """Points set aside for a redemption. ``shares`` are (lot, points) in the order of spending."""

    id: str
    account_id: str
    amount: int
    expires_at: datetime
    state: str = "open"
    captured: int = 0
    refunded: int = 0
    shares: tuple[tuple[str, int], ...] = ()


class Move(NamedTuple):
    """``points`` leave one bucket and arrive in another."""

    src: str
    dst: str
    points: int
    lot_id: str | None = None
    hold_id: str | None = None


@dataclass(slots=True)
class Txn:
    """One entry of an account's chain with its postings. Nothing but ``hash`` is ever set late."""

    id: str
    program_id: str
    account_id: str
    sequence: int
    kind: str
    idem_key: str
    fingerprint: str
    cause_type: str
    cause_id: str
    policy_version: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    body: str
    sealed_note: bytes | None
    prev_hash: str
    hash: str = ""
    moves: tuple[Move, ...] = ()


@dataclass(slots=True)
class Changes:
    """What one operation did to one account, to be written together."""

    account: Account
    version_before: int
    txns: list[Txn] = field(default_factory=list)
    new_lots: list[Lot] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    new_holds: list[Hold] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
