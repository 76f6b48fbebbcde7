"""Nothing is composed without a decision about exactly that."""

from __future__ import annotations

from ..errors import ConsentError
from ..model import Candidate, Context, Decision, MessageClass
from ..model.candidate import Surface
from .sender import find_legal_footer, subject_labels


def check_decision(
    context: Context, candidate: Candidate, decision: Decision, surface: Surface
) -> None:
    """Refuse what was not decided on.

    Raises:
        ConsentError: the decision is about something else or says no, a block brings content that
            nobody decided about, or advertising would not say who sends it.
    """
    about = (decision.event_id, decision.candidate_id, decision.channel, decision.message_class)
    expected = (context.event_id, candidate.id, candidate.channel, candidate.message_class)
    name = {"email": "e-mail", "sms": "SMS", "whatsapp": "WhatsApp message"}.get(surface, surface)
    if candidate.surface != surface or about != expected:
        raise ConsentError(f"the decision is about something else than this {name}")
    if not decision.allowed:
        raise ConsentError(f"decision {decision.decision_id} does not allow this {name}")
    if not {block.content for block in candidate.blocks} <= candidate.content:
        raise ConsentError("a block brings content that nobody decided about")
    if is_marketing(decision) and not find_legal_footer(context):
        raise ConsentError(
            "advertising has to say who sends it: fill [legal_footer] of the brand file"
        )


def is_marketing(decision: Decision) -> bool:
    """Whether this is advertising, with all that follows from it."""
    return decision.message_class is MessageClass.MARKETING


def find_labels(decision: Decision) -> str:
    """Return the words that have to stand in front of advertising, or nothing."""
    return subject_labels(decision.must_include) if is_marketing(decision) else ""
