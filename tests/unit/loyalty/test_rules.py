"""What an order earns: whole points, one rounding, nothing converted, all explained."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from retention_sdk.loyalty import (
    Earning,
    EarningPart,
    Rate,
    earn,
    order_points,
    refunded_ratio,
)
from retention_sdk.model import Award, Money, OrderLine


def eur(minor: int) -> Money:
    return Money(minor=minor, currency="EUR")


def line(name: str, minor: int, **changes) -> OrderLine:
    price = eur(minor)
    return OrderLine(id=name, title=name, quantity=1, unit_price=price, total=price, **changes)


@pytest.mark.parametrize(
    ("minor", "expected"), [(0, 0), (99, 0), (100, 1), (3890, 38), (3999, 39), (100_000, 1000)]
)
def test_points_are_rounded_down(make_order, make_program, minor, expected):
    assert expected == earn(make_order(minor), make_program()).points


def test_a_currency_has_its_own_rate(make_order, make_program):
    """4,500 yen at a point per 150 yen; yen have no minor unit."""
    assert 30 == earn(make_order(4500, currency="JPY"), make_program()).points


def test_a_currency_without_a_rate_earns_nothing_and_says_so(make_order, make_program):
    earning = earn(make_order(3890, currency="USD"), make_program())

    assert (0, "no rate for USD", ()) == (earning.points, earning.refusal, earning.parts)


def test_shipping_does_not_count_unless_the_programme_says_so(make_order, make_program):
    order = make_order(3890, shipping=eur(490))

    assert 34 == earn(order, make_program()).points
    assert 38 == earn(order, make_program(counts_shipping=True)).points


def test_a_gift_card_earns_nothing_when_it_is_bought(make_order, make_program):
    """Its points come when it is spent; otherwise one euro would earn twice."""
    lines = (line("tea", 2000), line("card", 5000, is_gift_card=True))
    earning = earn(make_order(7000, lines=lines), make_program())

    assert (20, 5000) == (earning.points, earning.gift_card_minor)


def test_tax_is_taken_off_in_proportion_when_it_does_not_count(make_order, make_program):
    """119.00 with 19.00 tax and 11.90 shipping: 107.10 of goods are 90.00 net."""
    order = make_order(11_900, tax=eur(1900), shipping=eur(1190))

    assert 107 == earn(order, make_program()).points
    assert 90 == earn(order, make_program(tax="excluded")).points


def test_more_shipping_than_total_earns_nothing(make_order, make_program):
    """A coupon may cover everything but a part of the shipping."""
    assert 0 == earn(make_order(300, shipping=eur(490)), make_program()).points


def test_awards_are_added_apart_with_their_plugin(make_order, make_program):
    award = Award(points=50, reason="first order", plugin="retention-welcome")
    earning = earn(make_order(3890), make_program(), awards=[award])

    own = EarningPart(source="order", points=38)
    given_on_top = EarningPart(
        source="award", points=50, reason="first order", plugin="retention-welcome"
    )
    assert (88, (own, given_on_top)) == (earning.points, earning.parts)


def test_an_award_counts_even_where_the_currency_does_not(make_order, make_program):
    award = Award(points=5, reason="survey")

    assert 5 == earn(make_order(100, currency="USD"), make_program(), awards=[award]).points


def test_parts_that_do_not_add_up_cannot_be_built(make_order, make_program):
    earning = earn(make_order(3890), make_program())

    with pytest.raises(ValidationError, match="do not add up"):
        Earning.model_validate({**earning.model_dump(), "points": 39})


@settings(deadline=None)
@given(
    total=st.integers(0, 10**9),
    shipping=st.integers(0, 10**6),
    tax_percent=st.integers(0, 30),
    points=st.integers(1, 50),
    per_minor=st.integers(1, 10_000),
    extra=st.lists(st.integers(1, 1000), max_size=3),
    tax=st.sampled_from(["included", "excluded"]),
)
def test_the_breakdown_sums_to_the_points_and_recomputes_them(  # noqa: PLR0917 - drawn by name
    total, shipping, tax_percent, points, per_minor, extra, tax
):
    """L13: what is stored is enough to compute the award again, by hand if need be."""
    from datetime import UTC, datetime

    from retention_sdk.loyalty import Program
    from retention_sdk.model import Order

    order = Order(
        id="1",
        number="1",
        placed_at=datetime(2026, 3, 1, tzinfo=UTC),
        currency="EUR",
        total=eur(total),
        shipping=eur(shipping),
        tax=eur(total * tax_percent // 100),
        lines=(line("l", total),),
    )
    program = Program(rates={"EUR": Rate(points=points, per_minor=per_minor)}, tax=tax)
    earning = earn(order, program, awards=[Award(points=n, reason="r") for n in extra])

    assert earning.points == sum(part.points for part in earning.parts)
    again = order_points(
        earning.basis_minor,
        tax_minor=earning.tax_minor,
        total_minor=earning.total_minor,
        rate=earning.rate,
    )
    assert again == earning.parts[0].points
    assert sum(extra) == earning.points - again


@settings(deadline=None)
@given(minor=st.integers(0, 10**7), more=st.integers(0, 10**6))
def test_paying_more_never_earns_less(minor, more):
    rate = Rate(points=3, per_minor=70)

    def of(amount: int) -> int:
        return order_points(amount, tax_minor=0, total_minor=amount, rate=rate)

    assert of(minor) <= of(minor + more)
    assert of(minor) == minor * 3 // 70


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Fraction(0)),
        ({"refunded": eur(0)}, Fraction(0)),
        ({"refunded": eur(1945)}, Fraction(1, 2)),
        ({"refunded": eur(1297)}, Fraction(1297, 3890)),
        ({"refunded": eur(3890)}, Fraction(1)),
    ],
)
def test_the_refunded_part_is_exact(make_order, changes, expected):
    assert expected == refunded_ratio(make_order(3890, **changes))


def test_a_cancelled_order_is_refunded_in_full(make_order, now):
    assert 1 == refunded_ratio(make_order(3890, cancelled_at=now))


def test_a_free_order_has_nothing_to_refund(make_order):
    assert 0 == refunded_ratio(make_order(0, refunded=eur(0)))


@pytest.mark.parametrize(
    "changes",
    [
        {"rates": {}},
        {"rates": {"eur": {"points": 1, "per_minor": 100}}},
        {"rates": {"EUR": {"points": 0, "per_minor": 100}}},
        {"rates": {"EUR": {"points": 1, "per_minor": 0}}},
        {"rates": {"EUR": {"points": 0.5, "per_minor": 100}}},
        {"expires_after_days": 0},
        {"time_zone": "Mars/Olympus"},
        {"clawback": "manual"},
    ],
)
def test_an_impossible_programme_cannot_be_built(make_program, changes):
    with pytest.raises(ValidationError):
        make_program(**changes)
