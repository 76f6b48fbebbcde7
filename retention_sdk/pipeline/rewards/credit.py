"""Rewards that are money in an account on the platform: paid in there once, then paid for here.

Nobody can take such money back, so no two workers ask a platform at the same time, and after an
answer that was lost the next try waits. A platform that pays a repeated key once does the rest.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ...context import customer_of
from ...errors import (
    AdapterError,
    ConfigError,
    PlatformError,
    PluginError,
    SubjectErased,
    UnsupportedFeature,
)
from ...loyalty.rewards import IssueState
from ...model import DerivedEvent
from .orders import take_again
from .terms import read_credit

if TYPE_CHECKING:
    from ...storage import Connection, LeasedRow, RewardIssue, Store
    from .redeem import RewardDesk

CREDIT = "account_credit"
"""The kind of reward that is paid into an account."""

CALL = "reward_credit"
"""The kind of the row that only who pays in holds; nobody works on it when it is due."""

CALL_FOR = timedelta(minutes=5)
"""Longer than a platform may take to answer, with all tries of its adapter."""

_LOST = "an answer was lost before: look whether the account was credited"
_GIVEN_ANYHOW = "the account was credited after the points were given back"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CreditWork:
    """Pays one reward into the account that was sealed with it."""

    desk: RewardDesk

    def go_on(self, issue: RewardIssue, *, refusal: str = "") -> RewardIssue:
        """Pay in and capture the points, or give them back; what is unknown stays held.

        With a ``refusal`` nothing is paid in: the points go back for that reason.
        """
        issue, call = self._claim(issue)
        if call is None:
            return issue  # ended, in another worker's hands, or in the pause after a lost answer
        return self._refuse(issue, call, refusal) if refusal else self._ask(issue, call)

    def _ask(self, issue: RewardIssue, call: LeasedRow) -> RewardIssue:
        try:
            account = self._account(issue)
            adapter = self.desk.adapter(issue.platform)
            adapter.give_credit(account, read_credit(issue), key=f"reward:{issue.id}")
        except SubjectErased:
            return self._refuse(issue, call, "the customer was erased")
        except (PlatformError, UnsupportedFeature) as error:
            if not getattr(error, "retryable", False):
                return self._refuse(issue, call, str(error))
            return self._wait(issue, call, error)
        except (AdapterError, ConfigError, PluginError) as error:
            return self._wait(issue, call, error)
        return self._pay(issue, call)

    def _claim(self, issue: RewardIssue) -> tuple[RewardIssue, LeasedRow | None]:
        """Return the reward as it is now, and the right to ask the platform if it is to be had."""
        from ...storage import DueRow

        now, store = self.desk.clock(), self.desk.store
        row = DueRow(CALL, issue.id, issue.subject_id, now)
        with store.begin() as connection:
            issue = self.desk.book.lock(connection, issue.id)
            if issue.state != IssueState.HELD:
                return issue, None  # another worker ended it meanwhile
            return issue, store.due.claim(connection, row, clock=now, lease=CALL_FOR)

    def _account(self, issue: RewardIssue) -> str:
        with self.desk.store.reading() as connection:
            return self.desk.book.sealed_of(connection, issue)

    def _wait(self, issue: RewardIssue, call: LeasedRow, error: Exception) -> RewardIssue:
        _log.warning("reward %s waits for its credit: %s", issue.id, error)
        now, store = self.desk.clock(), self.desk.store
        with store.begin() as connection:
            store.due.postpone(connection, call, error=type(error).__name__, clock=now)
        return issue

    def _refuse(self, issue: RewardIssue, call: LeasedRow, reason: str) -> RewardIssue:
        """Give the points back; say so where an earlier try may have paid in."""
        store, now = self.desk.store, self.desk.clock()
        why = f"{_LOST}; {reason}" if call.attempts > 1 else reason
        with store.begin() as connection:
            refused = self.desk.book.refuse(connection, issue.id, reason=why, now=now)
            store.due.finish(connection, call)
        return refused

    def _pay(self, issue: RewardIssue, call: LeasedRow) -> RewardIssue:
        """Capture the points; where they were given back meanwhile, take them again."""
        store, book, now = self.desk.store, self.desk.book, self.desk.clock()
        with store.begin() as connection:
            paid = book.pay(connection, issue.id, now=now)
            if paid.state in {IssueState.REFUSED, IssueState.RETURNED}:
                ledger = book.ledger(issue.program_id)
                take_again(connection, ledger, paid, now, reason=_GIVEN_ANYHOW)
            store.due.finish(connection, call)
        return paid


def account_on(store: Store, connection: Connection, subject_id: str, platform: str) -> str:
    """Return somebody's newest account on a platform, empty if no event told of one."""
    people = store.subjects.person(connection, subject_id)
    events = [
        event
        for who in people
        for event in store.people.events(connection, who)
        if not isinstance(event, DerivedEvent) and event.id.partition(":")[0] == platform
    ]
    for event in sorted(events, key=lambda each: each.occurred_at, reverse=True):
        if (customer := customer_of(event)) and customer.id:
            return customer.id
    return ""
