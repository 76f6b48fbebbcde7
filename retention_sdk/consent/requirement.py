"""What all rules that apply ask for together: the strictest of every column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from .kind import Kind
from .places import FALLBACK, Place
from .quiet import QuietHours
from .rule import Basis, Rule
from .rules import RuleSet


class Requirement(NamedTuple):
    """The rules that apply, and the strictest of what they ask.

    ``notes`` say why the basis is stricter than a rule's own word. Months are None without limit,
    but ``inquiry_months`` is None where an inquiry is no ground at all. Who is known to be younger
    than ``consent_age`` years cannot answer alone.
    """

    rules: tuple[Rule, ...]
    basis: Basis
    notes: tuple[str, ...]
    proof: str
    opt_in_months: int | None
    soft_opt_in_months: int | None
    inquiry_months: int | None
    consent_age: int | None
    quiet: tuple[QuietHours, ...]


def find_requirement(
    places: Iterable[Place], kind: Kind, *, rules: RuleSet, day: date
) -> Requirement:
    """Return what has to be met for this kind of candidate in all these places."""
    applying = _applying(places, kind.wanted, rules=rules, day=day)
    fallback = rules.find((FALLBACK,), kind.wanted, day=day)
    notes: list[str] = []
    basis = max(
        (_basis(rule, kind, fallback, notes, is_signed=rules.is_signed(rule)) for rule in applying),
        key=lambda basis: basis.strictness,
        default=Basis.OPT_IN,
    )
    return Requirement(
        rules=applying,
        basis=basis,
        notes=tuple(dict.fromkeys(notes)),
        proof="confirmed" if any(rule.opt_in_proof for rule in applying) else "",
        opt_in_months=_least(rule.opt_in_months for rule in applying),
        soft_opt_in_months=_least(rule.soft_opt_in_months for rule in applying),
        inquiry_months=_inquiry_months(applying),
        consent_age=max((r.consent_age for r in applying if r.consent_age), default=None),
        quiet=tuple(r.quiet_hours for r in applying if r.quiet_hours and kind.is_disturbing),
    )


def _applying(
    places: Iterable[Place], wanted: tuple[str, str, str], *, rules: RuleSet, day: date
) -> tuple[Rule, ...]:
    """A member state's rule replaces the Union's; a state's or province's comes on top."""
    found: dict[str, Rule] = {}
    for place in places:
        national = rules.find(place.national, wanted, day=day)
        local = (rules.find((region,), wanted, day=day) for region in place.subdivisions)
        added = rules.find_added(place.everything, wanted, day=day)
        for rule in (national, *local, *added):
            if rule is not None:
                found.setdefault(rule.rule_id, rule)
    return tuple(found.values())


def _basis(
    rule: Rule, kind: Kind, fallback: Rule | None, notes: list[str], *, is_signed: bool
) -> Basis:
    """Return what a rule asks, raised where its own words or our doubts ask for more."""
    basis = rule.basis_code
    for floor, note in _floors(rule, kind, fallback, is_signed=is_signed):
        if floor.strictness > basis.strictness:
            basis = floor
            notes.append(f"{rule.rule_id}: {note}"[:500])
    return basis


def _floors(
    rule: Rule, kind: Kind, fallback: Rule | None, *, is_signed: bool
) -> Iterator[tuple[Basis, str]]:
    if rule.confidence == "low" and not is_signed:
        floor = fallback.basis_code if fallback else Basis.OPT_IN
        yield floor, f"low confidence, so not looser than the fallback ({floor})"
    if rule.insert_type == "third_party" and kind.is_personalised:
        yield Basis.OPT_IN, "a third party's insert for chosen recipients needs opt_in"
    if rule.registry_check and "voluntary" not in rule.registry_check:
        # Nothing here can look into a register, and a recorded yes makes most of them moot.
        yield Basis.OPT_IN, f"register not consulted ({rule.registry_check}), so opt_in"


def _inquiry_months(rules: Iterable[Rule]) -> int | None:
    """Every rule that asks for a soft opt-in has to accept an inquiry; the shortest time counts."""
    months = [rule.inquiry_months for rule in rules if rule.basis_code is Basis.SOFT_OPT_IN]
    return None if None in months else _least(months)


def _least(values: Iterable[int | None]) -> int | None:
    return min((value for value in values if value is not None), default=None)
