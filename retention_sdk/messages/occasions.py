"""Messages that no order brings about: a birthday, a balance of points. Always marketing.

``retention run-due`` tells of birthdays, and the pipeline asks here. For the others, a shop that
knows the day builds a context whose ``event_id`` names the occasion (``points:77:2026``), so that
it is written to once.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Literal
from zoneinfo import ZoneInfo

from ..model import Block, Candidate, ContentKind, Context
from .candidates import (
    BIRTHDAY,
    POINTS_NOTICE,
    build_candidate,
    find_recipient,
    is_translated,
)
from .sender import is_ready_for_marketing

_LATE_DAYS_MAX = 3


def birthday_candidates(context: Context, *, blocks: Sequence[Block] = ()) -> tuple[Candidate, ...]:
    """Return the birthday e-mail: first with what plugins add, then the good wish alone."""
    if not _may_be_written(context, "email", BIRTHDAY):
        return ()
    own = tuple(block for block in blocks if block.surface in ("email", "any"))
    wish = frozenset({ContentKind.GREETING})
    kinds = wish | {block.content for block in own}
    reason = "it is the customer's birthday"
    plain = build_candidate(context, "email", BIRTHDAY, wish, reason=reason)
    if not own:
        return (plain,)
    full = build_candidate(
        context, "email", BIRTHDAY, kinds, blocks=own, reason=reason, variant=":blocks"
    )
    return (full, plain)


def is_birthday(context: Context) -> bool:
    """Whether it is the customer's birthday in the shop's time zone, or was in the last days.

    A wish that waited for longer, because nobody ran what was due, is better not sent. Somebody
    born on 29 February counts from the 28th in other years.
    """
    month_day = context.customer.birthday if context.customer else ""
    if not month_day:
        return False
    today = context.now.astimezone(ZoneInfo(context.shop.time_zone)).date()
    month, day = (int(part) for part in month_day.split("-"))
    last = (monthrange(year, month)[1] for year in (today.year, today.year - 1))
    days = zip((today.year, today.year - 1), last, strict=True)
    passed = ((today - date(year, month, min(day, end))).days for year, end in days)
    return any(0 <= each <= _LATE_DAYS_MAX for each in passed)


def points_notice_candidates(
    context: Context, *, surface: Literal["email", "sms", "push"] = "email"
) -> tuple[Candidate, ...]:
    """Return the notice of what the account holds; none where it holds nothing."""
    has_points = context.has_points and context.loyalty.balance > 0
    if not has_points or not _may_be_written(context, surface, POINTS_NOTICE):
        return ()
    kinds = frozenset({ContentKind.POINTS_BALANCE})
    reason = "the account holds points"
    return (build_candidate(context, surface, POINTS_NOTICE, kinds, reason=reason),)


def _may_be_written(
    context: Context, surface: Literal["email", "sms", "push"], template: str
) -> bool:
    return bool(
        find_recipient(context, surface)
        and is_ready_for_marketing(context)
        and is_translated(context, surface, template)
    )
