"""The last step: a channel is asked once, and asked again only where that is harmless."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..channels.base import Channel
from ..errors import DeliveryError, RetentionError
from ..hooks import hookimpl
from ..model import Delivery, MessageClass, Receipt

if TYPE_CHECKING:
    from ..hooks.calls import HookCalls
    from ..storage import Connection, Store

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
    """A delivery, and whose data it holds."""

    delivery: Delivery
    subject_id: str


def deliver(
    delivery: Delivery,
    *,
    subject_id: str,
    message_class: MessageClass,
    is_idempotent: bool,
    store: Store,
    calls: HookCalls,
    clock: Clock,
) -> None:
    """Send what was not sent yet, and record what came of it.

    A process that died while submitting, or a server that hung up before it answered, leaves
    nobody knowing; the delivery stays ``submitting``. An idempotent channel is simply
    asked again, and so is one that carries transactional mail (the same Message-ID lets the
    recipient see one mail); neither marketing nor a card is ever sent twice.

    Raises:
        DeliveryError: the channel refused; ``retryable`` says whether to come back.
    """
    is_mail = delivery.surface != "card" and message_class is MessageClass.TRANSACTIONAL
    errors = deliver_all(
        [Parcel(delivery, subject_id)],
        may_repeat=is_idempotent or is_mail,
        store=store,
        calls=calls,
        clock=clock,
    )
    for error in errors.values():
        raise error


def deliver_all(
    parcels: Sequence[Parcel],
    *,
    may_repeat: bool,
    store: Store,
    calls: HookCalls,
    clock: Clock,
) -> dict[str, RetentionError]:
    """Send several deliveries of one channel with two commits for all; return what failed.

    ``may_repeat`` sends again what a process was submitting when it died. Where that does
    harm, give one parcel at a time, or a crash leaves nobody knowing about all of them.
    """
    with store.begin() as connection:
        ours = [each for each in parcels if _take(each, store, connection, clock(), may_repeat)]
    receipts: list[Receipt] = []
    errors: dict[str, RetentionError] = {}
    for parcel in ours:
        try:
            receipts.append(_send(parcel.delivery, calls))
        except RetentionError as error:
            errors[parcel.delivery.id] = error
    with store.begin() as connection:
        for receipt in receipts:
            store.deliveries.finish(connection, receipt)
        for delivery_id, refusal in errors.items():
            if isinstance(refusal, DeliveryError) and refusal.is_uncertain:
                continue
            is_final = isinstance(refusal, DeliveryError) and not refusal.retryable
            store.deliveries.fail(connection, delivery_id, retryable=not is_final, now=clock())
    for receipt in receipts:
        calls.delivered(receipt=receipt)
    return errors


def _take(
    parcel: Parcel, store: Store, connection: Connection, now: datetime, may_repeat: bool
) -> bool:
    delivery = parcel.delivery
    store.deliveries.reserve(connection, delivery, subject_id=parcel.subject_id, now=now)
    return store.deliveries.start(connection, delivery.id, now=now, may_repeat=may_repeat)


def _send(delivery: Delivery, calls: HookCalls) -> Receipt:
    receipt = calls.around_delivery(delivery=delivery)
    if receipt is None or receipt.delivery_id != delivery.id:
        raise DeliveryError(f"{delivery.channel}: no receipt for this delivery", retryable=True)
    return receipt
