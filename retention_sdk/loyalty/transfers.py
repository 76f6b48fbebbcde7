"""Points that go from one account to another, with the dates of their lots.

Each account gets a transaction of its own, so that each chain stays whole: what leaves one was
never issued to it, what arrives at the other is. Issued points of the programme stay the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ..errors import LedgerError
from ..storage import Connection, Store
from ..storage import ledger as rows
from .book import settle
from .chain import fingerprint, lot_facts
from .crediting import LotLife
from .holds import hold_facts, moved_hold_id
from .journal import Cause, Entry, Journal
from .posted import Posted, find_posted, read_posted
from .rules import Program

# From the lot that points leave to the lot they arrive in, and what changed of (clawed, forgiven).
_Moved = dict[str, tuple[rows.Lot, list[int]]]
_BUCKETS = ("pending", "available", "held", "redeemed", "expired", "reversed")


def transfer(
    store: Store,
    connection: Connection,
    program: Program,
    *,
    giver_id: str,
    taker_id: str,
    points: int,
    key: str,
    now: datetime,
    life: LotLife | None = None,
) -> Posted:
    """Give spendable points to somebody else; see ``PointsLedger.transfer``."""
    request = {"kind": "transfer", "from": giver_id, "to": taker_id, "points": points}
    if stored := find_posted(connection, program.id, key, fingerprint(request)):
        return stored
    if points < 1 or giver_id == taker_id:
        raise LedgerError("a transfer is one point at least, from one person to another")
    giver, taker = _open_both(store, connection, program, (giver_id, taker_id), now=now)
    moved: _Moved = {}
    for lot_id, share in giver.book.allot(points):
        lot = giver.book.lots[lot_id]
        giver.book.move("available", "issued", share, lot=lot)
        dates = life.dates(program, now) if life else (lot.matures_at, lot.expires_at)
        copy = _new_lot(taker, lot, share, dates, source=f"transfer {key}", place=len(moved))
        taker.book.move("issued", "pending", share, lot=copy)
        moved[lot_id] = copy, [0, 0]
    list(settle(taker.book, now))
    posted = _post(giver, request, key, {"points": points}, other=taker_id)
    arrival = {"points": points, "new_lots": _facts(moved)}
    _post(taker, request, f"{key}:in", arrival, other=giver_id)
    return posted


def merge(
    store: Store,
    connection: Connection,
    program: Program,
    *,
    survivor_id: str,
    absorbed_id: str,
    now: datetime,
    key: str = "",
) -> Posted | None:
    """Let two accounts be one; see ``PointsLedger.merge``."""
    request = {"kind": "merge_accounts", "from": absorbed_id, "to": survivor_id}
    if survivor_id == absorbed_id:
        raise LedgerError("an account cannot be merged with itself")
    account = rows.find_account(connection, program.id, absorbed_id)
    if account is None:
        return None
    # Whoever comes back under the old account may be merged again.
    key = key or f"merge:{account.id}:{account.version}"
    if stored := find_posted(connection, program.id, key, fingerprint(request)):
        return stored
    old, new = _open_both(store, connection, program, (absorbed_id, survivor_id), now=now)
    moved = _move_lots(old, new, rows.all_lots(connection, old.account.id))
    holds = _move_holds(old, new, rows.find_holds(connection, account_id=old.account.id), moved)
    owed = old.book.debt
    old.book.move("issued", "debt", owed)
    new.book.move("debt", "issued", owed)
    for lot in new.book.spendable():
        new.book.credit(lot)
    lots = {copy.id: [copy.clawed, copy.forgiven] for copy, _ in moved.values()}
    arrival = {"points": 0, "new_lots": _facts(moved), "lots": lots, "new_holds": holds}
    closed = {lot_id: change for lot_id, (_, change) in moved.items()}
    leaving = {"points": 0, "lots": closed, "moved_holds": [fact["was"] for fact in holds]}
    posted = _post(new, request, key, arrival, other=old.account.subject_id)
    _post(old, request, f"{key}:out", leaving, other=new.account.subject_id)
    return posted


def _open_both(
    store: Store,
    connection: Connection,
    program: Program,
    people: tuple[str, str],
    *,
    now: datetime,
) -> tuple[Journal, Journal]:
    # Always locked in the same order, so that two who give to each other do not wait for ever.
    opened = {
        each: Journal(store, connection, program, each, now=now) for each in sorted(set(people))
    }
    return opened[people[0]], opened[people[1]]


def _move_lots(old: Journal, new: Journal, lots: Iterable[rows.Lot]) -> _Moved:
    """Move lots as they are, with all that was ever done to them; settled ones stay behind."""
    moved: _Moved = {}
    for lot in old.load(lots):
        if lot.earned == lot.reversed == lot.clawed:
            continue
        dates = (lot.matures_at, lot.expires_at)
        copy = _new_lot(new, lot, lot.earned, dates, source=lot.source_order, place=len(moved))
        # Read before anything moves: what leaves counts as taken back where it was.
        for bucket, points in [(name, getattr(lot, name)) for name in _BUCKETS]:
            old.book.move(bucket, "issued", points, lot=lot)
            new.book.move("issued", bucket, points, lot=copy)
        copy.clawed, copy.forgiven = lot.clawed, lot.forgiven
        moved[lot.id] = copy, [lot.earned - lot.clawed, -lot.forgiven]
        # Nothing can be asked back from here any more: what is asked back is asked of the copy.
        lot.clawed, lot.forgiven = lot.earned, 0
        old.book.touched.add(lot.id)
    return moved


def _move_holds(
    old: Journal, new: Journal, holds: Iterable[rows.Hold], moved: _Moved
) -> list[dict[str, Any]]:
    """Move holds that can still be resolved or refunded; return their facts."""
    facts = []
    for found in holds:
        hold = old.book.holds.setdefault(found.id, found)
        if hold.state != "open" and hold.captured == hold.refunded:
            continue
        copy = rows.Hold(
            id=moved_hold_id(hold.id),
            account_id=new.account.id,
            amount=hold.amount,
            expires_at=hold.expires_at,
            state=hold.state,
            captured=hold.captured,
            refunded=hold.refunded,
            shares=tuple((moved[lot_id][0].id, share) for lot_id, share in hold.shares),
        )
        new.book.holds[copy.id] = copy
        new.book.new.add(copy.id)
        facts.append({"was": hold.id, **hold_facts(copy)})
        hold.state = "released" if hold.state == "open" else hold.state
        hold.refunded = hold.captured
        old.book.touched.add(hold.id)
    return facts


def _new_lot(
    journal: Journal,
    lot: rows.Lot,
    points: int,
    dates: tuple[datetime, datetime | None],
    *,
    source: str,
    place: int,
) -> rows.Lot:
    copy = rows.Lot(
        id=f"{journal.next_id()}.{place:04d}",
        account_id=journal.account.id,
        earned=points,
        matures_at=dates[0],
        expires_at=dates[1],
        source_order=source,
        source_line=lot.source_line,
        rule_breakdown=lot.rule_breakdown,
    )
    journal.book.lots[copy.id] = copy
    journal.book.new.add(copy.id)
    return copy


def _facts(moved: _Moved) -> list[Any]:
    return [
        [lot_facts(copy), json.loads(copy.rule_breakdown), was] for was, (copy, _) in moved.items()
    ]


def _post(
    journal: Journal,
    request: Mapping[str, Any],
    key: str,
    body: Mapping[str, Any],
    *,
    other: str,
) -> Posted:
    entry = Entry(
        kind=request["kind"],
        key=key,
        fingerprint=fingerprint(request),
        cause=Cause("account", other),
        occurred_at=journal.now,
        body=body,
    )
    txn = journal.append(entry)
    journal.flush()
    return read_posted(txn, is_new=True)
