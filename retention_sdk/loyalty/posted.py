"""The answer to a request on the ledger, new or repeated."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import IdempotencyConflict
from ..model import LoyaltyState
from ..storage import Connection
from ..storage import ledger as rows
from .journal import read_body


@dataclass(frozen=True, slots=True)
class Posted:
    """What a request did. A repetition gets the first answer, with ``is_new`` False.

    ``points`` is how many were earned, taken back, held, redeemed or released; ``balance`` is
    what the account held right afterwards.
    """

    txn_id: str
    kind: str
    points: int
    balance: LoyaltyState
    is_new: bool
    hold_id: str = ""


def find_posted(connection: Connection, program_id: str, key: str, mark: str) -> Posted | None:
    """Return what a request with this key did before, None if it is new.

    Raises:
        IdempotencyConflict: the key belongs to a request with another fingerprint.
    """
    rows.claim_key(connection, program_id, key)
    stored = rows.txn_by_key(connection, program_id, key)
    if stored is None:
        return None
    if stored.fingerprint != mark:
        raise IdempotencyConflict(
            f"key {key!r} was used for another request ({stored.kind}); use a new key"
        )
    return read_posted(stored, is_new=False)


def read_posted(txn: rows.Txn, *, is_new: bool) -> Posted:
    """Return the answer that a transaction stands for."""
    body = read_body(txn.body)
    after = body["after"]
    return Posted(
        txn_id=txn.id,
        kind=txn.kind,
        points=body["points"],
        balance=LoyaltyState(
            balance=after["available"],
            pending=after["pending"],
            debt=after["debt"],
            earned=body["points"] if txn.kind == "earn" else 0,
        ),
        is_new=is_new,
        hold_id=body.get("hold", ""),
    )
