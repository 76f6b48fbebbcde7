"""Spending points: set aside, then redeem or give back. What is held cannot be spent twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar

from ..errors import LedgerError
from ..storage import Connection, Store
from ..storage import ledger as rows
from .chain import fingerprint, lot_facts
from .journal import Cause, Entry, Journal
from .posted import Posted, find_posted, read_posted
from .rules import Program

_Found = TypeVar("_Found")


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
        _require_open(hold)
        captured = hold.amount if points is None else points
        if not 1 <= captured <= hold.amount:
            raise LedgerError(f"hold {hold_id} is over {hold.amount} points, not {captured}")
        hold.captured = captured
        journal.book.release(hold, kept=captured, state="captured", at=now)
        return _finish(journal, key, request, {"points": captured, "hold": hold.id})

    def release(self, connection: Connection, hold_id: str, *, key: str, now: datetime) -> Posted:
        """Give back what is held, to its own lots and with their expiry.

        Raises:
            LedgerError: there is no such hold, or it is resolved.
        """
        request = {"kind": "release", "hold": hold_id}
        if stored := self._find(connection, key, request):
            return stored
        journal, hold = self._open(connection, hold_id, now)
        _require_open(hold)
        journal.book.release(hold, kept=0, state="released", at=now)
        return _finish(journal, key, request, {"points": hold.amount, "hold": hold.id})

    def refund(
        self,
        connection: Connection,
        hold_id: str,
        *,
        key: str,
        now: datetime,
        points: int | None = None,
        grace_days: int = 0,
    ) -> Posted:
        """Give back what was redeemed, all of it that is left or ``points``.

        Points go back to the lots they came from, the last spent first, as if less had been
        redeemed; they keep their expiry. Where that has passed they expire at once, unless
        ``grace_days`` lets them live that long from ``now``. Debt is repaid first.

        Raises:
            LedgerError: there is no such hold, it was not captured, or less is left of it.
        """
        request = {"kind": "refund_redemption", "hold": hold_id, "points": points}
        if stored := self._find(connection, key, request):
            return stored
        journal, hold = self._open(connection, hold_id, now)
        left = hold.captured - hold.refunded
        returned = left if points is None else points
        if hold.state != "captured" or not 1 <= returned <= left:
            raise LedgerError(f"{left} points of hold {hold_id} can be given back, not {returned}")
        made = _give_back(connection, journal, hold, returned, grace_days=grace_days)
        body: dict[str, Any] = {"points": returned, "hold": hold.id}
        if made:
            body["new_lots"] = made
        return _finish(journal, key, request, body)

    def _find(self, connection: Connection, key: str, request: Mapping[str, Any]) -> Posted | None:
        return find_posted(connection, self._program.id, key, fingerprint(request))

    def _open(
        self, connection: Connection, hold_id: str, now: datetime
    ) -> tuple[Journal, rows.Hold]:
        found_id, owner = _find_holder(connection, hold_id)
        journal = Journal(self._store, connection, self._program, owner, now=now)
        # Read only now that the account is locked, unless it is open: then the book has it.
        hold = journal.book.holds.get(found_id) or rows.find_hold(connection, found_id)
        return journal, _known(hold, hold_id)


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


def _give_back(
    connection: Connection,
    journal: Journal,
    hold: rows.Hold,
    points: int,
    *,
    grace_days: int,
) -> list[Any]:
    """Return points of a captured hold to their lots; return the facts of lots made for it."""
    book, now, made = journal.book, journal.now, list[Any]()
    journal.load(rows.lots_by_id(connection, [lot_id for lot_id, _ in hold.shares]))
    book.holds[hold.id] = hold
    for lot_id, share in _still_captured(hold, points):
        lot = book.lots[lot_id]
        has_expired = lot.expires_at is not None and lot.expires_at <= now
        if grace_days and has_expired:
            made.append(_extend(journal, lot, hold, (share, grace_days), len(made)))
            continue
        book.move("redeemed", "available", share, lot=lot, hold=hold)
        book.credit(lot, hold)
        book.expire(lot, at=now, hold=hold)
    hold.refunded += points
    book.touched.add(hold.id)
    return made


def _still_captured(hold: rows.Hold, points: int) -> Iterator[tuple[str, int]]:
    """Yield which lots ``points`` go back to: the last spent first, after what went back before."""
    captured, kept = list[tuple[str, int]](), hold.captured
    for lot_id, share in hold.shares:
        captured.append((lot_id, min(kept, share)))
        kept -= captured[-1][1]
    skipped = hold.refunded
    for lot_id, share in reversed(captured):
        returned = min(points, share - min(skipped, share))
        skipped -= min(skipped, share)
        points -= returned
        if returned:
            yield lot_id, returned


def _extend(
    journal: Journal, lot: rows.Lot, hold: rows.Hold, grace: tuple[int, int], place: int
) -> list[Any]:
    """Put points of an expired lot into one that lives on for some days.

    What the lot was earned by may still be refunded; then other points of the account pay, as
    these do.
    """
    book, (points, days) = journal.book, grace
    longer = rows.Lot(
        id=f"{journal.next_id()}.{place:04d}",
        account_id=journal.account.id,
        earned=points,
        matures_at=journal.now,
        expires_at=journal.now + timedelta(days=days),
        source_order=f"grace {lot.id}",
        source_line=lot.source_line,
        rule_breakdown=lot.rule_breakdown,
    )
    book.lots[longer.id] = longer
    book.new.add(longer.id)
    book.move("redeemed", "issued", points, lot=lot, hold=hold)
    book.move("issued", "available", points, lot=longer)
    book.credit(longer)
    return [lot_facts(longer), json.loads(longer.rule_breakdown), lot.id]


def hold_facts(hold: rows.Hold) -> dict[str, Any]:
    """Return all of a hold, as the transaction that moves it to another account records it."""
    return {
        "hold": hold.id,
        "amount": hold.amount,
        "expires_at": hold.expires_at.isoformat(),
        "shares": [list(share) for share in hold.shares],
        "state": hold.state,
        "captured": hold.captured,
        "refunded": hold.refunded,
    }


def moved_hold_id(hold_id: str) -> str:
    """Return what a hold is called after its account became part of another.

    Whoever holds the old name still finds it: requests look for the moved one first.
    """
    return f"{hold_id}+"


def _find_holder(connection: Connection, hold_id: str) -> tuple[str, str]:
    """Return what a hold is called now, and who has it."""
    while True:
        moved_id = moved_hold_id(hold_id)
        found = rows.holders(connection, hold_id, moved_id=moved_id)
        if moved_id not in found:
            return hold_id, _known(found.get(hold_id), hold_id)
        hold_id = moved_id


def _known(found: _Found | None, hold_id: str) -> _Found:
    if found is None:
        raise LedgerError(f"there is no hold {hold_id!r}")
    return found


def _require_open(hold: rows.Hold) -> None:
    if hold.state != "open":
        raise LedgerError(f"hold {hold.id} is {hold.state}; it can be resolved once only")


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
