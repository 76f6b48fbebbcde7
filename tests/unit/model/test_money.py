from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from retention_sdk.model import Money, minor_digits

CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD", "IRR", "AMD", "CLF"])
AMOUNTS = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("38.90", "EUR", 3890),
        ("1200", "JPY", 1200),
        ("1.234", "KWD", 1234),
        ("2.6", "EUR", 260),
        ("-7", "EUR", -700),
    ],
)
def test_decimal_text_is_read_exactly(text, currency, minor):
    assert Money(minor=minor, currency=currency) == Money.parse(text, currency)


@pytest.mark.parametrize("amount", [1.5, True, None, b"1"])
def test_only_text_int_and_decimal_are_money(amount):
    with pytest.raises(TypeError):
        Money.parse(amount, "EUR")


@pytest.mark.parametrize("text", ["", "abc", "NaN", "Infinity", "1.999", "1e-9"])
def test_what_is_not_an_exact_amount_is_refused(text):
    with pytest.raises(ValueError, match="decimal"):
        Money.parse(text, "EUR")


@pytest.mark.parametrize("text", ["1e16", "1e99999", "-1e999990", "1e9999999", "9" * 100_000])
def test_amount_beyond_the_worlds_trade_is_refused_before_it_is_counted(text):
    """A dozen letters that stand for a million digits would cost half a minute each."""
    with pytest.raises(ValueError, match=r"10\^17|decimal"):
        Money.parse(text, "EUR")


def test_a_yen_has_no_decimals():
    with pytest.raises(ValueError, match="more decimals than JPY allows"):
        Money.parse("12.5", "JPY")


def test_currencies_do_not_mix():
    with pytest.raises(ValueError, match="EUR and USD do not mix"):
        Money.parse("1", "EUR") + Money.parse("1", "USD")


@pytest.mark.parametrize(
    "fields", [{"minor": 1.0}, {"minor": "1"}, {"minor": True}, {"minor": 10**18}]
)
def test_minor_units_are_a_plausible_int(fields):
    with pytest.raises(ValidationError):
        Money(currency="EUR", **fields)


@given(AMOUNTS, CURRENCIES)
def test_amount_and_minor_units_are_two_sides_of_one_coin(minor, currency):
    money = Money(minor=minor, currency=currency)

    assert money == Money.parse(money.amount, currency)
    assert money == Money.parse(str(money.amount), currency)
    assert Decimal(minor) == money.amount * 10 ** minor_digits(currency)


@given(AMOUNTS, AMOUNTS, CURRENCIES)
def test_sum_and_difference_undo_each_other(one, two, currency):
    a, b = Money(minor=one, currency=currency), Money(minor=two, currency=currency)

    assert a == a + b - b
    assert (a < b) == (one < two)
