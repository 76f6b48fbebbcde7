"""What a platform writes is read exactly, or refused without being quoted."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from retention_sdk.errors import PlatformError
from retention_sdk.shop_api.values import asked_number, identifier, moment, rounded, text
from retention_sdk.testing import money

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_null_is_no_text():
    assert ["", "", "Ada"] == [text(value) for value in (None, "", "Ada")]


@pytest.mark.parametrize("value", [5, True, 1.5, [], {"ada": 1}, b"Ada"])
def test_text_is_nothing_else(value):
    with pytest.raises(TypeError, match=r"^a text was expected$"):
        text(value)


def test_identifier_is_a_whole_number_as_text():
    assert ["0", "118"] == [identifier(value) for value in (0, 118)]
    assert "1" == identifier(1, least=1)


@pytest.mark.parametrize("value", ["118", True, -1, 1.0, None, Decimal(1), [1]])
def test_identifier_is_nothing_else(value):
    with pytest.raises(TypeError, match=r"^an identifier is a whole number$"):
        identifier(value)


def test_identifier_may_have_to_be_above_zero():
    with pytest.raises(TypeError):
        identifier(0, least=1)


def test_moment_keeps_its_offset():
    east = timezone(timedelta(hours=3))

    assert NOON == moment("2026-11-20T12:00:00Z")
    assert (NOON, timedelta(hours=3)) == (
        moment("2026-11-20T15:00:00+03:00", zone=UTC),
        moment("2026-11-20T15:00:00+03:00", zone=UTC).utcoffset(),
    )
    assert NOON == moment("2026-11-20 15:00:00", zone=east)
    assert NOON == moment("2026-11-20 15:30:00", zone=ZoneInfo("Asia/Tehran"))


@pytest.mark.parametrize("value", ["2026-11-20T12:00:00", "soon", ""])
def test_moment_without_an_offset_is_not_guessed(value):
    with pytest.raises(ValueError, match=r"offset|isoformat"):
        moment(value)


@pytest.mark.parametrize("value", [None, 5, {}])
def test_moment_is_text(value):
    with pytest.raises(TypeError):
        moment(value)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("12.345000", "12.35 EUR"),
        ("19.635000", "19.64 EUR"),
        ("12.344999", "12.34 EUR"),
        ("-0.005", "-0.01 EUR"),
        (12, "12.00 EUR"),
        (Decimal("1199.5"), "1200 JPY"),
        ("12.3455", "12.346 KWD"),
    ],
)
def test_half_a_unit_is_rounded_up(amount, expected):
    assert money(expected) == rounded(amount, expected[-3:])


@pytest.mark.parametrize("amount", [1.5, True, None, [], {}])
def test_float_is_no_amount(amount):
    with pytest.raises(TypeError):
        rounded(amount, "EUR")


@pytest.mark.parametrize("amount", ["a lot", "NaN", "Infinity", "1e999990", "12,5", ""])
def test_amount_is_finite(amount):
    with pytest.raises((ValueError, ArithmeticError)):
        rounded(amount, "EUR")


@pytest.mark.parametrize("asked", ["", "118/view", "../118", "-1", "1.0", "١١٨", "²"])
def test_what_is_no_number_is_not_asked_for(asked):
    with pytest.raises(PlatformError, match="whole numbers") as caught:
        asked_number(asked, adapter="mine")
    assert not caught.value.retryable


def test_number_may_stand_in_a_path():
    assert "118" == asked_number("118", adapter="mine")
