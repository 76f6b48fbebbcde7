"""Orders per second through the rules of the large example, beside a plain reading of the rules.

Run with `python tests/benchmarks/earning.py`. Time of the processor on one core; medians of five
rounds. The peer does the same sums with `fractions.Fraction`, line by line and rule by rule, and
stores no breakdown; both must come to the same points.
"""

from __future__ import annotations

import gc
import platform
import statistics
import time
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from retention_sdk.loyalty import Program
from retention_sdk.loyalty.earning import EarningPlan, Standing
from retention_sdk.loyalty.earning.settings import (
    CapRule,
    ExcludedRule,
    MilestoneRule,
    MultiplierRule,
    RateRule,
    UnitsRule,
)
from retention_sdk.model import Money, Order, OrderLine

LARGE = Path(__file__).parents[2] / "examples" / "loyalty" / "large.toml"
COUNT, ROUNDS, TARGET = 5_000, 5, 20_000
CATEGORIES = ("own-label", "clearance", "books", "tea", "kitchen")
FIRST_DAY = datetime(2026, 6, 1, tzinfo=UTC)


def order_of(number: int) -> Order:
    """Return an order of one to four lines, somewhere between June and November."""
    lines = [
        OrderLine(
            id=str(index),
            title="Thing",
            quantity=1 + index % 2,
            unit_price=Money(minor=990, currency="EUR"),
            total=Money(minor=990 + 70 * ((number + index) % 40), currency="EUR"),
            sku="REFILL-500" if (number + index) % 7 == 0 else f"S{index}",
            categories=(CATEGORIES[(number + index) % len(CATEGORIES)],),
        )
        for index in range(1 + number % 4)
    ]
    total = sum(line.total.minor for line in lines) + 490
    return Order(
        id=str(number),
        number=str(number),
        placed_at=FIRST_DAY + timedelta(hours=number % 4400),
        currency="EUR",
        total=Money(minor=total, currency="EUR"),
        shipping=Money(minor=490, currency="EUR"),
        tax=Money(minor=total * 19 // 119, currency="EUR"),
        lines=tuple(lines),
    )


def fits(rule: object, line: OrderLine) -> bool:
    """Return whether a rule names a line."""
    categories, skus = getattr(rule, "categories", ()), getattr(rule, "skus", ())
    return line.sku in skus or bool(set(line.categories) & set(categories))


def naive(order: Order, program: Program, before: int) -> int:
    """Return the points as one would write it down from the description."""
    plan = EarningPlan(Program(rates=program.rates, time_zone=program.time_zone))
    wall = order.placed_at.astimezone(plan.zone).replace(tzinfo=None)
    basis = order.total.minor - (order.shipping.minor if order.shipping else 0)
    tax = order.tax.minor if order.tax else 0
    counted = basis * Fraction(order.total.minor - tax, order.total.minor)
    goods = sum(line.total.minor for line in order.lines)
    rules = [
        rule
        for rule in program.rules
        if (rule.starts is None or rule.starts <= wall)
        and (rule.ends is None or wall < rule.ends)
        and basis >= getattr(rule, "from_minor", {}).get("EUR", 0)
    ]
    money, fixed = Fraction(0), 0
    for line in order.lines:
        if any(isinstance(rule, ExcludedRule) and fits(rule, line) for rule in rules):
            continue
        own = [rule for rule in rules if isinstance(rule, RateRule) and fits(rule, line)]
        best = max(own, key=lambda rule: rule.priority).rates if own else program.rates
        groups: dict[str, Fraction] = {}
        for rule in rules:
            if isinstance(rule, MultiplierRule) and (not rule.names_goods or fits(rule, line)):
                groups[rule.group] = max(groups.get(rule.group, Fraction(1)), Fraction(rule.factor))
            if isinstance(rule, UnitsRule) and fits(rule, line):
                fixed += rule.points * line.quantity
        share = counted * Fraction(line.total.minor, goods)
        for factor in groups.values():
            share *= factor
        money += share * Fraction(best["EUR"].points, best["EUR"].per_minor)
    for rule in rules:
        if isinstance(rule, MilestoneRule):
            number = before + 1
            is_due = number in rule.orders or bool(rule.every and number % rule.every == 0)
            fixed += rule.points * is_due
    caps = [rule.points for rule in rules if isinstance(rule, CapRule)]
    return min([int(money) + fixed, *caps])


def orders_per_s(work: Callable[[Order, int], int], orders: list[Order]) -> float:
    """Return the median of some rounds."""
    rates = []
    for _ in range(ROUNDS):
        gc.collect()
        start = time.process_time()
        for number, order in enumerate(orders):
            work(order, number % 20)
        rates.append(len(orders) / (time.process_time() - start))
    return statistics.median(rates)


def main() -> None:
    """Print orders per second of both, and the ratio."""
    with LARGE.open("rb") as stream:
        program = Program.model_validate(tomllib.load(stream)["loyalty"])
    plan = EarningPlan(program)
    orders = [order_of(number) for number in range(COUNT)]
    standings = [Standing(orders_before=number) for number in range(20)]

    def ours(order: Order, before: int) -> int:
        return plan.earn(order, standing=standings[before]).points

    def peer(order: Order, before: int) -> int:
        return naive(order, program, before)

    for number, order in enumerate(orders):
        if ours(order, number % 20) != peer(order, number % 20):
            raise SystemExit(f"order {number} differs from the plain reading")
    mine, theirs = orders_per_s(ours, orders), orders_per_s(peer, orders)
    print(f"Python {platform.python_version()}, {len(program.rules)} rules, {COUNT} orders")
    print(f"rules with breakdown   {mine:10,.0f} orders/s   target {TARGET:,}")
    print(f"plain reading          {theirs:10,.0f} orders/s   {mine / theirs:.1f} times as fast")


if __name__ == "__main__":
    main()
