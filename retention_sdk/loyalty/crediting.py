"""Points that arrive or are taken back: one lot per origin, moved within an open journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from ..storage import ledger as rows
from .book import settle
from .chain import canonical
from .clawback import claw_back
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
    breakdown: Mapping[str, Any],
    dates: tuple[datetime, datetime | None],
) -> rows.Lot | None:
    """Put points into a lot of their own; None for no points. Nothing is written yet."""
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
        rule_breakdown=canonical(breakdown),
    )
    book = journal.book
    book.lots[lot.id] = lot
    book.new.add(lot.id)
    book.move("issued", "pending", points, lot=lot)
    # What is due at once belongs to the same transaction.
    list(settle(book, journal.now))
    return lot


@dataclass(frozen=True, slots=True)
class Taking:
    """What is taken back, and why: ``ratio`` of what a cause gave, so far."""

    ratio: Fraction
    cause: Cause
    key: str
    fingerprint: str
    occurred_at: datetime


def take_back(
    journal: Journal, lots: Sequence[rows.Lot], taking: Taking, *, program: Program
) -> rows.Txn:
    """Take points of some lots back, and append the transaction. Nothing is written yet."""
    before = {lot.id: (lot.clawed, lot.forgiven) for lot in lots}
    taken = claw_back(journal.book, lots, taking.ratio, policy=program.clawback)
    changed = {
        lot.id: [lot.clawed - before[lot.id][0], lot.forgiven - before[lot.id][1]] for lot in lots
    }
    body: dict[str, Any] = {
        "points": sum(taken.values()),
        "ratio": str(taking.ratio),
        "taken": taken,
        "lots": changed,
    }
    entry = Entry(
        kind="clawback",
        key=taking.key,
        fingerprint=taking.fingerprint,
        cause=taking.cause,
        occurred_at=taking.occurred_at,
        body=body,
    )
    return journal.append(entry)
