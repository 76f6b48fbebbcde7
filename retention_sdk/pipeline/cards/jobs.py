"""Print jobs of a batch: planned, submitted and written down, in a few commits for many cards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from ...channels.base import Channel
from ...errors import ConsentError, PrintError, SubjectErased
from ...model import Artifact, Delivery, Receipt
from ..deliver import Parcel, deliver_all
from .card_text import CardText
from .draw import Medium, draw_card
from .issue import REFUSED, job_id_for
from .press_room import PressRoom
from .sheets import SheetPlan, places_of, plan_named
from .slips import Slip, card_name, slip_of

if TYPE_CHECKING:
    from ...storage import CardRecord, Connection, PrintJob
    from ..rewards.parcel_gifts import ParcelGifts

FILES_PER_COMMIT = 50
LOST = "its sheet held the card of somebody who was forgotten"
STOPPED = "its sheet held a card that was not allowed any more"
IN_DOUBT = "nobody knows whether it was printed; look at the printer, then use `retention pack`"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card on its way to paper."""

    record: CardRecord
    text: CardText
    artifact: Artifact


@dataclass(frozen=True, slots=True)
class Work:
    """A job with its cards, in the order of printing."""

    job: PrintJob
    cards: Sequence[Drawn]
    file: Artifact


@dataclass(slots=True, kw_only=True)
class JobDesk:
    """Makes jobs of drawn cards for one channel. ``sheet`` is None for a file per card."""

    room: PressRoom
    channel: Channel
    medium: Medium
    sheet: SheetPlan | None = None
    batch_id: str = "batch"
    gifts: ParcelGifts | None = None
    _slips: dict[int, Slip] = field(default_factory=dict, init=False)
    _packed: dict[int, tuple[str, ...]] = field(default_factory=dict, init=False)

    @property
    def pile_size(self) -> int:
        """How many cards are printed together.

        A channel that cannot tell a repetition gets one at a time, so that a crash leaves one
        card in doubt and not fifty.
        """
        if self.sheet is not None:
            return self.sheet.places_count(self.medium.paper) * self.sheet.sheets_per_file
        return FILES_PER_COMMIT if self.channel.is_idempotent else 1

    def print(self, pile: Sequence[Drawn]) -> Iterator[Slip]:
        """Print drawn cards in their order; yield their slips."""
        if not pile:
            return
        piles = [pile] if self.sheet else [[drawn] for drawn in pile]
        works = [self._work(self._new_job(cards), cards) for cards in piles]
        with self.room.store.begin() as connection:
            for work in works:
                self._plan(connection, work)
        yield from self._run(works)

    def finish_job_of(self, record: CardRecord) -> Iterator[CardRecord | Slip]:
        """Finish the job that an earlier run planned for a copy; pass on a copy without one."""
        if record.card_id in self._slips:
            yield self._slips.pop(record.card_id)
            return
        store = self.room.store
        with store.reading() as connection:
            job = store.jobs.of_copy(connection, record.card_id, record.copy)
            stored = store.deliveries.get(connection, job.id) if job else None
        if job is None:
            yield record
        elif stored is not None and stored.is_stopped:
            yield self._due(self._after_stop(record, job))
        elif stored is not None and stored.state.value == "rejected":
            yield self.room.reprint(record, REFUSED)
        else:
            yield from self._finish(job, record)

    def _finish(self, job: PrintJob, record: CardRecord) -> Iterator[CardRecord | Slip]:
        """Draw a whole job once more, word for word, and submit it under its old name."""
        with self.room.store.reading() as connection:
            ledger = self.room.store.cards
            found = (ledger.at_copy(connection, *place) for place in job.cards)
            records = [each for each in found if each]
        medium = replace(self.medium, format=job.format, profile=job.profile)
        try:
            cards = [self._draw(each, medium) for each in records]
        except SubjectErased:
            yield from self._give_up(records, record)
            return
        for slip in self._run([self._work(job, cards)]):
            self._slips[int(slip.card, 16)] = slip
        yield self._slips.pop(record.card_id)

    def _give_up(
        self, records: Sequence[CardRecord], wanted: CardRecord
    ) -> Iterator[CardRecord | Slip]:
        """Let the other cards of a job that can never be finished have another copy."""
        for each in records:
            is_wanted = each.card_id == wanted.card_id
            if each.state.is_waiting and (is_wanted or each.subject_id != wanted.subject_id):
                try:
                    again = self.room.reprint(each, LOST)
                except SubjectErased:
                    again = None
                if is_wanted:
                    yield again or slip_of(each, self.room, failed="its customer was forgotten")

    def _after_stop(self, record: CardRecord, job: PrintJob) -> CardRecord:
        """Return what becomes of a card whose job was stopped; others on its sheet keep theirs."""
        if not record.state.is_waiting:
            return record
        if self.room.may_leave(record, delivery_id=job.id):
            return self.room.reprint(record, STOPPED)
        return self.room.renew(record)

    def _due(self, record: CardRecord) -> CardRecord | Slip:
        return record if record.state.is_waiting else slip_of(record, self.room)

    def _print_again(self, work: Work) -> Iterator[Slip]:
        """Print what is left of a job that was stopped, in its order."""
        again = [self._drawn_again(each, work.job) for each in work.cards]
        printed = self.print([each for each in again if isinstance(each, Drawn)])
        for each in again:
            yield next(printed) if isinstance(each, Drawn) else each

    def _drawn_again(self, drawn: Drawn, job: PrintJob) -> Drawn | Slip:
        try:
            record = self._due(self._after_stop(drawn.record, job))
            return record if isinstance(record, Slip) else self._draw(record, self.medium)
        except (PrintError, SubjectErased) as error:
            number = drawn.text.order.number
            return slip_of(drawn.record, self.room, failed=str(error), number=number)

    def _draw(self, record: CardRecord, medium: Medium) -> Drawn:
        text = self.room.text(record)
        return Drawn(record, text, draw_card(text, medium, looks=self.room.looks))

    def _new_job(self, cards: Sequence[Drawn]) -> PrintJob:
        from ...storage import PrintJob

        copies = tuple((each.record.card_id, each.record.copy) for each in cards)
        names = " ".join(f"{card_id:x}-{copy}" for card_id, copy in copies)
        is_sheet = self.sheet is not None
        digest = sha256(names.encode()).hexdigest()[:20]
        return PrintJob(
            id=f"sheets-{digest}" if is_sheet else job_id_for(cards[0].record),
            shop_id=self.room.shop_id,
            batch_id=self.batch_id,
            channel=self.channel.name,
            format=self.medium.format,
            profile=self.medium.profile,
            sheet=self.sheet.name if self.sheet else "",
            cards=copies,
        )

    def _work(self, job: PrintJob, cards: Sequence[Drawn]) -> Work:
        plan = plan_named(job.sheet) if job.sheet else None
        if plan is None:
            return Work(job, cards, cards[0].artifact)
        names = [each.text.order.number[:12] for each in cards]
        return Work(job, cards, plan.impose([each.artifact for each in cards], names))

    def _plan(self, connection: Connection, work: Work) -> None:
        from ...storage import CardState

        store, now = self.room.store, self.room.clock()
        for each in work.cards:
            store.cards.advance(connection, each.record, CardState.RENDERED, now=now)
        store.jobs.plan(connection, work.job, now=now)

    def _run(self, works: Sequence[Work]) -> Iterator[Slip]:
        """Submit jobs, write down what was printed, and yield the slips."""
        errors = deliver_all(
            [self._parcel(work) for work in works],
            may_repeat=self.channel.is_idempotent,
            gate=self.room.gate,
            calls=self.room.calls,
            clock=self.room.clock,
        )
        receipts = self._close(works)
        for work in works:
            error = errors.get(work.job.id)
            receipt = receipts.get(work.job.id)
            if isinstance(error, ConsentError):
                yield from self._print_again(work)
            elif receipt is None:
                reason = str(error) if error else self._doubt(work.job.id)
                for each in work.cards:
                    number = each.text.order.number
                    yield slip_of(each.record, self.room, failed=reason, number=number)
            else:
                yield from self._printed(work, receipt)

    def _parcel(self, work: Work) -> Parcel:
        subject_id = work.cards[0].record.subject_id
        if work.job.sheet:
            with self.room.store.begin() as connection:
                subject_id = self.room.store.subjects.for_shop(
                    connection, self.room.shop_id, now=self.room.clock()
                )
        delivery = Delivery(
            id=work.job.id,
            event_id=work.job.batch_id,
            decision_id=work.job.id,
            surface="card",
            channel=work.job.channel,
            artifacts=(work.file,),
        )
        questions = tuple(self.room.question(each.record, each.text) for each in work.cards)
        return Parcel(delivery, subject_id, questions)

    def _close(self, works: Sequence[Work]) -> dict[str, Receipt]:
        """Write down which copies their channel took; return its answers by job."""
        from ...storage import CardState, DeliveryState

        accepted = DeliveryState.ACCEPTED
        store, now = self.room.store, self.room.clock()
        receipts: dict[str, Receipt] = {}
        with store.begin() as connection:
            for work in works:
                stored = store.deliveries.get(connection, work.job.id)
                if stored is None or stored.receipt is None or stored.state is not accepted:
                    continue
                receipts[work.job.id] = stored.receipt
                for each in work.cards:
                    store.cards.advance(
                        connection, each.record, CardState.PRINTED, job_id=work.job.id, now=now
                    )
                    if self.gifts:
                        packed = self.gifts.pack(connection, each.text.order, now=now)
                        self._packed[each.record.card_id] = packed
        return receipts

    def _doubt(self, job_id: str) -> str:
        """Say why a job that raised no error is not printed."""
        with self.room.store.reading() as connection:
            stored = self.room.store.deliveries.get(connection, job_id)
        return (
            f"the printer gave up: {stored.receipt.location}"
            if stored and stored.receipt
            else IN_DOUBT
        )

    def _printed(self, work: Work, receipt: Receipt) -> Iterator[Slip]:
        where = f"{receipt.location}/{work.file.name}" if receipt.location else work.file.name
        for each, (page, position) in zip(work.cards, places_of(work.job), strict=True):
            yield Slip(
                order=each.text.order.number,
                state="printed",
                card=card_name(each.record),
                copy_number=each.record.copy,
                job=work.job.id,
                file=where[-480:],
                page=page,
                position=position,
                gifts=self._packed.pop(each.record.card_id, ()),
            )
