"""Canonical bytes and the hash chain over an account's transactions. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from json.encoder import encode_basestring_ascii
from typing import Any

from ..storage.ledger import Lot, Move, Txn
from ..storage.tables import to_microseconds

# The canonical text of a string.
quote = encode_basestring_ascii
_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, ASCII."""
    return _encoder.encode(value)


def fingerprint(request: Mapping[str, Any]) -> str:
    """Return a digest of a request, to tell a repetition from something else under one key."""
    return digest(canonical(request))


def digest(text: str) -> str:
    """Return the SHA-256 of canonical text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def members(texts: Mapping[str, str]) -> str:
    """Return the canonical text of an object whose members are canonical text already."""
    return "{" + ",".join([f"{quote(name)}:{texts[name]}" for name in sorted(texts)]) + "}"


def txn_hash(txn: Txn) -> str:
    """Return the hash of a transaction: over its predecessor's hash, all fields and postings.

    A note about a person goes in as ciphertext, so the chain still verifies after its key is
    destroyed.
    """
    return digest(_chained_text(txn))


def _chained_text(txn: Txn) -> str:
    """Return canonical JSON of a transaction, written out: every posting is hashed."""
    note = sha256(txn.sealed_note).hexdigest() if txn.sealed_note is not None else ""
    return (
        f'{{"account":{quote(txn.account_id)},"actor":{quote(txn.actor)},'
        f'"body":{quote(txn.body)},'
        f'"cause":[{quote(txn.cause_type)},{quote(txn.cause_id)}],'
        f'"fingerprint":{quote(txn.fingerprint)},"id":{quote(txn.id)},'
        f'"key":{quote(txn.idem_key)},"kind":{quote(txn.kind)},"note":"{note}",'
        f'"occurred_at":{to_microseconds(txn.occurred_at)},'
        f'"policy":{quote(txn.policy_version)},'
        f'"postings":[{",".join(map(_move_text, txn.moves))}],'
        f'"previous":{quote(txn.prev_hash)},"program":{quote(txn.program_id)},'
        f'"recorded_at":{to_microseconds(txn.recorded_at)},"sequence":{txn.sequence}}}'
    )


def _move_text(move: Move) -> str:
    lot = "null" if move.lot_id is None else quote(move.lot_id)
    hold = "null" if move.hold_id is None else quote(move.hold_id)
    return f"[{quote(move.src)},{quote(move.dst)},{move.points},{lot},{hold}]"


def lot_facts(lot: Lot) -> dict[str, Any]:
    """Return what a lot is, as the transaction that made it records it."""
    return {
        "id": lot.id,
        "earned": lot.earned,
        "matures_at": to_microseconds(lot.matures_at),
        "expires_at": None if lot.expires_at is None else to_microseconds(lot.expires_at),
        "order": lot.source_order,
    }


def lot_text(lot: Lot) -> str:
    """Return the canonical text of ``lot_facts``."""
    expires = "null" if lot.expires_at is None else to_microseconds(lot.expires_at)
    return (
        f'{{"earned":{lot.earned},"expires_at":{expires},"id":{quote(lot.id)},'
        f'"matures_at":{to_microseconds(lot.matures_at)},"order":{quote(lot.source_order)}}}'
    )
