"""What became of one event, for callers, logs and the command line."""

from __future__ import annotations

from typing import Literal

from ..model import Decision, Record
from ..model.base import Instant
from ..model.candidate import Surface


class DeliveryOutcome(Record):
    """Where one card or message stands."""

    surface: Surface
    template: str
    channel: str
    state: str
    location: str = ""
    artifacts: tuple[str, ...] = ()


class CardStepOutcome(Record):
    """One step of one copy of a card."""

    copy_number: int
    state: str
    at: Instant
    reason: str = ""
    job: str = ""


class CardOutcome(Record):
    """A card of the order, its newest state, and all that happened to it."""

    card: str
    version: int
    state: str
    steps: tuple[CardStepOutcome, ...]


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
    card_notes: tuple[str, ...] = ()
    decisions: tuple[Decision, ...] = ()
    deliveries: tuple[DeliveryOutcome, ...] = ()
    cards: tuple[CardOutcome, ...] = ()
    error: str = ""
