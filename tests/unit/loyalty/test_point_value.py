"""What points are worth: exact, and no part of the rules by which they move."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from retention_sdk.loyalty.point_value import PointValue
from retention_sdk.model import Money


@pytest.mark.parametrize(
    ("points", "minor"),
    [(0, 0), (1, 1), (2, 1), (3, 2), (100, 50), (1001, 501), (-1, -1), (-100, -50)],
)
def test_halves_of_a_cent_are_rounded_away_from_zero(points, minor):
    value = PointValue(points=100, minor=50, currency="EUR")

    assert Money(minor=minor, currency="EUR") == value.worth(points)


def test_many_points_are_worth_what_they_are_worth_exactly():
    value = PointValue(points=3, minor=1, currency="JPY")

    assert 333_333_333_333 == value.worth(10**12).minor


def test_a_value_does_not_change_the_rules_that_transactions_name(make_program):
    plain = make_program()
    valued = make_program(point_value={"minor": 1, "currency": "EUR"})

    assert plain.model_dump(mode="json") == valued.model_dump(mode="json")
    assert 7 == valued.point_value.worth(7).minor


@pytest.mark.parametrize("wrong", [{"points": 0}, {"minor": 0}, {"minor": 0.5}, {"currency": "€"}])
def test_nothing_is_worth_nothing_or_a_float(wrong):
    with pytest.raises(ValidationError):
        PointValue.model_validate({"minor": 1, "currency": "EUR", **wrong})
