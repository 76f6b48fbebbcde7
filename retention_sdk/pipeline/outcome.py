"""What became of one event, for callers, logs and the command line."""

from __future__ import annotations

from typing import Literal

from ..model import Decision, Record
from ..model.candidate import Surface


class DeliveryOutcome(Record):
    """Where one card or message stands."""

    surface: Surface
    template: str
    channel: str
    state: str
    location: str = ""
    artifacts: tuple[str, ...] = ()


class Outcome(Record):
    """What became of one event. ``pending`` means that it is worth another try later."""

    event_id: str
    event_type: str
    is_new: bool
    state: Literal["done", "pending", "failed"]
    stages: tuple[str, ...] = ()
    locale: str = ""
    locale_reason: str = ""
    points_earned: int = 0
    points_balance: int = 0
    decisions: tuple[Decision, ...] = ()
    deliveries: tuple[DeliveryOutcome, ...] = ()
    error: str = ""
