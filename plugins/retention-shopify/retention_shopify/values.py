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


def number(value: Any) -> int:
    """Read a whole number that GraphQL writes as text, because JavaScript would round it."""
    if not isinstance(value, str) or not value.isascii() or not value.isdecimal():
        raise TypeError("a number in digits was expected")
    return int(value)


def gid_number(gid: Any) -> int:
    """Return the number in ``gid://shopify/Customer/1``."""
    return number(text(gid).rpartition("/")[2])


def gid(kind: str, number_text: str) -> str:
    """Return the global identifier of a thing by its number."""
    return f"gid://shopify/{kind}/{number_text}"
