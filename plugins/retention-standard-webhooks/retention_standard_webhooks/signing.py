"""Signatures of the Standard Webhooks specification, version 1.0.0: HMAC-SHA256, named ``v1``."""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha256

PREFIX = "whsec_"
# "Secrets should be between 24 bytes (192 bits) and 64 bytes (512 bits)".
KEY_BYTES_MIN, KEY_BYTES_MAX = 24, 64
_VERSION = "v1"


def read_secret(text: str) -> bytes:
    """Return the key in ``whsec_<base64>``.

    Raises:
        ValueError: it is not of that form, or the key is not of 24 to 64 bytes.
    """
    try:
        key = b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not text.startswith(PREFIX) or not KEY_BYTES_MIN <= len(key) <= KEY_BYTES_MAX:
        raise ValueError(
            f"a secret is whsec_ and {KEY_BYTES_MIN} to {KEY_BYTES_MAX} bytes as base64"
        )
    return key


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
