"""What an order earns by the rules of a programme: pure, exact, rounded down once at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from math import lcm, prod
from types import MappingProxyType
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from ...model import Award, Order, OrderLine
from ..rates import Rate
from ..rules import Counted, Earning, EarningPart, Program, add_up, count, earn_at_rate
from .clocks import moment_of
from .settings import (
    CapRule,
    ExcludedRule,
    MilestoneRule,
    MultiplierRule,
    OccasionRule,
    RateRule,
    UnitsRule,
)

_AnyRule = (
    RateRule | UnitsRule | ExcludedRule | MilestoneRule | MultiplierRule | CapRule | OccasionRule
)
_R = TypeVar("_R", RateRule, UnitsRule, ExcludedRule, MilestoneRule, MultiplierRule)
_ONE = Fraction(1)
_NOTHING: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of somebody before an order or occasion.

    ``orders_before`` counts paid orders; ``tier`` is the rank held when the order was placed, the
    one of everybody if it is empty. ``milestones`` are those given and not taken back, as
    names of rules with numbers of orders. ``earned`` is what was earned in the local "day",
    "month" and "year" so far, ``times`` how often in that year by kind of occasion.
    """

    orders_before: int = 0
    tier: str = ""
    milestones: frozenset[tuple[str, int]] = frozenset()
    earned: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    times: Mapping[str, int] = field(default_factory=lambda: _NOTHING)


class _Share(NamedTuple):
    """Goods of an order that earn alike, and what they cost."""

    rule: str
    rate: Rate
    multipliers: tuple[str, ...]
    factor: Fraction
    minor: int


class EarningPlan:
    """The rules of a programme, ready to be applied to many orders.

    Everything is a function of the order, the programme and the ``Standing``. The order in which
    rules or lines stand means nothing, and a line split in two earns as before.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.zone = ZoneInfo(program.time_zone)
        rules = sorted(program.rules, key=lambda rule: rule.id)
        ladder = program.tiers
        self.tier_factors = ladder.factors if ladder else {}
        self._base = ladder.base if ladder else ""
        self._windows = {rule.id: self._window(rule) for rule in rules if rule.starts or rule.ends}
        self._excluded = [rule for rule in rules if isinstance(rule, ExcludedRule)]
        self._rates = sorted(
            (rule for rule in rules if isinstance(rule, RateRule)), key=lambda rule: -rule.priority
        )
        self._multipliers = sorted(
            (rule for rule in rules if isinstance(rule, MultiplierRule)),
            key=lambda rule: -rule.factor,
        )
        self._factors = {rule.id: Fraction(rule.factor) for rule in self._multipliers}
        self._units = [rule for rule in rules if isinstance(rule, UnitsRule)]
        self.milestones = [rule for rule in rules if isinstance(rule, MilestoneRule)]
        self.caps = [rule for rule in rules if isinstance(rule, CapRule)]
        self.occasions = [rule for rule in rules if isinstance(rule, OccasionRule)]

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the rates of the programme counts, for anybody."""
        return not self.program.rules and not self.tier_factors

    def earn(
        self, order: Order, *, standing: Standing | None = None, awards: Sequence[Award] = ()
    ) -> Earning:
        """Return what an order earns; ``awards`` of plugins come on top, uncapped.

        A campaign counts for orders placed in its time, whenever they are paid.
        """
        standing = standing or Standing()
        tier = standing.tier or self._base
        if not self.program.rules and tier not in self.tier_factors:
            return earn_at_rate(order, self.program, awards=awards)
        counted = count(order, self.program)
        if counted.rate is None:
            return add_up(order, counted, (), awards)
        lines = [line for line in order.lines if not line.is_gift_card and line.total.minor > 0]
        goods_minor = sum([line.total.minor for line in lines])
        earning = self._earning(order, lines, counted)
        shares = self._shares(order, earning, counted)
        if not lines and counted.basis:
            # No goods were paid, but shipping counts: it is spread over nothing.
            shares = [_Share("", counted.rate, (), _ONE, 1)]
        own = [
            *self._by_money(shares, goods_minor, counted, tier),
            *self._by_units(order, earning, counted),
            *self._by_number(order, counted, standing),
        ]
        own, cap, uncapped = self.capped(own, order.placed_at, standing, is_order=True)
        more = {"goods_minor": goods_minor, "cap": cap, "uncapped": uncapped}
        return add_up(order, counted, tuple(own), awards, **more)

    def is_on(self, rule: _AnyRule, moment: datetime) -> bool:
        """Return whether a rule counts at a moment: from its start, until before its end."""
        if rule.id not in self._windows:
            return True
        starts, ends = self._windows[rule.id]
        return (starts is None or starts <= moment) and (ends is None or moment < ends)

    def capped(
        self, parts: list[EarningPart], moment: datetime, standing: Standing, *, is_order: bool
    ) -> tuple[list[EarningPart], str, int]:
        """Return the parts that the caps leave, which cap cut them, and what they were before.

        The last parts are cut first: what an amount earned stays longest.
        """
        total = sum([part.points for part in parts])
        room, name = total, ""
        for cap in self.caps:
            if not self.is_on(cap, moment) or (cap.per == "order" and not is_order):
                continue
            left = max(0, cap.points - standing.earned.get(cap.per, 0))
            if left < room:
                room, name = left, cap.id
        if not name:
            return parts, "", 0
        kept = []
        for part in parts:
            points = min(part.points, room)
            room -= points
            kept.append(part.model_copy(update={"points": points}))
        return kept, name, total

    def _window(self, rule: _AnyRule) -> tuple[datetime | None, datetime | None]:
        starts, ends = rule.starts, rule.ends
        return (
            moment_of(starts, self.zone) if starts else None,
            moment_of(ends, self.zone) if ends else None,
        )

    def _active(self, rules: Iterable[_R], order: Order, counted: Counted) -> list[_R]:
        """Return the rules that count for an order: in their time, and above their amount."""
        return [
            rule
            for rule in rules
            if (rule.id not in self._windows or self.is_on(rule, order.placed_at))
            and (not rule.from_minor or _reaches(rule, order.currency, counted.basis))
        ]

    def _earning(self, order: Order, lines: list[OrderLine], counted: Counted) -> list[OrderLine]:
        """Return the goods that no rule excludes."""
        excluded = self._active(self._excluded, order, counted)
        return [line for line in lines if not any(_names(rule, line) for rule in excluded)]

    def _by_money(
        self, shares: list[_Share], goods_minor: int, counted: Counted, tier: str
    ) -> list[EarningPart]:
        """Return what money earns, rounded down once over all of its parts."""
        net = max(0, counted.total - counted.tax)
        whole = counted.total * (goods_minor or 1)
        if factor := self.tier_factors.get(tier):
            shares = [_raised(share, tier, factor) for share in shares]
        common = lcm(*[s.rate.per_minor * s.factor.denominator for s in shares])
        exact = [
            counted.basis
            * net
            * share.minor
            * share.rate.points
            * share.factor.numerator
            * (common // (share.rate.per_minor * share.factor.denominator))
            for share in shares
        ]
        points = round_once(exact, max(1, whole * common))
        return [
            EarningPart(
                source="rule" if share.rule else "order",
                points=each,
                rule=share.rule,
                goods_minor=share.minor,
                rate=share.rate,
                factor="" if share.factor is _ONE else str(share.factor),
                multipliers=share.multipliers,
            )
            for share, each in zip(shares, points, strict=True)
        ]

    def _shares(self, order: Order, lines: list[OrderLine], counted: Counted) -> list[_Share]:
        rates = self._active(self._rates, order, counted)
        rates = [rule for rule in rates if order.currency in rule.rates]
        multipliers = self._active(self._multipliers, order, counted)
        found: dict[tuple[str, tuple[str, ...]], _Share] = {}
        for line in lines:
            own = next((rule for rule in rates if _names(rule, line)), None)
            rate = own.rates[order.currency] if own else counted.rate
            chosen = _largest(multipliers, line)
            if rate:
                key, minor = (own.id if own else "", chosen), line.total.minor
                before = found[key].minor if key in found else 0
                found[key] = _Share(key[0], rate, chosen, self._factor(chosen), before + minor)
        # Not in the order of the lines: who gets the odd point must not depend on it.
        return [found[key] for key in sorted(found)]

    def _factor(self, multipliers: tuple[str, ...]) -> Fraction:
        """Return the product of the factors of some rules."""
        if not multipliers:
            return _ONE
        first, *others = [self._factors[name] for name in multipliers]
        return prod(others, start=first)

    def _by_units(
        self, order: Order, lines: list[OrderLine], counted: Counted
    ) -> list[EarningPart]:
        if counted.basis == 0 or not self._units:
            return []
        parts = []
        for rule in self._active(self._units, order, counted):
            units = sum([line.quantity for line in lines if _names(rule, line)])
            if units:
                part = EarningPart(
                    source="rule",
                    points=units * rule.points,
                    rule=rule.id,
                    units=units,
                    points_each=rule.points,
                )
                parts.append(part)
        return parts

    def _by_number(self, order: Order, counted: Counted, standing: Standing) -> list[EarningPart]:
        number = standing.orders_before + 1
        if counted.basis == 0:
            return []
        return [
            EarningPart(source="rule", points=rule.points, rule=rule.id, number=number)
            for rule in self._active(self.milestones, order, counted)
            if is_milestone(rule, number) and (rule.id, number) not in standing.milestones
        ]


def preview(order: Order, program: Program, standing: Standing | None = None) -> Earning:
    """Return what an order would earn, changing nothing; for baskets and for trying rules out."""
    return EarningPlan(program).earn(order, standing=standing)


def is_milestone(rule: MilestoneRule, number: int) -> bool:
    """Return whether an order of this number, from 1, is one that a rule names."""
    return number in rule.orders or (rule.every is not None and number % rule.every == 0)


def round_once(numerators: Sequence[int], denominator: int) -> list[int]:
    """Return whole numbers that add up to the sum of all fractions, rounded down.

    Points that remain go to the largest remainders, to the first of equal ones.
    """
    parts = [divmod(numerator, denominator) for numerator in numerators]
    whole = [quotient for quotient, _ in parts]
    left = sum(numerators) // denominator - sum(whole)
    by_remainder = sorted(range(len(parts)), key=lambda index: -parts[index][1])
    for index in by_remainder[:left]:
        whole[index] += 1
    return whole


def recompute(earning: Earning) -> int:
    """Return the points that the stored facts of an earning make: for proofs, not for posting."""
    net = Fraction(max(0, earning.total_minor - earning.tax_minor), earning.total_minor or 1)
    money, fixed = Fraction(0), 0
    for part in earning.parts:
        if part.goods_minor and part.rate:
            share = Fraction(part.goods_minor, earning.goods_minor or 1)
            rate = Fraction(part.rate.points, part.rate.per_minor)
            money += earning.basis_minor * net * share * rate * Fraction(part.factor or 1)
        elif part.units:
            fixed += part.units * part.points_each
        else:
            fixed += part.points
    return int(money) + fixed


def _reaches(rule: _R, currency: str, basis_minor: int) -> bool:
    least = rule.from_minor.get(currency)
    return least is not None and basis_minor >= least


def _names(rule: RateRule | UnitsRule | ExcludedRule | MultiplierRule, line: OrderLine) -> bool:
    return (
        line.sku in rule.skus
        or line.product_id in rule.products
        or line.brand in rule.brands
        or any(category in rule.categories for category in line.categories)
    )


def _raised(share: _Share, tier: str, factor: Fraction) -> _Share:
    # No rule can be called like this: a colon is not allowed in their names.
    multipliers = (*share.multipliers, f"tier:{tier}")
    return share._replace(multipliers=multipliers, factor=share.factor * factor)


def _largest(multipliers: Sequence[MultiplierRule], line: OrderLine) -> tuple[str, ...]:
    """Return the rule with the largest factor of each group; the rules come largest first."""
    groups: dict[str, str] = {}
    for rule in multipliers:
        if rule.group not in groups and (not rule.names_goods or _names(rule, line)):
            groups[rule.group] = rule.id
    return tuple(sorted(groups.values()))
