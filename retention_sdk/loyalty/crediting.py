"""Points that arrive or are taken back: one lot per origin, moved within an open journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from ..storage import Connection
from ..storage import ledger as rows
from .clawback import TakingPolicy, claw_back, points_due
from .hand import Hand
from .journal import Cause, Entry, Journal
from .rules import Program


@dataclass(frozen=True, slots=True)
class LotLife:
    """When points become spendable and when they expire, where the programme's days do not fit.

    ``matures_after_days`` counts from the occasion, ``expires_after_days`` from maturity. None
    takes what the programme says; points of a lot without an expiry date never expire.
    """

    matures_after_days: int | None = None
    expires_after_days: int | None = None

    def dates(self, program: Program, occurred_at: datetime) -> tuple[datetime, datetime | None]:
        """Return when a lot matures and when it expires."""
        waits, life = self.matures_after_days, self.expires_after_days
        waits = program.matures_after_days if waits is None else waits
        life = program.expires_after_days if life is None else life
        matures_at = occurred_at + timedelta(days=waits)
        return matures_at, None if life is None else matures_at + timedelta(days=life)


def credit(
    journal: Journal,
    points: int,
    *,
    source: str,
    breakdown: str,
    dates: tuple[datetime, datetime | None],
) -> rows.Lot | None:
    """Put points into a lot of their own; None for no points. Nothing is written yet.

    ``breakdown`` is canonical text.
    """
    if not points:
        return None
    matures_at, expires_at = dates
    lot = rows.Lot(
        id=journal.next_id(),
        account_id=journal.account.id,
        earned=points,
        matures_at=matures_at,
        expires_at=expires_at,
        source_order=source,
        source_line="",
        rule_breakdown=breakdown,
    )
    book = journal.book
    book.lots[lot.id] = lot
    book.new.add(lot.id)
    book.move("issued", "pending", points, lot=lot)
    # What is due at once belongs to the same transaction. Nothing else can be due: the journal
    # settled its book when it was opened.
    if matures_at <= journal.now:
        book.mature(lot)
        book.expire(lot, at=journal.now)
    return lot


def holder_of(connection: Connection, program_id: str, source: str) -> str | None:
    """Return who holds the lots of an order now, None if it earned nothing.

    Accounts that were merged leave settled lots behind; the latest account has the live ones.
    """
    lots = rows.lots_of_order(connection, program_id, source)
    live = [lot for lot in lots if not lot.earned == lot.reversed == lot.clawed] or lots
    return rows.owner_of(connection, live[-1].account_id) if live else None


def lots_in(journal: Journal, connection: Connection, source: str) -> list[rows.Lot]:
    """Return the lots of an order in an open account, as its book knows them."""
    account = journal.account
    found = rows.lots_of_order(connection, account.program_id, source)
    return journal.load(lot for lot in found if lot.account_id == account.id)


@dataclass(frozen=True, slots=True)
class Taking:
    """What is taken back, and why: ``ratio`` of what a cause gave, so far."""

    ratio: Fraction
    cause: Cause
    key: str
    fingerprint: str
    occurred_at: datetime
    source: str
    hand: Hand | None = None


def take_back(
    journal: Journal, lots: Sequence[rows.Lot], taking: Taking, *, policy: TakingPolicy
) -> rows.Txn:
    """Take points of some lots back, and append the transaction. Nothing is written yet."""
    body: dict[str, Any] = {"ratio": str(taking.ratio)}
    if policy == "manual_review" and (due := points_due(lots, taking.ratio)):
        body |= {"points": 0, "review": {"due": due, "source": taking.source}}
    else:
        body |= _move_back(journal, lots, taking.ratio, policy)
    entry = Entry(
        kind="clawback",
        key=taking.key,
        fingerprint=taking.fingerprint,
        cause=taking.cause,
        occurred_at=taking.occurred_at,
        body=body,
    )
    if taking.hand:
        entry = entry._replace(actor=taking.hand.actor, note=[taking.hand.reason])
    return journal.append(entry)


def _move_back(
    journal: Journal, lots: Sequence[rows.Lot], ratio: Fraction, policy: TakingPolicy
) -> dict[str, Any]:
    before = {lot.id: (lot.clawed, lot.forgiven) for lot in lots}
    taken = claw_back(journal.book, lots, ratio, policy=policy)
    changed = {
        lot.id: [lot.clawed - before[lot.id][0], lot.forgiven - before[lot.id][1]] for lot in lots
    }
    return {"points": sum(taken.values()), "taken": taken, "lots": changed}
