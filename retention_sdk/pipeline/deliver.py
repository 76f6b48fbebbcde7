"""The last step: a channel is asked once, and asked again only where that is harmless."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from ..channels.base import Channel
from ..errors import DeliveryError, RetentionError
from ..hooks import hookimpl
from ..model import Delivery, MessageClass, Receipt

if TYPE_CHECKING:
    from ..hooks.calls import HookCalls
    from ..storage import Store

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
    may_repeat = is_idempotent or is_mail
    with store.begin() as connection:
        store.deliveries.reserve(connection, delivery, subject_id=subject_id, now=clock())
        is_ours = store.deliveries.start(
            connection, delivery.id, now=clock(), may_repeat=may_repeat
        )
    if not is_ours:
        return
    try:
        receipt = _send(delivery, calls)
    except RetentionError as error:
        if not (isinstance(error, DeliveryError) and error.is_uncertain):
            is_final = isinstance(error, DeliveryError) and not error.retryable
            with store.begin() as connection:
                store.deliveries.fail(connection, delivery.id, retryable=not is_final, now=clock())
        raise
    with store.begin() as connection:
        store.deliveries.finish(connection, receipt)
    calls.delivered(receipt=receipt)


def _send(delivery: Delivery, calls: HookCalls) -> Receipt:
    receipt = calls.around_delivery(delivery=delivery)
    if receipt is None or receipt.delivery_id != delivery.id:
        raise DeliveryError(f"{delivery.channel}: no receipt for this delivery", retryable=True)
    return receipt
