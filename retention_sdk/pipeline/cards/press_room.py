"""Sees to it that each parcel gets one card, the right one, and a void one never gets in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ...channels.base import Channel
from ...config import LocaleConfig
from ...consent import RuleSet
from ...errors import ConsentError, PrintError, SubjectErased
from ...inserts import Card, InsertSettings
from ...model import (
    Candidate,
    ConsentChanged,
    Context,
    Decision,
    FulfilmentStatus,
    LoyaltyState,
    Order,
    OrderEvent,
    OrderPaid,
    ShopEvent,
)
from ...model.candidate import Surface
from ..choose import Chosen, Pick, choose
from ..decided import record_asked
from ..gate import Gate, Question, card_question
from ..law import tell_findings
from ..links import Links
from ..locale import localizer_for
from ..make import Codes, Documents, compose
from ..rewards.parcel_gifts_back import put_back
from ..snapshot import Snapshots
from .card_text import CardText, fingerprint
from .coupons import CouponDesk
from .looks import Looks
from .parcels import (
    about_cards,
    card_pick,
    choice_of,
    paid_event,
    parcel_of,
    place_of,
    source_of,
    told_stage,
)
from .withdraw import take_back

if TYPE_CHECKING:
    from ...hooks.calls import HookCalls
    from ...storage import CardRecord, Connection, Store

CANCELLED = "the order was cancelled"
REFUNDED = "the order was refunded in full"
NO_PARCEL = "the parcel was cancelled"
_NOT_SENT = frozenset({CANCELLED, REFUNDED, NO_PARCEL})
LEFT_WITHOUT = "the parcel left without it"
LEFT = "the parcel left"
OBJECTED = "the customer's consent changed"
EDITED = "the order was edited"
STOPPED = "not allowed any more when it was to be printed"

_GONE = frozenset({FulfilmentStatus.SHIPPED, FulfilmentStatus.DELIVERED})


@dataclass(frozen=True, slots=True)
class Written:
    """A card that may lie in a parcel, before the ledger knows of it."""

    card: Card
    pick: Pick
    decisions: tuple[Decision, ...]
    context: Context
    candidates: tuple[Candidate, ...] = ()

    def text(self, order: Order) -> CardText:
        """Return what the ledger seals."""
        reason = self.pick.candidate.reason
        return CardText(
            card=self.card,
            order=order,
            created_at=self.context.now,
            candidate=self.pick.candidate,
            loyalty=self.context.loyalty,
            reasons=(reason,) if reason else (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PressRoom:
    """One shop's ledger of cards, and the rules by which cards are voided and made again.

    Everything in here can be repeated after a crash.
    """

    store: Store
    snapshots: Snapshots
    rules: RuleSet
    calls: HookCalls
    codes: Codes
    locales: LocaleConfig
    looks: Looks
    channel: Callable[[str], Channel]
    clock: Callable[[], datetime]
    inserts: InsertSettings | None = None
    coupons: CouponDesk | None = None
    links: Links | None = None

    @property
    def shop_id(self) -> str:
        """Whose ledger it is."""
        return self.snapshots.shop.id

    @property
    def gate(self) -> Gate:
        """What is asked at the moment something leaves."""
        return Gate(self.store, self.rules)

    # Writing ---------------------------------------------------------------------------------

    def write(
        self,
        event: OrderPaid,
        subject_id: str,
        *,
        now: datetime,
        card_id: int | None = None,
        loyalty: LoyaltyState | None = None,
    ) -> Written:
        """Choose and compose the card of a paid order; nothing is recorded.

        ``card_id`` keeps the number, and with it the printed code, of a card that is made again.

        Raises:
            PrintError: no parcel waits for a card.
            ConsentError: not even the plain card is allowed.
        """
        context = self.snapshots.fresh(event, subject_id, now=now, loyalty=loyalty)
        pick = card_pick(chosen := self.choose(context))
        documents = self.compose(context, [pick], card_id=card_id)
        assert documents.card is not None, "a card was picked"
        return Written(documents.card, pick, about_cards(chosen), context, chosen.candidates)

    def choose(self, context: Context, *, surfaces: Collection[Surface] = ()) -> Chosen:
        """Return what may leave because of an event, and all decisions about it.

        ``surfaces`` are the short messages that have a channel and can reach the customer.
        """
        return choose(
            context,
            rules=self.rules,
            calls=self.calls,
            templates=tuple(self.looks.templates.values()),
            settings=self.inserts,
            words=localizer_for(context.locale, self.locales),
            surfaces=surfaces,
        )

    def compose(
        self, context: Context, picks: Sequence[Pick], *, card_id: int | None = None
    ) -> Documents:
        """Write what was picked; ``card_id`` keeps the number of a card that is written anew.

        What a law has against a text is told in the log; nothing is held back for it.
        """
        made = compose(
            context,
            picks,
            locales=self.locales,
            codes=self.codes,
            settings=self.inserts,
            card_id=card_id,
            coupons=self.coupons,
            links=self.links,
        )
        tell_findings(made.card, made.email, context=context, rules=self.rules)
        return made

    def assign(
        self, connection: Connection, written: Written, order: Order, *, subject_id: str
    ) -> CardRecord:
        """Record a card for the parcel of an order; a parcel that has one keeps it."""
        self._record(connection, written, subject_id)
        return self.store.cards.assign(
            connection,
            place_of(written.context, written.pick, order),
            choice_of(written.context, written.pick, self.inserts),
            written.text(order).dump(),
            order_number=order.number,
            subject_id=subject_id,
            now=self.clock(),
        )

    def text(self, record: CardRecord) -> CardText:
        """Return what the newest copy of a card says.

        Raises:
            SubjectErased: it was for somebody who is forgotten.
        """
        with self.store.reading() as connection:
            return CardText.load(self.store.cards.payload(connection, record))

    # What happens to an order ----------------------------------------------------------------

    def note(self, event: ShopEvent, *, subject_id: str) -> tuple[CardRecord, ...]:
        """Void, replace or close the cards that an event concerns; return those it changed."""
        if isinstance(event, ConsentChanged):
            return self._recheck(subject_id)
        if not isinstance(event, OrderEvent):
            return ()
        with self.store.reading() as connection:
            cards = self.store.cards.of_order(connection, event.shop_id, event.order.id)
        changed = (self._follow(record, event) for record in cards if record.state.is_open)
        return tuple(record for record in changed if record)

    def is_news(self, event: OrderEvent) -> bool:
        """Whether a delivery of a known event tells another state of its order than before.

        A platform tells an order's payment as often as the order changes; but it also repeats
        old deliveries, word for word, and those must not bring an old state back.
        """
        with self.store.reading() as connection:
            first = self.store.inbox.raw_body(connection, event.id)
            if event.raw and event.raw == first:
                return False
            cards = self.store.cards.of_order(connection, event.shop_id, event.order.id)
            seen = (
                self.store.stages.get(connection, event.id, told_stage(event))
                if event.raw
                else None
            )
        return bool(cards) and seen is None

    def remember(self, event: OrderEvent, *, subject_id: str) -> None:
        """Record that this state of an order was seen to."""
        if not event.raw:
            return
        with self.store.begin() as connection:
            self.store.stages.record(
                connection,
                event.id,
                told_stage(event),
                b"{}",
                subject_id=subject_id,
                now=self.clock(),
            )

    def void(self, record: CardRecord, reason: str) -> CardRecord | None:
        """Void a card that is not packed, and take its file back if nobody fetched it.

        Gifts that were printed for a parcel which is not sent wait again for the next one.

        Returns the card as it is then; None if it was packed or void before.
        """
        from ...storage import CardState

        with self.store.begin() as connection:
            is_done = self.store.cards.advance(
                connection, record, CardState.VOIDED, reason=reason, now=self.clock()
            )
            if is_done and reason in _NOT_SENT:
                order_id, shop_id = record.place.order_id, record.place.shop_id
                put_back(self.store, connection, order_id, shop_id=shop_id, now=self.clock())
        if not is_done:
            return None
        take_back(record, store=self.store, channel=self.channel)
        if self.coupons:
            self.coupons.try_to_void(record.card_id)  # what is away now is swept later
        return self._again(record)

    def reprint(self, record: CardRecord, reason: str) -> CardRecord:
        """Give a card another copy with the same number, code and words; also a packed one.

        Raises:
            SubjectErased: it was for somebody who is forgotten.
        """
        text = self.text(record)
        with self.store.begin() as connection:
            return self.store.cards.replace(
                connection,
                record,
                record.choice,
                text.dump(),
                is_changed=False,
                reason=reason,
                now=self.clock(),
            )

    def _record(self, connection: Connection, written: Written, subject_id: str) -> None:
        record_asked(
            self.store,
            connection,
            written.decisions,
            candidates=written.candidates,
            context=written.context,
            rules=self.rules,
            subject_id=subject_id,
        )

    def question(self, record: CardRecord, text: CardText) -> Question:
        """Return what must still be allowed when a copy of a card leaves."""
        return card_question(record, text, shop=self.snapshots.shop, brand=self.snapshots.brand)

    def may_leave(self, record: CardRecord, *, delivery_id: str) -> bool:
        """Whether a card may still lie in its parcel; a no is recorded."""
        question, now = self.question(record, self.text(record)), self.clock()
        with self.store.begin() as connection:
            verdict = self.gate.ask(connection, question, delivery_id=delivery_id, now=now)
            self.gate.record(connection, question, verdict)
        return not verdict.stopped

    def renew(self, record: CardRecord) -> CardRecord:
        """Write a card anew that may not leave any more; void it where nothing else may either.

        Returns the card as it is then.
        """
        try:
            fresh = self.revise(record, self.text(record).order, STOPPED)
        except SubjectErased:
            fresh = None
        return fresh or self.void(record, STOPPED) or self._again(record) or record

    def revise(self, record: CardRecord, order: Order, reason: str) -> CardRecord | None:
        """Write a card anew; return its new copy, None if a customer would see no difference.

        Where no card is allowed any more, the old one is void.
        """
        old = self.text(record)
        try:
            written = self.write(
                paid_event(record, order),
                record.subject_id,
                now=old.created_at,
                card_id=record.card_id,
                loyalty=old.loyalty,
            )
        except (ConsentError, PrintError) as error:
            return self.void(record, f"{reason}: {error}"[:300])
        if written.card == old.card:
            return None
        with self.store.begin() as connection:
            self._record(connection, written, record.subject_id)
            fresh = self.store.cards.replace(
                connection,
                record,
                choice_of(written.context, written.pick, self.inserts),
                written.text(order).dump(),
                is_changed=True,
                reason=reason,
                now=self.clock(),
            )
        take_back(record, store=self.store, channel=self.channel)
        return fresh

    def _follow(self, record: CardRecord, event: OrderEvent) -> CardRecord | None:
        """Do with one card what the newest state of its order asks for.

        A cancellation is believed from anywhere. What else changed counts only where it comes
        from the platform the card was made for: a file and a webhook describe an order
        differently, and that is no edit.
        """
        order = event.order
        if order.cancelled_at is not None:
            return self.void(record, CANCELLED)
        if order.is_fully_refunded:
            return self.void(record, REFUNDED)
        if source_of(event.id) != source_of(record.place.event_id):
            return None
        fulfilment = parcel_of(record, order)
        if fulfilment is None:
            return self.void(record, NO_PARCEL)
        if fulfilment.status in _GONE:
            return self._close(record)
        if fingerprint(order) == fingerprint(self.text(record).order):
            return None
        return self.revise(record, order, EDITED)

    def _close(self, record: CardRecord) -> CardRecord | None:
        """Close the card of a parcel that left: packed if a printer has it, void if none has.

        A process may have died after its channel took the card and before the ledger knew; then
        the card lies in the parcel, and its file is not taken back.
        """
        from ...storage import CardState, DeliveryState

        cards, now = self.store.cards, self.clock()
        with self.store.begin() as connection:
            job = self.store.jobs.of_copy(connection, record.card_id, record.copy)
            sent = self.store.deliveries.get(connection, job.id) if job else None
            job_id = job.id if job else record.job_id
            if sent is not None and sent.state is DeliveryState.ACCEPTED:
                cards.advance(connection, record, CardState.PRINTED, job_id=job_id, now=now)
            cards.advance(connection, record, CardState.PACKED, reason=LEFT, job_id=job_id, now=now)
        closed = self._again(record)
        is_packed = closed is not None and closed.state is CardState.PACKED
        return closed if is_packed else self.void(record, LEFT_WITHOUT)

    def _recheck(self, subject_id: str) -> tuple[CardRecord, ...]:
        """Write the cards anew that no printer has yet: an objection must reach the press."""
        with self.store.reading() as connection:
            cards = self.store.cards.of_subject(connection, subject_id)
        waiting = [record for record in cards if record.state.is_waiting]
        changed = (self.revise(each, self.text(each).order, OBJECTED) for each in waiting)
        return tuple(record for record in changed if record)

    def _again(self, record: CardRecord) -> CardRecord | None:
        with self.store.reading() as connection:
            return self.store.cards.get(connection, record.card_id)
