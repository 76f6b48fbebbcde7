"""Moves points to partners and back, in the caller's transaction; each exchange once."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ...errors import IdempotencyConflict, LedgerError
from ...storage import Connection, Exchange, ExchangeStep, Store, StoredExchange
from ...storage import ledger as rows
from ...storage.ids import time_ordered_id
from ...storage.subject_merges import survivor_of
from .. import PointsLedger
from ..journal import Cause, Journal
from .messages import PartnerMessage
from .quoting import Direction, Quote, quote, terms_of
from .settings import Partner

LATE = "the partner did not confirm in time"
_GONE = frozenset({"refused", "returned"})


class PointsPartners:
    """Exchanges of one programme's points with its partners.

    Out: points are set aside, the partner is told, and they are redeemed once it confirms; if it
    refuses, or says nothing for ``hold_hours``, they come back. In: the partner has taken its
    own points, and its name of that transaction makes it count once. For example::

        sent = partners.send(connection, subject_id, "miles", 1000, reference=key, now=now)
        ...  # tell the partner of sent.exchange.units
        partners.confirm(connection, "miles", key, partner_reference="4711", now=now)
    """

    def __init__(self, store: Store, ledger: PointsLedger) -> None:
        self._store = store
        self._ledger = ledger
        self.program = ledger.program
        self._partners = {partner.id: partner for partner in self.program.partners}

    def partner(self, name: str) -> Partner:
        """Return a partner.

        Raises:
            LedgerError: the programme has none of that name.
        """
        if name not in self._partners:
            there = ", ".join(self._partners) or "none"
            raise LedgerError(f"there is no partner {name!r}; there are: {there}")
        return self._partners[name]

    def quote(
        self,
        connection: Connection,
        subject_id: str,
        partner: str,
        direction: Direction,
        amount: int,
        *,
        now: datetime,
    ) -> Quote:
        """Return what somebody would get for an amount now.

        Raises:
            LedgerError: the contract does not allow it, or a limit is reached.
        """
        who = survivor_of(connection, subject_id)
        zone = ZoneInfo(self.program.time_zone)
        today = now.astimezone(zone).date()
        month = datetime(today.year, today.month, 1, tzinfo=zone)
        rows_of = self._store.partners
        found = [
            each
            for each in rows_of.of_person(connection, self.program.id, partner, who, since=month)
            if each.exchange.direction == direction and each.state not in _GONE
        ]
        given = [(each.exchange.asked_at, _given(each.exchange)) for each in found]
        return quote(
            self.partner(partner),
            direction,
            amount,
            today=sum(count for at, count in given if at.astimezone(zone).date() == today),
            this_month=sum(count for _, count in given),
        )

    def send(
        self,
        connection: Connection,
        subject_id: str,
        partner: str,
        points: int,
        *,
        reference: str,
        now: datetime,
    ) -> StoredExchange:
        """Set points aside for a partner; ``reference`` is our own name of the exchange.

        Raises:
            InsufficientPoints: the member does not hold that many.
            LedgerError: the contract does not allow it, or a limit is reached.
            IdempotencyConflict: the reference was used for something else.
        """
        who = self._locked(connection, subject_id, now)
        if known := self._known(connection, partner, "out", reference, (who, points)):
            return known
        worth = self.quote(connection, who, partner, "out", points, now=now)
        ends = now + timedelta(hours=self.partner(partner).hold_hours)
        key = _key(partner, "out", reference)
        held = self._ledger.holds.place(connection, who, points, key=key, now=now, expires_at=ends)
        exchange = self._exchange(
            partner, worth, who, reference=reference, now=now, hold_id=held.hold_id
        )
        step = ExchangeStep(state="asked", at=now, txn_id=held.txn_id)
        return self._store.partners.start(connection, exchange, step)

    def confirm(
        self,
        connection: Connection,
        partner: str,
        reference: str,
        *,
        now: datetime,
        partner_reference: str = "",
    ) -> StoredExchange:
        """Redeem what was sent: the partner has given its points.

        Raises:
            LedgerError: there is no such exchange, it was refused, or it came too late; then the
                points are the member's again, and the partner has to take its own back.
        """
        known = self._open(connection, partner, "out", reference, now)
        if known.state == "confirmed":
            return known
        if known.state != "asked":
            raise LedgerError(f"exchange {reference!r} was {known.state}; it cannot be confirmed")
        key = f"{_key(partner, 'out', reference)}:capture"
        hold_id = known.exchange.hold_id
        posted = self._ledger.holds.capture(connection, hold_id, key=key, now=now)
        step = ExchangeStep(
            state="confirmed", at=now, txn_id=posted.txn_id, partner_reference=partner_reference
        )
        return self._store.partners.add(connection, known, step)

    def refuse(
        self, connection: Connection, partner: str, reference: str, *, reason: str, now: datetime
    ) -> StoredExchange:
        """Give back what was sent: the partner has given nothing.

        Raises:
            LedgerError: there is no such exchange, or it was confirmed.
        """
        known = self._open(connection, partner, "out", reference, now)
        if known.state in _GONE:
            return known
        if known.state != "asked":
            raise LedgerError(f"exchange {reference!r} was {known.state}; it is returned instead")
        if late := self._timed_out(connection, known):
            return self._store.partners.add(connection, known, late)
        key = f"{_key(partner, 'out', reference)}:release"
        hold_id = known.exchange.hold_id
        posted = self._ledger.holds.release(connection, hold_id, key=key, now=now)
        step = ExchangeStep(state="refused", at=now, txn_id=posted.txn_id, reason=reason)
        return self._store.partners.add(connection, known, step)

    def receive(
        self,
        connection: Connection,
        subject_id: str,
        partner: str,
        units: int,
        *,
        reference: str,
        now: datetime,
    ) -> StoredExchange:
        """Give points for what a partner has taken; ``reference`` is its name of that.

        Raises:
            LedgerError: the contract does not allow it, or a limit is reached; nothing is given,
                and the partner has to give its own back.
            IdempotencyConflict: the reference was used for something else.
        """
        who = self._locked(connection, subject_id, now)
        if known := self._known(connection, partner, "in", reference, (who, units)):
            return known
        worth = self.quote(connection, who, partner, "in", units, now=now)
        posted = self._ledger.grant(
            connection,
            subject_id=who,
            points=worth.got,
            cause=Cause("partner", f"{partner}:{reference}"),
            key=_key(partner, "in", reference),
            occurred_at=now,
            now=now,
            reason="",
            breakdown={"parts": [{"source": "partner", "points": worth.got}], "units": units},
        )
        exchange = self._exchange(partner, worth, who, reference=reference, now=now)
        step = ExchangeStep(
            state="confirmed", at=now, txn_id=posted.txn_id, partner_reference=reference
        )
        return self._store.partners.start(connection, exchange, step)

    def take_back(
        self,
        connection: Connection,
        partner: str,
        direction: Direction,
        reference: str,
        *,
        reason: str,
        now: datetime,
    ) -> StoredExchange:
        """Undo a confirmed exchange: points sent come back, points received are taken back.

        Raises:
            LedgerError: there is no such exchange, or it was not confirmed.
        """
        known = self._open(connection, partner, direction, reference, now)
        if known.state == "returned":
            return known
        if known.state != "confirmed":
            raise LedgerError(f"exchange {reference!r} was {known.state}; nothing can be undone")
        key = _key(partner, direction, reference)
        if direction == "out":
            hold_id = known.exchange.hold_id
            posted = self._ledger.holds.refund(connection, hold_id, key=f"{key}:return", now=now)
        else:
            posted = self._ledger.grants.revoke(
                connection, key, key=f"{key}:return", occurred_at=now, now=now
            )
        step = ExchangeStep(state="returned", at=now, txn_id=posted.txn_id, reason=reason)
        return self._store.partners.add(connection, known, step)

    def sweep(self, connection: Connection, partner: str, *, now: datetime) -> int:
        """Close what a partner did not confirm in time; return how many exchanges that were."""
        closed = 0
        asked = self._store.partners.in_state(connection, self.program.id, partner, ("asked",))
        for each in asked:
            known = self._open(connection, partner, "out", each.exchange.reference, now)
            self._ledger.advance(connection, self._owner(connection, known), now=now)
            late = self._timed_out(connection, known) if known.state == "asked" else None
            if late:
                self._store.partners.add(connection, known, late)
                closed += 1
        return closed

    def apply(
        self,
        connection: Connection,
        message: PartnerMessage,
        *,
        subject_id: str = "",
        now: datetime,
    ) -> StoredExchange:
        """Do what a verified message says; ``subject_id`` is the member of one that is received.

        Raises:
            LedgerError: as the method that the kind of the message stands for.
        """
        name, reference = message.partner, message.reference
        if message.kind == "receive":
            units = message.units
            return self.receive(connection, subject_id, name, units, reference=reference, now=now)
        if message.kind == "confirm":
            theirs = message.partner_reference
            return self.confirm(connection, name, reference, partner_reference=theirs, now=now)
        why = message.reason
        if message.kind == "refuse":
            return self.refuse(connection, name, reference, reason=why, now=now)
        way = message.direction
        return self.take_back(connection, name, way, reference, reason=why, now=now)

    def explain(self, known: StoredExchange) -> str:
        """Return how an exchange came about and how it went, in plain English."""
        exchange = known.exchange
        ours, theirs = self.program.unit, self.partner(exchange.partner).unit
        ends = [f"{exchange.points:,} {ours}", f"{exchange.units:,} {theirs}"]
        units = [ours, theirs]
        if exchange.direction == "in":
            ends, units = ends[::-1], units[::-1]
        give, get = (int(part) for part in exchange.terms.split(":"))
        steps = [
            f"{step.state} on {step.at:%Y-%m-%d}"
            + (f" as {step.partner_reference}" if step.partner_reference else "")
            + (f" ({step.reason})" if step.reason else "")
            for step in known.steps
        ]
        return (
            f"{ends[0]} for {ends[1]} at {exchange.partner}: {give:,} {units[0]} give {get:,} "
            f"{units[1]}, rounded down; {', '.join(steps)}."
        )

    def _locked(self, connection: Connection, subject_id: str, now: datetime) -> str:
        """Lock a member's account, so that nothing passes the same limit at the same time."""
        who = survivor_of(connection, subject_id)
        Journal(self._store, connection, self.program, who, now=now)
        return who

    def _known(
        self,
        connection: Connection,
        partner: str,
        direction: Direction,
        reference: str,
        asked: tuple[str, int],
    ) -> StoredExchange | None:
        found = self._find(connection, partner, direction, reference)
        if found is None:
            return None
        same = (self._owner(connection, found), _given(found.exchange))
        if same != asked:
            raise IdempotencyConflict(
                f"reference {reference!r} was used for another exchange; use a new one"
            )
        return found

    def _find(
        self, connection: Connection, partner: str, direction: Direction, reference: str
    ) -> StoredExchange | None:
        return self._store.partners.find(connection, self.program.id, partner, direction, reference)

    def _open(
        self,
        connection: Connection,
        partner: str,
        direction: Direction,
        reference: str,
        now: datetime,
    ) -> StoredExchange:
        """Return an exchange whose account is locked."""
        found = self._find(connection, partner, direction, reference)
        if found is None:
            raise LedgerError(f"there is no exchange {reference!r} with {partner!r}")
        self._locked(connection, found.exchange.subject_id, now)
        # Read again: only now is the account locked.
        return self._find(connection, partner, direction, reference) or found

    def _owner(self, connection: Connection, known: StoredExchange) -> str:
        return survivor_of(connection, known.exchange.subject_id)

    def _timed_out(self, connection: Connection, known: StoredExchange) -> ExchangeStep | None:
        """Return the step that says that the hold of an exchange ended by itself."""
        key = f"due:release:{known.exchange.hold_id}"
        txn = rows.txn_by_key(connection, self.program.id, key)
        if txn is None:
            return None
        return ExchangeStep(state="refused", at=txn.occurred_at, txn_id=txn.id, reason=LATE)

    def _exchange(
        self,
        partner: str,
        worth: Quote,
        who: str,
        *,
        reference: str,
        now: datetime,
        hold_id: str = "",
    ) -> Exchange:
        terms = terms_of(self.partner(partner), worth.direction)
        is_out = worth.direction == "out"
        return Exchange(
            id=time_ordered_id(now, self._store.random_bytes),
            program_id=self.program.id,
            partner=partner,
            direction=worth.direction,
            subject_id=who,
            reference=reference,
            points=worth.given if is_out else worth.got,
            units=worth.got if is_out else worth.given,
            terms=f"{terms.give}:{terms.get}",
            hold_id=hold_id,
            asked_at=now,
        )


def _given(exchange: Exchange) -> int:
    return exchange.points if exchange.direction == "out" else exchange.units


def _key(partner: str, direction: Direction, reference: str) -> str:
    return f"partner:{partner}:{direction}:{reference}"
