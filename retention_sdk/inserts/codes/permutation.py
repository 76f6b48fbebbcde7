"""A keyed shuffle of small numbers: one to one, and only who has the key can turn it back.

A balanced Feistel network with HMAC-SHA-256 as its round function and ten rounds, as many as
NIST SP 800-38G asks of FF1 for numbers this small.
"""

from __future__ import annotations

import hmac

from .token import check_key

_ROUNDS = 10


def shuffle(number: int, *, bits: int, key: bytes, purpose: bytes) -> int:
    """Return the number that stands for ``number``.

    Both are below 2 to the power of ``bits``, which is even and at most 64.

    Raises:
        ConfigError: the key is shorter than 16 bytes.
    """
    half, mask = bits // 2, (1 << bits // 2) - 1
    left, right = number >> half, number & mask
    for round_number in range(_ROUNDS):
        left, right = right, left ^ _mixed(right, round_number, mask, key, purpose)
    return left << half | right


def unshuffle(number: int, *, bits: int, key: bytes, purpose: bytes) -> int:
    """Return the number for which ``number`` stands.

    Raises:
        ConfigError: the key is shorter than 16 bytes.
    """
    half, mask = bits // 2, (1 << bits // 2) - 1
    left, right = number >> half, number & mask
    for round_number in reversed(range(_ROUNDS)):
        left, right = right ^ _mixed(left, round_number, mask, key, purpose), left
    return left << half | right


def _mixed(half: int, round_number: int, mask: int, key: bytes, purpose: bytes) -> int:
    message = purpose + b"\x00" + bytes([round_number]) + half.to_bytes(4)
    return int.from_bytes(hmac.digest(check_key(key), message, "sha256")[:4]) & mask
