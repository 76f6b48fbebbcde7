"""CLDR plural rules (UTS #35 part 3, section 5), read from the extract."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from .resources import supplemental

Kind = Literal["cardinal", "ordinal"]

_CACHE_SIZE = 4096
_RULES_SIZE = 256
_RELATION = re.compile(r"([nivwfte])(?: % (\d+))? (!?=) ([\d.,]+)")
# One relation: operand, modulus (0 for none), is it "=", and the inclusive ranges it names.
_Relation = tuple[str, int, bool, tuple[tuple[int, int], ...]]


def plural_category(tag: str, number: int | Decimal, kind: Kind = "cardinal") -> str:
    """Return ``zero``, ``one``, ``two``, ``few``, ``many`` or ``other``.

    A Decimal keeps its visible decimals: 1.0 is not the same as 1 in many languages. A region
    that has rules of its own is heard: nought is singular in Brazil (``pt``), plural in Portugal
    (``pt-PT``) and Angola. Languages that CLDR does not know have only ``other``.
    """
    if isinstance(number, int):
        return _integer_category(tag, number, kind)
    return _category(tag, number, kind)


@lru_cache(maxsize=_CACHE_SIZE)
def _integer_category(tag: str, number: int, kind: Kind) -> str:
    # Only whole numbers are remembered: Decimal 1 and 1.0 would be one key.
    return _category(tag, number, kind)


def _category(tag: str, number: int | Decimal, kind: Kind) -> str:
    operands = _operands(number)
    for category, alternatives in _rules(tag, kind):
        if any(all(_holds(part, operands) for part in terms) for terms in alternatives):
            return category
    return "other"


def plural_categories(language: str, kind: Kind = "cardinal") -> frozenset[str]:
    """Return the categories a language distinguishes, ``other`` among them."""
    return frozenset(category for category, _ in _rules(language, kind)) | {"other"}


def integer_categories(language: str, kind: Kind = "cardinal") -> frozenset[str]:
    """Return the categories that whole numbers below ten thousand can fall into."""
    return frozenset(_category(language, number, kind) for number in range(10_000))


@lru_cache(maxsize=_RULES_SIZE)
def _rules(tag: str, kind: Kind) -> tuple[tuple[str, list[list[_Relation]]], ...]:
    tables: dict[str, dict[str, str]] = supplemental()[kind]
    names = (tag, supplemental()["parents"].get(tag, ""), tag.partition("-")[0])
    # CLDR's "und" stands for no language, and has no rules either.
    table = next((tables[name] for name in names if name in tables and name != "und"), {})
    return tuple(
        (
            category,
            [
                [_read_relation(part) for part in alternative.split(" and ")]
                for alternative in rule.split(" or ")
            ],
        )
        for category, rule in table.items()
    )


def _read_relation(text: str) -> _Relation:
    match = _RELATION.fullmatch(text.strip())
    assert match, f"CLDR uses a plural relation we do not read: {text}"
    operand, modulus, sign, values = match.groups()
    ranges = []
    for value in values.split(","):
        first, _, last = value.partition("..")
        ranges.append((int(first), int(last or first)))
    return operand, int(modulus or 0), sign == "=", tuple(ranges)


def _operands(number: int | Decimal) -> dict[str, int | None]:
    """Return the operands of UTS #35 as exact integers; ``n`` is None between two of them."""
    if isinstance(number, int):
        whole = abs(number)
        return {"n": whole, "i": whole, "v": 0, "w": 0, "f": 0, "t": 0, "e": 0}
    # copy_abs, because abs would round to the precision of the context.
    integer, _, fraction = format(number.copy_abs(), "f").partition(".")
    trimmed = fraction.rstrip("0")
    return {
        "n": None if trimmed else int(integer),
        "i": int(integer),
        "v": len(fraction),
        "w": len(trimmed),
        "f": int(fraction or 0),
        "t": int(trimmed or 0),
        "e": 0,
    }


def _holds(relation: _Relation, operands: dict[str, int | None]) -> bool:
    operand, modulus, is_equal, ranges = relation
    value = operands[operand]
    if value is None:
        return not is_equal
    if modulus:
        value %= modulus
    return any(first <= value <= last for first, last in ranges) is is_equal
