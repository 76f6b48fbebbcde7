"""Cards that are printed at the packing desk, when their parcel is packed."""

from __future__ import annotations

from datetime import datetime

from ..model import Delivery, Receipt, ReceiptState
from .base import Channel


class DeskChannel(Channel):
    """Takes note and prints nothing: ``retention pack`` or ``retention print`` does, later."""

    name = "desk"
    is_idempotent = True
    is_deferred = True

    def send(self, delivery: Delivery, *, now: datetime) -> Receipt:
        """Accept; the ledger of cards keeps what it takes to print."""
        return Receipt(
            delivery_id=delivery.id, channel=self.name, state=ReceiptState.ACCEPTED, at=now
        )
