"""Gives rewards that cost nobody points: for a level, for a rank, to a friend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...loyalty.gifts import GIFT_GONE, grant_gift, is_revoked, revoke_gift
from ...loyalty.rewards import IssueState
from .book import Wish
from .standing import Market

if TYPE_CHECKING:
    from datetime import datetime

    from ...loyalty import Cause, PointsLedger
    from ...loyalty.rewards import RefusalCode
    from ...storage import Connection, RewardIssue
    from .redeem import Redemption, RewardDesk

FOR_BUYERS: frozenset[RefusalCode] = frozenset({"limit", "segment", "tier"})
"""Rules about who may buy a reward: what somebody earned is theirs whatever they bought."""


def _always(connection: Connection) -> bool:  # noqa: ARG001 - what others look at
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """A reward for somebody. ``key`` makes it one gift, however often it is told.

    ``is_due`` is asked in the commit that gives it, with the account locked. ``waives`` are rules
    that do not count. A quiet one is not told.
    """

    subject_id: str
    reward: str
    key: str
    cause: Cause
    program: str = ""
    waives: frozenset[RefusalCode] = frozenset()
    is_quiet: bool = False
    is_due: Callable[[Connection], bool] = _always


@dataclass(frozen=True, slots=True)
class Gifts:
    """Grants the points of rewards and redeems them, each once; or takes both back."""

    desk: RewardDesk

    def give(self, gift: Gift) -> Redemption | None:
        """Return what somebody is given, the same each time; None if it is not due any more.

        Where the platform is away the answer is ``held``; ``retry_open`` goes on.

        Raises:
            RewardRefused: it cannot be had now, and nothing was given.
            ConfigError: the programme has no such reward.
        """
        desk, now = self.desk, self.desk.clock()
        ledger = desk.book.ledger(gift.program)
        reward = desk.find(ledger, gift.reward)
        with desk.store.begin() as connection:
            wish = Wish(
                subject_id=gift.subject_id,
                reward=reward,
                key=gift.key,
                market=desk.book.standings.market(connection, gift.subject_id, Market()),
                platform=ledger.program.rewards_platform or desk.platform,
                waives=gift.waives,
                is_quiet=gift.is_quiet,
            )
            if not self._prepare(connection, ledger, wish, gift, now):
                return None
            issue, is_new = desk.book.place(connection, ledger, wish, now=now)
        return desk.carry(issue, is_new=is_new)

    def take_back(self, key: str, *, program: str = "") -> None:
        """Void what was given under a key, and take its points back; once, however often told.

        A reward that was used stays used, and its points are taken by the programme's clawback.
        """
        desk, now = self.desk, self.desk.clock()
        ledger = desk.book.ledger(program)
        with desk.store.begin() as connection:
            found = desk.store.rewards.by_key(connection, ledger.program.id, key)
            if found is None or is_revoked(connection, ledger.program.id, key):
                return
            issue = self._void(connection, ledger, found.id, now)
        desk.carry(issue)

    def _prepare(
        self,
        connection: Connection,
        ledger: PointsLedger,
        wish: Wish,
        gift: Gift,
        now: datetime,
    ) -> bool:
        """Grant the points of a gift unless it was given before; False if it is not due."""
        from ...loyalty.journal import Journal
        from ...storage.ledger import claim_key

        store, program = self.desk.store, ledger.program
        claim_key(connection, program.id, f"reward {wish.key}")
        if store.rewards.by_key(connection, program.id, wish.key):
            return True
        store.rewards.lock_reward(connection, program.id, wish.reward.id)
        Journal(store, connection, program, wish.subject_id, now=now)  # locks the account
        if not gift.is_due(connection):
            return False
        points, key, cause = wish.reward.points, wish.key, gift.cause
        grant_gift(ledger, connection, wish.subject_id, points, key=key, cause=cause, now=now)
        return True

    def _void(
        self, connection: Connection, ledger: PointsLedger, issue_id: str, now: datetime
    ) -> RewardIssue:
        """Do what the state of a gift allows; a platform is asked after this commit."""
        book = self.desk.book
        issue = book.lock(connection, issue_id)
        if issue.state == IssueState.HELD:
            return book.refuse(connection, issue_id, reason=GIFT_GONE, now=now)
        if issue.state == IssueState.ISSUED and issue.platform:
            state = IssueState.CANCELLING
            return book.note(connection, issue_id, state, reason=GIFT_GONE, now=now)
        if issue.state == IssueState.ISSUED:
            return book.give_back(connection, issue_id, reason=GIFT_GONE, grace_days=0, now=now)
        if issue.state in {IssueState.FULFILLED, IssueState.REDEEMED}:
            revoke_gift(ledger, connection, issue.idem_key, now=now)
        return issue
