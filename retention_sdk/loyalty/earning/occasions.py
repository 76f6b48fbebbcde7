"""Points for other things than orders: a sign-up, a review, a birthday. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ...model import Record
from ...model.base import Identifier, Instant
from ...model.consent import Consent, ConsentChannel, ConsentState, Purpose
from ..rules import EarningPart
from .plan import EarningPlan, Standing
from .settings import OccasionRule

OccasionKind = Literal[
    "signup", "newsletter", "review", "survey", "follow", "birthday", "anniversary", "referral"
]
YEARLY = frozenset({"birthday", "anniversary"})
_MARKETING = frozenset({Purpose.MARKETING, Purpose.OFFERS})
_MAIL = frozenset({ConsentChannel.EMAIL, ConsentChannel.ANY})


class Occasion(Record):
    """Something that somebody did, a birthday, or that the first order was years ago.

    ``reference`` is what makes it one of its kind: the review's number, the survey's, the network
    that is followed, the friend who was referred. Sign-ups, newsletters and days of every year need
    none. ``consents`` are the answers on record, for newsletters. How good a review was has no
    place here, so that no rule can ask for it.
    """

    kind: OccasionKind
    occurred_at: Instant
    reference: Identifier = "-"
    consents: tuple[Consent, ...] = ()


class Grant(Record):
    """What an occasion brings, by which rules. ``refusal`` says why it brings nothing."""

    points: int
    parts: tuple[EarningPart, ...] = ()
    cap: str = ""
    uncapped: int = 0
    refusal: str = ""


def weigh(occasion: Occasion, plan: EarningPlan, standing: Standing | None = None) -> Grant:
    """Return what an occasion brings. Pure; the caller sees to it that it counts once."""
    standing, moment = standing or Standing(), occasion.occurred_at
    rules = [rule for rule in plan.occasions if rule.kind == occasion.kind]
    on = [rule for rule in rules if plan.is_on(rule, moment)]
    if not on:
        return Grant(points=0, refusal=f"no rule gives points for a {occasion.kind} then")
    if occasion.kind == "newsletter" and not has_granted(occasion.consents, moment):
        return Grant(points=0, refusal="there is no consent to the newsletter")
    often = standing.times.get(occasion.kind, 0)
    parts = [
        EarningPart(source="rule", points=rule.points, rule=rule.id)
        for rule in on
        if _may_again(rule, often)
    ]
    if not parts:
        return Grant(points=0, refusal=f"a {occasion.kind} counted {often} times this year")
    kept, cap, uncapped = plan.capped(parts, moment, standing, is_order=False)
    points = sum(part.points for part in kept)
    refusal = "" if points else f"the cap {cap} leaves nothing"
    return Grant(points=points, parts=tuple(kept), cap=cap, uncapped=uncapped, refusal=refusal)


def has_granted(consents: tuple[Consent, ...], moment: datetime) -> bool:
    """Return whether somebody agreed to advertising by e-mail; any newer or wider no wins."""
    about = [each for each in consents if each.purpose in _MARKETING and each.channel in _MAIL]
    if any(each.state is ConsentState.DENIED for each in about):
        return False
    return any(
        each.state is ConsentState.GRANTED
        and each.channel is ConsentChannel.EMAIL
        and (each.expires_at is None or moment <= each.expires_at)
        for each in about
    )


def _may_again(rule: OccasionRule, often: int) -> bool:
    most = 1 if rule.kind in YEARLY else rule.yearly_max
    return most is None or often < most
