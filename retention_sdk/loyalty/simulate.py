"""What a programme would have cost: orders of the past taken through it, in memory.

Points are earned, matured, spent, expired and taken back by the functions of the real ledger
(``EarningPlan``, ``Book``, ``claw_back``), ranks by those of ``tiers``, rewards are chosen from
``rewards.available``; only the database is missing. Orders stay what they were: nobody is assumed
to buy more because of points, and nobody less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from heapq import heappop, heappush
from itertools import count
from zoneinfo import ZoneInfo

from ..errors import LedgerError
from ..model import (
    Consent,
    ConsentChannel,
    ConsentState,
    Order,
    OrderCancelled,
    OrderEvent,
    OrderPaid,
    OrderRefunded,
)
from ..storage.ledger.reporting import StoredProgram
from .crediting import LotLife
from .earning.occasions import Occasion, OccasionKind, weigh
from .earning.plan import EarningPlan
from .liability import Liability, add_up, month_days
from .rules import Program, refunded_ratio
from .simulate_assumed import Assumptions
from .simulate_flows import FlowSums
from .simulate_people import People
from .simulate_person import Person
from .simulate_rewards import RewardTally, RewardUse

__all__ = ["Assumptions", "RewardUse", "Simulation", "counted", "simulate"]

_COUNTED = (OrderPaid, OrderRefunded, OrderCancelled)
_AT_FIRST: tuple[OccasionKind, ...] = ("signup", "newsletter", "follow")
_EACH_TIME: tuple[OccasionKind, ...] = ("review", "survey")


@dataclass(frozen=True, slots=True)
class Simulation:
    """What came of it. ``report`` has the months.

    ``sources`` is how many points were issued by which rule; "order" is the programme's own rate.
    ``tiers`` counts customers by the rank they hold at the end, lowest first; "" is none.
    ``paid`` is what customers paid, net of refunds, in minor units by currency. ``referrals`` are
    those that were rewarded.
    """

    program: Program
    assumed: Assumptions
    report: Liability
    orders: int
    customers: int
    referrals: int
    rewards: tuple[RewardUse, ...]
    sources: dict[str, int]
    tiers: dict[str, int]
    paid: dict[str, int]

    def total(self, flow: str) -> int:
        """Return the points *issued*, *redeemed*, *expired* or *reversed* in all months."""
        return sum(getattr(line, flow) for line in self.report.lines)

    @property
    def redemptions(self) -> int:
        """How often points were redeemed."""
        return sum(use.count for use in self.rewards if use.points)

    @property
    def cost(self) -> dict[str, int]:
        """What rewards cost, in minor units by currency, as far as anybody knows."""
        total = Counter[str]()
        for use in self.rewards:
            total.update(use.cost)
        return dict(sorted(total.items()))

    @property
    def breakage(self) -> Fraction:
        """The part of the points issued for good that expired."""
        kept = self.total("issued") - self.total("reversed")
        return Fraction(self.total("expired"), kept) if kept > 0 else Fraction(0)

    @property
    def redemption(self) -> Fraction:
        """The part of the points issued for good that was redeemed."""
        kept = self.total("issued") - self.total("reversed")
        return Fraction(self.total("redeemed"), kept) if kept > 0 else Fraction(0)


def counted(events: Iterable[OrderEvent]) -> list[OrderEvent]:
    """Return what moves points: payments, refunds and cancellations, in the order of time."""
    return sorted((each for each in events if isinstance(each, _COUNTED)), key=_moment)


def simulate(
    program: Program,
    events: Iterable[OrderEvent],
    *,
    assumed: Assumptions | None = None,
    on_event: Callable[[], object] = lambda: None,
) -> Simulation:
    """Take orders through a programme as if it had been there, and report its months.

    Pure: the same orders and assumptions always tell the same. Time ends with the last event.
    Points for birthdays and anniversaries are left out: they do not hang on orders.

    Raises:
        LedgerError: there is nothing to simulate, or something is assumed to be used that the
            programme does not have.
    """
    told = counted(events)
    if not told:
        raise LedgerError("no order of these was paid, so there is nothing to simulate")
    assumed = assumed or Assumptions()
    assumed.require_sense(program)
    run = _Run(program, assumed, told)
    for event in told:
        run.take(event)
        on_event()
    return run.finish(told[-1].occurred_at)


@dataclass(order=True, slots=True)
class _Friend:
    """A referral that waits for its order to be final."""

    at: datetime
    number: int
    order: Order = field(compare=False)
    friend: Person = field(compare=False)
    referrer: Person = field(compare=False)


class _Run:
    """The state of one simulation."""

    def __init__(self, program: Program, assumed: Assumptions, told: Sequence[OrderEvent]) -> None:
        self._program, self._assumed, self._plan = program, assumed, EarningPlan(program)
        zone = ZoneInfo(program.time_zone)
        first, last = (each.occurred_at.astimezone(zone).date() for each in (told[0], told[-1]))
        self._sums = FlowSums(program.time_zone, month_days(first.replace(day=1), last))
        self._people = People(self._sums)
        self._rewards = RewardTally(program, assumed)
        self._orders: dict[str, Person] = {}
        self._refunded: dict[str, Fraction] = {}
        self._paid: Counter[str] = Counter()
        self._sources: Counter[str] = Counter()
        self._buyers: list[Person] = []
        self._friends: list[_Friend] = []
        self._referred: Counter[tuple[str, int]] = Counter()
        self._numbers = count()

    def take(self, event: OrderEvent) -> None:
        """Work on one event, after all that was due before it."""
        self._reward_friends(event.occurred_at)
        if not isinstance(event, OrderPaid):
            self._take_back(event)
        elif event.order.id not in self._orders:
            self._sell(event)

    def finish(self, now: datetime) -> Simulation:
        """Let time pass to the end and add everything up."""
        self._reward_friends(now)
        tiers = {rank.key: 0 for rank in self._program.tiers.ranks} if self._program.tiers else {}
        ranks = Counter({"": 0} | tiers)
        for person in self._people:
            person.settle(now)
            if self._program.tiers:
                ranks[person.tier(self._program, now)] += 1
        calendar, program = self._sums.calendar(), self._program
        stored = StoredProgram(program.id, program.unit, program.time_zone)
        lines = tuple(add_up(self._sums.flows(calendar), calendar))
        as_of = now.astimezone(ZoneInfo(program.time_zone)).date()
        return Simulation(
            program=program,
            assumed=self._assumed,
            report=Liability(stored, as_of, lines),
            orders=len(self._orders),
            customers=len(self._people),
            referrals=sum(self._referred.values()),
            rewards=self._rewards.uses(),
            sources=dict(self._sources.most_common()),
            tiers={key: n for key, n in ranks.items() if key or n} if self._program.tiers else {},
            paid=dict(sorted(self._paid.items())),
        )

    # One event ----------------------------------------------------------------------------

    def _sell(self, event: OrderPaid) -> None:
        order, now, program = event.order, event.occurred_at, self._program
        person = self._people.of(order)
        person.settle(now)
        self._rewards.redeem(person, order, now)
        tier = person.tier(program, order.placed_at) if self._plan.tier_factors else ""
        standing = person.standing(self._plan, now, tier=tier)
        earning = self._plan.earn(order, standing=standing)
        for part in earning.parts:
            self._sources[part.rule or part.source] += part.points
        dates = LotLife().dates(program, now)
        person.credit(earning.points, dates, source=order.id, now=now)
        person.note_earning(order.id, earning, now)
        if early := self._refunded.get(order.id):
            person.take_back(order.id, early, program, now)
        is_first = not person.orders
        person.note_order(order, refunded=0, cancelled_at=None)
        self._orders[order.id] = person
        self._paid[order.currency] += order.total.minor
        self._assume(person, order, now, is_first=is_first)

    def _take_back(self, event: OrderEvent) -> None:
        order, now, ratio = event.order, event.occurred_at, refunded_ratio(event.order)
        before = self._refunded.get(order.id, Fraction(0))
        self._refunded[order.id] = max(before, ratio)
        person = self._orders.get(order.id)
        if person is None:
            return
        person.settle(now)
        person.take_back(order.id, ratio, self._program, now)
        refunded = order.refunded.minor if order.refunded else 0
        cancelled_at = order.cancelled_at or (now if isinstance(event, OrderCancelled) else None)
        person.note_order(order, refunded=refunded, cancelled_at=cancelled_at)
        self._paid[order.currency] -= int(order.total.minor * max(Fraction(0), ratio - before))

    # What is assumed ----------------------------------------------------------------------

    def _assume(self, person: Person, order: Order, now: datetime, *, is_first: bool) -> None:
        for kind in (*_AT_FIRST, *_EACH_TIME) if is_first else _EACH_TIME:
            if self._assumed.happens(kind, order.id):
                self._give(person, kind, order.id, now)
        if not is_first:
            return
        if self._buyers and self._assumed.happens("referral", order.id):
            self._refer(person, order, now)
        self._buyers.append(person)

    def _refer(self, friend: Person, order: Order, now: datetime) -> None:
        rule = self._program.referral
        referrer = self._buyers[self._assumed.draw("referrer", order.id) % len(self._buyers)]
        if (
            rule
            and rule.from_minor
            and order.total.minor < rule.from_minor.get(order.currency, order.total.minor + 1)
        ):
            return
        if rule and rule.friend_reward:
            self._rewards.give(rule.friend_reward, order)
        days = LotLife(matures_after_days=rule.return_days if rule else 0)
        at = days.dates(self._program, now)[0]
        heappush(self._friends, _Friend(at, next(self._numbers), order, friend, referrer))

    def _reward_friends(self, now: datetime) -> None:
        while self._friends and self._friends[0].at <= now:
            due = heappop(self._friends)
            if self._refunded.get(due.order.id) == 1:
                continue
            year = due.at.astimezone(self._plan.zone).year
            rule, key = self._program.referral, (due.referrer.name, year)
            is_over = rule and rule.yearly_max and self._referred[key] >= rule.yearly_max
            if rule:
                self._credit(due.friend, {"referral": rule.friend_points}, due.at)
            if is_over:
                continue
            self._referred[key] += 1
            if rule:
                self._credit(due.referrer, {"referral": rule.referrer_points}, due.at)
            self._give(due.referrer, "referral", due.order.id, due.at)

    def _give(self, person: Person, kind: OccasionKind, reference: str, at: datetime) -> None:
        """Give what the rules give for an occasion, to somebody who stands as they do."""
        yes = Consent(
            channel=ConsentChannel.EMAIL,
            state=ConsentState.GRANTED,
            recorded_at=at,
            source="simulation",
        )
        occasion = Occasion(kind=kind, occurred_at=at, reference=reference, consents=(yes,))
        grant = weigh(occasion, self._plan, person.standing(self._plan, at, tier=""))
        if grant.points:
            person.times.append((kind, at))
            self._credit(person, {part.rule: part.points for part in grant.parts}, at)

    def _credit(self, person: Person, sources: dict[str, int], at: datetime) -> None:
        person.settle(at)
        points = sum(sources.values())
        self._sources.update({name: each for name, each in sources.items() if each})
        person.credit(points, LotLife().dates(self._program, at), source="", now=at)


def _moment(event: OrderEvent) -> datetime:
    return event.occurred_at
