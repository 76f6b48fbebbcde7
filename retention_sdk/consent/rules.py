"""All rules together, in one version: shipped ones, added ones, and who signed which of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from hashlib import sha256
from itertools import combinations
from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr, ValidationError

from ..errors import ConfigError
from ..model import Record
from ..model.base import Line
from .memo import Memo
from .places import Place
from .rule import Basis, Cap, Rule, canonical_json, said
from .rules_doubts import find_doubts
from .settings import SignOff

__all__ = ["Basis", "Cap", "Rule", "RuleSet"]

Key = tuple[str, str, str, str]
"""Region, class, channel, insert type."""

_KEY = "consent.rules"


class RuleSet(Record):
    """All rules, with the hash of their content as ``version``.

    ``added`` rules come from a merchant or a plugin. They apply beside the shipped ones and
    never instead of them, so that they can tighten but not loosen. One that names a rule it
    ``replaces`` stands for that rule, and may be looser, once its own id is signed off.

    ``sign_offs`` maps rule ids to signatures. A signature counts for the version of the rule
    that was read, and for no other.
    """

    rules: Annotated[tuple[Rule, ...], Field(repr=False)]
    added: Annotated[tuple[Rule, ...], Field(repr=False)] = ()
    sign_offs: Annotated[Mapping[str, SignOff], Field(repr=False, default_factory=dict)]
    version: Line
    _index: dict[Key, tuple[Rule, ...]] = PrivateAttr(default_factory=dict)
    _signed: dict[str, Rule] = PrivateAttr(default_factory=dict)
    _subdivisions: dict[str, tuple[str, ...]] = PrivateAttr(default_factory=dict)

    def model_post_init(self, _context: object) -> None:
        """Build the indexes that look-ups go through; a replacement is found first."""
        everything = (*self.added, *self.rules)
        index: dict[Key, tuple[Rule, ...]] = {}
        self._signed.update(
            (rule.rule_id, rule)
            for rule in everything
            if (sign_off := self.sign_offs.get(rule.rule_id)) and sign_off.version == rule.version
        )
        replacing = [rule for rule in self.added if rule.replaces and self.is_signed(rule)]
        for rule in (*replacing, *self.rules):
            index[_key(rule)] = (*index.get(_key(rule), ()), rule)
        self._index.update(index)
        for region in sorted({rule.region for rule in everything if _is_message(rule)}):
            country, dash, _ = region.partition("-")
            if dash:
                self._subdivisions[country] = (*self.subdivisions_of(country), region)

    @classmethod
    def of(
        cls,
        rules: Iterable[Rule],
        added: Iterable[Rule] = (),
        sign_offs: Iterable[SignOff] = (),
    ) -> Self:
        """Return a set with its version; the order of rules and signatures means nothing.

        Raises:
            ConfigError: two rules share an id, two shipped rules speak of the same thing on the
                same day, a rule replaces one that it cannot stand for, or a rule is signed twice.
        """
        rules, added = _sorted(rules), _sorted(added)
        by_id = sorted(sign_offs, key=lambda sign_off: sign_off.rule_id)
        _check_ids(rule.rule_id for rule in (*rules, *added))
        _check_ids((sign_off.rule_id for sign_off in by_id), what="signatures", key="sign_offs")
        _check_days(rules)
        _check_replacements(rules, added)
        signatures = {sign_off.rule_id: sign_off for sign_off in by_id}
        version = _hash(_document(rules, added, by_id))
        return cls(rules=rules, added=added, sign_offs=signatures, version=version)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the set that ``dump`` wrote, with the version it had then.

        Raises:
            ConfigError: the text is not such a set, or was changed since.
        """
        try:
            stored = _Stored.model_validate_json(text)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise ConfigError(first["msg"], key=f"rule set {place}") from None
        found = cls.of(stored.rules, stored.added, stored.sign_offs)
        if found.version != stored.version:
            raise ConfigError(f"the rules are those of {found.version}", key=stored.version)
        return found

    def dump(self) -> str:
        """Return the whole set as canonical JSON, for reading it again years later."""
        document = _document(self.rules, self.added, self.sign_offs.values())
        return canonical_json({**document, "version": self.version})

    @cached_property
    def memo(self) -> Memo:
        """What decisions under this set worked out already; no part of its value."""
        return Memo(self)

    def plus(self, added: Iterable[Rule], sign_offs: Iterable[SignOff] = ()) -> RuleSet:
        """Return a set in which these rules and signatures apply too."""
        signatures = (*self.sign_offs.values(), *sign_offs)
        return RuleSet.of(self.rules, (*self.added, *added), signatures)

    def is_signed(self, rule: Rule) -> bool:
        """Whether somebody signed this rule, word for word as it stands here."""
        signed = self._signed.get(rule.rule_id)
        return signed is not None and (signed is rule or signed == rule)

    def find(
        self, regions: Sequence[str], wanted: tuple[str, str, str], *, day: date
    ) -> Rule | None:
        """Return the first region's rule for class, channel and insert type that is in force.

        A rule for any channel stands in where a region has none for this one.
        """
        message_class, channel, insert_type = wanted
        index = self._index
        for region in regions:
            for key in (
                (region, message_class, channel, insert_type),
                (region, message_class, "any", ""),
            ):
                for rule in index.get(key, ()):
                    if rule.is_in_force(day):
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

    def warnings(self) -> tuple[str, ...]:
        """Return what the owner believes to be in force and is not, by rule id."""
        return tuple(sorted(find_doubts(self)))


class _Stored(Record):
    """What ``dump`` writes."""

    format: Literal[1]
    rules: tuple[Rule, ...]
    added: tuple[Rule, ...]
    sign_offs: tuple[SignOff, ...]
    version: Line


def _document(
    rules: Iterable[Rule], added: Iterable[Rule], sign_offs: Iterable[SignOff]
) -> dict[str, object]:
    return {
        "format": 1,
        "rules": [said(rule) for rule in rules],
        "added": [said(rule) for rule in added],
        "sign_offs": [sign_off.model_dump(mode="json") for sign_off in sign_offs],
    }


def _hash(document: Mapping[str, object]) -> str:
    return f"sha256:{sha256(canonical_json(document).encode()).hexdigest()[:24]}"


def _sorted(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: rule.rule_id))


def _check_ids(ids: Iterable[str], *, what: str = "consent rules", key: str = "rules") -> None:
    seen: set[str] = set()
    for name in ids:
        if name in seen:
            raise ConfigError(f"two {what} for {name}", key=f"consent.{key}")
        seen.add(name)


def _check_days(rules: Sequence[Rule]) -> None:
    """One thing may have several rules, one after the other."""
    together: dict[Key, list[Rule]] = {}
    for rule in rules:
        together.setdefault(_key(rule), []).append(rule)
    for twins in together.values():
        for one, other in combinations(twins, 2):
            if _overlap(one, other):
                names = f"{one.rule_id} and {other.rule_id}"
                raise ConfigError(f"two consent rules for the same thing: {names}", key=_KEY)


def _overlap(one: Rule, other: Rule) -> bool:
    starts = [rule.in_force_from or date.min for rule in (one, other)]
    ends = [rule.effective_until or date.max for rule in (one, other)]
    return max(starts) <= min(ends)


def _check_replacements(rules: Sequence[Rule], added: Sequence[Rule]) -> None:
    shipped = {rule.rule_id: rule for rule in rules}
    for rule in added:
        if rule.replaces and (problem := _why_no_replacement(rule, shipped.get(rule.replaces))):
            raise ConfigError(problem, key=f"{rule.rule_id}.replaces")


def _why_no_replacement(rule: Rule, old: Rule | None) -> str:
    """An own rule stands where a shipped one stood, or in a smaller part of its field."""
    if old is None:
        return f"there is no shipped rule {rule.replaces}"
    place = Place(rule.region)
    regions = (rule.region,) if "-" in rule.region else place.national
    if old.region not in regions:
        return f"{old.rule_id} is about {old.region}, not about {rule.region}"
    same = (rule.message_class, rule.channel, rule.insert_type)
    if (old.message_class, old.channel, old.insert_type) not in {
        same,
        (rule.message_class, "any", ""),
    }:
        return f"{old.rule_id} is about another class, channel or kind of insert"
    return ""


def _key(rule: Rule) -> Key:
    return (rule.region, rule.message_class, rule.channel, rule.insert_type)


def _is_message(rule: Rule) -> bool:
    """Rules of privacy rights are about requests, not about what is sent."""
    return rule.message_class != "privacy_right"
