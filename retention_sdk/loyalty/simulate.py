"""What a programme would have cost: orders of the past taken through it, in a store of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ..errors import LedgerError
from ..model import OrderCancelled, OrderEvent, OrderPaid, OrderRefunded
from ..storage.ledger import reporting
from .ledger import PointsLedger
from .liability import Liability, month_days, read_liability
from .rules import Program

if TYPE_CHECKING:
    from ..storage import Connection, Store

_COUNTED = (OrderPaid, OrderRefunded, OrderCancelled)


@dataclass(frozen=True, slots=True)
class Simulation:
    """``report`` has the months; ``redemptions`` happened because they were assumed to."""

    report: Liability
    orders: int
    customers: int
    redemptions: int


def simulate(
    store: Store,
    program: Program,
    events: Iterable[OrderEvent],
    *,
    redeem_from: int = 0,
    on_event: Callable[[], object] = lambda: None,
) -> Simulation:
    """Take orders through a programme as if it had been there, and report its months.

    ``store`` must be empty; one in memory will do. Whoever orders while holding ``redeem_from``
    points or more redeems as many times that number as there are; nobody redeems at 0. Time ends
    with the last event, so the same orders always tell the same.

    Raises:
        LedgerError: there is nothing to simulate, or the store holds points.
    """
    told = sorted(counted(events), key=_moment)
    if not told:
        raise LedgerError("no order of these was paid, so there is nothing to simulate")
    ledger, people, redemptions = PointsLedger(store, program), set[str](), 0
    with store.begin() as connection:
        if reporting.stored_programs(connection):
            raise LedgerError("a simulation needs an empty store; this one holds points")
        for event in told:
            who = store.subjects.for_event(connection, event)
            people.add(who)
            redemptions += _take(ledger, connection, event, who, redeem_from)
            on_event()
        report = _report(connection, program, told)
    orders = len({each.order.id for each in told})
    return Simulation(report, orders, len(people), redemptions)


def counted(events: Iterable[OrderEvent]) -> list[OrderEvent]:
    """Return what moves points: payments, refunds and cancellations."""
    return [each for each in events if isinstance(each, _COUNTED)]


def _take(
    ledger: PointsLedger, connection: Connection, event: OrderEvent, who: str, redeem_from: int
) -> bool:
    """Post one event; return whether points were redeemed for it."""
    now = event.occurred_at
    if not isinstance(event, OrderPaid):
        ledger.claw_back(connection, event, subject_id=who, now=now)
        return False
    held = ledger.balance(connection, who, now=now).balance if redeem_from else 0
    if spent := held - held % redeem_from if redeem_from else 0:
        soon = now + timedelta(hours=1)
        key = f"simulated:{event.id}"
        hold = ledger.holds.place(connection, who, spent, key=key, now=now, expires_at=soon)
        ledger.holds.capture(connection, hold.hold_id, key=f"{key}:capture", now=now)
    ledger.earn(connection, event, subject_id=who, now=now)
    return bool(spent)


def _report(connection: Connection, program: Program, told: Sequence[OrderEvent]) -> Liability:
    zone = ZoneInfo(program.time_zone)
    first, last = (each.occurred_at.astimezone(zone).date() for each in (told[0], told[-1]))
    stored = reporting.stored_programs(connection)[0]
    days = month_days(first.replace(day=1), last)
    return read_liability(connection, stored, days, now=told[-1].occurred_at)


def _moment(event: OrderEvent) -> datetime:
    return event.occurred_at
