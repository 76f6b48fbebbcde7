"""The points ledger: what an order earns, what a refund takes back, what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from ..model import Award, LoyaltyState, OrderEvent
from ..storage import Connection, Store
from ..storage import ledger as rows
from .adjust import adjust, donate
from .awards import PointsAwards
from .book import Book, settle
from .crediting import LotLife, holder_of, lots_in
from .explain import Explanation, HistoryEntry, explain_txn, history_entry
from .grants import PointsGrants
from .hand import Hand
from .holds import PointsHolds
from .importing import ImportReport, OrdersImport, PastOrder
from .journal import Cause, Journal
from .orders import (
    clawback_request,
    earn_request,
    post_clawback,
    post_earning,
    post_late_refund,
    ratio_in,
)
from .posted import Posted, find_posted, read_posted
from .reviews import PointsReviews
from .rules import Program
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
        request = earn_request(event, subject_id, key)
        if stored := find_posted(connection, self.program.id, request.key, request.mark):
            return stored
        journal = Journal(self._store, connection, self.program, subject_id, now=now)
        # Weighed only now that the account is locked: caps and milestones look at what it got.
        earned = self.awards.of_order(connection, event, journal.account, awards)
        txn, lot = post_earning(journal, self.program, request, earned)
        if lot and (ratio := _largest_ratio(connection, self.program.id, request.reference)):
            post_late_refund(journal, self.program, request, lot=lot, ratio=ratio)
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
        request = clawback_request(event, ratio=ratio, key=key)
        if stored := find_posted(connection, self.program.id, request.key, request.mark):
            return stored
        owner = holder_of(connection, self.program.id, request.reference) or subject_id
        journal = Journal(self._store, connection, self.program, owner, now=now)
        # Read only now that the account is locked.
        lots = lots_in(journal, connection, request.reference)
        txn = post_clawback(journal, self.program, request, lots)
        journal.flush()
        return read_posted(txn, is_new=True)

    def import_orders(
        self,
        connection: Connection,
        orders: Iterable[PastOrder],
        *,
        now: datetime,
        before: Callable[[PastOrder], object] | None = None,
    ) -> ImportReport:
        """Post many past orders in the order given, as ``earn`` and ``claw_back`` would.

        Balances, lots, keys and chain are the same; only the database is asked far less often.
        What is known already changes nothing. A key that was used for something else is reported
        as a conflict, and the other orders are posted. ``before`` is called with each new order
        right before it is weighed, to record what the rules ask about. To commit in parts, see
        ``loyalty.importing.import_history``.
        """
        work = OrdersImport(self._store, connection, self.program, self.awards, now=now)
        return work.run(orders, before=before)

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


def _largest_ratio(connection: Connection, program_id: str, reference: str) -> Fraction:
    bodies = rows.clawbacks_of_order(connection, program_id, reference)
    return max(map(ratio_in, bodies), default=Fraction(0))
