"""Single values as Saleor writes them; anything else is refused. Pure."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Mapping
from typing import Any

from retention_sdk.model import Money
from retention_sdk.shop_api.values import text

Json = Mapping[str, Any]


def count(value: Any) -> int:
    """Return a whole number."""
    if type(value) is not int:
        raise TypeError("a whole number was expected")
    return value


def money(node: Json) -> Money:
    """Read an amount in major units. Saleor rounds it to the currency before it answers."""
    return Money.parse(node["amount"], node["currency"])


def language(code: Any) -> str | None:
    """Return the tag of a ``LanguageCodeEnum``: ``pt-BR`` for ``PT_BR``."""
    first, *rest = text(code).split("_")
    if not first:
        return None
    script = len("Hant")
    parts = (part.title() if len(part) == script else part.upper() for part in rest)
    return "-".join((first.lower(), *parts))


def unbase64url(given: str) -> bytes | None:
    """Return the bytes of base64url without padding, None for what is not its one spelling."""
    try:
        found = urlsafe_b64decode(given.encode("ascii") + b"=" * (-len(given) % 4))
    except (Error, ValueError):
        return None
    return found if base64url(found) == given else None


def base64url(data: bytes) -> str:
    """Return bytes as base64url without padding (RFC 7515, 2)."""
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
