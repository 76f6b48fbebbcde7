"""What both sides of a referral get in points, and what is taken back of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from ...storage import Connection, Store, StoredReferral
from ...storage.subject_merges import survivor_of
from ..crediting import LotLife
from ..earning import Occasion
from ..journal import Cause
from ..ledger import PointsLedger
from .settings import ReferralRule
from .states import State

Role = Literal["referrer", "friend"]
Grant = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Payout:
    """What one side got, as a subject."""

    role: Role
    subject_id: str
    points: int


def pay(
    store: Store,
    ledger: PointsLedger,
    rule: ReferralRule,
    connection: Connection,
    stored: StoredReferral,
    *,
    at: datetime,
) -> tuple[tuple[Grant, ...], tuple[Payout, ...]]:
    """Give both sides their points; return the grants by role and key, and what each side got.

    Who was erased gets nothing; who brought enough friends this year, neither. Points can be
    spent at once: they waited for the return window already.
    """
    head, grants = stored.head, list[Grant]()
    referrer = survivor_of(connection, head.referrer_id)
    friend = survivor_of(connection, head.friend_id)
    # Locks the account, so that no other friend passes the same limit at the same time.
    if may_get_more(store, ledger, rule, connection, referrer, at=at):
        given = _grant(ledger, connection, stored, "referrer", rule.referrer_points, at=at)
        grants += [given] if given else []
        grants += _by_rules(ledger, connection, stored, referrer, at=at)
    if not store.subjects.is_erased(connection, friend):
        given = _grant(ledger, connection, stored, "friend", rule.friend_points, at=at)
        grants += [given] if given else []
    payouts = (
        Payout("referrer", referrer, sum(points for role, _, points in grants if role[0] == "r")),
        Payout("friend", friend, sum(points for role, _, points in grants if role[0] == "f")),
    )
    return tuple(grants), tuple(each for each in payouts if each.points)


def take_back(
    ledger: PointsLedger,
    connection: Connection,
    stored: StoredReferral,
    *,
    at: datetime,
    now: datetime,
) -> None:
    """Take back all that a referral gave, by the programme's clawback."""
    for _, key, _ in stored.step.grants:
        ledger.grants.revoke(connection, key, key=f"{key}:revoked", occurred_at=at, now=now)


def may_get_more(
    store: Store,
    ledger: PointsLedger,
    rule: ReferralRule,
    connection: Connection,
    referrer: str,
    *,
    at: datetime,
) -> bool:
    """Return whether a member may be given points for one more friend in this calendar year."""
    if store.subjects.is_erased(connection, referrer):
        return False
    if rule.yearly_max is None:
        return True
    zone = ZoneInfo(ledger.program.time_zone)
    year = at.astimezone(zone).year
    rewarded = [
        each
        for each in store.referrals.of_referrer(connection, ledger.program.id, referrer)
        if each.step.state == State.REWARDED
        and each.step.at.astimezone(zone).year == year
        and any(role == "referrer" for role, _, _ in each.step.grants)
    ]
    return len(rewarded) < rule.yearly_max


def _grant(
    ledger: PointsLedger,
    connection: Connection,
    stored: StoredReferral,
    role: Role,
    points: int,
    *,
    at: datetime,
) -> Grant | None:
    if not points:
        return None
    head = stored.head
    who = head.referrer_id if role == "referrer" else head.friend_id
    key = f"referral:{head.id}:{role}"
    ledger.grant(
        connection,
        subject_id=survivor_of(connection, who),
        points=points,
        # Not the cause of a rule of kind referral, whose limits count what it gave itself.
        cause=Cause(f"referral ({role})", head.id),
        key=key,
        occurred_at=at,
        now=at,
        reason="",
        breakdown={"parts": [{"source": "referral", "role": role, "points": points}]},
        life=LotLife(matures_after_days=0),
    )
    return role, key, points


def _by_rules(
    ledger: PointsLedger,
    connection: Connection,
    stored: StoredReferral,
    referrer: str,
    *,
    at: datetime,
) -> list[Grant]:
    """Give what ``[[loyalty.rules]]`` of kind ``referral`` say, with their own limits."""
    occasion = Occasion(kind="referral", occurred_at=at, reference=stored.head.id)
    posted = ledger.awards.give(connection, occasion, subject_id=referrer, now=at)
    if posted is None:
        return []
    return [("referrer", ledger.awards.key(occasion, referrer), posted.points)]
