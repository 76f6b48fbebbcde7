"""Stand-ins for the world: a clock, a channel, and a shop that does what its order numbers say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from ..channels.base import Channel
from ..errors import DeliveryError
from ..model import Delivery, Receipt, ReceiptState
from .bogus import BogusSettings, BogusShop
from .builders import NOON

__all__ = ["BogusSettings", "BogusShop", "FrozenClock", "MemoryChannel"]


class FrozenClock:
    """Call it for the time; it stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Return the moment it stands at."""
        return self.now

    def advance(self, delta: timedelta) -> datetime:
        """Move on, and return the new moment."""
        self.now += delta
        return self.now


class MemoryChannel(Channel):
    """Keeps what it is given in ``sent``; an idempotent one answers DUPLICATE to a repetition.

    ``before_send`` is called first and may raise: that is how a test makes a channel fail.
    """

    name = "memory"
    is_idempotent = True

    def __init__(self, *, before_send: Callable[[Delivery], None] = lambda _: None) -> None:
        self.sent: list[Delivery] = []
        self._before_send = before_send

    def send(self, delivery: Delivery, *, now: datetime) -> Receipt:
        """Keep the delivery."""
        self._before_send(delivery)
        is_known = any(sent.id == delivery.id for sent in self.sent)
        if not (is_known and self.is_idempotent):
            self.sent.append(delivery)
        state = ReceiptState.DUPLICATE if is_known else ReceiptState.ACCEPTED
        return Receipt(delivery_id=delivery.id, channel=self.name, state=state, at=now)


def failing(times: int, *, retryable: bool = True) -> Callable[[Delivery], None]:
    """Return a ``before_send`` that refuses the first so many deliveries."""
    left = iter(range(times))

    def refuse(_: Delivery) -> None:
        if next(left, None) is not None:
            raise DeliveryError("the channel refuses, as the test wants", retryable=retryable)

    return refuse
