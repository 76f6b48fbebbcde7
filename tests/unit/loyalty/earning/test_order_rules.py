"""What orders earn by each kind of rule: every number is worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from retention_sdk.loyalty import earn
from retention_sdk.loyalty.earning import Standing, preview
from retention_sdk.loyalty.earning.words import explain
from retention_sdk.model import Award, Money, OrderLine

TEA = {"kind": "rate", "id": "tea", "categories": ["tea"], "rates": {"EUR": (3, 100)}}
DOUBLE = {"kind": "multiplier", "id": "double", "factor": 2}
FIRST = {"kind": "milestone", "id": "first", "orders": [1], "points": 50}


def eur(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")


def line(name: str, minor: int, quantity: int = 1, **changes) -> OrderLine:
    price = eur(minor)
    values = {"id": name, "title": name, "quantity": quantity, "unit_price": price, **changes}
    return OrderLine(total=price, **values)


def rule(values: dict) -> dict:
    rates = values.get("rates")
    if not rates:
        return values
    made = {key: {"points": a, "per_minor": b} for key, (a, b) in rates.items()}
    return {**values, "rates": made}


@pytest.fixture
def basket(make_order):
    """40.00 EUR: tea for 10.00 (two packets), a pot for 30.00 of a brand."""
    lines = (
        line("tea", 1000, 2, sku="T1", categories=("tea",)),
        line("pot", 3000, sku="P1", brand="Kiln"),
    )

    def make(**changes):
        return make_order(changes.pop("minor", 4000), lines=changes.pop("lines", lines), **changes)

    return make


@pytest.fixture
def points(make_program, basket):
    def count(*rules, order=None, standing=None, **program):
        made = make_program(rules=[rule(each) for each in rules], **program)
        return preview(order or basket(), made, standing).points

    return count


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        # The rate of the programme: a point for each euro.
        ([], 40),
        # Tea at three a euro: 30 for the tea, 30 for the pot.
        ([TEA], 60),
        # No rate of its own for euros: the programme's.
        ([{**TEA, "rates": {"USD": (9, 100)}}], 40),
        # The higher priority counts.
        ([TEA, {**TEA, "id": "a", "skus": ["T1"], "rates": {"EUR": (5, 100)}, "priority": 1}], 80),
        # At equal priority the first name in the alphabet.
        ([TEA, {**TEA, "id": "a", "rates": {"EUR": (5, 100)}}], 80),
        # Five more for each of two packets.
        ([{"kind": "units", "id": "u", "skus": ["T1"], "points": 5}], 50),
        ([{"kind": "units", "id": "u", "products": ["none"], "points": 5}], 40),
        # The pot earns nothing, not even by other rules.
        ([{"kind": "excluded", "id": "x", "skus": ["P1"]}], 10),
        ([{"kind": "excluded", "id": "x", "skus": ["P1"]}, {"kind": "units", "id": "u", "skus": ["P1"], "points": 7}], 10),
        ([FIRST], 90),
        ([{**FIRST, "orders": [2]}], 40),
        ([{"kind": "milestone", "id": "m", "every": 10, "points": 50}], 40),
        ([DOUBLE], 80),
        # Times 2 for tea only.
        ([{**DOUBLE, "categories": ["tea"]}], 50),
        # The pot is of the brand: 10 and 60. Brands are compared as they are spelled.
        ([{**DOUBLE, "brands": ["Leaf", "Kiln"]}], 70),
        ([{**DOUBLE, "brands": ["kiln"]}], 40),
        ([{"kind": "excluded", "id": "x", "brands": ["Kiln"]}], 10),
        # One group: the larger one alone.
        ([DOUBLE, {**DOUBLE, "id": "triple", "factor": 3}], 120),
        # Two groups: both.
        ([DOUBLE, {**DOUBLE, "id": "triple", "factor": 3, "group": "vip"}], 240),
        # Neither pieces nor milestones are multiplied.
        ([DOUBLE, FIRST, {"kind": "units", "id": "u", "skus": ["T1"], "points": 5}], 140),
        # One and a quarter times 40.
        ([{**DOUBLE, "factor": "1.25"}], 50),
        # From 50.00 on, which 40.00 is not; from 40.00 on, which it is.
        ([{**DOUBLE, "from_minor": {"EUR": 5000}}], 40),
        ([{**DOUBLE, "from_minor": {"EUR": 4000}}], 80),
        ([{**DOUBLE, "from_minor": {"USD": 1}}], 40),
        ([{"kind": "cap", "id": "c", "points": 25, "per": "order"}], 25),
        ([{"kind": "cap", "id": "c", "points": 0, "per": "day"}], 0),
        ([{"kind": "cap", "id": "c", "points": 25, "per": "day"}, {"kind": "cap", "id": "d", "points": 20, "per": "year"}], 20),
        ([{"kind": "review", "id": "r", "points": 5}], 40),
    ],
)  # fmt: skip
def test_a_basket_of_forty_euros(points, rules, expected):
    assert expected == points(*rules)
    assert expected == points(*reversed(rules))


@pytest.mark.parametrize(
    ("before", "expected"), [(0, 40), (8, 40), (9, 90), (10, 40), (19, 90), (99, 90)]
)
def test_every_tenth_order_is_a_milestone(points, before, expected):
    every = {"kind": "milestone", "id": "tenth", "every": 10, "points": 50}

    assert expected == points(every, standing=Standing(orders_before=before))


def test_a_milestone_is_given_once(points):
    given = Standing(milestones=frozenset({("first", 1)}))

    assert 40 == points(FIRST, standing=given)


@pytest.mark.parametrize(("earned", "expected"), [(0, 40), (70, 30), (99, 1), (100, 0), (130, 0)])
def test_a_cap_counts_what_was_earned_before(points, earned, expected):
    cap = {"kind": "cap", "id": "monthly", "points": 100, "per": "month"}

    assert expected == points(cap, standing=Standing(earned={"month": earned}))


def test_a_cap_never_cuts_the_awards_of_plugins(make_program, basket):
    program = make_program(rules=[{"kind": "cap", "id": "c", "points": 25, "per": "order"}])
    earning = earn(basket(), program, awards=[Award(points=60, reason="survey")])

    assert (85, "c", 40) == (earning.points, earning.cap, earning.uncapped)


def test_an_unlisted_currency_earns_nothing_by_any_rule(make_program, make_order):
    earning = preview(make_order(4000, currency="USD"), make_program(rules=[FIRST]))

    assert (0, "no rate for USD") == (earning.points, earning.refusal)


def test_discounts_shipping_and_tax_are_spread_over_the_goods(points, basket):
    """Goods of 40.00 cost 30.00 with a coupon, 5.00 of shipping come on top: 30.00 count.

    A quarter of it is tea at three points: 7.50 * 3 + 22.50 * 1 = 45.
    """
    order = basket(minor=3500, shipping=eur(500))

    assert 45 == points(TEA, order=order)
    # 7.00 of 35.00 are tax: 45 * 28 / 35 = 36.
    assert 36 == points(TEA, order=order.model_copy(update={"tax": eur(700)}), tax="excluded")


def test_there_is_one_rounding_over_all_goods(points, basket):
    """Thirds of a euro: 0.50 + 0.50 make a point together that none makes alone."""
    lines = (line("a", 50, categories=("tea",)), line("b", 50))
    same = {**TEA, "rates": {"EUR": (1, 100)}}

    assert 1 == points(same, order=basket(minor=100, lines=lines))


def test_gift_cards_and_free_pieces_bring_no_points_for_pieces(points, basket):
    each = {"kind": "units", "id": "u", "skus": ["T1"], "points": 5}
    free = line("free", 0, sku="T1")
    card = line("card", 1000, sku="T1", is_gift_card=True)
    pot = line("pot", 1000)

    assert 10 == points(each, order=basket(minor=2000, lines=(free, card, pot)))


def test_an_order_that_was_free_is_no_milestone(points, basket):
    assert 0 == points(FIRST, order=basket(minor=0))


def test_shipping_alone_earns_where_it_counts(points, basket):
    order = basket(minor=500, lines=(line("free", 0),), shipping=eur(500))

    assert 5 == points(FIRST | {"orders": [2]}, order=order, counts_shipping=True)


BERLIN = {"time_zone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("placed", "expected"),
    [
        # The clocks of Berlin go forward at 01:00 UTC on 29 March 2026 and back on 25 October.
        (datetime(2026, 3, 28, 22, 59, 59, tzinfo=UTC), 40),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), 80),
        (datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC), 80),
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), 40),
    ],
)
def test_a_campaign_of_one_day_is_half_open_in_local_time(points, basket, placed, expected):
    """The shortest day of the year has 23 hours."""
    day = {**DOUBLE, "starts": "2026-03-29", "ends": "2026-03-30"}

    assert expected == points(day, order=basket(placed_at=placed), **BERLIN)


@pytest.mark.parametrize(
    ("second", "expected"), [(datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), 40),
                             (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), 80)],
)  # fmt: skip
def test_a_start_that_the_clocks_skip_is_when_they_jump(points, basket, second, expected):
    """02:30 does not exist: clocks go from 02:00 to 03:00."""
    gap = {**DOUBLE, "starts": "2026-03-29T02:30:00"}

    assert expected == points(gap, order=basket(placed_at=second), **BERLIN)


def test_a_start_that_comes_twice_is_the_first(points, basket):
    """02:30 comes at 00:30 UTC and again at 01:30."""
    twice = {**DOUBLE, "starts": "2026-10-25T02:30:00"}

    assert 80 == points(twice, order=basket(placed_at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
                        **BERLIN)  # fmt: skip


def test_the_breakdown_is_told_in_sentences(make_program, basket):
    rules = [rule(TEA), DOUBLE, FIRST, {"kind": "cap", "id": "most", "points": 150, "per": "order"}]
    earning = preview(basket(minor=4500, shipping=eur(500)), make_program(rules=rules))

    assert (
        "Of 45.00 EUR paid, 40.00 EUR count, without 5.00 EUR shipping. "
        "60 points for goods of 30.00 EUR at 1 per 1.00 EUR, times 2 (double). "
        "60 points for goods of 10.00 EUR at 3 per 1.00 EUR, times 2 (double) by the rule 'tea'. "
        "30 points because it was order number 1, by the rule 'first'. "
        "What money earned was rounded down once, over all of it. "
        "The cap 'most' left 150 of 170 points."
    ) == explain(earning.model_dump(mode="json"), "points")
