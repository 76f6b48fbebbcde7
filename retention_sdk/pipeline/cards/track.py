"""Keeps the ledger of cards in step with the events that go through the pipeline."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import RetentionError, SubjectErased
from ...model import Context, OrderPaid, ShopEvent
from ..choose import Chosen
from ..make import Documents, delivery_id_for
from .draw import Medium
from .issue import Printer
from .parcels import about_cards
from .press_room import PressRoom, Written

if TYPE_CHECKING:
    from ...storage import CardRecord, Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTrack:
    """What the stages tell the ledger, and the cards that events make anew.

    ``channel`` is the name of the one that takes cards.
    """

    room: PressRoom
    channel: str
    medium: Medium

    # For the stages --------------------------------------------------------------------------

    def assign(
        self,
        connection: Connection,
        context: Context,
        chosen: Chosen,
        documents: Documents,
        *,
        subject_id: str,
    ) -> None:
        """Record the card that was composed, in the transaction of the stage."""
        picks = {pick.candidate.surface: pick for pick in chosen.picks}
        if documents.card and context.order and context.order.insert_fulfilment:
            written = Written(documents.card, picks["card"], about_cards(chosen), context)
            self.room.assign(connection, written, context.order, subject_id=subject_id)

    def rendered(self, event_id: str) -> None:
        """Write down that the first copy of an event's card is drawn."""
        from ...storage import CardState

        with self.room.store.begin() as connection:
            for record in self.room.store.cards.of_event(connection, event_id):
                if record.copy == 1:
                    self.room.store.cards.advance(
                        connection, record, CardState.RENDERED, now=self.room.clock()
                    )

    def is_due(self, context: Context) -> bool:
        """Whether the card of an event is still to be printed from this event.

        It is not where the parcel has another card, the card is void, or was made anew. A parcel
        without a card in the ledger is one of a store that had no ledger yet.
        """
        from ...storage import CardState

        order = context.order
        if order is None:
            return True
        with self.room.store.reading() as connection:
            cards = self.room.store.cards.of_order(connection, context.shop.id, order.id)
        own = [card for card in cards if card.place.event_id == context.event_id]
        is_waiting = any(card.copy == 1 and card.state is CardState.RENDERED for card in own)
        return not cards or is_waiting

    def plan(self, event_id: str) -> None:
        """Write down which job prints the first copy of an event's card, before it is sent."""
        from ...storage import PrintJob

        store = self.room.store
        with store.begin() as connection:
            for record in store.cards.of_event(connection, event_id):
                job = PrintJob(
                    id=delivery_id_for(event_id, "card"),
                    shop_id=record.place.shop_id,
                    batch_id=event_id,
                    channel=self.channel,
                    format=self.medium.format,
                    profile=self.medium.profile,
                    cards=((record.card_id, record.copy),),
                )
                store.jobs.plan(connection, job, now=self.room.clock())

    def printed(self, event_id: str) -> None:
        """Write down that a channel took the card of an event, if one did."""
        from ...storage import CardState, DeliveryState

        job_id, store = delivery_id_for(event_id, "card"), self.room.store
        with store.begin() as connection:
            stored = store.deliveries.get(connection, job_id)
            if stored is None or stored.state is not DeliveryState.ACCEPTED:
                return
            for record in store.cards.of_event(connection, event_id):
                if record.copy == 1:
                    store.cards.advance(
                        connection,
                        record,
                        CardState.PRINTED,
                        job_id=job_id,
                        now=self.room.clock(),
                    )

    def renew(self, event_id: str) -> None:
        """Write the card of an event anew that may not leave any more, and print what it became."""
        with self.room.store.reading() as connection:
            own = self.room.store.cards.of_event(connection, event_id)
        self._issue([self.room.renew(each) for each in own if each.state.is_waiting])

    # For events ------------------------------------------------------------------------------

    def see_to(self, event: ShopEvent, *, subject_id: str) -> None:
        """Void and replace the cards an event concerns, and print what was replaced.

        A printer that is off does not hold up the event; observers hear of it, and the card
        waits in the ledger, for ``catch_up`` or a batch.
        """
        self._issue(self.room.note(event, subject_id=subject_id))

    def hear_again(self, event: ShopEvent) -> None:
        """See to a known event that tells another state of its order; observers hear of errors."""
        if not isinstance(event, OrderPaid):
            return
        subject_id = self._owner_of_news(event)
        if subject_id is None:
            return
        try:
            self.see_to(event, subject_id=subject_id)
        except RetentionError as error:
            self.room.calls.failed(stage="reprint", error=error, event_id=event.id)
        self.room.remember(event, subject_id=subject_id)

    def _owner_of_news(self, event: OrderPaid) -> str | None:
        """Return whose order told something new; None for nothing new, and for the erased."""
        room = self.room
        with suppress(SubjectErased):
            if room.is_news(event):
                with room.store.begin() as connection:
                    return room.store.door.subject_for(connection, event, now=room.clock())
        return None

    def catch_up(self) -> None:
        """Print the replaced cards that a crash left waiting; void the coupons of void ones."""
        if self.room.coupons:
            self.room.coupons.sweep()
        with self.room.store.reading() as connection:
            waiting = self.room.store.cards.waiting(connection, self.room.shop_id)
            again = [record for record in waiting if record.reprint_of is not None]
        self._issue(again)

    def _issue(self, records: Iterable[CardRecord]) -> None:
        replaced = [each for each in records if each.reprint_of and each.state.is_waiting]
        for record in replaced:
            try:
                channel = self.room.channel(self.channel)
                if channel.is_deferred:
                    return
                Printer(room=self.room, channel=channel, medium=self.medium).issue(record)
            except RetentionError as error:
                event_id = record.place.event_id
                self.room.calls.failed(stage="reprint", error=error, event_id=event_id)
