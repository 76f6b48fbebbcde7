"""What somebody holds, lot by lot, and what expires next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ..storage import Connection
from ..storage import ledger as rows
from .book import Book, settle
from .rules import Program


@dataclass(frozen=True, slots=True)
class LotLine:
    """Points of one origin that can still move. ``source`` is the order, or what else gave them."""

    id: str
    source: str
    pending: int
    available: int
    held: int
    matures_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Expiry:
    """How many spendable points expire on one day of the programme's time zone, the first so."""

    day: date
    at: datetime
    points: int


@dataclass(frozen=True, slots=True)
class Statement:
    """An account at a moment. ``owed`` is what refunds asked back and was spent already."""

    account_id: str
    pending: int
    available: int
    held: int
    owed: int
    next_expiry: Expiry | None
    lots: tuple[LotLine, ...]


def read_statement(
    connection: Connection, program: Program, subject_id: str, *, now: datetime
) -> Statement | None:
    """Return what somebody holds at ``now``, written down or not; None without an account.

    Lots come in the order in which they are spent.
    """
    account = rows.find_account(connection, program.id, subject_id)
    if account is None:
        return None
    lots = rows.live_lots(connection, account.id)
    holds = rows.find_holds(connection, account_id=account.id, only_open=True)
    book = Book(lots, holds, debt=account.debt)
    for _ in settle(book, now):
        book.take_moves()
    lines = tuple(_line(lot) for lot in sorted(_alive(lots), key=_spend_order))
    return Statement(
        account_id=account.id,
        pending=book.pending,
        available=book.available,
        held=book.held,
        owed=book.debt,
        next_expiry=_next_expiry(lines, program.time_zone),
        lots=lines,
    )


def _alive(lots: Iterable[rows.Lot]) -> list[rows.Lot]:
    return [lot for lot in lots if lot.pending + lot.available + lot.held]


def _line(lot: rows.Lot) -> LotLine:
    return LotLine(
        id=lot.id,
        source=lot.source_order,
        pending=lot.pending,
        available=lot.available,
        held=lot.held,
        matures_at=lot.matures_at,
        expires_at=lot.expires_at,
    )


def _next_expiry(lines: Iterable[LotLine], time_zone: str) -> Expiry | None:
    ending = [(each.expires_at, each) for each in lines if each.expires_at and each.available]
    if not ending:
        return None
    zone, first = ZoneInfo(time_zone), min(moment for moment, _ in ending)
    day = first.astimezone(zone).date()
    points = sum(each.available for at, each in ending if at.astimezone(zone).date() == day)
    return Expiry(day, first, points)


def _spend_order(lot: rows.Lot) -> tuple[bool, datetime, datetime, str]:
    never = lot.expires_at is None
    return never, lot.expires_at or lot.matures_at, lot.matures_at, lot.id
