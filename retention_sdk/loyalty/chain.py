"""Canonical bytes and the hash chain over an account's transactions. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from ..storage.ledger import Lot, Txn
from ..storage.tables import to_microseconds

_encoder = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, ASCII."""
    return _encoder.encode(value)


def fingerprint(request: Mapping[str, Any]) -> str:
    """Return a digest of a request, to tell a repetition from something else under one key."""
    return sha256(canonical(request).encode()).hexdigest()


def txn_hash(txn: Txn) -> str:
    """Return the hash of a transaction: over its predecessor's hash, all fields and postings.

    A note about a person goes in as ciphertext, so the chain still verifies after its key is
    destroyed.
    """
    note = sha256(txn.sealed_note).hexdigest() if txn.sealed_note is not None else ""
    fields = {
        "id": txn.id,
        "program": txn.program_id,
        "account": txn.account_id,
        "sequence": txn.sequence,
        "kind": txn.kind,
        "key": txn.idem_key,
        "fingerprint": txn.fingerprint,
        "cause": [txn.cause_type, txn.cause_id],
        "policy": txn.policy_version,
        "occurred_at": to_microseconds(txn.occurred_at),
        "recorded_at": to_microseconds(txn.recorded_at),
        "actor": txn.actor,
        "body": txn.body,
        "note": note,
        "previous": txn.prev_hash,
        "postings": [[m.src, m.dst, m.points, m.lot_id, m.hold_id] for m in txn.moves],
    }
    return sha256(canonical(fields).encode()).hexdigest()


def lot_facts(lot: Lot) -> dict[str, Any]:
    """Return what a lot is, as the transaction that made it records it."""
    return {
        "id": lot.id,
        "earned": lot.earned,
        "matures_at": to_microseconds(lot.matures_at),
        "expires_at": None if lot.expires_at is None else to_microseconds(lot.expires_at),
        "order": lot.source_order,
    }
