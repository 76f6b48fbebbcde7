"""Which law and which clocks are asked about a candidate: worked out once, then looked up."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from datetime import UTC, date, datetime

from ..model import Candidate, Context, Decision
from .kind import Kind, kind_of
from .memo import Memo, work_out
from .places import (
    Home,
    Place,
    find_places,
    homes_of,
    is_reached_by_number,
    number_places,
    numbers_of,
    ruled_countries,
    zones_of,
)
from .quiet import OpenHours
from .requirement import Requirement, find_requirement
from .rules import RuleSet


class Situation:
    """Where a recipient may be, and the shop is. Two situations are equal if they are the same."""

    __slots__ = ("codes", "people", "places", "zones")

    def __init__(self, people: tuple[Place, ...], seat: Place) -> None:
        self.people = people
        self.places = (*people, seat)
        self.codes = tuple(dict.fromkeys(code for place in self.places for code in place.codes))
        self.zones = zones_of(people)


class Case:
    """One kind of candidate in one situation on one day: all that does not depend on the person.

    ``answer`` makes the decision: everything is filled in already that is the same for all.
    """

    __slots__ = ("_blank", "duties", "hours", "kind", "notes", "requirement")

    def __init__(self, kind: Kind, situation: Situation, *, rules: RuleSet, day: date) -> None:
        self.kind = kind
        self.requirement = find_requirement(situation.places, kind, rules=rules, day=day)
        self.hours = None if kind.is_service else _hours(self.requirement, situation, rules)
        self.notes = (*kind.note, *self.requirement.notes)
        self.duties = _duties(self.requirement)
        self._blank = _blank(kind, situation, self.requirement, rules)

    def answer(self, columns: dict[str, object]) -> Decision:
        """Return the decision with these columns, which are sound already.

        To check them once more, or to copy with care, would take longer than to decide.
        """
        blank = self._blank
        decision = Decision.__new__(Decision)
        decision.__setstate__(
            {
                "__dict__": {**blank.__dict__, **columns},
                "__pydantic_fields_set__": blank.__pydantic_fields_set__,
                "__pydantic_extra__": None,
                "__pydantic_private__": None,
            }
        )
        return decision


def case_of(candidate: Candidate, context: Context, *, rules: RuleSet, day: date) -> Case:
    """Return the case of a candidate.

    Raises:
        ValueError: the candidate says nothing that rules could be found for.
    """
    memo = memo_of(rules)
    shape = (candidate.channel, candidate.content, candidate.is_personalised)
    known = memo.kinds.get(shape)
    if known is None:
        known = work_out(memo.kinds, shape, lambda: (kind_of(candidate), {}))
    kind: Kind = known[0]
    cases: dict[Hashable, Case] = known[1]
    situation = _situation(kind, context, rules, memo)
    key = (situation, day)
    case = cases.get(key)
    if case is None:
        case = work_out(cases, key, lambda: Case(kind, situation, rules=rules, day=day))
    return case


def memo_of(rules: RuleSet) -> Memo:
    """Return the memo of a rule set; a copy of a set does not inherit what another worked out."""
    memo = rules.memo
    if memo.owner is not rules:
        memo = rules.__dict__["memo"] = Memo(rules)
    return memo


def _situation(kind: Kind, context: Context, rules: RuleSet, memo: Memo) -> Situation:
    homes = homes_of(context)
    if is_reached_by_number(kind.channel) and (numbers := numbers_of(context)):
        homes += tuple((each, "") for each in _reached(numbers, homes, rules, memo))
    seat = context.shop.country
    known: Situation | None = memo.homes.get((homes, seat))
    if known is None:
        known = work_out(memo.homes, (homes, seat), lambda: _settle(homes, seat, rules, memo))
    return known


def _settle(homes: tuple[Home, ...], seat: str, rules: RuleSet, memo: Memo) -> Situation:
    """Return the one situation of these places, however the states were spelt."""
    people = find_places(homes, subdivisions_of=rules.subdivisions_of)
    # A shop's seat is a country; the rules of its states are for people who live there.
    (shop,) = find_places(((seat, ""),), subdivisions_of=lambda _country: ())
    key = (people, shop)
    return work_out(memo.situations, key, lambda: Situation(people, shop))


def _reached(
    numbers: tuple[str, ...], homes: tuple[Home, ...], rules: RuleSet, memo: Memo
) -> tuple[str, ...]:
    """Return the countries that telephone numbers add; the state there is not known."""
    regions = (rule.region for rule in (*rules.rules, *rules.added))
    ruled = work_out(memo.ruled, "", lambda: ruled_countries(regions))
    return number_places(numbers, homes, ruled=ruled)


def _hours(requirement: Requirement, situation: Situation, rules: RuleSet) -> OpenHours | None:
    """Return the open hours, the same ones for every day; None where no rule has any."""
    quiet = requirement.quiet
    if not quiet:
        return None
    key = (tuple(rule.rule_id for rule in requirement.rules), situation.zones)
    return work_out(memo_of(rules).hours, key, lambda: OpenHours(quiet, situation.zones))


def _duties(requirement: Requirement) -> tuple[str, ...]:
    """Return what the shop has to keep, look up or count itself."""
    columns = (
        ("keep", "evidence"),
        ("register", "registry_check"),
        ("at most", "frequency_cap"),
        # Sundays are in the hours already; no table here knows public holidays.
        ("closed on", "quiet_days_note"),
        ("age", "age_rule"),
    )
    found = (
        f"{label}: {getattr(rule, column)}"[:500]
        for label, column in columns
        for rule in requirement.rules
        if getattr(rule, column)
    )
    return tuple(dict.fromkeys(found))


def _blank(kind: Kind, situation: Situation, requirement: Requirement, rules: RuleSet) -> Decision:
    return Decision(
        decision_id="blank",
        event_id="blank",
        candidate_id="blank",
        allowed=False,
        message_class=kind.message_class,
        channel=kind.channel,
        insert_type=kind.insert_type,
        jurisdictions=situation.codes,
        basis=requirement.basis.value,
        rule_ids=tuple(rule.rule_id for rule in requirement.rules),
        rules_version=rules.version,
        citations=_unique(rule.citation for rule in requirement.rules),
        reasons=(),
        must_include=_unique(rule.mandatory_content for rule in requirement.rules),
        decided_at=datetime(1970, 1, 1, tzinfo=UTC),
        purposes=kind.asked.wanted,
    )


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
