"""What an event does to points and ranks, in the transaction that records its snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..model import (
    Award,
    ConsentChanged,
    ConsentState,
    CustomerCreated,
    Engagement,
    LoyaltyState,
    OrderCancelled,
    OrderPaid,
    OrderRefunded,
)
from .referring import note_referrals

if TYPE_CHECKING:
    from ..loyalty import PointsLedger
    from ..loyalty.earning import Occasion
    from ..storage import Connection, Store, StoredEvent


@dataclass(frozen=True, slots=True)
class LoyaltyTrack:
    """Keeps the ledgers of a shop in step with events. ``ledgers`` begin with ``[loyalty]``."""

    store: Store
    ledgers: tuple[PointsLedger, ...] = ()

    def post(
        self,
        connection: Connection,
        stored: StoredEvent,
        awards: Sequence[Award] = (),
        *,
        now: datetime,
    ) -> LoyaltyState:
        """Post what an event earns or takes back in each currency of points.

        Returns what the person holds of ``[loyalty]`` afterwards, and of the others in ``more``.
        Each award counts in the programme that it names.
        """
        if not self.ledgers:
            return LoyaltyState()
        from ..storage.subject_merges import survivor_of

        # The event may have waited while its customer's account became part of another.
        who = survivor_of(connection, stored.subject_id)
        states = [
            self._post(
                connection, ledger, stored, who, now, awards=_awards_of(ledger, awards, place)
            )
            for place, ledger in enumerate(self.ledgers)
        ]
        more = {
            ledger.program.id: state
            for ledger, state in zip(self.ledgers[1:], states[1:], strict=True)
        }
        return states[0].model_copy(update={"more": more})

    def merge(
        self, connection: Connection, survivor_id: str, absorbed_id: str, *, now: datetime
    ) -> None:
        """Let the points of one person be those of another, in every currency."""
        for ledger in self.ledgers:
            ledger.merge(connection, survivor_id, absorbed_id, now=now)

    def _post(
        self,
        connection: Connection,
        ledger: PointsLedger,
        stored: StoredEvent,
        who: str,
        now: datetime,
        *,
        awards: Sequence[Award],
    ) -> LoyaltyState:
        event, points = stored.event, 0
        if isinstance(event, OrderPaid):
            posted = ledger.earn(connection, event, subject_id=who, awards=awards, now=now)
            points = posted.points
        elif isinstance(event, OrderRefunded | OrderCancelled):
            points = -ledger.claw_back(connection, event, subject_id=who, now=now).points
        elif occasion := self._occasion(connection, stored):
            given = ledger.awards.give(connection, occasion, subject_id=who, now=now)
            points = given.points if given and given.is_new else 0
        note_referrals(self.store, connection, ledger, stored, who, now=now)
        state = ledger.balance(connection, who, now=now, earned=points)
        if ledger.program.tiers is None:
            return state
        from ..loyalty.tiers import TierBook

        book = TierBook(self.store, ledger.program, ledger.program.tiers)
        return book.update(connection, who, cause=event.id, now=now).on(state)

    def _occasion(self, connection: Connection, stored: StoredEvent) -> Occasion | None:
        """Return what an event without an order may earn points for."""
        from ..loyalty.earning import Occasion

        event = stored.event
        if isinstance(event, Engagement):
            when, what = event.occurred_at, event.reference
            return Occasion(kind=event.kind, occurred_at=when, reference=what)
        if isinstance(event, CustomerCreated):
            return Occasion(kind="signup", occurred_at=event.occurred_at)
        if isinstance(event, ConsentChanged) and event.consent.state is ConsentState.GRANTED:
            answers = self.store.consents.current(connection, stored.subject_id)
            return Occasion(kind="newsletter", occurred_at=event.occurred_at, consents=answers)
        return None


def _awards_of(ledger: PointsLedger, awards: Sequence[Award], place: int) -> tuple[Award, ...]:
    """Return the awards of a programme; those that name none are of the first."""
    names = {ledger.program.id} if place else {ledger.program.id, ""}
    return tuple(award for award in awards if award.program in names)
