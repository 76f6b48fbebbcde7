"""What a member may see of a programme: numbers for drawing, and texts that are ready to be shown.

Every text is in one language and needs nothing around it. Numbers stand beside the texts they are
in, so that a storefront can draw a bar without reading a sentence.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from ..model import Record
from ..model.base import Instant

Count = Annotated[int, Field(ge=0)]


class PointsLine(Record):
    """A number of points and the sentence about it; ``on`` is the day that it speaks of."""

    points: Count
    text: str
    on: date | None = None


class ProgressLine(Record):
    """How far something is: ``reached`` of ``needed``, in minor units of ``currency`` if any."""

    reached: Count
    needed: Count
    missing: Count
    currency: str = ""
    text: str


class TierView(Record):
    """A rank, until when it holds, and how far the next one is; ``next_name`` is its name."""

    key: str
    name: str
    text: str
    until: date | None = None
    until_text: str = ""
    next_key: str = ""
    next_name: str = ""
    progress: ProgressLine | None = None


class ReasonLine(Record):
    """Why a reward cannot be had now: a word for programs, and one for people."""

    code: str
    text: str


class RewardView(Record):
    """A reward as somebody stands. ``text`` is the one line to show below its name."""

    id: str
    kind: str
    name: str
    details: str = ""
    points: Count
    price: str
    is_available: bool
    text: str
    minimum: str = ""
    reasons: tuple[ReasonLine, ...] = ()
    progress: ProgressLine | None = None


class FriendView(Record):
    """One friend, never by name: how far it came, and since when."""

    state: Literal["claimed", "checking", "waiting", "rewarded", "refused", "returned"]
    text: str
    since: Instant
    on: date | None = None


class ReferralView(Record):
    """A member's own code. ``share`` is what they may send to a friend, in their words."""

    code: Annotated[str, Field(repr=False)]
    link: Annotated[str, Field(repr=False)] = ""
    text: Annotated[str, Field(repr=False)]
    invitation: str
    share: Annotated[str, Field(repr=False)]
    friends: tuple[FriendView, ...] = ()


class GoalView(Record):
    """An achievement or challenge. ``text`` says how far it is, or when it was reached."""

    id: str
    kind: str
    name: str
    level: str = ""
    is_done: bool
    text: str
    progress: ProgressLine | None = None
    brings: str = ""
    ends_on: date | None = None
    ends_text: str = ""


class HistoryLine(Record):
    """One thing that happened: ``change`` is what it added or took, zero if points only moved."""

    at: Instant
    day: str
    kind: str
    label: str
    points: int
    change: str


class MemberView(Record):
    """All that a storefront shows a member of one programme, in one language."""

    program: str
    name: str = ""
    locale: str
    direction: Literal["ltr", "rtl"]
    balance: PointsLine
    pending: PointsLine | None = None
    held: PointsLine | None = None
    owed: PointsLine | None = None
    expiring: PointsLine | None = None
    tier: TierView | None = None
    rewards: tuple[RewardView, ...] = ()
    referral: ReferralView | None = None
    goals: tuple[GoalView, ...] = ()
    history: tuple[HistoryLine, ...] = ()
