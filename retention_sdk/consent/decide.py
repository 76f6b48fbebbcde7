"""May this leave? One pure function answers, with its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from ..model import SERVICE_CONTENT, Candidate, Context, Decision, MessageClass, clean_text
from .checks import Answer, check_basis, check_honesty, check_hours, check_vetoes
from .places import Place, recipient_places
from .requirement import Requirement, find_requirement
from .rules import RuleSet
from .standing import read_standing


def decide(
    candidate: Candidate, context: Context, *, rules: RuleSet, vetoes: Sequence[str] = ()
) -> Decision:
    """Return whether the candidate may leave, why, and what it has to carry.

    Pure: the same arguments give the same answer. The law is that of everywhere the recipient may
    live and of the shop's seat; the strictest of each column counts. Any veto wins. A recorded
    objection ends all marketing; what is strictly about the order stays possible. Quiet hours do
    not deny, they set ``earliest_send_at``. Nothing about a person makes this raise.
    """
    people = recipient_places(context, subdivisions_of=rules.subdivisions_of)
    places = [*people, Place(context.shop.country)]
    requirement = find_requirement(places, candidate, rules=rules, day=context.now.date())
    standing = read_standing(context, candidate.channel)
    hours = check_hours(candidate, context, requirement, people)
    vetoes = tuple(_words(veto) for veto in vetoes)
    answers = (
        check_honesty(candidate),
        check_basis(candidate, context, requirement, standing),
        hours,
        check_vetoes(vetoes),
    )
    is_allowed = all(answer.is_met for answer in answers)
    return Decision(
        decision_id=_decision_id(context.event_id, candidate.id),
        event_id=context.event_id,
        candidate_id=candidate.id,
        allowed=is_allowed,
        message_class=candidate.message_class,
        channel=candidate.channel,
        insert_type=candidate.insert_type,
        jurisdictions=_unique(code for place in places for code in place.codes),
        basis=requirement.basis.value,
        rule_ids=tuple(rule.rule_id for rule in requirement.rules),
        rules_version=rules.version,
        citations=_unique(rule.citation for rule in requirement.rules),
        reasons=(*_class_note(candidate), *requirement.notes, *_gather(answers, "reasons")),
        missing=_gather(answers, "missing"),
        must_include=_unique(rule.mandatory_content for rule in requirement.rules),
        evidence=(*_gather(answers, "evidence"), *_duties(requirement)),
        vetoes=vetoes,
        earliest_send_at=hours.opens_at if is_allowed else None,
        decided_at=context.now,
    )


def _class_note(candidate: Candidate) -> tuple[str, ...]:
    """Say what made marketing of something that thanks for an order."""
    other = ", ".join(sorted(kind.value for kind in candidate.content - SERVICE_CONTENT))
    if other:
        return (f"marketing, because of {other} (compare BGH 10.07.2018 VI ZR 225/17)",)
    if candidate.message_class is MessageClass.MARKETING:
        return ("marketing, because no contract needs a card filled with personal data",)
    return ()


def _duties(requirement: Requirement) -> tuple[str, ...]:
    """Return what the shop has to keep, look up or count itself."""
    columns = (
        ("keep", "evidence"),
        ("register", "registry_check"),
        ("at most", "frequency_cap"),
        ("age", "age_rule"),
    )
    return tuple(
        f"{label}: {value}"[:500]
        for label, column in columns
        for value in _unique(getattr(rule, column) for rule in requirement.rules)
    )


def _words(veto: str) -> str:
    return " ".join(clean_text(veto).split())[:480] or "no reason given"


def _gather(answers: Sequence[Answer], field: str) -> tuple[str, ...]:
    return _unique(text[:500] for answer in answers for text in getattr(answer, field))


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _decision_id(event_id: str, candidate_id: str) -> str:
    digest = sha256(f"{len(event_id)}:{event_id}{candidate_id}".encode()).hexdigest()
    return f"dec-{digest[:32]}"
