"""Coupon codes: one per card, not to be guessed, with nobody's name in them."""

from __future__ import annotations

import re

from ...errors import ConfigError, TokenError
from .alphabet import decode, encode, normalise, number_of
from .permutation import shuffle, unshuffle
from .token import CARD_BITS, CardToken

COUPON_LENGTH = 10
_GROUP = 5
_BITS = 48
_SPARE = _BITS - CARD_BITS
_PREFIX = re.compile(r"[A-Z0-9]{0,12}", re.ASCII)
_PURPOSE = b"retention-sdk coupon code 1"


def coupon_code(card_id: int, *, key: bytes, prefix: str = "") -> str:
    """Return the coupon of a card: ten characters in two groups, behind the shop's own prefix.

    The card's number and eight zero bits are shuffled under the shop's key: who holds one of a
    million codes needs 280 million tries to hit another. The same card has the same code, so that
    a process that died between creating it on the platform and writing that down finds it again;
    and an order that names the code leads back to the card.

    Raises:
        ConfigError: the prefix is not 0 to 12 capitals and digits, or the key is too short.
        ValidationError: the card is out of range.
    """
    if not _PREFIX.fullmatch(prefix):
        raise ConfigError("a prefix is up to 12 capitals and digits", key="coupon.prefix")
    filled = CardToken(card_id=card_id).card_id << _SPARE
    number = shuffle(filled, bits=_BITS, key=key, purpose=_PURPOSE)
    plain = encode(number, length=COUPON_LENGTH)
    return "-".join(filter(None, (prefix, plain[:_GROUP], plain[_GROUP:])))


def read_coupon_code(text: str, *, key: bytes) -> int:
    """Return the card whose coupon this is. Case, hyphens and the prefix do not matter.

    One foreign code in 256 passes for a card's; ask the store whether there is such a card.

    Raises:
        TokenError: it was not made with this key.
        ConfigError: the key is shorter than 16 bytes.
    """
    plain = normalise(text)[-COUPON_LENGTH:]
    values = decode(plain) if len(plain) == COUPON_LENGTH else None
    number = number_of(values) if values else 1 << _BITS
    if not number >> _BITS:
        filled = unshuffle(number, bits=_BITS, key=key, purpose=_PURPOSE)
        if not filled & (1 << _SPARE) - 1:
            return filled >> _SPARE
    raise TokenError("the coupon was not made by this shop")
