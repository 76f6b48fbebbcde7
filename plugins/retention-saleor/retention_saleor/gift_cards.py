"""Gift cards. Money is never given twice, and no card but our own is touched."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from retention_sdk.errors import UnsupportedFeature
from retention_sdk.model import DiscountCode

from .client import NAME, Run, codes_of, done, refused
from .documents import CREATE_GIFT_CARD, DEACTIVATE_GIFT_CARD, GIFT_CARD
from .values import Json, money

_LENGTHS = range(8, 17)
"""Characters of a gift card's code (Saleor 3.24, giftcard/models.py)."""
_MARK = "retention-sdk"
"""The key in private metadata by which our cards are told from those that were sold."""


def create(run: Run, code: DiscountCode, *, now: datetime) -> DiscountCode:
    """Create the gift card, or find the one that an earlier call created.

    ``code`` is deprecated as an input and works: Saleor would make up another one.
    """
    _require_possible(code, now)
    card = _known(run, code)
    if card is None:
        data = run(CREATE_GIFT_CARD, input=_input(code), mark=_MARK)
        if "ALREADY_EXISTS" in codes_of(data["done"]):
            card = _known(run, code)
        else:
            card = done(data, "the gift card")["giftCard"]
    if card is None or not card["mark"]:
        raise refused("this code is taken; choose another one")
    if money(card["initialBalance"]) != code.balance:
        raise refused("this code exists and is worth something else; choose another one")
    if not card["isActive"]:
        raise refused("this gift card was voided; choose another code")
    return code.model_copy(update={"platform_id": card["id"]})


def void(run: Run, code: DiscountCode) -> None:
    """Deactivate the gift card."""
    card = _known(run, code)
    if card and not card["mark"]:
        raise refused("this gift card is not one of ours; nothing was done")
    if card and card["isActive"]:
        done(run(DEACTIVATE_GIFT_CARD, id=card["id"]), "voiding the gift card")


def _known(run: Run, code: DiscountCode) -> Json | None:
    edges = run(GIFT_CARD, code=code.code, mark=_MARK)["found"]["edges"]
    return edges[0]["node"] if edges else None


def _require_possible(code: DiscountCode, now: datetime) -> None:
    if len(code.code) not in _LENGTHS:
        raise UnsupportedFeature("gift cards have codes of 8 to 16 characters", adapter=NAME)
    limits = (code.minimum, code.starts_at and code.starts_at > now, code.uses_per_customer_max)
    if any(limits):
        message = "gift cards here have no minimum, no later start and no limit for a customer"
        raise UnsupportedFeature(message, adapter=NAME)


def _input(code: DiscountCode) -> dict[str, Any]:
    assert code.balance is not None, "a gift card has a balance"
    # A card is good through its last day, by the server's clock: never shorter than it says.
    ends = code.ends_at.astimezone(UTC).date().isoformat() if code.ends_at else None
    return {
        "code": code.code,
        "balance": {"amount": str(code.balance.amount), "currency": code.balance.currency},
        "isActive": True,
        "privateMetadata": [{"key": _MARK, "value": "1"}],
        **({"expiryDate": ends} if ends else {}),
        **({"note": code.title} if code.title else {}),
    }
