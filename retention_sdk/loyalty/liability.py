"""What a shop owes its customers in points: opening + issued − redeemed − expired − reversed.

Points that are pending, available or held are owed; points that customers owe because a refund
asked for what they had spent are taken off. ``add_up`` is pure; ``read_liability`` gives it the
sums of the ledger, and of what time has brought about that nobody wrote down yet.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from ..errors import LedgerError
from ..storage import Connection
from ..storage import ledger as rows
from ..storage.ledger import reporting
from ..storage.ledger.reporting import Flow, StoredProgram
from .book import Book, settle

_HELD = ("pending", "available", "held")
_K = TypeVar("_K")
_MONTHS_MAX = 240


@dataclass(frozen=True, slots=True)
class LiabilityLine:
    """One period. ``closing`` is pending + available + held − owed, at its end.

    Points that go from one account to another are neither issued nor gone. ``expiring`` is how
    many of those held by customers expire in which year; None: never.
    """

    first_day: date
    last_day: date
    opening: int
    issued: int
    redeemed: int
    expired: int
    reversed: int
    closing: int
    pending: int
    available: int
    held: int
    owed: int
    expiring: dict[int | None, int]


@dataclass(frozen=True, slots=True)
class Liability:
    """The report of one programme as it was on a day. Days are those of its time zone."""

    program: StoredProgram
    as_of: date
    lines: tuple[LiabilityLine, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days on which periods begin, and the day after the last; years in which points expire."""

    time_zone: str
    days: tuple[date, ...]
    years: tuple[int, ...] = ()

    @property
    def periods(self) -> tuple[datetime, ...]:
        """Return the moments at which a period begins or ends."""
        return tuple(_midnight(day, self.time_zone) for day in self.days)

    @property
    def lives(self) -> tuple[datetime, ...]:
        """Return the moments at which a year begins, but for the first."""
        return tuple(_midnight(date(year, 1, 1), self.time_zone) for year in self.years[1:])


def month_days(first_day: date, last_day: date) -> tuple[date, ...]:
    """Return where months begin from one day to another, both included, and the day after.

    Raises:
        LedgerError: the last day is before the first, or more than twenty years after it.
    """
    if last_day < first_day:
        raise LedgerError(f"a report from {first_day} cannot end on {last_day}")
    days, end = [first_day], last_day + timedelta(days=1)
    while (start := _next_month(days[-1])) < end:
        days.append(start)
        if len(days) > _MONTHS_MAX:
            raise LedgerError(f"a report has {_MONTHS_MAX} months at most; choose a later --from")
    return (*days, end)


def read_liability(
    connection: Connection, program: StoredProgram, days: Sequence[date], *, now: datetime
) -> Liability:
    """Return the report of a programme as it is at ``now``; ``days`` are those of ``month_days``.

    A period that is over reads the same whenever it is asked for, swept or not. Memory does not
    grow with accounts or postings.

    Raises:
        LedgerError: the balances of the accounts are not what the postings make.
    """
    calendar = Calendar(
        program.time_zone, tuple(days), _years(connection, program.id, program.time_zone)
    )
    periods, lives = calendar.periods, calendar.lives
    stored = list(reporting.flows(connection, program.id, periods=periods, lives=lives))
    _require_agreement(stored, reporting.cached_totals(connection, program.id), program.id)
    unwritten = _unwritten(connection, program.id, calendar, now=now)
    as_of = now.astimezone(ZoneInfo(program.time_zone)).date()
    return Liability(program, as_of, tuple(add_up(_both(stored, unwritten), calendar)))


def add_up(flows: Iterable[Flow], calendar: Calendar) -> Iterator[LiabilityLine]:
    """Yield one line per period of a calendar. Pure; flows may come in any order.

    Raises:
        LedgerError: a line does not add up, so flows name a bucket that does not exist.
    """
    count = len(calendar.days) - 1
    moved = [Counter[str]() for _ in range(count + 2)]
    lived = [Counter[int | None]() for _ in range(count + 2)]
    for flow in flows:
        moved[flow.period][flow.src] -= flow.points
        moved[flow.period][flow.dst] += flow.points
        year = None if flow.life is None else calendar.years[flow.life]
        lived[flow.period][year] += flow.points * ((flow.dst in _HELD) - (flow.src in _HELD))
    holding, expiring = moved[0], lived[0]
    for index in range(count):
        opening = _total(holding)
        period = moved[index + 1]
        holding, expiring = _sum(holding, period), _sum(expiring, lived[index + 1])
        days = calendar.days[index], calendar.days[index + 1] - timedelta(days=1)
        yield _line(days, opening, period, holding, expiring)


def _line(
    days: tuple[date, date],
    opening: int,
    period: Counter[str],
    holding: Counter[str],
    expiring: Counter[int | None],
) -> LiabilityLine:
    line = LiabilityLine(
        first_day=days[0],
        last_day=days[1],
        opening=opening,
        issued=-period["issued"],
        redeemed=period["redeemed"],
        expired=period["expired"],
        reversed=period["reversed"],
        closing=_total(holding),
        pending=holding["pending"],
        available=holding["available"],
        held=holding["held"],
        owed=-holding["debt"],
        expiring={year: expiring[year] for year in _in_order(expiring) if expiring[year]},
    )
    gone = line.redeemed + line.expired + line.reversed
    if opening + line.issued - gone != line.closing:
        raise LedgerError(f"the points of {line.first_day} to {line.last_day} do not add up")
    return line


def _require_agreement(flows: Iterable[Flow], cached: dict[str, int], program_id: str) -> None:
    """Compare two books that are written apart: balances of accounts, and postings."""
    made = Counter[str]()
    for flow in flows:
        made[flow.src] -= flow.points
        made[flow.dst] += flow.points
    posted = {**{name: made[name] for name in _HELD}, "debt": -made["debt"]}
    if posted != cached:
        raise LedgerError(
            f"programme {program_id}: accounts hold {cached}, postings make {posted}; "
            "`retention loyalty verify` names the account"
        )


def _unwritten(
    connection: Connection, program_id: str, calendar: Calendar, *, now: datetime
) -> Iterator[Flow]:
    """Yield what time has brought about up to ``now`` and no request wrote down."""
    periods, lives = calendar.periods, calendar.lives
    for account_id, debt in reporting.accounts_due(connection, program_id, now=now):
        lots = rows.live_lots(connection, account_id)
        holds = rows.find_holds(connection, account_id=account_id, only_open=True)
        book = Book(lots, holds, debt=debt)
        for due in settle(book, now):
            for move in book.take_moves():
                lot = book.lots[move.lot_id] if move.lot_id else None
                ends = lot.expires_at if lot else None
                life = None if ends is None else bisect_right(lives, ends)
                yield Flow(bisect_right(periods, due.at), move.src, move.dst, life, move.points)


def _years(connection: Connection, program_id: str, time_zone: str) -> tuple[int, ...]:
    found = reporting.expiry_range(connection, program_id)
    if found is None:
        return ()
    first, last = (moment.astimezone(ZoneInfo(time_zone)).year for moment in found)
    return tuple(range(first, last + 1))


def _both(first: Iterable[Flow], second: Iterable[Flow]) -> Iterator[Flow]:
    yield from first
    yield from second


def _sum(before: Counter[_K], change: Counter[_K]) -> Counter[_K]:
    after = before.copy()
    after.update(change)
    return after


def _total(holding: Counter[str]) -> int:
    return sum(holding[name] for name in (*_HELD, "debt"))


def _in_order(years: Iterable[int | None]) -> list[int | None]:
    return sorted(years, key=lambda year: (year is None, year or 0))


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _midnight(day: date, time_zone: str) -> datetime:
    local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone))
    return local.astimezone(UTC)
