"""Takes print files back: of void cards, and of people who asked to be forgotten."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...channels.base import Channel
from ...channels.folder import FolderChannel
from ...errors import DeliveryError, RetentionError, SubjectErased
from ...model import Receipt, ReceiptState

if TYPE_CHECKING:
    from datetime import datetime

    from ...storage import CardRecord, Connection, PrintJob, SentThing, Store

ChannelOf = Callable[[str], Channel]

FORGOTTEN = "the customer was forgotten"
SHEET_WITHDRAWN = "its sheet was withdrawn, for somebody on it was forgotten"

_log = logging.getLogger("retention_sdk.pipeline")


def take_back(record: CardRecord, *, store: Store, channel: ChannelOf) -> bool:
    """Take the print file of a copy back; return whether it was still there.

    A file that holds other cards too is left alone: the sheet is printed, and the packing desk
    refuses the void card on it.
    """
    with store.reading() as connection:
        job = store.jobs.of_copy(connection, record.card_id, record.copy)
        stored = store.deliveries.get(connection, job.id) if job else None
    if job is None or stored is None or stored.receipt is None or len(job.cards) > 1:
        return False
    try:
        return _withdraw(stored.receipt, channel)
    except DeliveryError:
        return False  # what cannot be taken back is refused at the packing desk


def take_back_delivery(delivery_id: str, *, store: Store, channel: ChannelOf) -> bool:
    """Take back what an interrupted attempt at a stopped delivery may have left in its channel."""
    with store.reading() as connection:
        stored = store.deliveries.get(connection, delivery_id)
    if stored is None or stored.receipt is None or stored.attempts <= 1:
        return False
    try:
        return _withdraw(stored.receipt, channel)
    except RetentionError:
        _log.warning("what was left of a stopped delivery cannot be taken back")
        return False


def take_back_prints(
    subjects: Sequence[str], *, store: Store, channel: ChannelOf, now: datetime
) -> tuple[int, int]:
    """Take back every file with something of these people; return how many were there, and not.

    To be called before the keys are destroyed, because what a channel answered is sealed with
    them. Sheets that hold cards of others are taken back whole, and the others' cards wait to be
    printed again. Also what an attempt left whose process died before it was answered.

    Raises:
        DeliveryError: a file is there and cannot be taken back now; try again.
    """
    with store.begin() as connection:
        sent = {
            each.id: each
            for who in subjects
            for each in store.people.sent(connection, who)
            if each.attempts
        }
        copies = [
            (card.card_id, copy)
            for who in subjects
            for card in store.cards.of_subject(connection, who)
            for copy in range(1, card.copy + 1)
        ]
        jobs = {job.id: job for each in copies if (job := store.jobs.of_copy(connection, *each))}
    gone = [_is_gone(_receipt(each, store, now), channel) for each in sent.values()]
    gone += [
        _withdraw_sheet(job, store=store, channel=channel, now=now)
        for job in jobs.values()
        if job.id not in sent
    ]
    return sum(gone), len(gone) - sum(gone)


def take_back_leftovers(shop_id: str, *, store: Store, channel: ChannelOf, now: datetime) -> int:
    """Take back what was just being sent while its recipient was erased; return how much.

    Raises:
        DeliveryError: a file is there and cannot be taken back now; try again.
    """
    with store.reading() as connection:
        singles = store.leftovers.singles(connection, shop_id)
        jobs = [
            store.jobs.get(connection, each) for each in store.leftovers.sheets(connection, shop_id)
        ]
    state = ReceiptState.ACCEPTED
    gone = [
        _is_gone(Receipt(delivery_id=name, channel=where, state=state, at=now), channel)
        for name, where in singles
    ]
    sheets = [job for job in jobs if job]
    gone += [_withdraw_sheet(job, store=store, channel=channel, now=now) for job in sheets]
    if gone:
        with store.begin() as connection:
            seen = [*(name for name, _ in singles), *(job.id for job in sheets)]
            store.leftovers.close(connection, seen)
    return sum(gone)


def _receipt(sent: SentThing, store: Store, now: datetime) -> Receipt:
    """Return what the channel answered, or what it would have: its process died before."""
    with store.reading() as connection:
        stored = store.deliveries.get(connection, sent.id)
    if stored is not None and stored.receipt is not None:
        return stored.receipt
    return Receipt(delivery_id=sent.id, channel=sent.channel, state=ReceiptState.ACCEPTED, at=now)


def _withdraw_sheet(job: PrintJob, *, store: Store, channel: ChannelOf, now: datetime) -> bool:
    """Take a file with several cards back, and let those that are not void be printed again."""
    with store.begin() as connection:
        sent = store.people.thing(connection, job.id)
        if sent is None or not sent.attempts:
            return False
        is_begun = not store.leftovers.begin(connection, job.id)
    is_gone = _is_gone(_receipt(sent, store, now), channel) or is_begun
    with store.begin() as connection:
        if is_gone:
            _replace_others(job, store, connection, now)
        store.leftovers.end(connection, job.id)
    return is_gone


def _replace_others(job: PrintJob, store: Store, connection: Connection, now: datetime) -> None:
    for card_id, copy in job.cards:
        record = store.cards.get(connection, card_id)
        if record is None or record.copy != copy or not record.state.is_open:
            continue
        try:
            text = store.cards.payload(connection, record)
        except SubjectErased:
            continue
        store.cards.replace(
            connection,
            record,
            record.choice,
            text,
            is_changed=False,
            reason=SHEET_WITHDRAWN,
            now=now,
        )


def _is_gone(receipt: Receipt, channel: ChannelOf) -> bool:
    try:
        return _withdraw(receipt, channel)
    except DeliveryError as error:
        if error.retryable:
            raise
        _log.warning("a print file cannot be taken back from %s", receipt.channel)
    except RetentionError:
        _log.warning("channel %s is not there any more", receipt.channel)
    return False


def _withdraw(receipt: Receipt, channel: ChannelOf) -> bool:
    """Ask the channel; a folder that was named on the command line is found by its receipt."""
    if receipt.channel == FolderChannel.name and receipt.location:
        return FolderChannel(Path(receipt.location).parent).withdraw(receipt)
    return channel(receipt.channel).withdraw(receipt)
