"""What stands in a cell: digits of any script, amounts, whole numbers, yes and no."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from retention_sdk.model.base import BIDI_CONTROLS
from retention_sdk.model.money import minor_digits

_DIGITS_MAX = 20
_YES = frozenset({"yes", "y", "true", "1"})
_NO = frozenset({"no", "n", "false", "0", ""})
# Arabic decimal and thousands separators mean one thing each; U+2212 is a minus.
_SIGNS = {"٫": "\x00", "٬": "", "\u2212": "-"} | dict.fromkeys(BIDI_CONTROLS, "")
_SPACES = frozenset("\u00a0\u2007\u202f\u2009")


class CellError(Exception):
    """A cell that cannot be read: the field it is for, and what it is not. Values are not told."""

    def __init__(self, field: str, wanted: str) -> None:
        super().__init__(wanted)
        self.field, self.wanted = field, wanted


class Literal(str):
    """A number that stood in JSON as one: its decimals follow a dot, whatever the mapping says."""

    __slots__ = ()


def plain(text: str) -> str:
    """Return a number with the digits 0 to 9 whatever script it was written in, without controls.

    An Arabic decimal separator becomes U+0000, the Arabic thousands separator is dropped.
    """
    if text.isascii():
        return text
    return "".join(_plain(char) for char in text)


def _plain(char: str) -> str:
    if char in _SIGNS:
        return _SIGNS[char]
    if char in _SPACES:
        return " "
    return str(unicodedata.decimal(char)) if char.isdecimal() else char


@dataclass(frozen=True)
class Amounts:
    """How a file writes amounts; see ``Mapping``."""

    decimal: str = "."
    thousands: Sequence[str] = ()
    signs: Sequence[str] = ()
    is_minor: bool = False
    factor: int = 1

    @cached_property
    def _form(self) -> re.Pattern[str]:
        point = f"[{re.escape(self.decimal)}\x00]"
        if not self.thousands:
            return re.compile(rf"(-?)([0-9]+)(?:{point}([0-9]*))?")
        apart = "[" + "".join(map(re.escape, self.thousands)) + "]"
        # In groups of three from the right; in India of two to the left of them.
        whole = rf"[0-9]{{1,3}}(?:{apart}[0-9]{{2,3}})*{apart}[0-9]{{3}}|[0-9]+"
        return re.compile(rf"(-?)({whole})(?:{point}([0-9]*))?")

    @cached_property
    def _dropped(self) -> tuple[str, ...]:
        return tuple(sorted(self.signs, key=len, reverse=True))

    def parts(self, text: str, currency: str = "") -> tuple[str, str, str] | None:
        """Return sign, whole digits and decimals without trailing zeros; None if it is no number.

        The code of the currency may stand beside the number.
        """
        form = _LITERAL if isinstance(text, Literal) else self._form
        found = form.fullmatch(text)
        if not found:
            number = plain(text)
            for sign in self._dropped:
                number = number.replace(sign, "")
            number = number.removesuffix(currency).removeprefix(currency)
            found = form.fullmatch(number.strip())
        if not found:
            return None
        sign, whole, decimals = found.groups()
        if self.thousands and not whole.isdigit():
            whole = "".join(filter(str.isdigit, whole))
        if len(whole) > _DIGITS_MAX:
            return None
        return sign, whole, (decimals or "").rstrip("0")

    def read(self, field: str, text: str, currency: str, *, is_rounded: bool = False) -> int:
        """Return an amount in minor units of its currency, exactly, or rounded half away from zero.

        Raises:
            CellError: it is no amount, or has more decimals than the currency and is not rounded.
        """
        parts = self.parts(text, currency)
        if parts is None:
            raise CellError(field, f"not an amount such as {self.example}")
        sign, whole, decimals = parts
        digits = 0 if self.is_minor else minor_digits(currency)
        minor = int(whole + decimals[:digits].ljust(digits, "0")) * self.factor
        if len(decimals) > digits:
            minor = self._rounded(field, whole + decimals, len(decimals) - digits, is_rounded)
        return -minor if sign else minor

    def _rounded(self, field: str, digits: str, too_many: int, is_rounded: bool) -> int:
        scaled, unit = int(digits[: 2 * _DIGITS_MAX]) * self.factor, int(10**too_many)
        if len(digits) > 2 * _DIGITS_MAX or (scaled % unit and not is_rounded):
            raise CellError(field, "more decimals than its currency has")
        return (scaled + unit // 2) // unit

    @property
    def example(self) -> str:
        """An amount as the mapping says that the file writes it."""
        apart = self.thousands[0] if self.thousands else ""
        return "1234" if self.is_minor else f"1{apart}234{self.decimal}50"

    def count(self, field: str, text: str) -> int:
        """Return a whole number; ``2.00`` is one.

        Raises:
            CellError: it is none.
        """
        parts = self.parts(text)
        if parts is None or parts[0] or parts[2]:
            raise CellError(field, "not a whole number")
        return int(parts[1])


_LITERAL = re.compile(r"(-?)([0-9]+)(?:\.([0-9]*))?")


def is_yes(field: str, text: str) -> bool:
    """Return whether a cell says yes; an empty one says no.

    Raises:
        CellError: it says neither.
    """
    word = text.casefold()
    if word not in _YES and word not in _NO:
        raise CellError(field, "neither yes nor no; list its words in the mapping")
    return word in _YES
