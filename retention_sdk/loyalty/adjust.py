"""Points changed by hand: with a reason, and the name of who answers for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..errors import LedgerError
from ..storage import Connection, Store
from .chain import canonical, fingerprint, lot_facts
from .crediting import LotLife, credit
from .hand import Hand
from .journal import Cause, Entry, Journal
from .posted import Posted, find_posted, read_posted
from .rules import Program


def adjust(
    store: Store,
    connection: Connection,
    program: Program,
    *,
    subject_id: str,
    points: int,
    hand: Hand,
    key: str,
    now: datetime,
    may_owe: bool = False,
) -> Posted:
    """Add or take points by hand; see ``PointsLedger.adjust``."""
    mark = fingerprint({"kind": "adjust", "subject": subject_id, "points": points, "owe": may_owe})
    if stored := find_posted(connection, program.id, key, mark):
        return stored
    if points == 0:
        raise LedgerError("nothing to adjust: give points above or below zero")
    journal = Journal(store, connection, program, subject_id, now=now)
    body = _add(journal, program, points) if points > 0 else _take(journal, -points, may_owe)
    entry = Entry(
        kind="adjust",
        key=key,
        fingerprint=mark,
        cause=Cause("adjustment", key),
        occurred_at=now,
        body={"points": points, **body},
        actor=hand.actor,
        note=[hand.reason],
    )
    txn = journal.append(entry)
    journal.flush()
    return read_posted(txn, is_new=True)


def _add(journal: Journal, program: Program, points: int) -> dict[str, Any]:
    breakdown = {"parts": [{"source": "adjustment", "points": points}]}
    # Whoever is given points by hand need not wait for a return window.
    dates = LotLife(matures_after_days=0).dates(program, journal.now)
    source = f"adjustment {journal.next_id()}"
    lot = credit(journal, points, source=source, breakdown=canonical(breakdown), dates=dates)
    return {"breakdown": breakdown, "lot": lot_facts(lot) if lot else None}


def _take(journal: Journal, points: int, may_owe: bool) -> dict[str, Any]:
    book = journal.book
    owed = max(0, points - book.available) if may_owe else 0
    for lot_id, share in book.allot(points - owed):
        book.move("available", "reversed", share, lot=book.lots[lot_id])
    book.move("debt", "reversed", owed)
    return {"owed": owed}


def donate(
    store: Store,
    connection: Connection,
    program: Program,
    *,
    subject_id: str,
    points: int,
    cause_id: str,
    key: str,
    now: datetime,
) -> Posted:
    """Spend points for a good cause; see ``PointsLedger.donate``."""
    mark = fingerprint({"kind": "donate", "subject": subject_id, "points": points, "for": cause_id})
    if stored := find_posted(connection, program.id, key, mark):
        return stored
    if points < 1:
        raise LedgerError("a donation is one point at least")
    journal = Journal(store, connection, program, subject_id, now=now)
    book = journal.book
    for lot_id, share in book.allot(points):
        book.move("available", "redeemed", share, lot=book.lots[lot_id])
    entry = Entry(
        kind="donate",
        key=key,
        fingerprint=mark,
        cause=Cause("donation", cause_id),
        occurred_at=now,
        body={"points": points},
    )
    txn = journal.append(entry)
    journal.flush()
    return read_posted(txn, is_new=True)
