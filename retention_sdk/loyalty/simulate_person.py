"""One customer of a simulation: the ledger's own book, and what rules and ranks look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import takewhile
from zoneinfo import ZoneInfo

from ..model import History, Money, Order
from ..storage import OrderFact
from ..storage.ledger import Lot
from .book import Book, settle
from .clawback import claw_back, target
from .earning.clocks import Period, period_of
from .earning.plan import EarningPlan, Standing
from .rules import Earning, Program
from .simulate_flows import FlowSums
from .tiers import Qualifying, TierLadder, qualifying_orders
from .tiers.evaluate import height_on, last_days
from .tiers.periods import day_of
from .tiers.sums import Sums

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
_CALENDAR: tuple[Period, ...] = ("day", "month", "year")


@dataclass(slots=True)
class Given:
    """Points of one origin as they are now, when it was, and the milestones among them."""

    at: datetime
    lot: Lot
    milestones: frozenset[tuple[str, int]] = frozenset()


@dataclass(slots=True)
class Person:
    """What the books of a shop would say of somebody. ``name`` is a number, of arrival."""

    name: str
    sums: FlowSums
    book: Book = field(default_factory=lambda: Book((), (), debt=0))
    orders: dict[str, OrderFact] = field(default_factory=dict)
    given: list[Given] = field(default_factory=list)
    earned: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    refunded: dict[str, Fraction] = field(default_factory=dict)
    times: list[tuple[str, datetime]] = field(default_factory=list)
    taken: dict[str, list[datetime]] = field(default_factory=dict)
    # The last days of ranks by what was known then; more orders can only put them off.
    _ends: list[date | None] | None = None
    _is_stale: bool = False
    _newest: datetime = _BEFORE_ALL
    _joined_at: datetime | None = None
    _lots: dict[str, list[Lot]] = field(default_factory=dict)
    _with_milestones: list[Given] = field(default_factory=list)
    _cancelled: set[str] = field(default_factory=set)

    def settle(self, now: datetime) -> None:
        """Let time do its work, each thing in its own moment; forget lots that are empty."""
        for due in settle(self.book, now):
            self.sums.note(self.book, due.at)
        empty = [
            each.id
            for each in self.book.lots.values()
            if not each.pending + each.available + each.held
        ]
        for lot_id in empty:
            del self.book.lots[lot_id]
        self.book.touched.clear()

    def credit(
        self, points: int, dates: tuple[datetime, datetime | None], *, source: str, now: datetime
    ) -> Lot | None:
        """Put points into a lot of their own; None for no points."""
        if not points:
            return None
        number = f"{self.name}.{len(self.given) + 1:09d}"
        matures_at, expires_at = dates
        lot = Lot(number, self.name, points, matures_at, expires_at, source, "", "")
        self.book.lots[number] = lot
        self.book.move("issued", "pending", points, lot=lot)
        list(settle(self.book, now))
        self.sums.note(self.book, now)
        self.given.append(Given(now, lot))
        self._lots.setdefault(source, []).append(lot)
        return lot

    def note_earning(self, order_id: str, earning: Earning, at: datetime) -> None:
        """Remember what an order brought, for milestones and for ranks by points."""
        self.earned[order_id] = (at, earning.points)
        self._learn(at)
        numbers = frozenset((part.rule, part.number) for part in earning.parts if part.number)
        if numbers and earning.points:
            self.given[-1].milestones = numbers
            self._with_milestones.append(self.given[-1])

    def spend(self, points: int, now: datetime) -> None:
        """Redeem points, the soonest to expire first."""
        for lot_id, share in self.book.allot(points):
            self.book.move("available", "redeemed", share, lot=self.book.lots[lot_id])
        self.sums.note(self.book, now)

    def take_back(self, order_id: str, ratio: Fraction, program: Program, now: datetime) -> None:
        """Take back what a refund asks for, by the programme's policy."""
        self.refunded[order_id] = max(ratio, self.refunded.get(order_id, ratio))
        self._ends, self._newest = None, max(now, self._newest)
        lots = self._lots.get(order_id, [])
        if not lots or program.clawback == "manual_review":
            return
        for lot in lots:
            self.book.lots.setdefault(lot.id, lot)
        claw_back(self.book, lots, ratio, policy=program.clawback)
        self.sums.note(self.book, now)

    def note_order(self, order: Order, *, refunded: int, cancelled_at: datetime | None) -> None:
        """Remember an order as the pipeline's table of orders would."""
        self.orders[order.id] = OrderFact(
            order_id=order.id,
            placed_at=order.placed_at,
            paid_at=order.paid_at,
            cancelled_at=cancelled_at,
            total=order.total,
            refunded=Money(minor=refunded, currency=order.currency),
        )
        is_earlier = self._joined_at is None or order.placed_at < self._joined_at
        if is_earlier:
            self._joined_at = order.placed_at
        if refunded or cancelled_at or is_earlier:
            self._ends = None
        if cancelled_at:
            self._cancelled.add(order.id)
        self._learn(order.paid_at or order.placed_at)

    def history(self) -> History:
        """Return the paid orders that were not cancelled."""
        kept = [each.placed_at for each in self.orders.values() if each.cancelled_at is None]
        return History(
            orders_count=len(kept),
            first_order_at=min(kept, default=None),
            last_order_at=max(kept, default=None),
        )

    def standing(self, plan: EarningPlan, moment: datetime, *, tier: str) -> Standing:
        """Return what rules look at, as ``earning.standing`` reads it from a store."""
        milestones = (each.milestones for each in self._with_milestones if _is_kept(each))
        return Standing(
            orders_before=len(self.orders) - len(self._cancelled),
            tier=tier,
            milestones=frozenset().union(*milestones),
            earned=self._earned(plan, moment),
            times=self._times(plan, moment),
        )

    def tier(self, program: Program, now: datetime) -> str:
        """Return the rank of somebody at a moment, empty without one."""
        ladder = program.tiers
        if ladder is None:
            return ""
        zone = ZoneInfo(program.time_zone)
        today, is_late = day_of(now, zone), now >= self._newest
        ends = self._ends if is_late else None
        top = len(ladder.ranks) - 1
        if ends is None or (self._is_stale and height_on(today, ends) < top):
            ends = last_days(ladder, self._sums_of(ladder, now, zone))
            if is_late:
                self._ends, self._is_stale = ends, False
        height = height_on(today, ends)
        return ladder.ranks[height].key if height >= 0 else ""

    def _learn(self, at: datetime) -> None:
        self._is_stale, self._newest = True, max(at, self._newest)

    def _sums_of(self, ladder: TierLadder, now: datetime, zone: ZoneInfo) -> Sums:
        return Sums(ladder, self._facts(ladder), now, zone, self._joined_at)

    def _facts(self, ladder: TierLadder) -> tuple[Qualifying, ...]:
        if ladder.qualify != "points":
            return qualifying_orders(self.orders.values(), ladder.qualify)
        kept = (
            (at, points - target(points, self.refunded.get(order_id, Fraction(0))))
            for order_id, (at, points) in self.earned.items()
        )
        return tuple(Qualifying(at, points) for at, points in kept if points > 0)

    def _earned(self, plan: EarningPlan, moment: datetime) -> Mapping[str, int]:
        asked = {cap.per for cap in plan.caps}
        found = dict[str, int]()
        for period in _CALENDAR:
            if period in asked:
                start, end = period_of(moment, period, plan.zone)
                recent = (each for each in self._since(start) if each.at < end)
                found[period] = sum(each.lot.earned - each.lot.clawed for each in recent)
        return found

    def _since(self, start: datetime) -> Iterator[Given]:
        """Yield what was given from a moment on, newest first."""
        return takewhile(lambda each: each.at >= start, reversed(self.given))

    def _times(self, plan: EarningPlan, moment: datetime) -> Mapping[str, int]:
        if not self.times:
            return {}
        start, end = period_of(moment, "year", plan.zone)
        return Counter(kind for kind, at in self.times if start <= at < end)


def _is_kept(given: Given) -> bool:
    return given.lot.clawed < given.lot.earned
