"""What holds for every order and every programme."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from retention_sdk.loyalty import Program, earn
from retention_sdk.loyalty.earning import EarningPlan, Standing
from retention_sdk.loyalty.earning.plan import recompute, round_once
from retention_sdk.model import Award, Money, Order, OrderLine

KINDS = ("tea", "pot", "cup")
CATEGORIES = st.lists(st.sampled_from(KINDS), min_size=1, max_size=2).map(tuple)
RATE = st.fixed_dictionaries({"points": st.integers(1, 9), "per_minor": st.integers(1, 300)})
FROM = st.one_of(st.just({}), st.fixed_dictionaries({"EUR": st.integers(1, 9000)}))
POINTS = st.integers(1, 500)


def _kind(kind: str, **fields: st.SearchStrategy) -> st.SearchStrategy:
    return st.fixed_dictionaries({"kind": st.just(kind), **fields})


RATES = _kind("rate", categories=CATEGORIES, rates=st.fixed_dictionaries({"EUR": RATE}),
              priority=st.integers(-1, 1), from_minor=FROM)  # fmt: skip
FACTORS = st.integers(101, 500).map(lambda percent: f"{percent / 100:.2f}")
MULTIPLIERS = _kind("multiplier", factor=FACTORS, group=st.sampled_from(["", "a", "b"]),
                    categories=st.one_of(st.just(()), CATEGORIES), from_minor=FROM)  # fmt: skip
UNITS = _kind("units", categories=CATEGORIES, points=POINTS, from_minor=FROM)
MILESTONES = _kind("milestone", orders=st.just((1,)), points=POINTS, from_minor=FROM)
EXCLUDED = _kind("excluded", categories=CATEGORIES)
CAPS = _kind("cap", points=st.integers(0, 300), per=st.sampled_from(["order", "day", "year"]))


def _named(rules: list[dict]) -> list[dict]:
    return [{"id": f"r{number}", **values} for number, values in enumerate(rules)]


def rules_of(*kinds: st.SearchStrategy) -> st.SearchStrategy:
    return st.lists(st.one_of(*kinds), min_size=1, max_size=6).map(_named)


ALL = rules_of(RATES, MULTIPLIERS, UNITS, MILESTONES, EXCLUDED, CAPS)
UNCAPPED = rules_of(RATES, MULTIPLIERS, UNITS, MILESTONES, EXCLUDED)
# A rate of one rule may be below another's, but none of these looks at how much is bought of what.
MONOTONE = rules_of(MULTIPLIERS, UNITS, MILESTONES, EXCLUDED, RATES)
LINES = st.lists(
    st.tuples(st.integers(0, 20_000), st.integers(1, 5), CATEGORIES, st.booleans()),
    min_size=1,
    max_size=5,
)
ORDERS = st.fixed_dictionaries(
    {"lines": LINES, "off": st.integers(0, 100), "shipping": st.integers(0, 900),
     "tax": st.integers(0, 30)}
)  # fmt: skip


def line(name: str, minor: int, quantity: int, categories, is_gift_card: bool) -> OrderLine:
    price = Money(minor=minor, currency="EUR")
    return OrderLine(id=name, title=name, quantity=quantity, unit_price=price, total=price,
                     categories=categories, is_gift_card=is_gift_card)  # fmt: skip


def order_of(facts: dict, *, lines=None) -> Order:
    lines = lines or [line(str(n), *each) for n, each in enumerate(facts["lines"])]
    goods = sum(each.total.minor for each in lines)
    total = goods * (100 - facts["off"]) // 100 + facts["shipping"]
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return Order(
        id="1",
        number="1",
        placed_at=at,
        currency="EUR",
        total=Money(minor=total, currency="EUR"),
        shipping=Money(minor=facts["shipping"], currency="EUR"),
        tax=Money(minor=total * facts["tax"] // 100, currency="EUR"),
        lines=tuple(lines),
    )


def program_of(rules: list[dict], **changes) -> Program:
    rates = {"EUR": {"points": 1, "per_minor": 70}}
    return Program.model_validate({"rates": rates, "rules": rules, **changes})


STANDINGS = st.builds(
    Standing, orders_before=st.integers(0, 2),
    earned=st.fixed_dictionaries({"day": st.integers(0, 200), "year": st.integers(0, 400)}),
)  # fmt: skip
TAX = st.sampled_from(["included", "excluded"])


@settings(deadline=None)
@given(rules=ALL, facts=ORDERS, standing=STANDINGS, tax=TAX, award=st.integers(1, 99))
def test_the_parts_add_up_and_none_is_negative(rules, facts, standing, tax, award):
    """L13, first half."""
    plan = EarningPlan(program_of(rules, tax=tax))
    earning = plan.earn(
        order_of(facts), standing=standing, awards=[Award(points=award, reason="r")]
    )

    assert earning.points == sum(part.points for part in earning.parts)
    assert award == earning.parts[-1].points
    assert all(part.points >= 0 for part in earning.parts)


@settings(deadline=None)
@given(rules=UNCAPPED, facts=ORDERS, tax=TAX)
def test_the_stored_facts_make_the_points_again(rules, facts, tax):
    """L13, second half: fractions of the breakdown, not of the order."""
    earning = EarningPlan(program_of(rules, tax=tax)).earn(order_of(facts))

    assert earning.points == recompute(earning)
    assert earning == type(earning).model_validate_json(earning.model_dump_json())


@settings(deadline=None)
@given(rules=ALL, facts=ORDERS, standing=STANDINGS, data=st.data())
def test_the_order_of_rules_and_of_lines_means_nothing(rules, facts, standing, data):
    order = order_of(facts)
    turned = order.model_copy(update={"lines": tuple(data.draw(st.permutations(order.lines)))})
    other = program_of(data.draw(st.permutations(rules)))

    first = EarningPlan(program_of(rules)).earn(order, standing=standing)
    assert first == EarningPlan(other).earn(turned, standing=standing)


@settings(deadline=None)
@given(rules=ALL, facts=ORDERS, data=st.data())
def test_a_line_split_in_two_earns_as_before(rules, facts, data):
    order = order_of(facts)
    whole = data.draw(st.sampled_from(order.lines))
    assume(whole.quantity > 1 and whole.total.minor > 1)
    pieces = data.draw(st.integers(1, whole.quantity - 1))
    minor = data.draw(st.integers(1, whole.total.minor - 1))
    halves = [
        whole.model_copy(update={"quantity": pieces, "total": Money(minor=minor, currency="EUR")}),
        whole.model_copy(
            update={
                "id": "half",
                "quantity": whole.quantity - pieces,
                "total": Money(minor=whole.total.minor - minor, currency="EUR"),
            }
        ),
    ]
    lines = tuple(each for each in order.lines if each is not whole) + tuple(halves)
    plan = EarningPlan(program_of(rules))

    assert plan.earn(order) == plan.earn(order.model_copy(update={"lines": lines}))


@settings(deadline=None)
@given(rules=MONOTONE, facts=ORDERS, more=st.integers(0, 50_000))
def test_paying_more_for_the_same_goods_never_earns_less(rules, facts, more):
    order = order_of({**facts, "tax": 0})
    total = Money(minor=order.total.minor + more, currency="EUR")
    plan = EarningPlan(program_of(rules))

    assert plan.earn(order).points <= plan.earn(
        order.model_copy(update={"total": total})
    ).points  # fmt: skip


@settings(deadline=None)
@given(rules=ALL, facts=ORDERS, standing=STANDINGS)
def test_caps_hold(rules, facts, standing):
    earning = EarningPlan(program_of(rules)).earn(order_of(facts), standing=standing)

    for cap in (each for each in rules if each["kind"] == "cap"):
        assert earning.points <= max(0, cap["points"] - standing.earned.get(cap["per"], 0))


@settings(deadline=None)
@given(facts=ORDERS, tax=TAX)
def test_a_rule_for_nothing_here_changes_no_point(facts, tax):
    order, rule = order_of(facts), {"kind": "review", "id": "r", "points": 5}
    plain = earn(order, program_of([], tax=tax))

    assert plain.points == earn(order, program_of([rule], tax=tax)).points


@given(st.lists(st.integers(0, 10**9), max_size=8), st.integers(1, 10**6))
def test_rounding_once_loses_less_than_a_point(numerators, denominator):
    whole = round_once(numerators, denominator)

    assert sum(whole) == sum(numerators) // denominator
    assert all(
        abs(each * denominator - top) < denominator
        for each, top in zip(whole, numerators, strict=True)
    )
