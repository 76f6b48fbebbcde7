"""Numbers among words: compact ("12 thousand"), with a unit ("3 days"), from now ("tomorrow").

Formats of UTS #35 part 3 (compact), part 1 (units) and part 4 (relative time).
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Any, Literal

from .plurals import plural_category
from .resources import cldr_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .numbers import NumberFormatter

Width = Literal["short", "long"]
Unit = Literal[
    "minute",
    "hour",
    "day",
    "week",
    "month",
    "year",
    "gram",
    "kilogram",
    "centimeter",
    "meter",
    "milliliter",
    "liter",
]
TimeUnit = Literal["minute", "hour", "day", "week", "month", "year"]

_UNIT_DECIMALS = 3
# A compact number shows two digits at least, and no more than its whole part needs.
_COMPACT_DIGITS = 2
# ICU groups the digits of a compact number from five on: 1234 T, 12,345 T.
_COMPACT_GROUPING = 2
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)


class WordFormatter:
    """Writes numbers among words for one locale. Immutable.

    Words are read when the first of them is asked for: most texts need none.
    """

    def __init__(self, cldr_tag: str, numbers: NumberFormatter) -> None:
        self._tag = cldr_tag
        self._numbers = numbers

    def compact(self, value: int | Decimal, width: Width = "short") -> str:
        """Return a number as short as people say it: 12K, 12 thousand."""
        amount = Decimal(value)
        power, forms = _compact_row(self._words["compact"][width], amount)
        shown = _compact_rounded(amount.scaleb(-power, _EXACT))
        pattern, _, negative = self._form(forms, shown).partition(";")
        number = self._numbers.decimal(
            shown.copy_abs(),
            fraction_max=_decimals(shown),
            grouping_min=_COMPACT_GROUPING,
        )
        if shown.is_signed():
            pattern = (negative or f"-{pattern}").replace("-", self._numbers.minus)
        return pattern.replace("{0}", number)

    def unit(self, value: int | Decimal, unit: Unit, width: Width = "long") -> str:
        """Return a quantity, three decimals at most: 3 days, 1.5 kg."""
        shown = _rounded(Decimal(value), _UNIT_DECIMALS)
        pattern = self._form(self._words["units"][width][unit], shown)
        return pattern.replace("{0}", self._numbers.decimal(shown))

    def relative(self, count: int, unit: TimeUnit, *, named: bool = True) -> str:
        """Return a distance from now, negative in the past: in 3 days, tomorrow."""
        words: Mapping[str, Any] = self._words["relative"][unit]
        name = words.get(str(count)) if named else None
        if name:
            return str(name)
        forms = words["past" if count < 0 else "future"]
        pattern = self._form(forms, Decimal(abs(count)))
        return pattern.replace("{0}", self._numbers.decimal(abs(count)))

    @property
    def _words(self) -> Mapping[str, Any]:
        return cldr_words(self._tag)

    def _form(self, forms: str | Mapping[str, str], shown: Decimal) -> str:
        if isinstance(forms, str):
            return forms
        # French says "mille", not "1 mille": CLDR names that form by the number itself.
        if shown == 1 and "1" in forms:
            return forms["1"]
        return forms.get(plural_category(self._tag, shown.copy_abs()), forms["other"])


def _compact_row(rows: Sequence[Sequence[Any]], amount: Decimal) -> tuple[int, Any]:
    """Return the power of ten to divide by and the forms; 999,999 is a million, not 1000 K."""
    power, _ = _row_of(rows, amount)
    rounded = _compact_rounded(amount.scaleb(-power, _EXACT)).scaleb(power, _EXACT)
    return _row_of(rows, rounded)


def _row_of(rows: Sequence[Sequence[Any]], amount: Decimal) -> tuple[int, Any]:
    magnitude = amount.adjusted() if amount else 0
    found: tuple[int, Any] = (0, "{0}")
    for first, power, forms in rows:
        if magnitude >= first:
            found = power, forms
    return found


def _compact_rounded(amount: Decimal) -> Decimal:
    return _rounded(amount, max(0, _COMPACT_DIGITS - 1 - amount.adjusted()) if amount else 0)


def _rounded(amount: Decimal, decimals: int) -> Decimal:
    """Return a number without the zeros it would not be printed with: plurals look at them."""
    rounded = amount.quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
    return rounded.quantize(Decimal(1).scaleb(-_decimals(rounded)), context=_EXACT)


def _decimals(amount: Decimal) -> int:
    return len(format(amount, "f").partition(".")[2].rstrip("0"))
