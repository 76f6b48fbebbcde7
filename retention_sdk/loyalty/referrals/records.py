"""What a store keeps of a referral, as the states know it, and back. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ...storage import ReferralStep, StoredReferral
from .states import Referral, State


def read_referral(stored: StoredReferral) -> Referral:
    """Return how far a stored referral came, with the words of those who decided by hand."""
    step = stored.step
    return Referral(
        state=State(step.state),
        changed_at=step.at,
        order_id=step.order_id,
        rewardable_at=step.rewardable_at,
        score=step.score,
        reasons=(*step.reasons, *_notes(stored)),
    )


def step_to(
    after: Referral,
    stored: StoredReferral | None = None,
    *,
    cause: str,
    grants: Sequence[tuple[str, str, int]] = (),
) -> ReferralStep:
    """Return the step that leads to a state. Words said by hand stay where they were sealed."""
    notes = _notes(stored) if stored else ()
    return ReferralStep(
        state=after.state,
        at=after.changed_at,
        order_id=after.order_id,
        rewardable_at=after.rewardable_at,
        score=after.score,
        reasons=tuple(reason for reason in after.reasons if reason not in notes),
        grants=tuple(grants) or (stored.step.grants if stored else ()),
        cause=cause,
    )


def by_hand(step: ReferralStep, *, actor: str, reason: str) -> ReferralStep:
    """Return a step as somebody's own, whose words are sealed and not stored in clear."""
    ours = tuple(each for each in step.reasons if each != reason)
    return replace(step, reasons=ours, actor=actor, note=reason)


def latest(*moments: datetime | None) -> datetime:
    """Return the latest of some moments, one of which is there."""
    return max(moment for moment in moments if moment is not None)


def _notes(stored: StoredReferral) -> tuple[str, ...]:
    return tuple(dict.fromkeys(step.note for step in stored.steps if step.note))
