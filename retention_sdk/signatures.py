"""Signatures of the Standard Webhooks specification, version 1.0.0: HMAC-SHA256, named ``v1``."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256

_VERSION = "v1"
# Unix seconds stay below this number of digits for the next 30,000 years.
_MOMENT_DIGITS_MAX = 12


def make_signature(message_id: str, moment: str, body: bytes, *, key: bytes) -> str:
    """Return the signature of a message as it stands in the header: ``v1,<base64>``."""
    content = f"{message_id}.{moment}.".encode("utf-8", "surrogatepass") + body
    return f"{_VERSION},{b64encode(hmac.digest(key, content, sha256)).decode()}"


def is_signed(given: str, expected: Iterable[str]) -> bool:
    """Whether one of the signatures in a header, separated by spaces, is one of those expected.

    All are compared, each in constant time. Other versions, such as ``v1a``, match nothing.
    """
    offered = [each.encode("utf-8", "surrogatepass") for each in given.split(" ")]
    is_good = False
    for signature in expected:
        for each in offered:
            is_good |= hmac.compare_digest(signature.encode(), each)
    return is_good


def read_moment(text: str) -> datetime | None:
    """Return the moment in ``webhook-timestamp``; None for what is no Unix time in seconds."""
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOMENT_DIGITS_MAX):
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        return None
