"""Notes in paid orders which rewards were used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from ...loyalty.gifts import GIFT_GONE, revoke_gift
from ...loyalty.rewards import IssueState
from ...loyalty.rewards.states import may_become
from .codes import read_reward_code

if TYPE_CHECKING:
    from ...loyalty import PointsLedger
    from ...model import Order
    from ...storage import Connection, RewardIssue, Store

_TAKEN_AGAIN = "its code was used in an order before it was void"


def note_rewards(
    store: Store,
    connection: Connection,
    order: Order,
    *,
    shop_id: str,
    ledgers: Iterable[PointsLedger],
    now: datetime,
) -> tuple[str, ...]:
    """Mark the rewards whose codes an order used; return the names of their issues.

    Points that were given back because nobody knew of the order yet are taken again: a reward is
    never had for nothing. Codes that are not ours are passed over, and the same order told again
    changes nothing.
    """
    by_program = {ledger.program.id: ledger for ledger in ledgers}
    used = []
    for text in order.coupon_codes:
        issue = _issue_of(store, connection, text, shop_id)
        if issue is None or not may_become(IssueState(issue.state), IssueState.REDEEMED):
            continue
        if issue.state == IssueState.CANCELLED and (ledger := by_program.get(issue.program_id)):
            take_again(connection, ledger, issue, now, reason=_TAKEN_AGAIN)
        _mark(store, connection, issue, order, now)
        if issue.reason == GIFT_GONE and (ledger := by_program.get(issue.program_id)):
            revoke_gift(ledger, connection, issue.idem_key, now=now)
        used.append(issue.id)
    return tuple(used)


def reward_code_reference(plain: str) -> str:
    """Return what the HMAC of a code in the store is computed over."""
    return f"reward-code:{plain}"


def _issue_of(store: Store, connection: Connection, text: str, shop_id: str) -> RewardIssue | None:
    plain = read_reward_code(text)
    if plain is None:
        return None
    index = store.subjects.index(connection, shop_id, reward_code_reference(plain))
    found = store.rewards.by_code(connection, index)
    return store.rewards.lock(connection, found.id) if found else None


def _mark(
    store: Store, connection: Connection, issue: RewardIssue, order: Order, now: datetime
) -> None:
    from ...storage import RewardStep

    step = RewardStep(IssueState.REDEEMED, f"order {order.id}", now)
    store.rewards.step(connection, issue.id, step)


def take_again(
    connection: Connection, ledger: PointsLedger, issue: RewardIssue, now: datetime, *, reason: str
) -> None:
    """Take the points of a reward that is somebody's after all, if need be as debt; once."""
    from ...loyalty import Hand
    from ...storage.subject_merges import survivor_of

    ledger.adjust(
        connection,
        survivor_of(connection, issue.subject_id),
        -issue.points,
        hand=Hand(actor="retention-sdk", reason=reason),
        key=f"reward:{issue.id}:used",
        now=now,
        may_owe=True,
    )
