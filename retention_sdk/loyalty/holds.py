"""Spending points: set aside, then redeem or give back. What is held cannot be spent twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..errors import LedgerError
from ..storage import Connection, Store
from ..storage import ledger as rows
from .book import Book
from .chain import fingerprint
from .journal import Cause, Entry, Journal
from .posted import Posted, find_posted, read_posted
from .rules import Program


class PointsHolds:
    """Redemptions in two steps, so that a platform may fail in between without losing points.

    For example::

        held = ledger.holds.place(connection, subject_id, 100, key=k, now=now, expires_at=soon)
        ...  # create the coupon
        ledger.holds.capture(connection, held.hold_id, key=f"{k}:capture", now=now)
    """

    def __init__(self, store: Store, program: Program) -> None:
        self._store = store
        self._program = program

    def place(
        self,
        connection: Connection,
        subject_id: str,
        points: int,
        *,
        key: str,
        now: datetime,
        expires_at: datetime,
    ) -> Posted:
        """Set points aside until they are captured, released or time out; soonest expiry first.

        Raises:
            InsufficientPoints: the account does not hold that many spendable points now.
            LedgerError: fewer than one point, or an end that has passed.
        """
        request = {"kind": "hold", "subject": subject_id, "points": points}
        if stored := self._find(connection, key, request):
            return stored
        if points < 1 or expires_at <= now:
            raise LedgerError("a hold takes at least one point and ends in the future")
        journal = Journal(self._store, connection, self._program, subject_id, now=now)
        hold = _place(journal, points, expires_at)
        body = {
            "points": points,
            "hold": hold.id,
            "expires_at": expires_at.isoformat(),
            "shares": hold.shares,
        }
        return _finish(journal, key, request, body)

    def capture(
        self,
        connection: Connection,
        hold_id: str,
        *,
        key: str,
        now: datetime,
        points: int | None = None,
    ) -> Posted:
        """Redeem what is held, all of it or ``points``; the rest goes back to its lots.

        Raises:
            LedgerError: there is no such hold, it is resolved, or it holds fewer points.
        """
        request = {"kind": "capture", "hold": hold_id, "points": points}
        if stored := self._find(connection, key, request):
            return stored
        journal, hold = self._open(connection, hold_id, now)
        captured = hold.amount if points is None else points
        if not 1 <= captured <= hold.amount:
            raise LedgerError(f"hold {hold_id} is over {hold.amount} points, not {captured}")
        hold.captured = captured
        journal.book.release(hold, kept=captured, state="captured", at=now)
        return _finish(journal, key, request, {"points": captured, "hold": hold_id})

    def release(self, connection: Connection, hold_id: str, *, key: str, now: datetime) -> Posted:
        """Give back what is held, to its own lots and with their expiry.

        Raises:
            LedgerError: there is no such hold, or it is resolved.
        """
        request = {"kind": "release", "hold": hold_id}
        if stored := self._find(connection, key, request):
            return stored
        journal, hold = self._open(connection, hold_id, now)
        journal.book.release(hold, kept=0, state="released", at=now)
        return _finish(journal, key, request, {"points": hold.amount, "hold": hold_id})

    def _find(self, connection: Connection, key: str, request: Mapping[str, Any]) -> Posted | None:
        return find_posted(connection, self._program.id, key, fingerprint(request))

    def _open(
        self, connection: Connection, hold_id: str, now: datetime
    ) -> tuple[Journal, rows.Hold]:
        found = rows.find_hold(connection, hold_id)
        if found is None:
            raise LedgerError(f"there is no hold {hold_id!r}")
        owner = rows.owner_of(connection, found.account_id)
        journal = Journal(self._store, connection, self._program, owner, now=now)
        return journal, _require_open(journal.book, found)


def _place(journal: Journal, points: int, expires_at: datetime) -> rows.Hold:
    book = journal.book
    hold = rows.Hold(
        id=journal.next_id(),
        account_id=journal.account.id,
        amount=points,
        expires_at=expires_at,
        shares=book.allot(points),
    )
    book.holds[hold.id] = hold
    book.new.add(hold.id)
    for lot_id, share in hold.shares:
        book.move("available", "held", share, lot=book.lots[lot_id], hold=hold)
    return hold


def _require_open(book: Book, found: rows.Hold) -> rows.Hold:
    # The book has the hold if it was open; settling may have timed it out since.
    hold = book.holds.get(found.id, found)
    if hold.state != "open":
        raise LedgerError(f"hold {hold.id} is {hold.state}; it can be resolved once only")
    return hold


def _finish(
    journal: Journal, key: str, request: Mapping[str, Any], body: Mapping[str, Any]
) -> Posted:
    entry = Entry(
        kind=request["kind"],
        key=key,
        fingerprint=fingerprint(request),
        cause=Cause("hold", body["hold"]),
        occurred_at=journal.now,
        body=body,
    )
    txn = journal.append(entry)
    journal.flush()
    return read_posted(txn, is_new=True)
