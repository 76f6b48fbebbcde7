"""Single values as Shopify writes them; anything else is refused."""

from __future__ import annotations

from typing import Any

from retention_sdk.shop_api.values import text


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
