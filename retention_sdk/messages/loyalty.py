"""Messages that points, ranks, rewards, friends and time bring about.

All are advertising, but one: what somebody just gave points for is handed over, as a shop sends
what was bought. A message that would have to name something nobody named is not written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ..model import Block, Candidate, ContentKind, Context
from ..model.news import News
from .candidates import build_candidate, find_recipient, is_translated
from .sender import is_ready_for_marketing

POINTS_EXPIRING = "points_expiring"
POINTS_MATURED = "points_matured"
ANNIVERSARY = "anniversary"
TIER_UP, TIER_DOWN, TIER_LOST = "tier_up", "tier_down", "tier_lost"
TIER_AT_RISK = "tier_at_risk"
REWARD, PRESENT = "reward", "present"
REFERRAL_REWARDED, REFERRAL_WELCOMED = "referral_rewarded", "referral_welcomed"
ACHIEVEMENT = "achievement"
WINBACK = "winback"

MEMBERS = frozenset(
    {
        POINTS_EXPIRING,
        POINTS_MATURED,
        TIER_UP,
        TIER_DOWN,
        TIER_LOST,
        TIER_AT_RISK,
        REWARD,
        PRESENT,
        REFERRAL_REWARDED,
        REFERRAL_WELCOMED,
        ACHIEVEMENT,
    }
)
"""Those that are sent because somebody collects points."""

_LATE_DAYS_MAX = 3
_BALANCE = frozenset({ContentKind.POINTS_BALANCE})
_MEMBERSHIP = frozenset({ContentKind.MEMBERSHIP})
_GREETING = frozenset({ContentKind.GREETING})


class Notice(NamedTuple):
    """Which message an event brings, what it says, and whether plugins may add to it."""

    template: str
    content: frozenset[ContentKind]
    reason: str
    takes_blocks: bool = False


def loyalty_candidates(context: Context, *, blocks: Sequence[Block] = ()) -> tuple[Candidate, ...]:
    """Return the e-mails that an event of the programme could bring, best first.

    Where plugins may add to one, it comes first with their blocks, and then alone.
    """
    notice = _notice(context)
    if notice is None or not _may_be_written(context, notice):
        return ()
    template, content, reason, takes_blocks = notice
    plain = build_candidate(context, "email", template, content, reason=reason)
    own = tuple(block for block in blocks if block.surface in ("email", "any"))
    if not own or not takes_blocks:
        return (plain,)
    kinds = content | {block.content for block in own}
    full = build_candidate(
        context, "email", template, kinds, blocks=own, reason=reason, variant=":blocks"
    )
    return (full, plain)


def _notice(context: Context) -> Notice | None:
    read = _NOTICES.get(context.event_type)
    today = context.now.astimezone(ZoneInfo(context.shop.time_zone)).date()
    return read(context.news, today) if read and context.news else None


def _may_be_written(context: Context, notice: Notice) -> bool:
    is_service = notice.template == REWARD
    return bool(
        find_recipient(context, "email")
        and (is_service or is_ready_for_marketing(context))
        and is_translated(context, "email", notice.template)
    )


def _points_expiring(news: News, today: date) -> Notice | None:
    if news.on is None or news.on < today:
        return None
    return Notice(POINTS_EXPIRING, _BALANCE, "points expire soon")


def _points_matured(_news: News, _today: date) -> Notice:
    return Notice(POINTS_MATURED, _BALANCE, "points can be spent from now on")


def _anniversary(news: News, today: date) -> Notice | None:
    is_now = news.on is not None and news.on <= today <= news.on + timedelta(_LATE_DAYS_MAX)
    if not is_now:
        return None
    reason = "the first order was placed years ago to the day"
    return Notice(ANNIVERSARY, _GREETING, reason, takes_blocks=True)


def _tier_changed(news: News, _today: date) -> Notice | None:
    if news.kind and not news.name:
        return None
    if news.is_up:
        return Notice(TIER_UP, _MEMBERSHIP, "a rank was reached")
    return Notice(TIER_DOWN if news.kind else TIER_LOST, _MEMBERSHIP, "a rank has ended")


def _tier_at_risk(news: News, today: date) -> Notice | None:
    if not news.name or news.on is None or news.on < today:
        return None
    return Notice(TIER_AT_RISK, _MEMBERSHIP, "a rank ends soon")


def _reward_issued(news: News, today: date) -> Notice | None:
    if not news.name or (news.on is not None and news.on < today):
        return None
    if news.points:
        kinds = frozenset({ContentKind.REDEMPTION})
        return Notice(REWARD, kinds, "points were exchanged for a reward")
    return Notice(PRESENT, frozenset({ContentKind.COUPON}), "a reward was given")


def _achievement(news: News, _today: date) -> Notice | None:
    return Notice(ACHIEVEMENT, _MEMBERSHIP, "a goal was reached") if news.name else None


def _referral(news: News, _today: date) -> Notice | None:
    if not news.points:
        return None
    template = REFERRAL_WELCOMED if news.kind == "friend" else REFERRAL_REWARDED
    return Notice(template, _BALANCE, "a recommendation was rewarded")


def _lapsed(_news: News, _today: date) -> Notice:
    return Notice(WINBACK, _GREETING, "nothing was ordered for long", takes_blocks=True)


_NOTICES: Mapping[str, Callable[[News, date], Notice | None]] = {
    "points_expiring": _points_expiring,
    "points_matured": _points_matured,
    "anniversary": _anniversary,
    "tier_changed": _tier_changed,
    "tier_at_risk": _tier_at_risk,
    "reward_issued": _reward_issued,
    "achievement_earned": _achievement,
    "referral_rewarded": _referral,
    "customer_lapsed": _lapsed,
}
