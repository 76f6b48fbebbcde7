"""The signed number in a card's QR code: short, without personal data, checkable offline.

90 bits, most significant first: key number (2), card (40), variant (8), MAC (40); 18 characters
of Crockford's base 32. The MAC is HMAC-SHA-256 over the first 50 bits, cut to 40: enough for a
rate-limited redirect, not for anything worth money.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated

from pydantic import Field

from ...errors import ConfigError, TokenError
from ...model import Record

CARD_BITS, VARIANT_BITS, KEY_BITS, MAC_BITS = 40, 8, 2, 40
TOKEN_LENGTH = 18
KEY_BYTES_MIN = 16

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {char: value for value, char in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_TOKEN = re.compile(r"[0-9A-TV-Z]{18}", re.ASCII)
_DOMAIN = b"retention-sdk card token 1\x00"


class CardToken(Record):
    """What a token says: which card, and which variant of it was printed."""

    card_id: Annotated[int, Field(ge=0, lt=2**CARD_BITS)]
    variant: Annotated[int, Field(ge=0, lt=2**VARIANT_BITS)] = 0


def card_id_for(event_id: str, candidate_id: str) -> int:
    """Return the 40-bit number of a card: the same for a reprint, unrelated to the order."""
    digest = sha256(f"{event_id}\x00{candidate_id}".encode()).digest()
    return int.from_bytes(digest[: CARD_BITS // 8])


def make_token(card_id: int, variant: int = 0, *, key: bytes, key_number: int = 0) -> str:
    """Return the 18 characters that stand for a card.

    Raises:
        ConfigError: the key is shorter than 16 bytes, or its number is not 0 to 3.
        ValidationError: card or variant is out of range.
    """
    if not 0 <= key_number < 2**KEY_BITS:
        raise ConfigError("keys are numbered 0 to 3", key="codes.key")
    token = CardToken(card_id=card_id, variant=variant)
    payload = (key_number << CARD_BITS | token.card_id) << VARIANT_BITS | token.variant
    return _encode(payload << MAC_BITS | _mac(payload, key))


def read_token(text: str, *, keys: Mapping[int, bytes]) -> CardToken:
    """Return what a genuine token says. Case and hyphens do not matter; O is 0, I and L are 1.

    ``keys`` are the keys in use by number, the retired ones too until their cards are forgotten.

    Raises:
        TokenError: it is not a token, its key is unknown, or it was not made with it.
    """
    number = _decode(text)
    payload, mac = number >> MAC_BITS, number & (2**MAC_BITS - 1)
    key = keys.get(payload >> (CARD_BITS + VARIANT_BITS))
    if key is None:
        raise TokenError("the code was made with a key that is no longer known")
    size = MAC_BITS // 8
    if not hmac.compare_digest(mac.to_bytes(size), _mac(payload, key).to_bytes(size)):
        raise TokenError("the code was not made by this shop")
    return CardToken(
        card_id=payload >> VARIANT_BITS & (2**CARD_BITS - 1),
        variant=payload & (2**VARIANT_BITS - 1),
    )


def check_key(key: bytes) -> bytes:
    """Return the key if it is long enough.

    Raises:
        ConfigError: it is shorter than 16 bytes.
    """
    if len(key) < KEY_BYTES_MIN:
        raise ConfigError(f"a key has at least {KEY_BYTES_MIN} bytes", key="codes.key")
    return key


def _mac(payload: int, key: bytes) -> int:
    digest = hmac.digest(check_key(key), _DOMAIN + payload.to_bytes(7), "sha256")
    return int.from_bytes(digest[: MAC_BITS // 8])


def _encode(number: int) -> str:
    shifts = range(5 * (TOKEN_LENGTH - 1), -1, -5)
    return "".join(_ALPHABET[number >> shift & 31] for shift in shifts)


def _decode(text: str) -> int:
    plain = text.replace("-", "").upper() if len(text) <= 2 * TOKEN_LENGTH else ""
    if not _TOKEN.fullmatch(plain):
        raise TokenError(f"a code has {TOKEN_LENGTH} letters and digits")
    number = 0
    for char in plain:
        number = number << 5 | _VALUES[char]
    return number
