"""What a batch tells of each order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ...errors import RetentionError
from ...model import Record
from ...model.base import Line
from .sheets import places_of

if TYPE_CHECKING:
    from ...storage import CardRecord
    from .press_room import PressRoom

SlipState = Literal["printed", "known", "void", "none", "failed"]


class Slip(Record):
    """One line of the manifest.

    ``printed`` now, ``known``: printed or packed before; ``void``: must not lie in a parcel;
    ``none``: the parcel should have no card; ``failed``: it should have one and has none.
    ``page`` counts from 1 in ``file``; on imposed sheets ``position`` counts places from 1, row
    by row from the top left of the front. ``gifts`` are rewards that go into this parcel.
    """

    order: Line
    state: SlipState
    card: Line = ""
    copy_number: int = 0
    job: Line = ""
    file: Line = ""
    page: int = 0
    position: int = 0
    reason: Line = ""
    gifts: tuple[Line, ...] = ()


class BatchCount(Record):
    """How many orders ended in which state."""

    printed: int = 0
    known: int = 0
    void: int = 0
    none: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """All orders."""
        return self.printed + self.known + self.void + self.none + self.failed


def card_name(record: CardRecord) -> str:
    """Return a card's number as people and reports write it."""
    return f"{record.card_id:010x}"


def slip_of(
    record: CardRecord,
    room: PressRoom,
    *,
    failed: str = "",
    number: str = "",
    is_repeated: bool = False,
) -> Slip:
    """Return the slip of a card that this run did not print, or not a second time."""
    from ...storage import CardState

    if is_repeated:
        return Slip(
            order=number or order_number(record, room),
            state="known",
            card=card_name(record),
            copy_number=record.copy,
            reason="this order stands in the list before",
        )
    is_void = record.state is CardState.VOIDED
    state: SlipState = "failed" if failed else "void" if is_void else "known"
    file, page, position = where_printed(record, room) if state == "known" else ("", 0, 0)
    return Slip(
        order=number or order_number(record, room),
        state=state,
        card=card_name(record),
        copy_number=record.copy,
        job=record.job_id,
        file=file,
        page=page,
        position=position,
        reason=(failed or record.reason)[:480],
    )


def where_printed(record: CardRecord, room: PressRoom) -> tuple[str, int, int]:
    """Return where a printed copy lies: what its channel answered, page, and place on the sheet."""
    store = room.store
    with store.reading() as connection:
        job = store.jobs.of_copy(connection, record.card_id, record.copy)
        stored = store.deliveries.get(connection, job.id) if job else None
    if job is None or stored is None or stored.receipt is None:
        return "", 0, 0
    places = dict(zip(job.cards, places_of(job), strict=True))
    return (stored.receipt.location, *places[record.card_id, record.copy])


def order_number(record: CardRecord, room: PressRoom) -> str:
    """Return the number a customer knows; the shop's identifier of a forgotten one."""
    try:
        return room.text(record).order.number
    except RetentionError:
        return record.place.order_id
