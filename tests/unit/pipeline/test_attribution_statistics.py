"""Intervals and sizes, against published examples and against chance itself."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.pipeline.cards.attribution_statistics import (
    Share,
    Sizes,
    newcombe,
    sizes_needed,
    wilson,
)

shares = st.integers(0, 400).flatmap(
    lambda total: st.builds(Share, st.integers(0, total), st.just(total))
)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_published(count, total, low, high):
    """Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I."""
    interval = wilson(Share(count, total))

    assert (low, high) == (round(interval.low, 4), round(interval.high, 4))


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_newcombe_as_published(one, other, low, high):
    """Newcombe 1998, "Interval estimation for the difference …", table II, method 10."""
    difference = newcombe(Share(*one), Share(*other))

    assert (low, high) == (
        round(difference.interval.low, 4),
        round(difference.interval.high, 4),
    )
    assert pytest.approx(one[0] / one[1] - other[0] / other[1]) == difference.ratio


@given(one=shares, other=shares)
def test_interval_holds_the_estimate_and_is_the_same_from_the_other_side(one, other):
    there, back = newcombe(one, other), newcombe(other, one)

    assert -1 <= there.interval.low <= there.ratio <= there.interval.high <= 1 + 1e-12
    assert pytest.approx((-back.interval.high, -back.interval.low)) == (
        there.interval.low,
        there.interval.high,
    )


@given(share=shares, factor=st.integers(2, 50))
def test_more_customers_make_it_narrower(share, factor):
    if not share.total:
        return
    few, many = wilson(share), wilson(Share(share.count * factor, share.total * factor))

    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(
    ("base", "lift", "treated", "held_out"),
    [(0.20, 0.00, 900, 100), (0.20, 0.03, 900, 100), (0.04, 0.01, 475, 25), (0.5, -0.1, 60, 40)],
)
def test_interval_covers_the_truth_as_often_as_it_says(base, lift, treated, held_out):
    """4,000 shops that know their true lift: 95 % of the intervals hold it, within chance."""
    chance = random.Random(f"{base}{lift}{treated}")
    tries = 4000
    hits = 0
    for _ in range(tries):
        one = Share(_returning(chance, treated, base + lift), treated)
        other = Share(_returning(chance, held_out, base), held_out)
        interval = newcombe(one, other).interval
        hits += interval.low <= lift <= interval.high

    assert 0.935 <= hits / tries <= 0.985


def _returning(chance, customers, rate):
    return sum(chance.random() < rate for _ in range(customers))


def test_sizes_as_published():
    """The example of R's power.prop.test: 50 % against 75 % with power 90 % takes 76.7 each."""
    assert Sizes(77, 77) == sizes_needed(0.50, 0.25, holdout=0.5, power=0.9)


def test_a_small_holdout_needs_many_more_customers():
    even, small = (sizes_needed(0.20, 0.03, holdout=share) for share in (0.5, 0.05))

    assert Sizes(2943, 2943) == even
    assert 19 * small.held_out == small.treated
    assert small.treated + small.held_out > 5 * (even.treated + even.held_out)


def test_sizes_give_the_power_they_promise():
    """Of 1,500 experiments of the size asked for, 80 % see the lift, within chance."""
    sizes = sizes_needed(0.20, 0.06, holdout=0.2)
    chance = random.Random(7)
    seen = 0
    for _ in range(1500):
        one = Share(_returning(chance, sizes.treated, 0.26), sizes.treated)
        other = Share(_returning(chance, sizes.held_out, 0.20), sizes.held_out)
        seen += newcombe(one, other).interval.low > 0

    assert 0.76 <= seen / 1500 <= 0.84


@pytest.mark.parametrize(
    "wrong",
    [
        {"base": 0.0}, {"base": 1.0}, {"lift": 0.0}, {"lift": 0.9}, {"lift": -0.3},
        {"holdout": 0.0}, {"holdout": 1.0}, {"power": 1.0}, {"confidence": 0.0},
    ],
)  # fmt: skip
def test_impossible_experiments_are_refused(wrong):
    with pytest.raises(ValueError, match="between 0 and 1"):
        sizes_needed(**{"base": 0.2, "lift": 0.03, "holdout": 0.1} | wrong)


@pytest.mark.parametrize("pair", [(1, 0), (-1, 5), (0, -1)])
def test_impossible_shares_are_refused(pair):
    with pytest.raises(ValueError, match="count out of a total"):
        Share(*pair)
