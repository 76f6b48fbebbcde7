"""A rank multiplies what money earns: from the order after the one that brought it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from pydantic import ValidationError

from retention_sdk.loyalty import earn
from retention_sdk.loyalty.earning import EarningPlan, Standing
from retention_sdk.loyalty.earning.plan import recompute
from retention_sdk.loyalty.tiers import TierLadder

SILVER = {"key": "silver", "from_minor": {"EUR": 100_00, "JPY": 100_00}, "points_factor": "1.25"}
GOLD = {"key": "gold", "from_minor": {"EUR": 300_00, "JPY": 300_00}, "points_factor": "1.5"}
LADDER = {"ranks": [SILVER, GOLD]}
DOUBLE = {"kind": "multiplier", "id": "double", "factor": 2}
FIRST = {"kind": "milestone", "id": "first", "orders": [1], "points": 50}


@pytest.fixture
def buy(desk, make_order, now):
    """Buy as the pipeline does: the facts of the order first, then its points."""

    def buy(name, minor, *, days=0):
        at = now + timedelta(days=days)
        order = make_order(minor, order_id=name, placed_at=at, paid_at=at)
        subject = desk.subjects["ada"]
        desk.store.orders.record(desk.connection, order, shop_id="shop", subject_id=subject)
        return desk.earn(minor, order=name, at=at, now=at, placed_at=at, paid_at=at)

    return buy


def test_the_next_order_earns_by_the_rank_that_this_one_brought(desk, buy):
    desk.use(tiers=LADDER)

    # 120 at 1; 200 at 1.25 = 250 and gold; 10 at 1.5 = 15.
    assert [120, 250, 15] == [
        buy("1", 120_00).points,
        buy("2", 200_00, days=1).points,
        buy("3", 10_00, days=2).points,
    ]
    assert desk.verify().is_clean


def test_a_rank_that_ended_multiplies_nothing_though_nobody_looked(desk, buy):
    desk.use(tiers=LADDER)
    buy("1", 120_00)

    assert 50 == buy("2", 50_00, days=365).points


def test_an_order_that_was_given_back_raised_nobody(desk, buy, make_order, now):
    desk.use(tiers=LADDER)
    buy("1", 120_00)
    gone = make_order(120_00, order_id="1", cancelled_at=now)
    desk.store.orders.settle(desk.connection, gone, shop_id="shop")

    assert 40 == buy("2", 40_00, days=1).points


def test_the_rank_is_named_in_the_breakdown_and_explained(desk, buy):
    desk.use(tiers=LADDER)
    buy("1", 120_00)
    explained = desk.explain(buy("2", 200_00, days=1))

    assert ["tier:silver"] == explained.facts["breakdown"]["parts"][0]["multipliers"]
    assert "250 points for goods of 200.00 EUR at 1 per 1.00 EUR, times 5/4 (tier:silver)." in (
        explained.sentence
    )


@pytest.mark.parametrize(
    ("rules", "tier", "expected"),
    [
        ([], "", 33),
        ([], "silver", 41),
        # 33.33 × 1.5 = 49.995: rounded down once.
        ([], "gold", 49),
        # Multiplies with the rules' own, never points of a milestone: 33.33 × 2 × 1.5 + 50.
        ([DOUBLE, FIRST], "gold", 149),
        # A rank that the ladder does not know any more.
        ([], "platinum", 33),
    ],
)
def test_it_is_one_more_multiplier(make_program, make_order, rules, tier, expected):
    program = make_program(tiers=LADDER, rules=rules)
    earning = EarningPlan(program).earn(make_order(33_33), standing=Standing(tier=tier))

    assert expected == earning.points == recompute(earning)


def test_what_everybody_holds_multiplies_for_everybody(make_program, make_order):
    everybody = {"key": "green", "from_minor": {"EUR": 0}, "points_factor": "1.1"}
    program = make_program(tiers={"ranks": [everybody]})

    assert 110 == earn(make_order(100_00), program).points


def test_a_currency_without_a_rate_earns_nothing_at_any_rank(make_program, make_order):
    program = make_program(tiers=LADDER, rates={"EUR": {"points": 1, "per_minor": 100}})
    order = make_order(5000, currency="JPY")

    assert 0 == EarningPlan(program).earn(order, standing=Standing(tier="gold")).points


def test_ranks_without_factors_leave_the_breakdown_as_it_was(make_program, make_order):
    plain = [{**rank, "points_factor": None} for rank in LADDER["ranks"]]
    order = make_order(33_33)

    assert earn(order, make_program()) == earn(order, make_program(tiers={"ranks": plain}))


@pytest.mark.parametrize("factor", [1, "0.5", "1.001", 101, -2])
def test_a_factor_that_takes_points_away_or_has_too_many_digits_is_refused(factor):
    with pytest.raises(ValidationError):
        TierLadder.model_validate({"ranks": [{**SILVER, "points_factor": factor}]})


def test_a_factor_is_read_as_written():
    ladder = TierLadder.model_validate(LADDER)

    assert [Decimal("1.25"), Decimal("1.5")] == [rank.points_factor for rank in ladder.ranks]
