"""Secrets as the Standard Webhooks specification, version 1.0.0, writes them."""

from __future__ import annotations

import binascii
from base64 import b64decode

PREFIX = "whsec_"
# "Secrets should be between 24 bytes (192 bits) and 64 bytes (512 bits)".
KEY_BYTES_MIN, KEY_BYTES_MAX = 24, 64


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
