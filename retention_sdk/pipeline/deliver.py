"""The last step: a channel is asked once, and asked again only where that is harmless."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..channels.base import Channel
from ..errors import ConsentError, DeliveryError, RetentionError, SubjectErased
from ..hooks import hookimpl
from ..model import Delivery, MessageClass, Receipt, ReceiptState
from .gate import Gate, Question, Verdict

if TYPE_CHECKING:
    from ..hooks.calls import HookCalls
    from ..storage import Connection

Clock = Callable[[], datetime]


class ChannelDelivery:
    """The plugin that answers last in ``retention_around_delivery``: the channel itself."""

    def __init__(self, channel: Callable[[str], Channel], clock: Clock) -> None:
        self._channel = channel
        self._clock = clock

    @hookimpl(trylast=True)
    def retention_around_delivery(self, delivery: Delivery) -> Receipt:
        """Send through the channel that the delivery names."""
        return self._channel(delivery.channel).send(delivery, now=self._clock())


@dataclass(frozen=True, slots=True)
class Parcel:
    """A delivery, whose data it holds, and what must still be allowed when it leaves."""

    delivery: Delivery
    subject_id: str
    questions: tuple[Question, ...]


def deliver(
    delivery: Delivery,
    *,
    question: Question,
    is_idempotent: bool,
    gate: Gate,
    calls: HookCalls,
    clock: Clock,
) -> None:
    """Send what was not sent yet, and record what came of it.

    A process that died while submitting, or a server that hung up before it answered, leaves
    nobody knowing; the delivery stays ``submitting``. An idempotent channel is simply
    asked again, and so is one that carries transactional mail (the same Message-ID lets the
    recipient see one mail); neither marketing nor a card nor a text is ever sent twice.

    Raises:
        DeliveryError: the channel refused; ``retryable`` says whether to come back.
        ConsentError: it is not allowed any more; it was stopped for good, now or before.
    """
    message_class = question.candidate.message_class
    is_mail = delivery.surface == "email" and message_class is MessageClass.TRANSACTIONAL
    errors = deliver_all(
        [Parcel(delivery, question.subject_id, (question,))],
        may_repeat=is_idempotent or is_mail,
        gate=gate,
        calls=calls,
        clock=clock,
    )
    for error in errors.values():
        raise error


def deliver_all(
    parcels: Sequence[Parcel],
    *,
    may_repeat: bool,
    gate: Gate,
    calls: HookCalls,
    clock: Clock,
) -> dict[str, RetentionError]:
    """Send several deliveries of one channel with two commits for all; return what failed.

    What is not allowed any more is stopped in the commit that would have let it go: an objection
    that was recorded before it is honoured, and a later one comes after the message.

    ``may_repeat`` sends again what a process was submitting when it died. Where that does
    harm, give one parcel at a time, or a crash leaves nobody knowing about all of them.
    """
    store = gate.store
    errors: dict[str, RetentionError] = {}
    receipts: list[Receipt] = []
    with store.begin() as connection:
        door = _Door(gate, connection, clock(), may_repeat, errors)
        ours = [each for each in parcels if door.lets_go(each)]
    for parcel in ours:
        try:
            receipts.append(_send(parcel.delivery, calls))
        except RetentionError as error:
            errors[parcel.delivery.id] = error
    with store.begin() as connection:
        for receipt in receipts:
            store.deliveries.finish(connection, receipt)
        for parcel in ours:
            refusal = errors.get(parcel.delivery.id)
            if refusal is None or (isinstance(refusal, DeliveryError) and refusal.is_uncertain):
                continue
            is_final = isinstance(refusal, DeliveryError) and not refusal.retryable
            store.deliveries.fail(
                connection, parcel.delivery.id, retryable=not is_final, now=clock()
            )
    for receipt in receipts:
        calls.delivered(receipt=receipt)
    return errors


@dataclass(frozen=True, slots=True)
class _Door:
    """One transaction that takes deliveries for submission; ``errors`` say why not, by delivery."""

    gate: Gate
    connection: Connection
    now: datetime
    may_repeat: bool
    errors: dict[str, RetentionError]

    def lets_go(self, parcel: Parcel) -> bool:
        """Take a delivery, unless it is taken, done, not allowed any more, or too early."""
        delivery, log, now = parcel.delivery, self.gate.store.deliveries, self.now
        stored = log.reserve(self.connection, delivery, subject_id=parcel.subject_id, now=now)
        if not log.start(self.connection, delivery.id, now=now, may_repeat=self.may_repeat):
            if stored.is_stopped and stored.receipt:
                self.errors[delivery.id] = _stopped(delivery, stored.receipt.reason)
            return False
        for question in parcel.questions:
            verdict = self.gate.ask(self.connection, question, delivery_id=delivery.id, now=now)
            if verdict.stopped:
                self._stop(delivery, question, verdict)
                return False
            if verdict.not_before:
                log.fail(self.connection, delivery.id, retryable=True, now=now)
                self.errors[delivery.id] = _too_early(delivery, verdict.not_before)
                return False
        return True

    def _stop(self, delivery: Delivery, question: Question, verdict: Verdict) -> None:
        """Write down for good that it did not leave; of a forgotten person nothing else is kept."""
        store, connection, now = self.gate.store, self.connection, self.now
        self.gate.record(connection, question, verdict)
        receipt = Receipt(
            delivery_id=delivery.id,
            channel=delivery.channel,
            state=ReceiptState.STOPPED,
            at=now,
            reason=verdict.stopped,
        )
        try:
            store.deliveries.finish(connection, receipt)
        except SubjectErased:
            store.deliveries.fail(connection, delivery.id, retryable=False, now=now)
        self.errors[delivery.id] = _stopped(delivery, verdict.stopped)


def _stopped(delivery: Delivery, reason: str) -> ConsentError:
    return ConsentError(f"{delivery.surface}: {reason}; nothing was sent")


def _too_early(delivery: Delivery, opens_at: datetime) -> DeliveryError:
    message = f"{delivery.surface}: not before {opens_at:%Y-%m-%d %H:%M} UTC"
    return DeliveryError(message, retryable=True)


def _send(delivery: Delivery, calls: HookCalls) -> Receipt:
    receipt = calls.around_delivery(delivery=delivery)
    if receipt is None or receipt.delivery_id != delivery.id:
        raise DeliveryError(f"{delivery.channel}: no receipt for this delivery", retryable=True)
    return receipt
