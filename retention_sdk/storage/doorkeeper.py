"""Decides whose data an event is, and keeps erased people out: every new subject passes here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from ..errors import SubjectErased
from ..model import (
    CartAbandoned,
    Consent,
    ConsentChannel,
    ConsentState,
    CustomerCreated,
    CustomerErased,
    CustomersMerged,
    CustomerUpdated,
    DataRequested,
    Engagement,
    OrderEvent,
    Purpose,
    ShopErased,
    ShopEvent,
)
from .consents import ConsentLog
from .orders import OrderFacts
from .references import SHOP, PhoneReader, event_references, happened_at
from .subjects import SubjectVault
from .suppression import Suppression, Suppressions

SOURCE = "suppression list"
# What an account says of itself is no contract: it brings nobody back.
_NO_CONTRACT = (CustomerCreated, CustomerUpdated, CustomersMerged, CartAbandoned, Engagement)
_ABOUT_RIGHTS = (CustomerErased, DataRequested, ShopErased)
_OBJECTIONS = (Purpose.MARKETING, Purpose.PROFILING, Purpose.THIRD_PARTY)


class Doorkeeper:
    """The one way from an event to a subject that respects who was erased.

    What somebody did before they were erased is refused, whoever tells it. Who orders again is a
    customer again, for that contract only: the suppression counts as an objection.
    """

    def __init__(
        self,
        subjects: SubjectVault,
        suppressions: Suppressions,
        consents: ConsentLog,
        orders: OrderFacts,
        *,
        read_phone: PhoneReader,
    ) -> None:
        self._subjects = subjects
        self._suppressions = suppressions
        self._consents = consents
        self._orders = orders
        self._read_phone = read_phone

    def subject_for(self, connection: Connection, event: ShopEvent, *, now: datetime) -> str:
        """Return whose data an event is: the customer's, else the order's, else the shop's own.

        Raises:
            SubjectErased: it tells of somebody who was erased; it is counted, in this
                transaction, and nothing of it may be kept.
        """
        found = self._suppressed(connection, event)
        if self.is_refused(event, found):
            self._suppressions.refuse(connection, event.shop_id, event.id, now=now)
            if isinstance(event, OrderEvent):
                # Books must stay right: a refund of a sale on record is money, not a person.
                self._orders.settle(connection, event.order, shop_id=event.shop_id)
            raise SubjectErased(f"event {event.id!r} tells of somebody who was erased")
        subject_id = self._subjects.for_event(connection, event)
        if any(each.kind != "shop" for each in found):
            answers = [_objection(purpose, now) for purpose in _OBJECTIONS]
            name = f"suppression:{subject_id}"
            self._consents.record(connection, subject_id, answers, event_id=name, now=now)
        return subject_id

    def is_open(self, connection: Connection, shop_id: str) -> bool:
        """Whether a shop never erased anybody, so that nobody can be refused."""
        return self._suppressions.is_empty(connection, shop_id)

    def is_refused(self, event: ShopEvent, found: tuple[Suppression, ...]) -> bool:
        """Whether an event must not be kept, given what its references met."""
        if isinstance(event, _ABOUT_RIGHTS):
            return False
        is_about_erased = any(each.kind != "shop" for each in found)
        if is_about_erased and isinstance(event, _NO_CONTRACT):
            return True
        return any(happened_at(event) <= each.at for each in found)

    def _suppressed(self, connection: Connection, event: ShopEvent) -> tuple[Suppression, ...]:
        if self._suppressions.is_empty(connection, event.shop_id):
            return ()
        references = (SHOP, *event_references(event, read_phone=self._read_phone))
        return self._suppressions.matching(connection, event.shop_id, references)


def _objection(purpose: Purpose, now: datetime) -> Consent:
    return Consent(
        channel=ConsentChannel.ANY,
        state=ConsentState.DENIED,
        purpose=purpose,
        recorded_at=now,
        source=SOURCE,
    )
