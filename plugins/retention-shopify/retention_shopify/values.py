"""Single values as Shopify writes them; anything else is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def moment(value: Any) -> datetime:
    """Read a date; Shopify writes the shop's offset. One without is refused."""
    stamp = datetime.fromisoformat(value)
    if stamp.tzinfo is None:
        raise ValueError("a date without its offset")
    return stamp


def identifier(value: Any) -> str:
    """Return a number of Shopify's as text."""
    if type(value) is not int or value < 0:
        raise TypeError("an identifier is a whole number")
    return str(value)


def text(value: Any) -> str:
    """Return a text; null is none. Anything else is refused."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("a text was expected")
    return value
