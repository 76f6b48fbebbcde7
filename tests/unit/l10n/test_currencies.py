from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from retention_sdk.l10n.currencies import is_legal_tender, legal_tender, round_cash
from retention_sdk.l10n.numbers import NumberFormatter


@pytest.mark.parametrize(
    ("region", "on", "expected"),
    [
        ("BG", date(2025, 12, 31), ("BGN",)),
        ("BG", date(2026, 1, 1), ("EUR", "BGN")),
        ("BG", date(2026, 2, 1), ("EUR",)),
        ("HR", date(2022, 12, 31), ("HRK",)),
        ("HR", date(2023, 6, 1), ("EUR",)),
        ("IR", date(2026, 11, 21), ("IRR",)),
        ("CH", date(2026, 11, 21), ("CHF",)),
        ("XX", date(2026, 11, 21), ()),
    ],
)
def test_money_is_legal_tender_from_one_day_to_another(region, on, expected):
    """Bulgaria and Croatia, with the weeks in which both could be spent."""
    assert expected == legal_tender(region, on)


def test_money_that_has_ended_is_still_printed_with_its_sign():
    """An order of last year is paid back in the money of last year."""
    assert is_legal_tender("BGN", date(2025, 6, 1))
    assert not is_legal_tender("BGN", date(2026, 6, 1))
    assert "лв." == NumberFormatter("bg").symbol("BGN")


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("1.03", "CHF", "1.05"),
        ("1.02", "CHF", "1.00"),
        ("-1.03", "CHF", "-1.05"),
        ("12.75", "DKK", "13.00"),
        ("12.74", "DKK", "12.50"),
        ("99.50", "SEK", "100"),
        ("1234", "HUF", "1235"),
        ("9.99", "EUR", "9.99"),
    ],
)
def test_cash_is_rounded_to_what_is_minted(amount, currency, expected):
    """Swiss five rappen, Danish half crowns, Swedish whole ones, Hungarian five forint."""
    assert expected == str(round_cash(Decimal(amount), currency))
