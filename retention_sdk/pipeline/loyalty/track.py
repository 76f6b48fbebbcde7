"""What an event does to points and ranks, in the transaction that records its snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ...model import (
    AchievementEarned,
    Award,
    ConsentChanged,
    ConsentState,
    CustomerCreated,
    DerivedEvent,
    Engagement,
    LoyaltyEvent,
    LoyaltyState,
    OrderCancelled,
    OrderPaid,
    OrderRefunded,
    PointsEarned,
    ReferralRewarded,
    RewardIssued,
    ShopEvent,
    TierChanged,
)
from ..due.tiers import TierTime, open_tiers
from .achieving import note_achievements
from .earned import earned_event, told_customer
from .referring import note_referrals

if TYPE_CHECKING:
    from ...loyalty import PointsLedger, Posted
    from ...loyalty.earning import Occasion
    from ...storage import Connection, Store, StoredEvent

_CHAIN = (ReferralRewarded, AchievementEarned, RewardIssued, TierChanged, PointsEarned)


class Brought(NamedTuple):
    """What an event brought: what its person holds now, and what there is to tell of it."""

    state: LoyaltyState
    events: tuple[ShopEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class LoyaltyTrack:
    """Keeps the ledgers of a shop in step with events. ``ledgers`` begin with ``[loyalty]``.

    ``warning_days`` is how long before a rank ends its holder is warned.
    """

    store: Store
    ledgers: tuple[PointsLedger, ...] = ()
    warning_days: int = 0

    def post(
        self,
        connection: Connection,
        stored: StoredEvent,
        awards: Sequence[Award] = (),
        *,
        now: datetime,
    ) -> Brought:
        """Post what an event earns or takes back in each currency of points.

        Returns what the person holds of ``[loyalty]`` afterwards, of the others in ``more``, and
        the events that follow. Each award counts in the programme that it names.
        """
        if not self.ledgers:
            return Brought(LoyaltyState())
        from ...storage.subject_merges import survivor_of

        # The event may have waited while its customer's account became part of another.
        who = survivor_of(connection, stored.subject_id)
        brought = [
            self._post(
                connection, ledger, stored, who, now, awards=_awards_of(ledger, awards, place)
            )
            for place, ledger in enumerate(self.ledgers)
        ]
        more = {
            ledger.program.id: each.state
            for ledger, each in zip(self.ledgers[1:], brought[1:], strict=True)
        }
        told = [event for each in brought for event in each.events]
        return Brought(
            brought[0].state.model_copy(update={"more": more}),
            tuple(event for event in told if may_follow(event, stored.event)),
        )

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
    ) -> Brought:
        event, customer, kind = stored.event, told_customer(stored.event), "order"
        posted: Posted | None = None
        if isinstance(event, OrderPaid):
            posted = ledger.earn(connection, event, subject_id=who, awards=awards, now=now)
        elif isinstance(event, OrderRefunded | OrderCancelled):
            posted = ledger.claw_back(connection, event, subject_id=who, now=now)
        elif occasion := self._occasion(connection, stored):
            kind = occasion.kind
            given = ledger.awards.give(connection, occasion, subject_id=who, now=now)
            posted = given if given and given.is_new else None
        told = list(
            earned_event(
                posted, ledger, customer, kind=kind, shop_id=event.shop_id, at=event.occurred_at
            )
        )
        code = note_referrals(self.store, connection, ledger, stored, who, now=now)
        told += note_achievements(self.store, connection, ledger, stored, who, now=now)
        state = ledger.balance(connection, who, now=now, earned=_gained(posted))
        state = state.model_copy(update={"referral_code": code})
        ranked = self._ranked(connection, ledger, stored, who, state=state, now=now)
        return Brought(ranked.state, (*told, *ranked.events))

    def _ranked(
        self,
        connection: Connection,
        ledger: PointsLedger,
        stored: StoredEvent,
        who: str,
        *,
        state: LoyaltyState,
        now: datetime,
    ) -> Brought:
        """Return the state with the rank that the orders give now, recorded if it changed.

        What followed from other events changes no rank: those events did, or ``retention run-due``
        does when its time comes.
        """
        event, book = stored.event, open_tiers(self.store, ledger.program)
        if book is None:
            return Brought(state)
        if isinstance(event, DerivedEvent):
            return Brought(book.look(connection, who, now=now).on(state))
        ranks = TierTime(
            store=self.store,
            shop_id=event.shop_id,
            programs=(ledger.program,),
            warning_days=self.warning_days,
        )
        customer = told_customer(event)
        decision, told = ranks.update(
            connection, book, who, cause=event.id, customer=customer, now=now
        )
        return Brought(decision.on(state), tuple(told))

    def _occasion(self, connection: Connection, stored: StoredEvent) -> Occasion | None:
        """Return what an event without an order may earn points for."""
        from ...loyalty.earning import Occasion

        event = stored.event
        if isinstance(event, Engagement) and event.kind != "visit":
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


def may_follow(event: ShopEvent, cause: ShopEvent) -> bool:
    """Whether one event may follow from another.

    What follows from news of a programme stands later in ``_CHAIN``, so that every chain ends.
    """
    if not isinstance(cause, LoyaltyEvent):
        return True
    places = {kind: place for place, kind in enumerate(_CHAIN)}
    last = len(_CHAIN)
    return places.get(type(cause), last) < places.get(type(event), last)


def _gained(posted: Posted | None) -> int:
    if posted is None:
        return 0
    return posted.points if posted.kind == "earn" else -posted.points
