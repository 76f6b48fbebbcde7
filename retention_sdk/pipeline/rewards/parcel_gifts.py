"""Gifts that lie in a parcel: shown where it is packed, and handed over with it, each once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import LedgerError
from ...loyalty.rewards import IssueState
from .parcel_gifts_back import GIFT_KIND, with_order
from .terms import read_terms

if TYPE_CHECKING:
    from datetime import datetime

    from ...model import Order
    from ...storage import Connection, RewardIssue
    from .book import RewardBook


@dataclass(frozen=True, slots=True)
class ParcelGifts:
    """What members redeemed or earned that lies in their next parcel."""

    book: RewardBook

    def pack(self, connection: Connection, order: Order, *, now: datetime) -> tuple[str, ...]:
        """Hand over what waits for a buyer's next parcel; return what lies in this one.

        The same each time for an order: a gift goes with the first parcel that is printed or
        packed, whoever of two desks comes to it. A parcel that goes to somebody else has none.
        """
        why = with_order(order.id)
        return tuple(
            self._words(each)
            for each in self._gifts(connection, order)
            if _is_packed(each, why) or self._hand_over(connection, each, why, now)
        )

    def packed(self, connection: Connection, order: Order) -> tuple[str, ...]:
        """Return what was put into the parcel of an order; nothing is written."""
        why = with_order(order.id)
        found = self._gifts(connection, order)
        return tuple(self._words(each) for each in found if _is_packed(each, why))

    def take_back(self, issue_id: str, *, reason: str, now: datetime) -> RewardIssue:
        """Let a gift wait for the next parcel again: the one it was packed into stayed here.

        It keeps its last day. Taking back twice is safe.

        Raises:
            LedgerError: it is no gift, or was not handed over.
        """
        with self.book.store.begin() as connection:
            issue = self.book.lock(connection, issue_id)
            is_packed = issue.state in {IssueState.FULFILLED, IssueState.ISSUED}
            if issue.kind != GIFT_KIND or not is_packed:
                raise LedgerError(f"a {issue.kind} that is {issue.state} lay in no parcel")
            return self.book.note(connection, issue_id, IssueState.ISSUED, reason=reason, now=now)

    def _gifts(self, connection: Connection, order: Order) -> tuple[RewardIssue, ...]:
        who = self.book.store.orders.owner(connection, self.book.shop_id, order.id)
        if who is None or order.is_gift:
            return ()
        found = self.book.store.rewards.of_person(connection, who)
        return tuple(each for each in found if each.kind == GIFT_KIND)

    def _hand_over(
        self, connection: Connection, issue: RewardIssue, why: str, now: datetime
    ) -> bool:
        """Return whether a gift is handed over by this, under its lock."""
        if issue.state != IssueState.ISSUED or (issue.ends_at and issue.ends_at <= now):
            return False
        state = self.book.lock(connection, issue.id).state
        if state != IssueState.ISSUED:
            return False  # another desk, or it was cancelled meanwhile
        self.book.note(connection, issue.id, IssueState.FULFILLED, reason=why, now=now)
        return True

    def _words(self, issue: RewardIssue) -> str:
        """Return what to put in: its name in the shop's language, and its SKU."""
        reward = read_terms(issue)["reward"]
        name, sku = self.book.name_of(issue), reward.get("sku")
        return f"{name} ({sku})" if sku else name


def _is_packed(issue: RewardIssue, why: str) -> bool:
    return issue.state == IssueState.FULFILLED and issue.reason == why
