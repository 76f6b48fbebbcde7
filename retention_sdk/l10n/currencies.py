"""Which money is legal tender where and when, and how finely it is counted (CLDR 48).

A redenomination gets a new ISO 4217 code (BGN became EUR, ANG became XCG), so decimals belong to a
code and periods to a region. Iran has decided on a new rial; as long as it has neither a code nor
a day, nothing is said of it here.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from .resources import supplemental, tender_table

if TYPE_CHECKING:
    from datetime import date

# A row is code, first day and, if it has ended, last day.
_LAST_DAY = 2


def legal_tender(region: str, on: date) -> tuple[str, ...]:
    """Return the money of an ISO 3166 region on a day, newest first; none for unknown regions.

    Two are returned while an old one may still be spent. The table reaches back to 2020.
    """
    day = on.isoformat()
    rows = tender_table().get(region, ())
    valid = [row for row in rows if row[1] <= day <= (row[2] if len(row) > _LAST_DAY else day)]
    return tuple(code for code, *_ in sorted(valid, key=_first_day, reverse=True))


def is_legal_tender(currency: str, on: date) -> bool:
    """Return whether a currency can be paid with anywhere on a day."""
    return any(currency in legal_tender(region, on) for region in tender_table())


def _first_day(row: list[str]) -> str:
    return row[1]


def currency_fraction(currency: str) -> int:
    """Return CLDR's number of decimals for prices: 2 for EUR, 0 for JPY and IRR."""
    return _fraction_row(currency)[0]


def cash_fraction(currency: str) -> int:
    """Return CLDR's number of decimals for cash: 0 for AMD, SEK and TWD."""
    return _fraction_row(currency)[1]


def cash_rounding(currency: str) -> int:
    """Return the step of cash in its smallest printed unit: 5 for CHF, 50 for DKK, 0 for none."""
    return _fraction_row(currency)[2]


def round_cash(amount: Decimal, currency: str) -> Decimal:
    """Return an amount in major units as it can be paid in coins, a half away from zero.

    1.03 CHF is 1.05. Only for what a till or a courier collects: prices are never rounded.
    """
    decimals, step = cash_fraction(currency), cash_rounding(currency) or 1
    coin = Decimal(step).scaleb(-decimals)
    coins = (amount / coin).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return (coins * coin).quantize(Decimal(1).scaleb(-decimals))


def _fraction_row(currency: str) -> tuple[int, int, int]:
    table = supplemental()["fractions"]
    digits, cash, step = table.get(currency, table["DEFAULT"])
    return digits, cash, step
