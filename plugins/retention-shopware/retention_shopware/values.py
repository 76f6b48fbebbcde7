"""Single values as Shopware writes them; anything else is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from hashlib import sha256
from typing import Any

from retention_sdk.model import Money
from retention_sdk.model.money import minor_digits
from retention_sdk.shop_api import values

Json = Mapping[str, Any]

LIVE_VERSION = "0fa91ce3e96a4bc2be4bd9ce752c3425"
"""The version of an order that was placed; others are drafts of the administration."""
_HEX = re.compile(r"[0-9a-f]{32}")
_NOISE = Decimal("0.000001")
_MAJOR_MAX = Decimal(10) ** 17


def identifier(value: Any) -> str:
    """Return an identifier: 32 hexadecimal digits."""
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise TypeError("an identifier has 32 hexadecimal digits")
    return value


def is_identifier(value: str) -> bool:
    """Whether a text may be an identifier of Shopware's."""
    return _HEX.fullmatch(value) is not None


def name_based_id(*names: str) -> str:
    """Return the identifier that we give a thing of ours: the same names, the same one."""
    return sha256("\0".join(("retention_sdk", *names)).encode()).hexdigest()[:32]


def moment(value: Any) -> datetime:
    """Read a date with its offset; Shopware writes UTC."""
    return values.moment(value).astimezone(UTC)


def moment_or_none(value: Any) -> datetime | None:
    """Read a date that may be null."""
    return None if value is None else moment(value)


def stamp(when: datetime) -> str:
    """Write a date as Shopware stores it, for filters: its database compares the text."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3]


def exact(value: Any, currency: str) -> Money:
    """Return an amount that has to fit the currency.

    Shopware calculates with floats: what is a millionth of a minor unit off is their noise, and
    anything else is not an amount of this currency.
    """
    major = _decimal(value)
    scaled = major.scaleb(minor_digits(currency))
    if abs(scaled - scaled.to_integral_value()) > _NOISE:
        raise ValueError(f"more decimals than {currency} allows")
    return rounded(value, currency)


def rounded(value: Any, currency: str) -> Money:
    """Return an amount to the minor unit: prices of single pieces may be finer than that."""
    scaled = _decimal(value).scaleb(minor_digits(currency))
    return Money(minor=int(scaled.to_integral_value(ROUND_HALF_EVEN)), currency=currency)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError("an amount is a number")
    amount = Decimal(value)
    if not amount.is_finite() or abs(amount) > _MAJOR_MAX:
        raise ValueError("not an amount")
    return amount


def named(entity: Any) -> str:
    """Return the name of a thing in the language that was asked for, else as it stands."""
    if entity is None:
        return ""
    translated = entity.get("translated") or {}
    return values.text(translated.get("name") or entity.get("name"))
