"""Single values as most platforms write them; anything else is refused. Pure.

Inside ``ShopAdapter.reading`` an error of these becomes a ``PayloadError``. None of them quotes
what it refuses, and none guesses: ``text(5)`` is an error, not ``"5"``.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..errors import PlatformError
from ..model import Money
from ..model.money import minor_digits


def text(value: Any) -> str:
    """Return a text; null is none.

    Raises:
        TypeError: it is something else.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value


def identifier(value: Any, *, least: int = 0) -> str:
    """Return an identifier that the platform writes as a whole number, as the text we keep.

    Raises:
        TypeError: it is no whole number, or below ``least``.
    """
    if type(value) is not int or value < least:
        raise TypeError("an identifier is a whole number")
    return str(value)


def moment(value: Any, *, zone: tzinfo | None = None) -> datetime:
    """Read a date of ISO 8601. Its offset stays; one without an offset is in ``zone``.

    Raises:
        ValueError: it is none, or it has no offset and there is no ``zone``.
        TypeError: it is no text.
    """
    stamp = datetime.fromisoformat(value)
    if stamp.tzinfo is not None:
        return stamp
    if zone is None:
        raise ValueError("a date without its offset")
    return stamp.replace(tzinfo=zone)


def rounded(amount: Any, currency: str) -> Money:
    """Read an amount with more decimals than the currency has; half a unit is rounded up.

    Raises:
        TypeError: it is no text, whole number or decimal; floats are refused.
        ValueError: it is not a finite decimal.
    """
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
        raise TypeError("money is text or a JSON number")
    unit = Decimal(1).scaleb(-minor_digits(currency))
    return Money.parse(Decimal(amount).quantize(unit, ROUND_HALF_UP), currency)


def asked_number(asked: str, *, adapter: str) -> str:
    """Return an identifier that somebody asks for, and that may stand in a path.

    For platforms whose identifiers are whole numbers: whatever else is asked for is not there, and
    would lead to another address.

    Raises:
        PlatformError: it is no number.
    """
    if not (asked.isascii() and asked.isdecimal()):
        message = "there is no such thing: identifiers here are whole numbers"
        raise PlatformError(message, adapter=adapter, retryable=False)
    return asked
