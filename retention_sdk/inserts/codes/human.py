"""What to type where no camera is at hand: XXXX-XXXX, seven characters and a check.

It is the first 34 of the card's 40 bits, shuffled under the shop's key. It is far too short to
prove anything by itself: whether there is such a card, only the store knows. The check character
is for typing mistakes.
"""

from __future__ import annotations

from ...errors import TokenError
from .alphabet import check_character, decode, encode, is_consistent, normalise, number_of
from .permutation import shuffle, unshuffle
from .token import CARD_BITS, CardToken

HUMAN_LENGTH = 8
_HALF = HUMAN_LENGTH // 2
_BITS = 34
_DROPPED = CARD_BITS - _BITS
_PURPOSE = b"retention-sdk human code 1"


def human_code(card_id: int, *, key: bytes) -> str:
    """Return the code to print on a card: always the same, and unlike those of its neighbours.

    Raises:
        ConfigError: the key is shorter than 16 bytes.
        ValidationError: the card is out of range.
    """
    kept = CardToken(card_id=card_id).card_id >> _DROPPED
    number = shuffle(kept, bits=_BITS, key=key, purpose=_PURPOSE)
    data = encode(number, length=HUMAN_LENGTH - 1)
    plain = data + check_character(data)
    return f"{plain[:_HALF]}-{plain[_HALF:]}"


def read_human_code(text: str, *, key: bytes) -> range:
    """Return the 64 card numbers that a typed code may stand for; the store knows which is real.

    Among a million cards some 29 pairs share a code. Case, hyphens and spaces do not matter.

    Raises:
        TokenError: it is no such code, or a character is wrong, or two are swapped.
        ConfigError: the key is shorter than 16 bytes.
    """
    plain = normalise(text) if len(text) <= 2 * HUMAN_LENGTH else ""
    values = decode(plain)
    if values is None or len(values) != HUMAN_LENGTH:
        raise TokenError(f"a code to type has {HUMAN_LENGTH} letters and digits")
    if not is_consistent(values):
        raise TokenError("the code is mistyped: its last character does not fit the others")
    number = number_of(values[:-1])
    if number >> _BITS:
        raise TokenError("the code was not made by this shop")
    first = unshuffle(number, bits=_BITS, key=key, purpose=_PURPOSE) << _DROPPED
    return range(first, first + (1 << _DROPPED))
