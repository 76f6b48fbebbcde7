"""May this leave? One pure function answers, with its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from ..model import Candidate, Context, Decision, clean_text
from .case import Case, case_of
from .checks import Answer, check_age, check_basis, check_honesty, check_hours, check_vetoes
from .refusal import is_identifier, refuse
from .rules import RuleSet
from .standing import read_standing

_VETO_LENGTH = 480


def decide(
    candidate: Candidate, context: Context, *, rules: RuleSet, vetoes: Sequence[str] = ()
) -> Decision:
    """Return whether the candidate may leave, why, and what it has to carry.

    Pure: the same arguments give the same answer, byte for byte. The law is that of everywhere the
    recipient may live, of the telephone number for what is sent to one, and of the shop's seat;
    the strictest of each column counts. Any veto wins. A recorded objection ends the marketing it
    is about; what is strictly about the order stays possible. Quiet hours do not deny, they set
    ``earliest_send_at``. Nothing about a person makes this raise: what cannot be read is denied.
    """
    words = tuple(map(_words, vetoes))
    try:
        return _decide(candidate, context, rules, words)
    except Exception as error:  # noqa: BLE001 - a broken record stops its own message, and no other
        return refuse(candidate, context, rules=rules, vetoes=words, error=error)


def decision_id_for(event_id: str, candidate_id: str) -> str:
    """Return the identifier of the decision about a candidate of an event: always the same."""
    digest = sha256(f"{len(event_id)}:{event_id}{candidate_id}".encode()).hexdigest()
    return f"dec-{digest[:32]}"


def _decide(
    candidate: Candidate, context: Context, rules: RuleSet, vetoes: tuple[str, ...]
) -> Decision:
    event_id, candidate_id, now = context.event_id, candidate.id, context.now
    if now.tzinfo is not UTC:
        now = _in_utc(now)
    if not (is_identifier(event_id) and is_identifier(candidate_id)):
        raise ValueError("an identifier is missing")
    case = case_of(candidate, context, rules=rules, day=now.date())
    is_allowed, opens_at = True, None
    reasons = case.notes
    missing: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    for answer in _ask(candidate, context, case, vetoes):
        is_allowed = is_allowed and answer.is_met
        opens_at = opens_at or answer.opens_at
        reasons += answer.reasons
        missing += answer.missing
        evidence += answer.evidence
    return case.answer(
        {
            "decision_id": decision_id_for(event_id, candidate_id),
            "event_id": event_id,
            "candidate_id": candidate_id,
            "allowed": is_allowed,
            "reasons": reasons,
            "missing": missing,
            "evidence": evidence + case.duties,
            "vetoes": vetoes,
            "earliest_send_at": opens_at if is_allowed else None,
            "decided_at": now,
        }
    )


def _ask(
    candidate: Candidate, context: Context, case: Case, vetoes: tuple[str, ...]
) -> list[Answer]:
    """Return the answers that have something to say, in the order in which people read them."""
    answers = [check_honesty(candidate)] if candidate.blocks else []
    if case.kind.is_service:
        answers.append(check_basis(case, context, None))
    else:
        standing = read_standing(context, case.kind.asked)
        answers.append(check_basis(case, context, standing))
        if case.requirement.consent_age is not None:
            answers.append(check_age(case, context, standing))
        if case.hours is not None:
            answers.append(check_hours(case.hours, context.now))
    if vetoes:
        answers.append(check_vetoes(vetoes))
    return answers


def _in_utc(now: datetime) -> datetime:
    if now.utcoffset() is None:
        raise ValueError("the moment of the decision has no time zone")
    return now.astimezone(UTC)


def _words(veto: str) -> str:
    text = " ".join(clean_text(str(veto)).split())[:_VETO_LENGTH].rstrip()
    return text or "no reason given"
