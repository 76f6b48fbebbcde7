"""The life of a referral, from a link to a reward, or to the reason why there is none. Pure.

::

    linked -> claimed -> ordered -> pending -> rewarded -> clawed

Until it is rewarded it may be *rejected*. *ordered* waits for a judgement, *pending* for the end
of the return window. Repeating a step changes nothing; a step that comes too early raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from pydantic import model_validator

from ...errors import LedgerError
from ...model import Record
from ...model.base import Instant, Line
from .settings import ReferralRule
from .signals import Assessment

REFUNDED = "the friend's order was given back"
ONE_PERSON = "both turned out to be one person"
BROUGHT_BEFORE = "somebody else had brought the friend before"
TOO_SMALL = "the order is below the amount that a referral asks for"


class State(StrEnum):
    """How far a referral came. ``REJECTED`` and ``CLAWED`` are final."""

    LINKED = "linked"
    CLAIMED = "claimed"
    ORDERED = "ordered"
    PENDING = "pending"
    REWARDED = "rewarded"
    REJECTED = "rejected"
    CLAWED = "clawed"


_OPEN = (State.LINKED, State.CLAIMED, State.ORDERED, State.PENDING)
_NEEDS_REASONS = (State.REJECTED, State.CLAWED)


class Referral(Record):
    """One friend of one referrer. ``rewardable_at`` is when the order cannot come back any more."""

    state: State = State.LINKED
    changed_at: Instant
    order_id: Line = ""
    rewardable_at: Instant | None = None
    score: int = 0
    reasons: tuple[Line, ...] = ()

    @model_validator(mode="after")
    def _tells_why(self) -> Self:
        if self.state in _NEEDS_REASONS and not any(self.reasons):
            raise ValueError(f"a referral is not {self.state} without a reason")
        if self.state in (State.PENDING, State.REWARDED) and self.rewardable_at is None:
            raise ValueError(f"a referral is not {self.state} without a day of reward")
        return self


def claim(referral: Referral, *, at: datetime) -> Referral:
    """Note that the friend used the code."""
    if referral.state is not State.LINKED:
        return referral
    return _changed(referral, state=State.CLAIMED, changed_at=at)


def order(referral: Referral, order_id: str, *, at: datetime, rule: ReferralRule) -> Referral:
    """Note the friend's first paid order, which starts the return window.

    Raises:
        LedgerError: the code was not claimed, or the referral has another order.
    """
    if referral.order_id and referral.order_id != order_id:
        raise LedgerError(f"the referral belongs to order {referral.order_id!r} already")
    if referral.order_id or referral.state is State.REJECTED:
        return referral
    _require_past(referral, State.CLAIMED, "be ordered on")
    ends = at + timedelta(days=rule.return_days)
    return _changed(
        referral, state=State.ORDERED, changed_at=at, order_id=order_id, rewardable_at=ends
    )


def judge(referral: Referral, assessment: Assessment, *, at: datetime) -> Referral:
    """Let a clean one wait for its window, reject fraud, and leave the others to a person.

    Raises:
        LedgerError: nothing was ordered yet.
    """
    _require_past(referral, State.ORDERED, "be judged")
    if referral.state is not State.ORDERED:
        return referral
    news = {"score": assessment.score, "reasons": assessment.reasons}
    if assessment.verdict == "review":
        return _changed(referral, **news)
    to = State.PENDING if assessment.verdict == "clean" else State.REJECTED
    return _changed(referral, state=to, changed_at=at, **news)


def approve(referral: Referral, reason: str, *, at: datetime) -> Referral:
    """Let one that a person looked at wait for its window, with what they said.

    Raises:
        LedgerError: nothing was ordered yet, or it was rejected or taken back.
    """
    _require_past(referral, State.ORDERED, "be approved")
    if referral.state in _NEEDS_REASONS:
        raise LedgerError(f"a referral that is {referral.state} stays so")
    if referral.state is not State.ORDERED:
        return referral
    return _changed(
        referral, state=State.PENDING, changed_at=at, reasons=(*referral.reasons, reason)
    )


def reject(referral: Referral, reasons: Sequence[str], *, at: datetime) -> Referral:
    """Say no, and why. What was rejected stays so, for the first reasons.

    Raises:
        LedgerError: it was rewarded; that is undone by ``give_back``. Or no reason is given.
    """
    if referral.state is State.REJECTED:
        return referral
    if referral.state not in _OPEN:
        raise LedgerError(f"a referral that is {referral.state} cannot be rejected")
    if not any(reasons):
        raise LedgerError("a referral is rejected for a reason; give one")
    return _changed(referral, state=State.REJECTED, changed_at=at, reasons=tuple(reasons))


def reward(referral: Referral, *, at: datetime) -> Referral:
    """Reward one whose return window is over; others stay as they are. Points are the caller's."""
    ends = referral.rewardable_at
    if referral.state is not State.PENDING or ends is None or at < ends:
        return referral
    return _changed(referral, state=State.REWARDED, changed_at=at)


def claw(referral: Referral, reasons: Sequence[str], *, at: datetime) -> Referral:
    """Take a reward back, and say why; reject what was not rewarded yet.

    Raises:
        LedgerError: no reason is given.
    """
    if referral.state is not State.REWARDED:
        return reject(referral, reasons, at=at) if referral.state in _OPEN else referral
    if not any(reasons):
        raise LedgerError("a reward is taken back for a reason; give one")
    return _changed(referral, state=State.CLAWED, changed_at=at, reasons=tuple(reasons))


def give_back(referral: Referral, order_id: str, *, at: datetime) -> Referral:
    """Note that an order was refunded in full or cancelled: no reward, or it is taken back."""
    if not order_id or referral.order_id != order_id:
        return referral
    return claw(referral, (REFUNDED,), at=at)


def _require_past(referral: Referral, state: State, what: str) -> None:
    early = _OPEN[: _OPEN.index(state)]
    if referral.state in early:
        raise LedgerError(f"a referral that is {referral.state} cannot {what}")


def _changed(referral: Referral, **changes: object) -> Referral:
    return Referral.model_validate({**dict(referral), **changes})
