"""What speaks against a reward, each with its weight and in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from ...model import Record
from ...model.base import Instant, Line
from .identity import Identity
from .settings import ReferralRule

SignalKind = Literal[
    "same_person", "not_new", "same_device", "same_household", "burst", "disposable_mailbox"
]
Verdict = Literal["clean", "review", "fraud"]
_CERTAIN = 100


class Circumstances(Record):
    """What is known besides who both are, at the moment of the claim.

    ``friend_orders`` are paid orders of the friend before; ``claims`` the other claims of this
    referrer's code, in any order.
    """

    at: Instant
    friend_orders: Annotated[int, Field(ge=0)] = 0
    is_disposable: bool = False
    claims: tuple[Instant, ...] = ()


class Signal(Record):
    """One thing that speaks against it."""

    kind: SignalKind
    weight: Annotated[int, Field(ge=0)]
    reason: Line


class Assessment(Record):
    """All that speaks against a reward, heaviest first, and what follows."""

    score: Annotated[int, Field(ge=0)]
    verdict: Verdict
    signals: tuple[Signal, ...]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why, in words; empty only for what is clean."""
        return tuple(signal.reason for signal in self.signals)


def assess(
    referrer: Identity, friend: Identity, circumstances: Circumstances, rule: ReferralRule
) -> Assessment:
    """Return what speaks against rewarding a referral. More signs never make it cleaner."""
    recent = _recent(circumstances.claims, circumstances.at, rule)
    found: list[tuple[bool, SignalKind, int, str]] = [
        (
            bool(referrer.person & friend.person),
            "same_person",
            _CERTAIN,
            "both have the same account, mailbox or telephone",
        ),
        (
            circumstances.friend_orders > 0,
            "not_new",
            _CERTAIN,
            "the friend has bought before",
        ),
        (
            bool(referrer.devices & friend.devices),
            "same_device",
            rule.same_device,
            "both used the same device",
        ),
        (
            bool(referrer.household & friend.household),
            "same_household",
            rule.same_household,
            "both live behind the same door",
        ),
        (
            recent >= rule.burst_max,
            "burst",
            rule.burst,
            f"{recent} other claims of the code within {rule.burst_hours} hours",
        ),
        (
            circumstances.is_disposable,
            "disposable_mailbox",
            rule.disposable_mailbox,
            "the friend's mailbox is one to throw away",
        ),
    ]
    signals = [
        Signal(kind=kind, weight=weight, reason=reason)
        for applies, kind, weight, reason in found
        if applies and weight
    ]
    signals.sort(key=lambda signal: -signal.weight)
    score = sum(signal.weight for signal in signals)
    return Assessment(score=score, verdict=_verdict(score, signals, rule), signals=tuple(signals))


def _recent(claims: Sequence[datetime], at: datetime, rule: ReferralRule) -> int:
    return sum(1 for claim in claims if at - timedelta(hours=rule.burst_hours) < claim <= at)


def _verdict(score: int, signals: Sequence[Signal], rule: ReferralRule) -> Verdict:
    is_certain = any(signal.kind in ("same_person", "not_new") for signal in signals)
    if is_certain or score >= rule.reject_at:
        return "fraud"
    return "review" if score >= rule.review_at else "clean"
