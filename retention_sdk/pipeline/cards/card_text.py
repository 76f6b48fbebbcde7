"""What the ledger seals of a copy: all it takes to print the same bytes again, or another card."""

from __future__ import annotations

import zlib
from hashlib import sha256
from typing import Self

from ...inserts import Card
from ...model import Candidate, LoyaltyState, Order, Record
from ...model.base import Instant, Line

# What a card or its parcel can show of an order. Prices, payments and dates are none of it.
_VISIBLE = {
    "number": True,
    "language": True,
    "is_gift": True,
    "gift_message": True,
    "sales_channel": True,
    "customer": True,
    "shipping_address": True,
    "lines": {"__all__": {"id", "title", "quantity", "kind", "sku", "product_id"}},
    "fulfilments": {"__all__": {"id", "lines"}},
}


class CardText(Record):
    """A card with the order it was written for; ``created_at`` dates the document.

    ``candidate`` is what was decided about; None in a ledger of an earlier version.
    """

    card: Card
    order: Order
    created_at: Instant
    candidate: Candidate | None = None
    loyalty: LoyaltyState = LoyaltyState()
    reasons: tuple[Line, ...] = ()

    def dump(self) -> bytes:
        """Return it in few bytes: a logo is on every card, and the ledger keeps them all."""
        return zlib.compress(self.model_dump_json().encode())

    @classmethod
    def load(cls, payload: bytes) -> Self:
        """Return what ``dump`` packed."""
        return cls.model_validate_json(zlib.decompress(payload))


def fingerprint(order: Order) -> str:
    """Return what changes with everything that a card or its parcel can show of an order."""
    visible = order.model_dump_json(include=_VISIBLE)  # type: ignore[arg-type] # a nested include
    return sha256(visible.encode()).hexdigest()
