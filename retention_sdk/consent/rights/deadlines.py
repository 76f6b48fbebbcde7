"""Until when a request must be acknowledged and answered: terms as data, computed in one zone.

General knowledge of the statutes, to be verified before anybody relies on it; an engineering
summary, not legal advice.
"""

from __future__ import annotations

import csv
import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from ...model import Record
from ...model.base import Instant
from ..places import FALLBACK, Home, Place, find_places
from .states import RequestKind

Unit = Literal["day", "business_day", "month"]

ANY_KIND = "*"
_SPAN = re.compile(r"(\d{1,3}) (day|business day|month)s?")
_SATURDAY = 5
_DAY = timedelta(days=1)


class Span(Record):
    """A number of calendar days, of business days or of months."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        """Return it as the table spells it: ``10 business days``."""
        words = self.unit.replace("_", " ")
        return f"{self.count} {words}{'' if self.count == 1 else 's'}"

    def after(self, start: date) -> date:
        """Return the last day of the term; the day it starts on does not count.

        Business days are Monday to Friday. There is no table of holidays, so a term in business
        days ends earlier than the law would let it. A month ends on the day of the same number,
        or on the last one of a month that has no such day (regulation 1182/71, art. 3(2)(c)).
        """
        if self.unit == "month":
            return _same_day(start, months=self.count)
        if self.unit == "day":
            return start + self.count * _DAY
        day, left = start, self.count
        while left:
            day += _DAY
            left -= day.weekday() < _SATURDAY
        return day


class DeadlineRule(Record):
    """The terms of one place for one kind of request, with where they stand.

    ``kind`` is ``*`` for all kinds that have no row of their own. ``source_read`` says whether
    the text of the law was read for this row.
    """

    jurisdiction: str
    kind: str
    acknowledge: Span | None
    answer: Span
    extension: Span | None
    appeal: Span | None
    citation: str
    source_read: bool
    confidence: Literal["high", "medium", "low"]
    note: str


class Deadlines(Record):
    """The moments until which the shop must have acted, and the rules they follow from.

    Each is the last second of its day in the shop's zone. ``answer_by`` is the earliest of all
    places, ``extended_by`` the same after one extension (equal where there is none);
    ``acknowledge_by`` is None where no place asks for it. ``appeal`` counts from the day of an
    appeal.
    """

    acknowledge_by: Instant | None
    answer_by: Instant
    extended_by: Instant
    rules: tuple[DeadlineRule, ...]

    @property
    def may_extend(self) -> bool:
        """Whether an extension gains any time."""
        return self.extended_by > self.answer_by

    def appeal_by(self, appealed_at: datetime, *, zone: ZoneInfo) -> datetime | None:
        """Return until when an appeal must be answered, None where no law says so."""
        start = appealed_at.astimezone(zone).date()
        days = [rule.appeal.after(start) for rule in self.rules if rule.appeal]
        return _end_of(min(days), zone) if days else None


def deadlines(
    kind: RequestKind,
    received_at: datetime,
    *,
    jurisdictions: Sequence[str],
    zone: ZoneInfo,
    rules: Iterable[DeadlineRule] | None = None,
) -> Deadlines:
    """Return the strictest deadlines of all jurisdictions; without any, the fallback's.

    ``jurisdictions`` are countries (``DE``) or states of them (``US-CA``). The day of receipt is
    that of the shop's zone, and does not count.
    """
    table = _by_place(tuple(rules)) if rules is not None else _shipped()
    found = [_rule_for(code, kind, table) for code in jurisdictions or (FALLBACK,)]
    applying = tuple({rule.jurisdiction: rule for rule in found}.values())
    start = received_at.astimezone(zone).date()
    answers = [rule.answer.after(start) for rule in applying]
    extended = [
        rule.extension.after(answer) if rule.extension else answer
        for rule, answer in zip(applying, answers, strict=True)
    ]
    acknowledged = [rule.acknowledge.after(start) for rule in applying if rule.acknowledge]
    return Deadlines(
        acknowledge_by=_end_of(min(acknowledged), zone) if acknowledged else None,
        answer_by=_end_of(min(answers), zone),
        extended_by=_end_of(min(extended), zone),
        rules=applying,
    )


def jurisdictions_of(homes: Sequence[Home]) -> tuple[str, ...]:
    """Return the jurisdictions of homes: the state where it has terms of its own, else the country.

    A state that cannot be recognised counts as every state of its country that has terms.
    """
    places = find_places(homes, subdivisions_of=_states_of)
    codes = (code for place in places for code in place.subdivisions or (place.country,))
    return tuple(dict.fromkeys(codes))


def days_left(until: datetime, now: datetime, *, zone: ZoneInfo) -> int:
    """Return whole days of the shop's calendar until a deadline: 0 today, negative when late."""
    return (until.astimezone(zone).date() - now.astimezone(zone).date()).days


def load_deadlines() -> tuple[DeadlineRule, ...]:
    """Return the terms that are shipped, in the order of their table."""
    return tuple(rule for kinds in _shipped().values() for rule in kinds.values())


def read_deadlines(text: str) -> tuple[DeadlineRule, ...]:
    """Read terms in the form of the shipped table.

    Raises:
        ValueError: a term is none, or a column is missing.
    """
    return tuple(map(_read_row, csv.DictReader(text.splitlines())))


def read_span(text: str) -> Span | None:
    """Return the span that a text names, such as ``45 days``; None for an empty one.

    Raises:
        ValueError: it is neither days, business days nor months.
    """
    if not text:
        return None
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not like 45 days, 10 business days or 1 month")
    unit: dict[str, Unit] = {"day": "day", "business day": "business_day", "month": "month"}
    return Span(count=int(found[1]), unit=unit[found[2]])


_Table = Mapping[str, Mapping[str, DeadlineRule]]


def _rule_for(code: str, kind: RequestKind, table: _Table) -> DeadlineRule:
    """Return the most special rule: of the state, else the country, else what it belongs to."""
    country = Place(code.partition("-")[0])
    for region in (code, *country.national):
        for each in (kind, ANY_KIND):
            if rule := table.get(region, {}).get(each):
                return rule
    return table[FALLBACK][ANY_KIND]


def _same_day(start: date, *, months: int) -> date:
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC)


def _states_of(country: str) -> tuple[str, ...]:
    return tuple(code for code in _shipped() if code.startswith(f"{country}-"))


@cache
def _shipped() -> _Table:
    text = (files(__package__) / "deadlines.csv").read_text(encoding="utf-8")
    return _by_place(read_deadlines(text))


def _by_place(rules: Sequence[DeadlineRule]) -> _Table:
    table: dict[str, dict[str, DeadlineRule]] = {}
    for rule in rules:
        table.setdefault(rule.jurisdiction, {})[rule.kind] = rule
    return MappingProxyType(table)


def _read_row(row: Mapping[str, str]) -> DeadlineRule:
    answer = read_span(row["answer"])
    if answer is None:
        raise ValueError(f"{row['jurisdiction']}: there is no term for the answer")
    return DeadlineRule.model_validate(
        {
            **row,
            "acknowledge": read_span(row["acknowledge"]),
            "answer": answer,
            "extension": read_span(row["extension"]),
            "appeal": read_span(row["appeal"]),
            "source_read": row["source_read"] == "yes",
        }
    )
