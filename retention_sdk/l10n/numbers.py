"""Numbers, percentages and money as CLDR 48 writes them (UTS #35 part 3)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Literal, cast

from .currencies import currency_fraction
from .resources import cldr_locale, supplemental

if TYPE_CHECKING:
    from collections.abc import Mapping

Digits = Literal["auto", "latn", "native"]
"""Whose digits to use: the locale's default, 0-9, or the native ones."""
SymbolWidth = Literal["standard", "narrow", "code"]
CurrencyStyle = Literal["standard", "accounting"]

_LATIN_DIGITS = "0123456789"
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)
_PERCENT_SHIFT = 2
_PYTHON_GROUP = 3
_CACHE_SIZE = 4096


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A CLDR number pattern, taken apart. Affixes still hold ``¤``, ``-`` and ``%``."""

    prefix: str
    suffix: str
    negative_prefix: str
    negative_suffix: str
    group: int
    group_higher: int
    integer_min: int
    fraction_min: int
    fraction_max: int


@dataclass(frozen=True, slots=True)
class _Style:
    """Everything that writing one kind of number needs, ready to use."""

    positive: tuple[str, str]
    negative: tuple[str, str]
    pattern: _Pattern
    decimal: str
    separator: str
    grouped_from: int
    digits: dict[int, str] | None
    table: dict[int, str] | None
    """From Python's own format to the locale's, where that groups by three as Python does."""


class NumberFormatter:
    """Writes numbers for one locale of the CLDR extract. Immutable and cheap to keep."""

    def __init__(self, cldr_tag: str, digits: Digits = "auto") -> None:
        self._data = cldr_locale(cldr_tag)["numbers"]
        self._system_name = _system_name(self._data, digits)
        self._system = self._data["systems"][self._system_name]
        # One formatter serves one locale, so its styles live and die with it.
        self._style = lru_cache(_CACHE_SIZE)(self._make_style)

    def decimal(
        self, value: int | Decimal, *, fraction_max: int | None = None, grouping_min: int = 0
    ) -> str:
        """Return a plain number, three decimals at most unless told otherwise.

        ``grouping_min`` is how many digits at least must stand before the first separator, where
        that is more than the locale asks for.
        """
        style = self._style("decimal_pattern", "", "standard")
        if grouping_min > self._data["minimum_grouping"]:
            from_digits = style.pattern.group + grouping_min
            style = replace(style, grouped_from=from_digits, table=None)
        fraction = style.pattern.fraction_max if fraction_max is None else fraction_max
        return _write(style, Decimal(value), fraction_min=0, fraction_max=fraction)

    def percent(self, ratio: Decimal | Fraction, *, fraction_max: int = 0) -> str:
        """Return a ratio as a percentage: 0.25 is 25 %."""
        style = self._style("percent_pattern", "", "standard")
        scaled = _to_decimal(ratio).scaleb(_PERCENT_SHIFT, _EXACT)
        return _write(style, scaled, fraction_min=0, fraction_max=fraction_max)

    def currency(
        self,
        amount: Decimal,
        currency: str,
        *,
        fraction_digits: int | None = None,
        width: SymbolWidth = "standard",
        style: CurrencyStyle = "standard",
    ) -> str:
        """Return an amount in major units, rounded half up to the currency's CLDR digits."""
        digits = currency_fraction(currency) if fraction_digits is None else fraction_digits
        kind = "currency_pattern" if style == "standard" else "accounting_pattern"
        found = self._style(kind, currency, width)
        return _write(found, amount, fraction_min=digits, fraction_max=digits)

    @property
    def minus(self) -> str:
        """The sign before what is owed, with its bidi marks."""
        return cast("str", self._system["minus"])

    def digits(self, text: str) -> str:
        """Return text with 0-9 replaced by this locale's digits; nothing else changes."""
        table = _digit_table(self._system_name)
        return text.translate(table) if table else text

    def symbol(self, currency: str, width: SymbolWidth = "standard") -> str:
        """Return a currency's sign, or its ISO code where the language has none."""
        if width == "code":
            return currency
        standard: str = self._data["symbols"].get(currency, currency)
        if width == "standard":
            return standard
        narrow: str = self._data["narrow"].get(currency, standard)
        return narrow

    def _make_style(self, kind: str, currency: str, width: SymbolWidth) -> _Style:
        system = self._system
        symbol = self.symbol(currency, width) if currency else ""
        pattern = _parse(_choose_pattern(system, kind, symbol))
        # Austria and French Switzerland separate prices differently from other numbers.
        own = "currency_" if currency else ""
        point = system.get(f"{own}decimal", system["decimal"])
        separator = system.get(f"{own}group", system["group"])
        digits = _digit_table(self._system_name)
        like_python = (
            pattern.group == pattern.group_higher == _PYTHON_GROUP
            and self._data["minimum_grouping"] == 1
            and pattern.integer_min == 1
        )

        def affixes(prefix: str, suffix: str) -> tuple[str, str]:
            return _fill(prefix, system, symbol, "prefix"), _fill(suffix, system, symbol, "suffix")

        return _Style(
            positive=affixes(pattern.prefix, pattern.suffix),
            negative=affixes(pattern.negative_prefix, pattern.negative_suffix),
            pattern=pattern,
            decimal=point,
            separator=separator,
            grouped_from=pattern.group + self._data["minimum_grouping"],
            digits=digits,
            table=({ord(","): separator, ord("."): point} | (digits or {}))
            if like_python
            else None,
        )


def _system_name(numbers: Mapping[str, Any], digits: Digits) -> str:
    wanted: str = {"auto": numbers["default"], "latn": "latn", "native": numbers["native"]}[digits]
    return wanted if wanted in numbers["systems"] else numbers["default"]


@cache
def _digit_table(system: str) -> dict[int, str] | None:
    digits = supplemental()["digits"][system]
    if digits == _LATIN_DIGITS:
        return None
    return {ord(latin): own for latin, own in zip(_LATIN_DIGITS, digits, strict=True)}


def _choose_pattern(system: Mapping[str, str], kind: str, symbol: str) -> str:
    base = system[kind]
    alpha = system.get(kind.replace("_pattern", "_alpha_pattern"))
    if not symbol or not alpha:
        return base
    is_before = base.index("¤") < base.index("0")
    touching = symbol[-1] if is_before else symbol[0]
    return alpha if touching.isalpha() else base


@lru_cache(maxsize=_CACHE_SIZE)
def _parse(pattern: str) -> _Pattern:
    positive, _, negative = pattern.partition(";")
    prefix, body, suffix = _split(positive)
    minus_prefix, minus_suffix = f"-{prefix}", suffix
    if negative:
        minus_prefix, _, minus_suffix = _split(negative)
    integer, _, fraction = body.partition(".")
    groups = [len(part) for part in integer.split(",")]
    return _Pattern(
        prefix,
        suffix,
        minus_prefix,
        minus_suffix,
        group=groups[-1] if len(groups) > 1 else 0,
        group_higher=groups[-2] if len(groups) > 2 else groups[-1],  # noqa: PLR2004 - #,##,##0
        integer_min=integer.count("0"),
        fraction_min=fraction.count("0"),
        fraction_max=len(fraction),
    )


def _split(pattern: str) -> tuple[str, str, str]:
    places = [index for index, char in enumerate(pattern) if char in "#0,."]
    start, end = places[0], places[-1] + 1
    return pattern[:start], pattern[start:end], pattern[end:]


def _fill(affix: str, system: Mapping[str, str], symbol: str, side: str) -> str:
    if symbol:
        if side == "prefix" and affix.endswith("¤") and _needs_space(symbol[-1]):
            affix += system["spacing"]
        if side == "suffix" and affix.startswith("¤") and _needs_space(symbol[0]):
            affix = system["spacing"] + affix
    filled = affix.replace("-", system["minus"]).replace("%", system["percent"])
    return filled.replace("¤", symbol)


def _needs_space(char: str) -> bool:
    return unicodedata.category(char)[0] not in "SZ"


def _to_decimal(value: Decimal | Fraction) -> Decimal:
    if isinstance(value, Decimal):
        return value
    return _EXACT.divide(Decimal(value.numerator), Decimal(value.denominator))


def _write(style: _Style, value: Decimal, *, fraction_min: int, fraction_max: int) -> str:
    rounded = value.quantize(_step(fraction_max), context=_EXACT)
    is_negative = rounded.is_signed()
    if is_negative:
        # Unlike the minus sign, this keeps all digits.
        rounded = rounded.copy_abs()
    if style.table:
        text = f"{rounded:,f}"
        if fraction_min < fraction_max:
            text = _trimmed(text, fraction_max - fraction_min)
        number = text.translate(style.table)
    else:
        number = _spelled(style, _trimmed(f"{rounded:f}", fraction_max - fraction_min))
    before, after = style.negative if is_negative else style.positive
    return before + number + after


@cache
def _step(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def _trimmed(text: str, zeros_max: int) -> str:
    """Return a number without so many zeros, and no point, at its end."""
    if "." not in text:
        return text
    kept = len(text) - zeros_max
    return (text[:kept] + text[kept:].rstrip("0")).rstrip(".")


def _spelled(style: _Style, text: str) -> str:
    integer, _, fraction = text.partition(".")
    integer = _grouped(integer.rjust(style.pattern.integer_min, "0"), style)
    number = f"{integer}{style.decimal}{fraction}" if fraction else integer
    return number.translate(style.digits) if style.digits else number


def _grouped(integer: str, style: _Style) -> str:
    size = style.pattern.group
    if not size or len(integer) < style.grouped_from:
        return integer
    parts = [integer[-size:]]
    rest = integer[:-size]
    while rest:
        parts.append(rest[-style.pattern.group_higher :])
        rest = rest[: -style.pattern.group_higher]
    return style.separator.join(reversed(parts))
