"""Puts what a member holds, is and may have into words, for storefronts. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..model import Money
from .member_history import history_lines
from .member_view import (
    FriendView,
    GoalView,
    MemberView,
    PointsLine,
    ProgressLine,
    ReasonLine,
    ReferralView,
    RewardView,
    TierView,
)
from .names import Names
from .words import name_in, progress_line, reward_name

if TYPE_CHECKING:
    from ..model import LoyaltyState
    from .achievements import Achievement, Progress
    from .explain import HistoryEntry
    from .rewards import Refusal, RewardOffer
    from .rules import Program
    from .speaker import Speaker
    from .statement import Statement

# Reasons that are the shop's own business: a reward refused for one is not shown at all.
_NOT_SHOWN = frozenset({"platform", "segment"})
_ELSEWHERE = frozenset({"currency", "country", "locale"})
_FRIEND_STATES = {
    "linked": "claimed",
    "claimed": "claimed",
    "ordered": "checking",
    "pending": "waiting",
    "rewarded": "rewarded",
    "rejected": "refused",
    "clawed": "returned",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Friend:
    """A friend somebody brought: how far it came, when points are due, and what they brought."""

    state: str
    changed_at: datetime
    rewardable_at: datetime | None = None
    points: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """An achievement, how far somebody is, and when its last level was reached."""

    rule: Achievement
    progress: Progress
    reached_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberFacts:
    """All that is known of a member. ``state`` brings the rank; ``code`` is empty without one.

    ``sent`` are the holds of points that went to partners.
    """

    program: Program
    statement: Statement | None = None
    state: LoyaltyState | None = None
    offers: Sequence[RewardOffer] = ()
    brand: str = ""
    currency: str = ""
    code: str = ""
    link: str = ""
    friends: Sequence[Friend] = ()
    goals: Sequence[Goal] = ()
    history: Sequence[HistoryEntry] = ()
    order_numbers: Mapping[str, str] = field(default_factory=dict)
    sent: Collection[str] = ()


def member_view(facts: MemberFacts, speaker: Speaker) -> MemberView:
    """Return what a member may see, in the language and manner of the speaker.

    Rewards that are not for this member are left out; those they cannot have yet say why.
    """
    program, words = facts.program, speaker.words
    return MemberView(
        program=program.id,
        name=name_in(program.names, words),
        locale=words.tag,
        direction=words.direction,
        balance=_balance(facts.statement, speaker),
        **_points(facts.statement, speaker),
        tier=_tier(facts, speaker),
        rewards=tuple(_rewards(facts, speaker)),
        referral=_referral(facts, speaker),
        goals=tuple(_goal(goal, speaker) for goal in facts.goals),
        history=history_lines(facts.history, speaker, numbers=facts.order_numbers, sent=facts.sent),
    )


def _balance(found: Statement | None, speaker: Speaker) -> PointsLine:
    points = found.available if found else 0
    return PointsLine(points=points, text=speaker.say("loyalty.balance", points=points))


def _points(found: Statement | None, speaker: Speaker) -> dict[str, Any]:
    if found is None:
        return {}
    plain = (("held", found.held, "loyalty.held"), ("owed", found.owed, "loyalty.debt"))
    return {
        "pending": _pending(found, speaker),
        "expiring": _expiring(found, speaker),
        **{
            name: PointsLine(points=points, text=speaker.say(key, points=points))
            for name, points, key in plain
            if points
        },
    }


def _pending(found: Statement, speaker: Speaker) -> PointsLine | None:
    if not found.pending:
        return None
    days = {speaker.day(lot.matures_at) for lot in found.lots if lot.pending}
    if len(days) != 1:
        text = speaker.say("loyalty.pending_later", points=found.pending)
        return PointsLine(points=found.pending, text=text)
    (day,) = days
    text = speaker.say("loyalty.pending", points=found.pending, date=day)
    return PointsLine(points=found.pending, text=text, on=day)


def _expiring(found: Statement, speaker: Speaker) -> PointsLine | None:
    expiry = found.next_expiry
    if expiry is None:
        return None
    day = speaker.last_day(expiry.at)
    text = speaker.say("loyalty.expiring", points=expiry.points, date=day)
    return PointsLine(points=expiry.points, text=text, on=day)


def _tier(facts: MemberFacts, speaker: Speaker) -> TierView | None:
    state = facts.state
    if state is None or facts.program.tiers is None:
        return None
    name, until, ahead = state.tier_name, state.tier_until, state.tier_progress
    is_top = ahead is None and bool(name)
    text = speaker.say("loyalty.tier.top" if is_top else "loyalty.tier", tier=name) if name else ""
    is_limited = until is not None and bool(name)
    return TierView(
        key=state.tier,
        name=name,
        text=text,
        until=until,
        until_text=speaker.say("loyalty.tier.until", tier=name, date=until) if is_limited else "",
        next_key=ahead.tier if ahead else "",
        next_name=ahead.name if ahead else "",
        progress=ProgressLine(
            reached=ahead.reached,
            needed=ahead.needed,
            missing=ahead.missing,
            currency=ahead.currency,
            text=progress_line(ahead, speaker.say, speaker.words),
        )
        if ahead
        else None,
    )


def _rewards(facts: MemberFacts, speaker: Speaker) -> Iterable[RewardView]:
    for offer in facts.offers:
        if _NOT_SHOWN.isdisjoint(refusal.code for refusal in offer.refusals):
            yield _reward(offer, facts, speaker)


def _reward(offer: RewardOffer, facts: MemberFacts, speaker: Speaker) -> RewardView:
    reward, words = offer.reward, speaker.words
    minimum = reward.minimum_in(facts.currency)
    reasons = tuple(
        ReasonLine(code=refusal.code, text=_reason(refusal, offer, facts, speaker))
        for refusal in offer.refusals
    )
    text = reasons[0].text if reasons else speaker.say("loyalty.reward.ready")
    return RewardView(
        id=reward.id,
        kind=reward.kind,
        name=speaker.tidy(reward_name(reward, words, currency=facts.currency)),
        details=name_in(reward.details, words),
        points=reward.points,
        price=speaker.say("loyalty.points", points=reward.points),
        is_available=offer.is_available,
        text=text,
        minimum=speaker.say("loyalty.reward.minimum", amount=words.money(minimum))
        if minimum
        else "",
        reasons=reasons,
        progress=ProgressLine(
            reached=offer.spendable, needed=reward.points, missing=offer.missing, text=text
        )
        if offer.missing
        else None,
    )


def _reason(refusal: Refusal, offer: RewardOffer, facts: MemberFacts, speaker: Speaker) -> str:
    code, reward = refusal.code, offer.reward
    if code == "points":
        return speaker.say("loyalty.reward.missing", points=offer.missing)
    if code == "not_yet" and reward.starts:
        return speaker.say("loyalty.reward.not_yet", date=reward.starts.date())
    if code == "tier":
        names = _rank_names(facts.program, reward.tiers, speaker)
        if names:
            return speaker.say("loyalty.reward.tier", tier=speaker.words.list(names))
        return speaker.say("loyalty.reward.not_here")
    key = "not_here" if code in _ELSEWHERE else code
    return speaker.say(f"loyalty.reward.{key}")


def _rank_names(program: Program, keys: Sequence[str], speaker: Speaker) -> list[str]:
    ranks = program.tiers.ranks if program.tiers else ()
    names = (name_in(rank.names, speaker.words) for rank in ranks if rank.key in keys)
    return [name for name in names if name]


def _referral(facts: MemberFacts, speaker: Speaker) -> ReferralView | None:
    rule = facts.program.referral
    if rule is None or not facts.code:
        return None
    for_both = bool(rule.friend_points or rule.friend_reward)
    said = {"brand": facts.brand, "code": facts.code, "link": facts.link}
    return ReferralView(
        code=facts.code,
        link=facts.link,
        text=speaker.say("loyalty.referral.code", code=facts.code),
        invitation=speaker.say("loyalty.referral.invite"),
        share=speaker.say(f"loyalty.referral.{'share' if for_both else 'share_own'}", **said),
        friends=tuple(_friend(friend, speaker) for friend in facts.friends),
    )


def _friend(friend: Friend, speaker: Speaker) -> FriendView:
    state, day = _FRIEND_STATES[friend.state], None
    key = f"loyalty.referral.{state}"
    if state == "waiting" and friend.rewardable_at:
        day = speaker.day(friend.rewardable_at)
        text = speaker.say(key, date=day)
    elif state == "rewarded" and not friend.points:
        text = speaker.say("loyalty.referral.thanks")
    elif state == "rewarded":
        text = speaker.say(key, points=friend.points)
    else:
        text = speaker.say(key)
    return FriendView.model_validate(
        {"state": state, "text": text, "since": friend.changed_at, "on": day}
    )


def _goal(goal: Goal, speaker: Speaker) -> GoalView:
    rule, seen = goal.rule, goal.progress
    level = rule.level(seen.next_level or seen.level)
    done = seen.is_done and goal.reached_at is not None
    ends = speaker.last_day(seen.until) if seen.until and not seen.is_done else None
    text = _counted(seen, speaker)
    if done and goal.reached_at:
        text = speaker.say("loyalty.achievement.earned", date=speaker.day(goal.reached_at))
    points = level.points if level and not seen.is_done else 0
    return GoalView(
        id=rule.id,
        kind=rule.kind,
        name=goal_name(rule.names, level.names if level else None, speaker),
        level=seen.level,
        is_done=seen.is_done,
        text=text,
        progress=None
        if seen.is_done
        else ProgressLine(
            reached=min(seen.count, seen.target),
            needed=seen.target,
            missing=seen.missing,
            currency=seen.currency,
            text=_counted(seen, speaker),
        ),
        brings=speaker.say("loyalty.achievement.brings", points=points) if points else "",
        ends_on=ends,
        ends_text=speaker.say("loyalty.achievement.ends", date=ends) if ends else "",
    )


def goal_name(whole: Names | None, level: Names | None, speaker: Speaker) -> str:
    """Return what a level is called: by its own name, else by that of its achievement."""
    return name_in(level, speaker.words) or name_in(whole, speaker.words)


def _counted(seen: Progress, speaker: Speaker) -> str:
    if seen.currency:
        money = (Money(minor=each, currency=seen.currency) for each in (seen.count, seen.target))
        reached, needed = (speaker.words.money(each) for each in money)
        return speaker.say("loyalty.achievement.spent", amount=reached, target=needed)
    return speaker.say("loyalty.achievement.progress", count=seen.count, target=seen.target)
