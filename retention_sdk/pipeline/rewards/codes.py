"""Codes of rewards: drawn, not to be guessed, and typed without mistaking a character."""

from __future__ import annotations

from collections.abc import Callable

from ...inserts.codes.alphabet import (
    check_character,
    decode,
    encode,
    is_consistent,
    normalise,
    number_of,
)

BITS = 80
# 29^17 is more than 2^82; the eighteenth character checks the others.
_LENGTH = 17
_GROUP = 6


def new_reward_code(random_bytes: Callable[[int], bytes], *, prefix: str = "") -> str:
    """Return a fresh code of 80 random bits: three groups of six, behind the shop's own prefix.

    Guessing one of a million codes takes 10^18 tries. ``random_bytes`` must be a secure source,
    as ``secrets.token_bytes`` is.
    """
    plain = encode(int.from_bytes(random_bytes(BITS // 8)), length=_LENGTH)
    plain += check_character(plain)
    groups = (plain[start : start + _GROUP] for start in range(0, len(plain), _GROUP))
    return "-".join(filter(None, (prefix, *groups)))


def read_reward_code(text: str) -> str | None:
    """Return the characters of a typed code, None if it can be none.

    Case, hyphens and the prefix do not matter: platforms change the first, buyers the second.
    """
    plain = normalise(text)[-_LENGTH - 1 :]
    values = decode(plain)
    if values is None or len(values) != _LENGTH + 1 or not is_consistent(values):
        return None
    return None if number_of(values[:-1]) >> BITS else plain
