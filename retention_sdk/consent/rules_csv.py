"""Consent rules as a table: one row a rule, the columns of the shipped file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from io import StringIO

from pydantic import ValidationError

from ..errors import ConfigError
from .quiet import read_quiet_hours
from .rule import Basis, Cap, Rule
from .rules import RuleSet

_NUMBERS = ("opt_in_months", "soft_opt_in_months", "inquiry_months", "consent_age")
_HOURS = {"h": 1, "day": 24, "days": 24}
_CAP = re.compile(r"(\d+) per (?:(\d+) )?(h|days?)\b")
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
# Fields of a rule that have no column of their name: they are read from the words of another.
_FROM_WORDS = frozenset(
    {"quiet_hours", "quiet_hours_note", "quiet_days_note", "in_force_note", "cap"}
)
COLUMNS = (
    *(name for name in Rule.model_fields if name not in _FROM_WORDS),
    "quiet_hours_allowed_local",
    "quiet_days",
)
_NEEDED = tuple(name for name, field in Rule.model_fields.items() if field.is_required())


def load_rules() -> RuleSet:
    """Return the rules shipped with the package, and nobody's signature."""
    return RuleSet.of(shipped_rules())


@cache
def shipped_rules() -> tuple[Rule, ...]:
    """Return the rows of the shipped table, in its order. They are read once."""
    text = (files(__package__) / "data" / "rules.csv").read_text(encoding="utf-8")
    return read_rules(text)


def read_rules(text: str, *, file: str = "rules.csv") -> tuple[Rule, ...]:
    """Read rules from CSV with the columns of the shipped file; optional ones may be left out.

    Raises:
        ConfigError: a row is malformed; the message names file, line, rule and column.
    """
    table = csv.DictReader(StringIO(text, newline=""), strict=True)
    try:
        _check_header(table.fieldnames or (), file)
        return tuple(_read_rows(table, file))
    except csv.Error as error:
        raise ConfigError(f"no CSV: {error}", file=f"{file}:{table.line_num}") from None


def _check_header(names: Sequence[str], file: str) -> None:
    where = f"{file}:1"
    for name in names:
        if name not in COLUMNS:
            raise ConfigError("there is no such column", file=where, key=name, hint=_near(name))
        if names.count(name) > 1:
            raise ConfigError("the column is there twice", file=where, key=name)
    for name in _NEEDED:
        if name not in names:
            raise ConfigError("the column is missing", file=where, key=name)


def _near(name: str) -> str:
    found = get_close_matches(name, COLUMNS, n=1)
    return f"did you mean {found[0]}?" if found else ""


def _read_rows(table: csv.DictReader[str], file: str) -> Iterator[Rule]:
    width = len(table.fieldnames or ())
    for row in table:
        where = f"{file}:{table.line_num}"
        # The reader keeps cells beyond the last column under None, and gives None for missing ones.
        if None in row or None in row.values():
            key = row.get("rule_id") or ""
            raise ConfigError(f"the row has not {width} cells, as the header", file=where, key=key)
        yield _read_row(row, where)


def _read_row(row: Mapping[str, str], where: str) -> Rule:
    rule_id = row["rule_id"].strip() or "?"
    values: dict[str, object] = {}
    for name, cell in row.items():
        try:
            values.update(_read_cell(name, cell.strip(), row))
        except ValueError as error:
            raise ConfigError(str(error), file=where, key=f"{rule_id}.{name}") from None
    try:
        return Rule.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ".".join([rule_id, *(str(part) for part in first["loc"][:1])])
        raise ConfigError(_words(first["msg"]), file=where, key=key) from None


def _read_cell(name: str, cell: str, row: Mapping[str, str]) -> dict[str, object]:
    """Return the fields of a rule that a cell fills."""
    if not cell and name in _NEEDED:
        raise ValueError("is empty")
    if name in _NUMBERS:
        return {name: _number(cell)}
    if name == "basis_code":
        return {name: _basis(cell)}
    if name == "quiet_hours_allowed_local":
        hours = read_quiet_hours(cell, row.get("quiet_days", ""))
        return {"quiet_hours": hours, "quiet_hours_note": cell}
    if name == "quiet_days":
        return {"quiet_days_note": cell}
    if name == "in_force_from":
        return {name: _first_day(cell), "in_force_note": cell}
    if name == "effective_until":
        return {name: _day(cell)}
    if name == "frequency_cap":
        return {name: cell, "cap": read_cap(cell)}
    return {name: cell}


def read_cap(words: str) -> Cap | None:
    """Read ``3 per 24 h``, ``1 per day`` or ``4 per 30 days``; None where the words say another.

    Only the first clause counts: ``2 per week if refused`` depends on what no table can know.
    """
    found = _CAP.match(words)
    if found is None:
        return None
    count, times, unit = found.groups(default="1")
    return Cap(count=int(count), hours=int(times) * _HOURS[unit])


def _number(cell: str) -> int | None:
    if not cell:
        return None
    if not (cell.isascii() and cell.isdecimal()):
        raise ValueError("is not a whole number")
    return int(cell)


def _basis(cell: str) -> Basis:
    if cell not in set(Basis):
        raise ValueError(f"is none of {', '.join(Basis)}")
    return Basis(cell)


def _day(cell: str) -> date | None:
    try:
        return date.fromisoformat(cell) if cell else None
    except ValueError:
        raise ValueError("is not a day such as 2026-12-31") from None


def _first_day(text: str) -> date | None:
    """Read ``2026-08-11``, ``2026-02-05 (DUAA parts)`` or ``about 2027-05``: the first of May."""
    if not text:
        return None
    found = _DATE.search(text)
    if found is None:
        raise ValueError("has no date such as 2026-12-31")
    year, month, day = found.groups(default="1")
    return date(int(year), int(month), int(day))


def _words(message: str) -> str:
    return message.removeprefix("Value error, ")
