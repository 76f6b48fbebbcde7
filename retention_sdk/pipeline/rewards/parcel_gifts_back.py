"""Gifts come back from a parcel that is not sent after all, and lie in the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...loyalty.rewards import IssueState

if TYPE_CHECKING:
    from datetime import datetime

    from ...storage import Connection, Store

GIFT_KIND = "gift"


def with_order(order_id: str) -> str:
    """Return the reason with which a gift is handed over in the parcel of an order."""
    return f"with order {order_id}"


def put_back(
    store: Store, connection: Connection, order_id: str, *, shop_id: str, now: datetime
) -> tuple[str, ...]:
    """Let gifts wait again that were printed for an order which is off; return their issues.

    Where one card of the order is packed, or may still be, its parcel may hold them: then they
    stay handed over, and a person decides.
    """
    cards = store.cards.of_order(connection, shop_id, order_id)
    who = store.orders.owner(connection, shop_id, order_id)
    if who is None or any(card.state.is_open or card.state.value == "packed" for card in cards):
        return ()
    back = [
        each.id
        for each in store.rewards.of_person(connection, who)
        if each.kind == GIFT_KIND and _is_with(each.state, each.reason, order_id)
    ]
    return tuple(each for each in back if _put_back(store, connection, each, order_id, now))


def _put_back(
    store: Store, connection: Connection, issue_id: str, order_id: str, now: datetime
) -> bool:
    from ...storage import RewardStep

    issue = store.rewards.lock(connection, issue_id)
    if issue is None or not _is_with(issue.state, issue.reason, order_id):
        return False  # another worker was first
    reason = f"was not sent {with_order(order_id)}"
    store.rewards.step(connection, issue_id, RewardStep(IssueState.ISSUED, reason, now))
    return True


def _is_with(state: str, reason: str, order_id: str) -> bool:
    return state == IssueState.FULFILLED and reason == with_order(order_id)
