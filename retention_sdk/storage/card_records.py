"""What the tables of cards hold, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CardState(StrEnum):
    """How far a copy came. VOIDED must not lie in a parcel; REPRINTED has a newer copy."""

    ASSIGNED = "assigned"
    RENDERED = "rendered"
    PRINTED = "printed"
    PACKED = "packed"
    VOIDED = "voided"
    REPRINTED = "reprinted"

    @property
    def is_waiting(self) -> bool:
        """Whether no printer has it yet."""
        return self in {CardState.ASSIGNED, CardState.RENDERED}

    @property
    def is_open(self) -> bool:
        """Whether it can still be voided or replaced: the parcel is not closed."""
        return self.is_waiting or self is CardState.PRINTED

    def may_become(self, state: CardState) -> bool:
        """Whether a step from here to there is possible."""
        return state in _NEXT[self]


_GIVEN_UP = frozenset({CardState.VOIDED, CardState.REPRINTED})
_NEXT: dict[CardState, frozenset[CardState]] = {
    CardState.ASSIGNED: _GIVEN_UP | {CardState.RENDERED},
    CardState.RENDERED: _GIVEN_UP | {CardState.PRINTED},
    CardState.PRINTED: _GIVEN_UP | {CardState.PACKED},
    CardState.PACKED: frozenset({CardState.REPRINTED}),  # by a person: it was torn, or is lost
    CardState.VOIDED: frozenset(),
    CardState.REPRINTED: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPlace:
    """Which parcel a card is for. Nothing in here names a person."""

    card_id: int
    shop_id: str
    order_id: str
    fulfilment_id: str
    event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardChoice:
    """What was chosen for a card, and what an experiment needs to know of it later.

    ``variant`` is the number in the token, ``arm`` the name of it in the settings.
    """

    template: str
    locale: str
    formality: str
    variant: int = 0
    arm: str = ""
    is_holdout: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRecord:
    """A card in its newest copy.

    ``version`` counts what a customer would see changed, ``copy`` counts sheets of paper;
    ``reprint_of`` is the copy that this one replaces.
    """

    place: CardPlace
    choice: CardChoice
    subject_id: str
    copy: int
    version: int
    reprint_of: int | None
    state: CardState
    state_at: datetime
    made_at: datetime
    reason: str = ""
    job_id: str = ""
    sealed: bytes = field(repr=False, default=b"")

    @property
    def card_id(self) -> int:
        """The 40 bits of the token."""
        return self.place.card_id


@dataclass(frozen=True, slots=True)
class CardStep:
    """One transition of one copy."""

    copy: int
    state: CardState
    at: datetime
    reason: str = ""
    job_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """What goes to a printer in one piece: ``cards`` are (card, copy) in the order of pages."""

    id: str
    shop_id: str
    batch_id: str
    channel: str
    format: str
    profile: str
    sheet: str = ""
    cards: tuple[tuple[int, int], ...]
