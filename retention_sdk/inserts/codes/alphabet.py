"""The 29 characters of codes that people type: no vowels, so no words; no 0, O, 1 or I.

29 is prime. A check character that is a weighted sum modulo a prime finds every wrong character
and every two characters swapped, wherever they stand.
"""

from __future__ import annotations

from collections.abc import Sequence

ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXYZ"
BASE = len(ALPHABET)

# Nobody can have read a 1 or an I off the paper: only L looks like them.
_MISREAD = str.maketrans({"1": "L", "I": "L", "-": None, " ": None})
_VALUES = {char: value for value, char in enumerate(ALPHABET)}


def normalise(text: str) -> str:
    """Return a typed code in capitals, without hyphens and spaces; 1 and I become L."""
    return text.upper().translate(_MISREAD)


def encode(number: int, *, length: int) -> str:
    """Return the last ``length`` digits of a number in base 29, most significant first."""
    digits = []
    for _ in range(length):
        number, digit = divmod(number, BASE)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def decode(text: str) -> tuple[int, ...] | None:
    """Return the value of each character, None if one is not of the alphabet."""
    values = tuple(_VALUES.get(char, -1) for char in text)
    return None if -1 in values else values


def number_of(values: Sequence[int]) -> int:
    """Return the number whose digits in base 29 these are, most significant first."""
    number = 0
    for value in values:
        number = number * BASE + value
    return number


def check_character(text: str) -> str:
    """Return the character that makes the weighted sum zero; ``text`` has at most 27 characters.

    The weights are 2, 3, 4 … from the left, and 1 for the check character itself.
    """
    return ALPHABET[-_weighted(decode(text) or ()) % BASE]


def is_consistent(values: Sequence[int]) -> bool:
    """Whether the last value is the check of those before it."""
    return (_weighted(values[:-1]) + values[-1]) % BASE == 0


def _weighted(values: Sequence[int]) -> int:
    return sum(weight * value for weight, value in enumerate(values, 2))
