"""Prints thousands of cards: in order, in little memory, each once, whatever happens between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ...channels.base import Channel
from ...errors import PrintError, SubjectErased
from ...inserts.batch import THREADS
from ...model import OrderPaid
from ...threads import in_threads
from .admit import Admitted, admit
from .card_text import CardText
from .draw import Medium, make_file, prove_file
from .jobs import Drawn, JobDesk
from .press_room import PressRoom
from .sheets import SheetPlan
from .slips import Slip, slip_of

if TYPE_CHECKING:
    from ...storage import CardRecord
    from ..rewards.parcel_gifts import ParcelGifts

T = TypeVar("T")

ORDERS_PER_COMMIT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One run to one channel. ``sheet`` is None for a file per card.

    Run it again after a crash: what was printed is left alone, and what was being printed is
    finished first. ``gifts`` are handed over with what is printed, and stand on the slips.
    """

    room: PressRoom
    channel: Channel
    medium: Medium
    sheet: SheetPlan | None = None
    batch_id: str = "batch"
    gifts: ParcelGifts | None = None

    def run(self, orders: Iterable[OrderPaid]) -> Iterator[Slip]:
        """Print the cards of paid orders; yield a slip for each order, in order.

        A card that fails is told and the rest goes on. Memory holds the cards of one job.
        """
        yield from self._print(self._admitted(orders))

    def run_waiting(self) -> Iterator[Slip]:
        """Print every card that waits in the ledger, oldest first."""
        with self.room.store.reading() as connection:
            waiting = self.room.store.cards.waiting(connection, self.room.shop_id)
            yield from self._print(waiting)

    def _admitted(self, orders: Iterable[OrderPaid]) -> Iterator[CardRecord | Slip]:
        for chunk in _chunks(orders, ORDERS_PER_COMMIT):
            for each in admit(chunk, self.room):
                yield each.record or _refused(each)

    def _print(self, cards: Iterable[CardRecord | Slip]) -> Iterator[Slip]:
        desk = JobDesk(
            room=self.room,
            channel=self.channel,
            medium=self.medium,
            sheet=self.sheet,
            batch_id=self.batch_id,
            gifts=self.gifts,
        )
        size, pile = desk.pile_size, _Pile()
        for each in self._drawn(self._due(cards, desk)):
            pile.add(each)
            if pile.cards_count in {0, size}:
                yield from pile.flush(desk)
        yield from pile.flush(desk)

    def _due(
        self, cards: Iterable[CardRecord | Slip], desk: JobDesk
    ) -> Iterator[CardRecord | Slip]:
        """Pass on what is to be drawn; finish jobs that an earlier run left open."""
        seen: set[int] = set()
        for each in cards:
            if isinstance(each, Slip):
                yield each
            elif each.card_id in seen:
                yield slip_of(each, self.room, is_repeated=True)
            elif each.state.is_waiting:
                yield from desk.finish_job_of(each)
            else:
                yield slip_of(each, self.room)
            if not isinstance(each, Slip):
                seen.add(each.card_id)

    def _drawn(self, cards: Iterable[CardRecord | Slip]) -> Iterator[Drawn | Slip]:
        """Draw ahead in threads; read the ledger before and the file afterwards in this one."""
        for each in in_threads(map(self._texted, cards), self._made, THREADS, name="cards"):
            yield each if isinstance(each, Slip) else self._proved(each)

    def _texted(self, each: CardRecord | Slip) -> _Texted | Slip:
        if isinstance(each, Slip):
            return each
        try:
            return _Texted(each, self.room.text(each))
        except SubjectErased:
            return slip_of(each, self.room, failed="its customer was forgotten")

    def _made(self, each: _Texted | Slip) -> _Made | Slip:
        if isinstance(each, Slip):
            return each
        try:
            return _Made(each, make_file(each.text, self.medium, looks=self.room.looks))
        except PrintError as error:
            return _Made(each, error)

    def _proved(self, made: _Made) -> Drawn | Slip:
        record, text = made.of
        try:
            if isinstance(made.data, PrintError):
                raise made.data
            file = prove_file(made.data, text, self.medium, looks=self.room.looks)
        except PrintError as error:
            return slip_of(record, self.room, failed=str(error), number=text.order.number)
        return Drawn(record, text, file)


class _Texted(NamedTuple):
    """A card with the words of its copy."""

    record: CardRecord
    text: CardText


class _Made(NamedTuple):
    """A card with its file, which nobody has read yet, or why there is none."""

    of: _Texted
    data: bytes | PrintError


@dataclass(slots=True)
class _Pile:
    """Cards on their way to one job, and what is told of orders between them."""

    items: list[Drawn | Slip] = field(default_factory=list)
    cards_count: int = 0

    def add(self, each: Drawn | Slip) -> None:
        """Put a card or a slip on the pile."""
        self.items.append(each)
        self.cards_count += isinstance(each, Drawn)

    def flush(self, desk: JobDesk) -> Iterator[Slip]:
        """Print the cards; yield a slip for each order, in order."""
        items, self.items, self.cards_count = self.items, [], 0
        printed = desk.print([each for each in items if isinstance(each, Drawn)])
        for each in items:
            yield each if isinstance(each, Slip) else next(printed)


def _refused(each: Admitted) -> Slip:
    return Slip(
        order=each.event.order.number,
        state="none" if not each.is_due else "failed",
        reason=each.refusal[:480],
    )


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
