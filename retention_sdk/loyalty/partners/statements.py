"""What was exchanged with a partner in a period, and proof that the ledger says the same."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import datetime
from io import StringIO

from ...storage import Connection, Store, StoredExchange
from ...storage import ledger as rows
from ..rules import Program

_SUMMED = ("points", "units", "posted")
_COLUMNS = ("direction", "state", "reference", "partner_reference", *_SUMMED, "txn_id")
_HEADINGS = (
    *("at", "direction", "state", "reference", "partner reference"),
    *("points", "units", "in the ledger", "transaction"),
)
# What a step does to the points that members hold, and the end of the moves that shows it.
_FLOWS = {
    ("out", "confirmed"): (-1, "dst", "redeemed"),
    ("out", "returned"): (1, "src", "redeemed"),
    ("in", "confirmed"): (1, "src", "issued"),
    ("in", "returned"): (-1, "dst", "reversed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """One step that moved points for good. Signs are those of what members hold.

    ``points`` is what the exchange says, ``posted`` what its transaction in the ledger did;
    ``units`` are the partner's.
    """

    at: datetime
    direction: str
    state: str
    reference: str
    partner_reference: str
    points: int
    units: int
    posted: int
    txn_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerStatement:
    """All that was exchanged from ``start`` until just before ``end``.

    ``units_due`` is what the contract says in the partner's units: above zero the partner gave so
    many more than it took, and is paid for them.
    """

    program: str
    partner: str
    start: datetime
    end: datetime
    lines: tuple[StatementLine, ...]

    @property
    def points_sent(self) -> int:
        """Points that became the partner's, less those that came back."""
        return -sum(line.points for line in self.lines if line.direction == "out")

    @property
    def points_received(self) -> int:
        """Points given for the partner's, less those taken back."""
        return sum(line.points for line in self.lines if line.direction == "in")

    @property
    def units_due(self) -> int:
        """What the partner gave in its own units, less what it took."""
        return sum(line.units for line in self.lines)

    @property
    def differences(self) -> tuple[StatementLine, ...]:
        """Lines of which the ledger says something else; empty in good books.

        Points that were spent and are not owed, by a programme that takes back no debt, show here:
        the shop bears them.
        """
        return tuple(line for line in self.lines if line.points != line.posted)


def statement(
    store: Store,
    connection: Connection,
    program: Program,
    partner: str,
    *,
    start: datetime,
    end: datetime,
) -> PartnerStatement:
    """Add up a partner's exchanges in a period, each compared with the ledger."""
    found = store.partners.between(connection, program.id, partner, start=start, end=end)
    lines = [line for known in found for line in _lines(connection, known, start, end)]
    lines.sort(key=lambda line: (line.at, line.txn_id))
    return PartnerStatement(
        program=program.id, partner=partner, start=start, end=end, lines=tuple(lines)
    )


def statement_csv(found: PartnerStatement) -> str:
    """Return a statement as RFC 4180 CSV: a line for each step, and one with the sums."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADINGS)
    for line in found.lines:
        writer.writerow((line.at.isoformat(), *(getattr(line, name) for name in _COLUMNS)))
    sums = (sum(getattr(line, name) for line in found.lines) for name in _SUMMED)
    writer.writerow(("total", "", "", "", "", *sums, ""))
    return out.getvalue()


def _lines(
    connection: Connection, known: StoredExchange, start: datetime, end: datetime
) -> list[StatementLine]:
    exchange = known.exchange
    found = [
        (step, _FLOWS[exchange.direction, step.state])
        for step in known.steps
        if (exchange.direction, step.state) in _FLOWS and start <= step.at < end
    ]
    return [
        StatementLine(
            at=step.at,
            direction=exchange.direction,
            state=step.state,
            reference=exchange.reference,
            partner_reference=step.partner_reference,
            points=flow[0] * exchange.points,
            # What members lose here they gain there.
            units=-flow[0] * exchange.units,
            posted=_posted(connection, step.txn_id, flow),
            txn_id=step.txn_id,
        )
        for step, flow in found
    ]


def _posted(connection: Connection, txn_id: str, flow: tuple[int, str, str]) -> int:
    (sign, side, bucket), txn = flow, rows.txn_by_id(connection, txn_id)
    moves = txn.moves if txn else ()
    return sign * sum(move.points for move in moves if getattr(move, side) == bucket)
