"""The points ledger: what an order earns, what a refund takes back, what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from ..errors import LedgerError
from ..model import Award, LoyaltyState, OrderEvent
from ..storage import Connection, Store
from ..storage import ledger as rows
from .adjust import adjust, donate
from .awards import PointsAwards
from .book import Book, settle
from .chain import fingerprint, lot_facts
from .crediting import LotLife, Taking, credit, holder_of, lots_in, take_back
from .explain import Explanation, HistoryEntry, explain_txn, history_entry
from .grants import PointsGrants
from .hand import Hand
from .holds import PointsHolds
from .journal import Cause, Entry, Journal, read_body
from .posted import Posted, find_posted, read_posted
from .reviews import PointsReviews
from .rules import Earning, Program, refunded_ratio
from .transfers import merge, transfer
from .verify import Verification, verify_program


class PointsLedger:
    """Points of one programme, in a store. Every method works within the caller's transaction.

    For example::

        ledger = PointsLedger(store, Program(rates={"EUR": Rate(points=1, per_minor=100)}))
        with store.begin() as connection:
            posted = ledger.earn(connection, event, subject_id=subject_id, now=now)

    Points are whole numbers. Repeating a request with its key changes nothing; the same key for
    something else raises ``IdempotencyConflict``. What time brings about (maturity, expiry, holds
    that time out) is done before each request and counted in every balance, sweeper or not.
    Spending is in ``holds``.
    """

    def __init__(self, store: Store, program: Program) -> None:
        self._store = store
        self.program = program
        self.awards = PointsAwards(store, program)
        self.holds = PointsHolds(store, program)
        self.grants = PointsGrants(store, program)
        self.reviews = PointsReviews(store, program)

    def earn(
        self,
        connection: Connection,
        event: OrderEvent,
        *,
        subject_id: str,
        now: datetime,
        key: str = "",
        awards: Sequence[Award] = (),
    ) -> Posted:
        """Credit what a paid order earns. An order that earns nothing is recorded, too.

        ``key`` defaults to one that names the order, so that redelivery is harmless. Points
        mature and expire counted from ``event.occurred_at``. A refund that was told before the
        payment is taken off at once. ``awards`` are not part of the request's fingerprint: they
        are our own addition, and a plugin may change between two deliveries.

        Raises:
            IdempotencyConflict: the key was used for something else; nothing is written.
        """
        reference = order_reference(event)
        key = key or f"earn:{reference}"
        mark = _earn_mark(event, subject_id)
        if stored := find_posted(connection, self.program.id, key, mark):
            return stored
        journal = Journal(self._store, connection, self.program, subject_id, now=now)
        # Weighed only now that the account is locked: caps and milestones look at what it got.
        earning = self.awards.of_order(connection, event, journal.account, awards)
        breakdown = _breakdown(earning)
        lot = credit(
            journal,
            earning.points,
            source=reference,
            breakdown=breakdown,
            dates=LotLife().dates(self.program, event.occurred_at),
        )
        entry = Entry(
            kind="earn",
            key=key,
            fingerprint=mark,
            cause=Cause("order", reference),
            occurred_at=event.occurred_at,
            body={
                "points": earning.points,
                "breakdown": breakdown,
                "lot": lot_facts(lot) if lot else None,
            },
            note=[part.reason for part in earning.parts if part.source == "award"] or None,
        )
        txn = journal.append(entry)
        ratio = _largest_ratio(connection, self.program.id, reference)
        if lot and ratio:
            taking = _taking(event, ratio, key=f"clawback:late:{lot.id}")
            take_back(journal, [lot], taking, policy=self.program.clawback)
        journal.flush()
        return read_posted(txn, is_new=True)

    def claw_back(
        self,
        connection: Connection,
        event: OrderEvent,
        *,
        subject_id: str,
        now: datetime,
        ratio: Fraction | None = None,
        key: str = "",
    ) -> Posted:
        """Take back points of an order that was refunded or cancelled.

        ``ratio`` is the part refunded *so far*, from 0 to 1, by default what the order says.
        A smaller part than before takes nothing. See ``loyalty.clawback`` for where the points
        come from; the account is the one that earned them.

        Raises:
            IdempotencyConflict: the key was used for something else; nothing is written.
            LedgerError: the ratio is below zero or above one.
        """
        ratio = refunded_ratio(event.order) if ratio is None else ratio
        if not 0 <= ratio <= 1:
            raise LedgerError(f"{ratio} of an order cannot be refunded; give a part of 1")
        reference = order_reference(event)
        key = key or f"clawback:{reference}:{ratio}"
        taking = _taking(event, ratio, key=key)
        if stored := find_posted(connection, self.program.id, key, taking.fingerprint):
            return stored
        owner = holder_of(connection, self.program.id, reference) or subject_id
        journal = Journal(self._store, connection, self.program, owner, now=now)
        # Read only now that the account is locked.
        lots = lots_in(journal, connection, reference)
        txn = take_back(journal, lots, taking, policy=self.program.clawback)
        journal.flush()
        return read_posted(txn, is_new=True)

    def grant(
        self,
        connection: Connection,
        *,
        subject_id: str,
        points: int,
        cause: Cause,
        key: str,
        occurred_at: datetime,
        now: datetime,
        reason: str,
        breakdown: Mapping[str, Any],
        life: LotLife | None = None,
    ) -> Posted:
        """Credit points that no order earned: for a birthday, a review, a friend who came along.

        ``cause`` names the occasion, such as ``Cause("review", review_id)``. The points mature
        and expire counted from ``occurred_at`` by the programme's days unless ``life`` says
        otherwise. ``breakdown`` is stored as given and must not name people; if it has ``parts``,
        their points add up. ``reason`` is one line that may, so it is sealed. A breakdown and a
        reason are not part of the request's fingerprint. ``grants.revoke`` takes points back.

        Raises:
            IdempotencyConflict: the key was used for something else; nothing is written.
            LedgerError: less than one point, or parts that do not add up.
        """
        return self.grants.grant(
            connection,
            subject_id=subject_id,
            points=points,
            cause=cause,
            key=key,
            occurred_at=occurred_at,
            now=now,
            reason=reason,
            breakdown=breakdown,
            life=life,
        )

    def adjust(
        self,
        connection: Connection,
        subject_id: str,
        points: int,
        *,
        hand: Hand,
        key: str,
        now: datetime,
        may_owe: bool = False,
    ) -> Posted:
        """Add points by hand, or take some if below zero; the soonest to expire are taken first.

        Added points can be spent at once and expire by the programme. ``may_owe`` turns what is
        not there into debt.

        Raises:
            InsufficientPoints: more would be taken than can be spent, and nothing may be owed.
            LedgerError: zero points.
        """
        return adjust(
            self._store,
            connection,
            self.program,
            subject_id=subject_id,
            points=points,
            hand=hand,
            key=key,
            now=now,
            may_owe=may_owe,
        )

    def donate(
        self,
        connection: Connection,
        subject_id: str,
        points: int,
        *,
        cause_id: str,
        key: str,
        now: datetime,
    ) -> Posted:
        """Redeem points for a good cause at once. Where a platform takes part, use ``holds``.

        Raises:
            InsufficientPoints: there are not that many.
            LedgerError: less than one point.
        """
        return donate(
            self._store,
            connection,
            self.program,
            subject_id=subject_id,
            points=points,
            cause_id=cause_id,
            key=key,
            now=now,
        )

    def transfer(
        self,
        connection: Connection,
        giver_id: str,
        points: int,
        *,
        to: str,
        key: str,
        now: datetime,
        life: LotLife | None = None,
    ) -> Posted:
        """Give spendable points to somebody else, with the dates of their lots.

        ``life`` gives them dates of their own instead, counted from ``now``. If the order that
        earned them is refunded, the giver pays: pending points, whose order may well be, cannot
        be given away.

        Raises:
            InsufficientPoints: the giver does not hold that many.
            LedgerError: less than one point, or giver and taker are the same.
        """
        return transfer(
            self._store,
            connection,
            self.program,
            giver_id=giver_id,
            taker_id=to,
            points=points,
            key=key,
            now=now,
            life=life,
        )

    def merge(
        self,
        connection: Connection,
        survivor_id: str,
        absorbed_id: str,
        *,
        now: datetime,
        key: str = "",
    ) -> Posted | None:
        """Let the account of ``absorbed_id`` be part of another; None if it has none.

        Lots move as they are, with their dates, orders and all that was done to them, so that a
        refund finds them; so do open holds, redemptions that may be refunded, and debt. A hold is
        still found under its old name.

        Raises:
            LedgerError: both are the same.
        """
        return merge(
            self._store,
            connection,
            self.program,
            survivor_id=survivor_id,
            absorbed_id=absorbed_id,
            now=now,
            key=key,
        )

    def balance(
        self, connection: Connection, subject_id: str, *, now: datetime, earned: int = 0
    ) -> LoyaltyState:
        """Return what somebody holds at ``now``, writing nothing. Expired points never count.

        ``earned`` is passed through, for the card of the order that earned it.
        """
        account = rows.find_account(connection, self.program.id, subject_id)
        if account is None:
            return LoyaltyState(earned=earned)
        book = Book(
            rows.live_lots(connection, account.id),
            rows.find_holds(connection, account_id=account.id, only_open=True),
            debt=account.debt,
        )
        for _ in settle(book, now):
            book.take_moves()
        return LoyaltyState(
            balance=book.available, pending=book.pending, debt=book.debt, earned=earned
        )

    def advance(self, connection: Connection, subject_id: str, *, now: datetime) -> None:
        """Write down what time brought about. No balance needs it; sweepers do it for reports."""
        if rows.find_account(connection, self.program.id, subject_id):
            Journal(self._store, connection, self.program, subject_id, now=now).flush()

    def history(self, connection: Connection, subject_id: str) -> tuple[HistoryEntry, ...]:
        """Return everything that happened to somebody's points, oldest first.

        ``points`` of the entries add up to balance plus pending plus held less debt.
        """
        account = rows.find_account(connection, self.program.id, subject_id)
        found = rows.txns_of_account(connection, account.id) if account else []
        return tuple(history_entry(txn) for txn in found)

    def explain(self, connection: Connection, txn_id: str) -> Explanation:
        """Return how a transaction came about: its breakdown and a plain English sentence.

        Raises:
            LedgerError: there is no such transaction.
        """
        return explain_txn(self._store, connection, self.program, txn_id)

    def verify(self, connection: Connection) -> Verification:
        """Replay every account from its postings and compare: chain, caches, lots, holds."""
        return verify_program(connection, self.program.id)


def order_reference(event: OrderEvent) -> str:
    """Return what the ledger calls an order: unique across shops."""
    return f"{event.shop_id}:{event.order.id}"


def _earn_mark(event: OrderEvent, subject_id: str) -> str:
    """Fingerprint what the shop told us, not what our rules made of it: those may change."""
    order = event.order
    gift_cards = [line.total.minor for line in order.lines if line.is_gift_card]
    return fingerprint(
        {
            "kind": "earn",
            "subject": subject_id,
            "order": order_reference(event),
            "at": event.occurred_at.isoformat(),
            "currency": order.currency,
            "total": order.total.minor,
            "shipping": order.shipping.minor if order.shipping else None,
            "tax": order.tax.minor if order.tax else None,
            "gift_cards": gift_cards,
        }
    )


def _taking(event: OrderEvent, ratio: Fraction, *, key: str) -> Taking:
    reference = order_reference(event)
    mark = fingerprint({"kind": "clawback", "order": reference, "ratio": str(ratio)})
    return Taking(ratio, Cause("order", reference), key, mark, event.occurred_at, source=reference)


def _breakdown(earning: Earning) -> dict[str, Any]:
    """Return the earning without words: reasons may name people and are sealed apart."""
    reasons = {"parts": {"__all__": {"reason"}}}
    return earning.model_dump(mode="json", exclude=reasons)


def _largest_ratio(connection: Connection, program_id: str, reference: str) -> Fraction:
    bodies = rows.bodies_by_cause(
        connection, program_id, kind="clawback", cause=("order", reference)
    )
    return max((Fraction(_ratio(body)) for body in bodies), default=Fraction(0))


def _ratio(body: str) -> str:
    return str(read_body(body)["ratio"])
