"""Prints copies from the ledger, one job each, and writes down how far they came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...channels.base import Channel
from ...errors import ConsentError, DeliveryError
from ...model import Artifact, Delivery, Receipt
from ..deliver import deliver
from ..gate import Question
from .draw import Medium, draw_card

if TYPE_CHECKING:
    from ...storage import CardRecord, PrintJob, StoredDelivery
    from .press_room import PressRoom

REFUSED = "the channel refused the job before"
LEFT_OPEN = "its sheet was not printed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printer:
    """A way to paper: the channel, the medium, and the room whose ledger is kept."""

    room: PressRoom
    channel: Channel
    medium: Medium

    def issue(self, record: CardRecord) -> CardRecord:
        """Draw and print the newest copy of a card; one that is printed is left alone.

        One that is not allowed any more is written anew and printed, or comes back void.

        Raises:
            PrintError: it cannot be drawn.
            DeliveryError: the channel refused, or nobody knows whether it printed before.
        """
        record = self.reopened(record)
        if not record.state.is_waiting:
            return record
        text = self.room.text(record)
        artifact = draw_card(text, self.medium, looks=self.room.looks)
        job = self.plan(record)
        try:
            self.submit(job, (artifact,), question=self.room.question(record, text))
        except ConsentError:
            return self.issue(self.room.renew(record))
        return self.mark_printed(record, job.id)

    def reopened(self, record: CardRecord) -> CardRecord:
        """Return the card, in another copy if the job of this one is lost.

        A job is lost when its channel refused it for good, or when it is a sheet of many cards
        that an interrupted batch left. One that was stopped is written anew.
        """
        from ...storage import DeliveryState

        if not record.state.is_waiting:
            return record
        with self.room.store.reading() as connection:
            job = self.room.store.jobs.of_copy(connection, record.card_id, record.copy)
            stored = self.room.store.deliveries.get(connection, job.id) if job else None
        if stored is not None and stored.is_stopped:
            return self.room.renew(record)
        if stored is not None and stored.state is DeliveryState.REJECTED:
            return self.room.reprint(record, REFUSED)
        if job is not None and len(job.cards) > 1:
            return self.room.reprint(record, LEFT_OPEN)
        return record

    def plan(self, record: CardRecord) -> PrintJob:
        """Write down that a copy is drawn, and which job prints it."""
        from ...storage import CardState, PrintJob

        store, now = self.room.store, self.room.clock()
        with store.begin() as connection:
            store.cards.advance(connection, record, CardState.RENDERED, now=now)
            planned = store.jobs.of_copy(connection, record.card_id, record.copy)
            if planned:
                return planned
            job = PrintJob(
                id=job_id_for(record),
                shop_id=record.place.shop_id,
                batch_id=record.place.event_id,
                channel=self.channel.name,
                format=self.medium.format,
                profile=self.medium.profile,
                cards=((record.card_id, record.copy),),
            )
            store.jobs.plan(connection, job, now=now)
        return job

    def submit(
        self, job: PrintJob, artifacts: tuple[Artifact, ...], *, question: Question
    ) -> Receipt:
        """Give a job to its channel once; return what it answered.

        Raises:
            DeliveryError: the channel refused; or a process died while it submitted this very
                job, and the channel cannot tell whether it printed.
            ConsentError: the card is not allowed any more.
        """
        room = self.room
        channel = room.channel(job.channel)
        delivery = Delivery(
            id=job.id,
            event_id=job.batch_id,
            decision_id=job.id,
            surface="card",
            channel=channel.name,
            artifacts=artifacts,
        )
        deliver(
            delivery,
            question=question,
            is_idempotent=channel.is_idempotent,
            gate=room.gate,
            calls=room.calls,
            clock=room.clock,
        )
        with room.store.reading() as connection:
            stored = room.store.deliveries.get(connection, job.id)
        return _receipt(stored, job)

    def mark_printed(self, record: CardRecord, job_id: str) -> CardRecord:
        """Write down that a channel took a copy; return the card as it is then."""
        from ...storage import CardState

        store = self.room.store
        with store.begin() as connection:
            store.cards.advance(
                connection, record, CardState.PRINTED, job_id=job_id, now=self.room.clock()
            )
            again = store.cards.get(connection, record.card_id)
        assert again is not None, "the ledger keeps every card"
        return again


def job_id_for(record: CardRecord) -> str:
    """Return the job of a copy: the same however often it is asked for."""
    return f"card-{record.card_id:010x}-{record.copy}"


def _receipt(stored: StoredDelivery | None, job: PrintJob) -> Receipt:
    from ...storage import DeliveryState

    if stored is not None and stored.state is DeliveryState.REJECTED:
        where = f": {stored.receipt.location}" if stored.receipt else ""
        message = f"{job.channel}: the printer gave {job.id} up{where}; scan again for another copy"
        raise DeliveryError(message, retryable=True)
    if stored is None or stored.receipt is None:
        raise DeliveryError(
            f"{job.channel}: nobody knows whether {job.id} was printed; look at the printer, then "
            "pack it, or print it anew with `retention pack --again`",
            retryable=False,
            is_uncertain=True,
        )
    return stored.receipt
