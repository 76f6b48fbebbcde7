"""What tax law keeps after an erasure, and for how many years.

General knowledge of the statutes, to be verified before anybody relies on it; an engineering
summary, not legal advice.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from ...model import Record
from ..places import FALLBACK


class KeepingRule(Record):
    """For how many years after the end of its own a country wants a sale on record."""

    country: str
    years: int
    citation: str
    source_read: bool
    confidence: Literal["high", "medium", "low"]
    note: str


def keeping_rule(country: str, *, years: int | None = None) -> KeepingRule:
    """Return what a shop's country asks for; ``years`` is what the shop set instead."""
    rule = _table().get(country) or _table()[FALLBACK]
    if years is None:
        return rule
    return rule.model_copy(update={"years": years, "note": "set by the shop"})


def kept_since(now: datetime, rule: KeepingRule, *, zone: ZoneInfo) -> datetime:
    """Return the moment before which sales need not be kept any more.

    The years count from the end of the calendar year of the sale (AO s. 147(4), for example).
    """
    year = now.astimezone(zone).year - rule.years
    return datetime.combine(date(max(year, 1970), 1, 1), time(), zone).astimezone(UTC)


@cache
def _table() -> Mapping[str, KeepingRule]:
    text = (files(__package__) / "keeping.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    rules = (
        KeepingRule.model_validate(
            {**row, "years": int(row["years"]), "source_read": row["source_read"] == "yes"}
        )
        for row in rows
    )
    return MappingProxyType({rule.country: rule for rule in rules})
