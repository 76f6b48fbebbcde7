"""Asks once more, at the instant something leaves, whether it is still allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from ..consent import RuleSet, decide
from ..errors import SubjectErased
from ..inserts import unmet_demands
from ..inserts.families import PLAIN_THANKS
from ..model import (
    Brand,
    Candidate,
    Consent,
    ConsentChannel,
    ContentKind,
    Context,
    Decision,
    LocaleChoice,
    MessageClass,
    Shop,
)
from .cards.card_text import CardText
from .decided import record_asked

if TYPE_CHECKING:
    from ..storage import CardRecord, Connection, Store

WITHDRAWN = "withdrawn after it was queued"
EXPIRED = "not allowed any more when its turn came"
FORGOTTEN = "its recipient was forgotten after it was queued"


class Question(NamedTuple):
    """What waits to leave: the candidate, the snapshot it was decided on, and whose data it holds.

    ``promised`` is what its text carries of what the law demands; None leaves that to the card.
    """

    candidate: Candidate
    context: Context
    subject_id: str
    promised: tuple[str, ...] | None = None


class Verdict(NamedTuple):
    """``stopped`` says why it may never leave; ``not_before`` is set while only the hour is wrong.

    ``decision`` is the one to record, made on ``context``; None where nothing may be kept of the
    person any more.
    """

    stopped: str = ""
    not_before: datetime | None = None
    decision: Decision | None = None
    context: Context | None = None


GO = Verdict()


@dataclass(frozen=True, slots=True)
class Gate:
    """Asks again in the transaction that takes a delivery: a withdrawal before it is seen.

    On SQLite writers wait for each other, so an answer is either recorded before the delivery
    starts, and stops it, or after. On PostgreSQL, which the tests do not cover, one that is being
    recorded at the same instant may be missed.
    """

    store: Store
    rules: RuleSet

    def ask(
        self, connection: Connection, question: Question, *, delivery_id: str, now: datetime
    ) -> Verdict:
        """Decide again about the same candidate, on the answers and the time of this instant.

        Plugins are not asked again: they were heard when it was chosen, and their code must not
        hold the write lock. What is strictly about an order is stopped by an erasure only.
        """
        candidate, context, subject_id, _ = question
        try:
            current = self.store.consents.current(connection, subject_id)
        except SubjectErased:
            return Verdict(FORGOTTEN)
        if candidate.message_class is MessageClass.TRANSACTIONAL:
            return GO
        latest = _as_of(context, current, now)
        decision = self._decide(candidate, latest, question.promised)
        if decision.allowed:
            opens_at = decision.earliest_send_at
            return Verdict(not_before=opens_at) if opens_at and opens_at > now else GO
        is_news = _answers(context) != frozenset(current)
        reason = WITHDRAWN if is_news else EXPIRED
        return Verdict(reason, decision=_again(decision, reason, delivery_id), context=latest)

    def record(self, connection: Connection, question: Question, verdict: Verdict) -> None:
        """Record why something may never leave, with what that was decided on."""
        if verdict.decision is None or verdict.context is None:
            return
        record_asked(
            self.store,
            connection,
            (verdict.decision,),
            candidates=(question.candidate,),
            context=verdict.context,
            rules=self.rules,
            subject_id=question.subject_id,
            note=verdict.stopped,
        )

    def _decide(
        self, candidate: Candidate, context: Context, promised: tuple[str, ...] | None
    ) -> Decision:
        """Decide; a text that lacks what the law demands by now is refused like any other."""
        decision = decide(candidate, context, rules=self.rules)
        if promised is None:
            lacking = unmet_demands(decision, context)
        else:
            lacking = tuple(each for each in decision.must_include if each not in promised)
        if not decision.allowed or not lacking:
            return decision
        vetoes = tuple(f"it was written without: {each}" for each in lacking)
        return decide(candidate, context, rules=self.rules, vetoes=vetoes)


def card_question(record: CardRecord, text: CardText, *, shop: Shop, brand: Brand) -> Question:
    """Return what must still be allowed when a copy of a card goes to a printer or a desk."""
    context = Context(
        event_id=record.place.event_id,
        event_type="order_paid",
        subject_id=record.subject_id,
        now=text.created_at,
        shop=shop,
        brand=brand,
        locale=LocaleChoice(tag=record.choice.locale, reason="the language of its card"),
        order=text.order,
        customer=text.order.customer,
        loyalty=text.loyalty,
    )
    return Question(text.candidate or _candidate_of(record, text), context, record.subject_id)


def _candidate_of(record: CardRecord, text: CardText) -> Candidate:
    """Return what a card of an earlier version was: its printed parts tell what it is about."""
    card = text.card
    kinds = {ContentKind.THANKS, *(block.content for block in card.blocks)}
    kinds |= {ContentKind.COUPON} if card.coupon else set()
    kinds |= {ContentKind.POINTS_BALANCE} if card.points else set()
    return Candidate(
        id=f"card:{record.choice.template}",
        surface="card",
        channel=ConsentChannel.PARCEL_INSERT,
        template=record.choice.template,
        content=frozenset(kinds),
        is_personalised=record.choice.template != PLAIN_THANKS,
    )


def _as_of(context: Context, consents: tuple[Consent, ...], now: datetime) -> Context:
    """Return the snapshot with what is on record now; the event's own answers are part of it."""
    customer = context.customer
    if customer is not None:
        customer = customer.model_copy(update={"consents": consents})
    return context.model_copy(update={"customer": customer, "now": now})


def _answers(context: Context) -> frozenset[Consent]:
    return frozenset(context.customer.consents) if context.customer else frozenset()


def _again(decision: Decision, reason: str, delivery_id: str) -> Decision:
    """Return a decision of its own beside the first one, which stays on record."""
    digest = sha256(f"{decision.decision_id}:{delivery_id}".encode()).hexdigest()
    changes = {"decision_id": f"dec-{digest[:32]}", "reasons": (reason, *decision.reasons)}
    return decision.model_copy(update=changes)
