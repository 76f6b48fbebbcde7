"""Points exchanged with partners, a transaction each: for shop fronts and servers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ...errors import LedgerError
from ...model import Customer

if TYPE_CHECKING:
    from ...loyalty import PointsLedger
    from ...loyalty.partners import (
        Direction,
        PartnerMessage,
        PartnerStatement,
        PointsPartners,
        Quote,
    )
    from ...storage import Connection, Store, StoredExchange


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerDesk:
    """The partners of a shop: ``shop.loyalty.partners``.

    ``ledgers`` are of the programmes that have partners, by their name. Without a ``program`` a
    partner is the first of that name. For example::

        sent = shop.loyalty.partners.send(customer, "miles", 1000, reference="web-1")
        shop.loyalty.partners.confirm("miles", "web-1", partner_reference="T-81")
    """

    store: Store
    shop_id: str
    ledgers: Mapping[str, PointsLedger]
    clock: Callable[[], datetime]

    def ledger(self, partner: str, *, program: str = "") -> PointsLedger:
        """Return the ledger of the programme that exchanges points with a partner.

        Raises:
            LedgerError: there is no such partner or programme.
        """
        if program and program not in self.ledgers:
            known = ", ".join(self.ledgers)
            raise LedgerError(f"no programme {program!r} exchanges points; there are: {known}")
        asked = [self.ledgers[program]] if program else list(self.ledgers.values())
        named = (one for one in asked if partner in {each.id for each in one.program.partners})
        # Where nobody has it, the first programme says so in its own words.
        return next(named, asked[0])

    def quote(
        self,
        who: Customer | str,
        partner: str,
        direction: Direction,
        amount: int,
        *,
        program: str = "",
    ) -> Quote:
        """Return what somebody, a customer or a subject, would get for an amount now.

        Raises:
            LedgerError: the contract does not allow it, or a limit is reached.
        """
        with self.store.reading() as connection:
            subject_id = self._subject(connection, who)
            return self._book(partner, program).quote(
                connection, subject_id, partner, direction, amount, now=self.clock()
            )

    def send(
        self, who: Customer | str, partner: str, points: int, *, reference: str, program: str = ""
    ) -> StoredExchange:
        """Set points aside for a partner; see ``PointsPartners.send``."""
        with self.store.begin() as connection:
            subject_id = self._subject(connection, who)
            return self._book(partner, program).send(
                connection, subject_id, partner, points, reference=reference, now=self.clock()
            )

    def confirm(
        self, partner: str, reference: str, *, partner_reference: str = "", program: str = ""
    ) -> StoredExchange:
        """Redeem what was sent; see ``PointsPartners.confirm``."""
        with self.store.begin() as connection:
            theirs, now = partner_reference, self.clock()
            return self._book(partner, program).confirm(
                connection, partner, reference, partner_reference=theirs, now=now
            )

    def refuse(
        self, partner: str, reference: str, *, reason: str, program: str = ""
    ) -> StoredExchange:
        """Give back what was sent; see ``PointsPartners.refuse``."""
        with self.store.begin() as connection:
            return self._book(partner, program).refuse(
                connection, partner, reference, reason=reason, now=self.clock()
            )

    def receive(
        self, who: Customer | str, partner: str, units: int, *, reference: str, program: str = ""
    ) -> StoredExchange:
        """Give points for what a partner has taken; see ``PointsPartners.receive``."""
        with self.store.begin() as connection:
            subject_id = self._subject(connection, who)
            return self._book(partner, program).receive(
                connection, subject_id, partner, units, reference=reference, now=self.clock()
            )

    def apply(self, message: PartnerMessage, *, program: str = "") -> StoredExchange:
        """Do what a verified message says; its ``member`` is the platform's id of an account."""
        with self.store.begin() as connection:
            subject_id = ""
            if message.kind == "receive":
                subject_id = self._subject(connection, Customer(id=message.member))
            book = self._book(message.partner, program)
            return book.apply(connection, message, subject_id=subject_id, now=self.clock())

    def sweep(self, *, now: datetime | None = None) -> int:
        """Close what partners did not confirm in time; return how many exchanges that were."""
        now = now or self.clock()
        named = [
            (name, each.id) for name, one in self.ledgers.items() for each in one.program.partners
        ]
        with self.store.begin() as connection:
            return sum(
                self._book(partner, program).sweep(connection, partner, now=now)
                for program, partner in named
            )

    def statement(
        self, partner: str, *, start: datetime, end: datetime, program: str = ""
    ) -> PartnerStatement:
        """Add up what was exchanged from ``start`` until just before ``end``.

        Raises:
            LedgerError: there is no such partner.
        """
        from ...loyalty.partners import statement

        found = self.ledger(partner, program=program).program
        name = self._book(partner, program).partner(partner).id
        with self.store.reading() as connection:
            return statement(self.store, connection, found, name, start=start, end=end)

    def _book(self, partner: str, program: str) -> PointsPartners:
        from ...loyalty.partners import PointsPartners

        return PointsPartners(self.store, self.ledger(partner, program=program))

    def _subject(self, connection: Connection, who: Customer | str) -> str:
        """Return the subject of somebody the shop knows.

        Raises:
            LedgerError: nobody is known by that; who has no points has none to exchange.
        """
        if isinstance(who, str):
            return who
        references = [f"id:{who.id}"] if who.id else self.store.references_of_customer(who)
        found = self.store.subjects.matching(connection, self.shop_id, references)
        if not found:
            raise LedgerError("the shop does not know this member")
        return self.store.subjects.person(connection, found[0])[0]
