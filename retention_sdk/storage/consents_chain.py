"""The chain over the consent records of a shop. Pure; changing it would break every chain."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any, NamedTuple

_DOMAIN = "retention-sdk/consent-chain/1"


class ChainedFields(NamedTuple):
    """What the hash of a record covers beside its predecessor; moments are microseconds.

    ``sealed_sha256`` is in hex. It stands for what is sealed, readable or not.
    """

    shop_id: str
    seq: int
    kind: str
    event_id: str
    position: int
    subject_id: str
    from_subject_id: str | None
    channel: str
    purpose: str
    state: str
    act: str
    recorded_at: int | None
    answered_at: int | None
    received_at: int
    confirmed_at: int | None
    expires_at: int | None
    sealed_sha256: str


def genesis(shop_id: str) -> bytes:
    """Return what the first record of a shop has as its predecessor's hash."""
    return sha256(_canonical([_DOMAIN, shop_id])).digest()


def record_hash(fields: ChainedFields, prev_hash: bytes) -> bytes:
    """Return the hash of a record: 32 bytes."""
    return sha256(_canonical([_DOMAIN, prev_hash.hex(), *fields])).digest()


def head_message(shop_id: str, seq: int, last_hash: bytes) -> bytes:
    """Return the bytes that are authenticated to say where a chain ends."""
    return _canonical([_DOMAIN, "head", shop_id, seq, last_hash.hex()])


def _canonical(value: list[Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
