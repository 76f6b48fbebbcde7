"""The packing desk: an order number goes in, its card comes out, and the parcel may be closed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ...channels.base import Channel
from ...errors import DeliveryError, RetentionError
from ...model import Record
from ...model.base import Line
from .draw import Medium, draw_card
from .issue import Printer
from .press_room import PressRoom
from .slips import card_name, where_printed

if TYPE_CHECKING:
    from ...storage import CardRecord, Connection
    from ..rewards.parcel_gifts import ParcelGifts

HandoutState = Literal[
    "printed", "taken", "packed_before", "void", "unknown", "ambiguous", "failed"
]

_MAY_CLOSE = frozenset({"printed", "taken"})


class Handout(Record):
    """What the desk says about one scan.

    ``printed`` now, or ``taken`` from what was printed before: put the card in and close the
    parcel. All others need a look first; ``sentence`` says what to do. ``gifts`` are rewards that
    go into the parcel, too; they are handed over in the commit that marks it packed.
    """

    order: Line
    state: HandoutState
    sentence: Line
    card: Line = ""
    template: Line = ""
    locale: Line = ""
    job: Line = ""
    gifts: tuple[Line, ...] = ()

    @property
    def may_close(self) -> bool:
        """Whether the parcel is complete."""
        return self.state in _MAY_CLOSE


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingDesk:
    """One desk with one printer. What another desk packed is packed here too."""

    room: PressRoom
    channel: Channel
    medium: Medium
    gifts: ParcelGifts | None = None

    def warm_up(self) -> None:
        """Draw a card that waits, to nowhere, so that the first scan is as fast as the others.

        The typesetter loads its faces on the way, and the reader of codes its tables. What fails
        here is told when that card is scanned.
        """
        with self.room.store.reading() as connection:
            record = next(self.room.store.cards.waiting(connection, self.room.shop_id), None)
        if record is not None:
            with suppress(RetentionError):
                draw_card(self.room.text(record), self.medium, looks=self.room.looks)

    def hand_out(self, number: str) -> Handout:
        """Print the card of an order if need be, mark it packed, and say what to do."""
        return self._handout(number, again=False)

    def print_again(self, number: str) -> Handout:
        """Print another copy of a torn or lost card, packed or not; then as ``hand_out``."""
        return self._handout(number, again=True)

    def _handout(self, number: str, *, again: bool) -> Handout:
        store = self.room.store
        with store.reading() as connection:
            found = store.cards.of_number(connection, self.room.shop_id, number)
        if not found:
            return Handout(
                order=number[:100],
                state="unknown",
                sentence="no card for this order number; look at the number on the packing slip",
            )
        usable = [record for record in found if record.state.is_open]
        if len(usable) > 1:
            return Handout(
                order=number[:100],
                state="ambiguous",
                sentence=f"{len(usable)} orders have this number; pack them by `retention print`",
            )
        record = usable[0] if usable else found[-1]
        try:
            return self._serve(number, record, again=again)
        except RetentionError as error:
            return _answer(number, record, "failed", _plain(error))

    def _serve(self, number: str, record: CardRecord, *, again: bool) -> Handout:
        from ...storage import CardState

        is_packed = record.state is CardState.PACKED
        if is_packed and not again:
            return _answer(number, record, "packed_before", self._packed_before(number, record))
        if not (is_packed or record.state.is_open):
            reason = record.reason or "the card is void"
            return _answer(number, record, "void", f"put no card in: {reason}")
        if again:
            record = self.room.reprint(record, "another copy was asked for at the packing desk")
        is_late = record.state is CardState.PRINTED and not self.room.may_leave(
            record, delivery_id=record.job_id
        )
        if is_late:
            record = self.room.renew(record)
        was_printed = record.state is CardState.PRINTED
        where = _place(record, self.room) if was_printed else ""
        if not was_printed:
            record = Printer(room=self.room, channel=self.channel, medium=self.medium).issue(record)
        if record.state is CardState.VOIDED:
            return _answer(number, record, "void", f"put no card in: {record.reason}")
        with self.room.store.begin() as connection:
            is_ours = self.room.store.cards.advance(
                connection,
                record,
                CardState.PACKED,
                reason="at the packing desk",
                job_id=record.job_id,
                now=self.room.clock(),
            )
            gifts = self._pack_gifts(connection, record) if is_ours else ()
        if not is_ours:
            return _answer(number, record, "packed_before", "was packed at another desk just now")
        if was_printed:
            return _answer(number, record, "taken", f"take its card{where}", gifts=gifts)
        instead = "; leave the one that was printed before out" if is_late else ""
        return _answer(number, record, "printed", f"its card is printed{instead}", gifts=gifts)

    def _packed_before(self, number: str, record: CardRecord) -> str:
        when = f"{record.state_at:%Y-%m-%d %H:%M} UTC"
        gifts = self._gifts_in(record)
        had = f" with {', '.join(gifts)}" if gifts else ""
        again = f"retention pack --again {number[:100]}"
        return f"was packed before, at {when}{had}; another copy: {again}"

    def _gifts_in(self, record: CardRecord) -> tuple[str, ...]:
        """Return what was put into a parcel that was packed."""
        if self.gifts is None:
            return ()
        with self.room.store.reading() as connection:
            return self.gifts.packed(connection, self.room.text(record).order)

    def _pack_gifts(self, connection: Connection, record: CardRecord) -> tuple[str, ...]:
        """Hand over what lies in a parcel, and return it; the same each time."""
        if self.gifts is None:
            return ()
        order, now = self.room.text(record).order, self.room.clock()
        return self.gifts.pack(connection, order, now=now)


def _place(record: CardRecord, room: PressRoom) -> str:
    """Say where a printed card is to be found."""
    _, page, position = where_printed(record, room)
    if not position:
        return ", it was printed before"
    return f": sheet {(page + 1) // 2}, place {position}"


def _answer(
    number: str,
    record: CardRecord,
    state: HandoutState,
    sentence: str,
    *,
    gifts: tuple[str, ...] = (),
) -> Handout:
    if gifts:
        sentence = f"{sentence}; also put in: {', '.join(gifts)}"
    return Handout(
        order=number[:100],
        state=state,
        sentence=sentence[:480],
        card=card_name(record),
        template=record.choice.template,
        locale=record.choice.locale,
        job=record.job_id,
        gifts=gifts,
    )


def _plain(error: RetentionError) -> str:
    if isinstance(error, DeliveryError) and error.is_uncertain:
        return f"look at the printer: {error}"
    return str(error)
