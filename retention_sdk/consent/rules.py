"""The consent rules: data with a source, a date and a version."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from hashlib import sha256
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr, ValidationError

from ..errors import ConfigError
from ..model import Record
from ..model.base import Line, Paragraph
from .quiet import QuietHours, read_quiet_hours


class Basis(StrEnum):
    """What a rule asks for before something may be sent, from nothing to a recorded yes."""

    NONE = "none"
    OPT_OUT = "opt_out"
    SOFT_OPT_IN = "soft_opt_in"
    OPT_IN = "opt_in"

    @property
    def strictness(self) -> int:
        """0 for none, 3 for opt-in."""
        return _ORDER.index(self)


_ORDER = (Basis.NONE, Basis.OPT_OUT, Basis.SOFT_OPT_IN, Basis.OPT_IN)
_Months = Annotated[int | None, Field(ge=1, le=600)]


class Rule(Record):
    """One rule of one jurisdiction. Columns are explained in ``data/SOURCES.md``.

    ``in_force_from`` is None when the rule has no known beginning; ``in_force_note`` keeps the
    words of the table. ``registry_check`` names a list of people who must not be addressed.
    """

    rule_id: Line
    jurisdiction: Line
    region: Annotated[str, Field(pattern=r"^(\*|[A-Z]{2}(-[A-Z0-9]{1,5})?)$")]
    message_class: Literal["transactional", "marketing", "privacy_right"]
    channel: Line
    insert_type: Literal["", "own_generic", "own_personalised", "third_party"] = ""
    basis_code: Basis
    basis: Paragraph
    basis_conditions: Paragraph = ""
    consent_expiry: Paragraph = ""
    quiet_hours: QuietHours | None = None
    quiet_hours_note: Paragraph = ""
    quiet_days_note: Paragraph = ""
    frequency_cap: Paragraph = ""
    registry_check: Paragraph = ""
    mandatory_content: Paragraph = ""
    optout_deadline: Paragraph = ""
    evidence: Paragraph = ""
    age_rule: Paragraph = ""
    in_force_from: date | None = None
    in_force_note: Line = ""
    citation: Paragraph
    source: Paragraph = ""
    source_read: Literal["page", "statute-known", "derived"]
    confidence: Literal["high", "medium", "low"]
    note: Paragraph = ""
    opt_in_proof: Literal["", "confirmed"] = ""
    opt_in_months: _Months = None
    soft_opt_in_months: _Months = None

    def is_in_force(self, day: date) -> bool:
        """Whether the rule has begun on that day."""
        return self.in_force_from is None or self.in_force_from <= day


Key = tuple[str, str, str, str]
"""Region, class, channel, insert type."""


class RuleSet(Record):
    """All rules, with the hash of their content as ``version``.

    ``added`` rules come from a merchant or a plugin. They apply beside the shipped ones and
    never instead of them, so that they can tighten but not loosen.
    """

    rules: Annotated[tuple[Rule, ...], Field(repr=False)]
    added: Annotated[tuple[Rule, ...], Field(repr=False)] = ()
    version: Line
    _index: dict[Key, Rule] = PrivateAttr(default_factory=dict)
    _subdivisions: dict[str, tuple[str, ...]] = PrivateAttr(default_factory=dict)

    def model_post_init(self, _context: object) -> None:
        """Build the indexes that look-ups go through."""
        self._index.update((_key(rule), rule) for rule in self.rules)
        regions = {rule.region for rule in (*self.rules, *self.added) if _is_message(rule)}
        for region in sorted(regions):
            country, dash, _ = region.partition("-")
            if dash:
                self._subdivisions[country] = (*self.subdivisions_of(country), region)

    @classmethod
    def of(cls, rules: Iterable[Rule], added: Iterable[Rule] = ()) -> Self:
        """Return a set with its version.

        Raises:
            ConfigError: two rules speak of the same thing, or share an id.
        """
        rules, added = tuple(rules), tuple(added)
        seen: set[object] = set()
        names = [rule.rule_id for rule in (*rules, *added)]
        for mark in (*names, *(_key(rule) for rule in rules)):
            if mark in seen:
                raise ConfigError(f"two consent rules for {mark}", key="consent.rules")
            seen.add(mark)
        return cls(rules=rules, added=added, version=_hash((*rules, *added)))

    def plus(self, added: Iterable[Rule]) -> RuleSet:
        """Return a set in which these rules apply too; the strictest of all counts."""
        return RuleSet.of(self.rules, (*self.added, *added))

    def find(
        self, regions: Sequence[str], wanted: tuple[str, str, str], *, day: date
    ) -> Rule | None:
        """Return the first region's rule for class, channel and insert type that is in force.

        A rule for any channel stands in where a region has none for this one.
        """
        message_class, channel, insert_type = wanted
        for region in regions:
            for key in (
                (region, message_class, channel, insert_type),
                (region, message_class, "any", ""),
            ):
                rule = self._index.get(key)
                if rule is not None and rule.is_in_force(day):
                    return rule
        return None

    def find_added(
        self, regions: Sequence[str], wanted: tuple[str, str, str], *, day: date
    ) -> tuple[Rule, ...]:
        """Return every added rule that applies in any of the regions."""
        message_class, channel, insert_type = wanted
        fitting = {(channel, insert_type), (channel, ""), ("any", "")}
        return tuple(
            rule
            for rule in self.added
            if rule.region in regions
            and rule.message_class == message_class
            and (rule.channel, rule.insert_type) in fitting
            and rule.is_in_force(day)
        )

    def subdivisions_of(self, country: str) -> tuple[str, ...]:
        """Return the states or provinces of a country that have rules of their own."""
        return self._subdivisions.get(country, ())


def load_rules() -> RuleSet:
    """Return the rules shipped with the package."""
    text = (files(__package__) / "data" / "rules.csv").read_text(encoding="utf-8")
    return RuleSet.of(read_rules(text))


def read_rules(text: str, *, file: str = "rules.csv") -> tuple[Rule, ...]:
    """Read rules from CSV with the columns of the shipped file.

    Raises:
        ConfigError: a row is malformed; the message names the rule and the column.
    """
    return tuple(_read_row(row, file=file) for row in csv.DictReader(text.splitlines()))


def _read_row(row: dict[str, str], *, file: str) -> Rule:
    row = dict(row)
    hours, days = row.pop("quiet_hours_allowed_local", ""), row.pop("quiet_days", "")
    since = row.pop("in_force_from", "")
    months = {name: row.pop(name, "") for name in ("opt_in_months", "soft_opt_in_months")}
    try:
        return Rule.model_validate(
            {
                **row,
                **{name: int(value) if value else None for name, value in months.items()},
                "basis_code": Basis(row["basis_code"]),
                "quiet_hours": read_quiet_hours(hours, days),
                "quiet_hours_note": hours,
                "quiet_days_note": days,
                "in_force_from": _first_day(since),
                "in_force_note": since,
            }
        )
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = f"{row.get('rule_id')}.{first['loc'][0]}"
        raise ConfigError(first["msg"], file=file, key=key) from None
    except (KeyError, ValueError) as error:
        raise ConfigError(str(error), file=file, key=str(row.get("rule_id"))) from None


def _first_day(text: str) -> date | None:
    """Read ``2026-08-11``, ``2026-02-05 (DUAA parts)`` or ``about 2027-05``: the first of May."""
    if not text:
        return None
    found = re.search(r"(\d{4})-(\d{2})(?:-(\d{2}))?", text)
    if found is None:
        raise ValueError(f"in_force_from has no date: {text}")
    year, month, day = found.groups(default="1")
    return date(int(year), int(month), int(day))


def _key(rule: Rule) -> Key:
    return (rule.region, rule.message_class, rule.channel, rule.insert_type)


def _is_message(rule: Rule) -> bool:
    """Rules of privacy rights are about requests, not about what is sent."""
    return rule.message_class != "privacy_right"


def _hash(rules: Sequence[Rule]) -> str:
    digest = sha256()
    for rule in rules:
        digest.update(rule.model_dump_json().encode())
    return f"sha256:{digest.hexdigest()[:24]}"
