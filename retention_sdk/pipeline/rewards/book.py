"""The commits of a redemption. Each takes its lock, looks at the newest step, and adds one or none.

Locks are taken in one order everywhere: person, request, reward, issue, account.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ...errors import ConfigError, IdempotencyConflict, LedgerError, RewardRefused, SubjectErased
from ...loyalty.gifts import GIFT_GONE, revoke_gift
from ...loyalty.rewards import IssueState, available
from ...loyalty.rewards.states import may_become, require_step
from ...model import RewardIssued
from ..due.people import newest_customer
from .codes import new_reward_code, read_reward_code
from .credit import CREDIT, account_on
from .orders import reward_code_reference
from .terms import ends_at, read_terms, write_terms

if TYPE_CHECKING:
    from ...loyalty import PointsLedger
    from ...loyalty.rewards import RefusalCode, Reward
    from ...storage import Connection, RewardIssue, Store
    from .standing import Market, Standings

REWARD = "reward_open"
"""The kind of the row that waits for a redemption which a platform has not ended."""

HELD_FOR = timedelta(days=7)
TRY_AGAIN = timedelta(minutes=1)
_REASON_MAX = 480


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks for. ``key`` makes it one wish, however often it is told.

    ``waives`` are refusals that do not count; a quiet wish is not told when it comes true.
    """

    subject_id: str
    reward: Reward
    key: str
    market: Market
    platform: str
    waives: frozenset[RefusalCode] = frozenset()
    is_quiet: bool = False

    @property
    def fingerprint(self) -> str:
        """A digest of what is asked for, to tell a repetition from something else."""
        from ...loyalty.chain import fingerprint

        return fingerprint({"kind": "reward", "reward": self.reward.id})


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardBook:
    """Writes issues, steps and points. ``events`` it returns are received with the same commit."""

    store: Store
    shop_id: str
    language: str
    ledgers: Mapping[str, PointsLedger]
    standings: Standings
    prefix: str = ""

    def ledger(self, program_id: str) -> PointsLedger:
        """Return the ledger of a programme, the first for an empty name.

        Raises:
            ConfigError: the shop has no such points.
        """
        name = program_id or next(iter(self.ledgers), "")
        if name not in self.ledgers:
            raise ConfigError(f"this shop has no points called {name!r}", key="loyalty")
        return self.ledgers[name]

    def place(
        self, connection: Connection, ledger: PointsLedger, wish: Wish, *, now: datetime
    ) -> tuple[RewardIssue, bool]:
        """Return the issue of a wish with its points set aside, and whether it is new.

        Raises:
            RewardRefused: it cannot be had now; ``refusals`` say why.
            IdempotencyConflict: the key was used for something else.
            SubjectErased: the person is forgotten.
        """
        from ...storage.ledger import claim_key

        program_id = ledger.program.id
        is_there = self.store.subjects.hold(connection, wish.subject_id)
        claim_key(connection, program_id, f"reward {wish.key}")
        if known := self.store.rewards.by_key(connection, program_id, wish.key):
            self._require_same(connection, known, wish)
            return known, False
        if not is_there:
            raise SubjectErased("the customer was erased")
        self.store.rewards.lock_reward(connection, program_id, wish.reward.id)
        self._require_available(connection, ledger, wish, now)
        issue = self._issue(connection, ledger, wish, now)
        self.store.rewards.add(connection, issue)
        if wish.reward.on_platform:
            self._look_again(connection, issue, now)
        else:
            issue = self.pay(connection, issue.id, now=now)
        return issue, True

    def pay(self, connection: Connection, issue_id: str, *, now: datetime) -> RewardIssue:
        """Capture the points of what exists now, and tell the customer.

        Points that were set aside for too long are back already; then it is refused.
        """
        from ...storage import RewardStep

        issue = self.lock(connection, issue_id)
        if issue.state != IssueState.HELD:
            return issue
        try:
            self.ledger(issue.program_id).holds.capture(
                connection, issue.hold_id, key=f"reward:{issue_id}:capture", now=now
            )
        except LedgerError as error:
            step = RewardStep(IssueState.REFUSED, str(error)[:_REASON_MAX], now)
            self.store.rewards.step(connection, issue_id, step)
            self._revoke(connection, issue, now)
            self._look_again(connection, issue, now)
            return self.lock(connection, issue_id)
        self._step(connection, issue, IssueState.ISSUED, "", now)
        self._tell(connection, issue, now)
        return self.lock(connection, issue_id)

    def refuse(
        self, connection: Connection, issue_id: str, *, reason: str, now: datetime
    ) -> RewardIssue:
        """Give the points of what cannot be made back, with the expiry they had."""
        issue = self.lock(connection, issue_id)
        if issue.state != IssueState.HELD:
            return issue
        holds = self.ledger(issue.program_id).holds
        try:
            holds.release(connection, issue.hold_id, key=f"reward:{issue_id}:release", now=now)
        except LedgerError as error:  # they were set aside for too long, and are back already
            reason = f"{reason}; {error}"
        self._step(connection, issue, IssueState.REFUSED, reason, now)
        self._revoke(connection, issue, now)
        self._look_again(connection, issue, now)
        return self.lock(connection, issue_id)

    def note(
        self,
        connection: Connection,
        issue_id: str,
        state: IssueState,
        *,
        reason: str = "",
        now: datetime,
    ) -> RewardIssue:
        """Add a step that moves no point, unless somebody added it before.

        Raises:
            LedgerError: no such step can follow the newest one.
        """
        issue = self.lock(connection, issue_id)
        if issue.state == state:
            return issue
        require_step(IssueState(issue.state), state)
        self._step(connection, issue, state, reason, now)
        if state is IssueState.CANCELLING:
            self._look_again(connection, issue, now)
        if state is IssueState.ISSUED and issue.reason == GIFT_GONE:
            self._revoke(connection, issue, now)  # it cannot be void, so it counts as used
        return self.lock(connection, issue_id)

    def give_back(
        self, connection: Connection, issue_id: str, *, reason: str, grace_days: int, now: datetime
    ) -> RewardIssue:
        """Refund the points of a reward that can be used no more, unless it was used before."""
        issue = self.lock(connection, issue_id)
        if not may_become(IssueState(issue.state), IssueState.CANCELLED):
            return issue
        holds = self.ledger(issue.program_id).holds
        key = f"reward:{issue_id}:refund"
        holds.refund(connection, issue.hold_id, key=key, now=now, grace_days=grace_days)
        self._step(connection, issue, IssueState.CANCELLED, reason, now)
        self._revoke(connection, issue, now)
        return self.lock(connection, issue_id)

    def lock(self, connection: Connection, issue_id: str) -> RewardIssue:
        """Return an issue that nobody else steps until the transaction ends.

        Raises:
            LedgerError: there is none of that name.
        """
        issue = self.store.rewards.lock(connection, issue_id)
        if issue is None:
            raise LedgerError(f"there is no issued reward {issue_id!r}")
        return issue

    def code_of(self, connection: Connection, issue: RewardIssue) -> str:
        """Return what is typed for an issue, empty if it has no code.

        Raises:
            SubjectErased: the person is forgotten, and the code with them.
        """
        return "" if issue.kind == CREDIT else self.sealed_of(connection, issue)

    def sealed_of(self, connection: Connection, issue: RewardIssue) -> str:
        """Return what was sealed with an issue: its code, or the account that is credited.

        Raises:
            SubjectErased: the person is forgotten.
        """
        if issue.sealed_code is None:
            return ""
        vault, purpose = self.store.subjects, issue.code_purpose
        return vault.open(connection, issue.subject_id, issue.sealed_code, purpose=purpose).decode()

    def name_of(self, issue: RewardIssue) -> str:
        """Return what a reward was called when it was promised, in the shop's language."""
        names: Mapping[str, str] = read_terms(issue)["reward"]["names"]
        return names.get(self.language) or names.get("en") or next(iter(names.values()))

    def _require_same(self, connection: Connection, known: RewardIssue, wish: Wish) -> None:
        people = self.store.subjects.person(connection, wish.subject_id)
        if known.fingerprint != wish.fingerprint or known.subject_id not in people:
            message = f"key {wish.key!r} was used for another reward or person; use a new key"
            raise IdempotencyConflict(message)

    def _require_available(
        self, connection: Connection, ledger: PointsLedger, wish: Wish, now: datetime
    ) -> None:
        from ...loyalty.journal import Journal

        # Locks the account: the points that count now are those that are then set aside.
        journal = Journal(self.store, connection, ledger.program, wish.subject_id, now=now)
        standing = self.standings.read(
            connection,
            ledger,
            [wish.reward],
            wish.subject_id,
            points=journal.book.available,
            market=wish.market,
            now=now,
        )
        (offer,) = available([wish.reward], standing, time_zone=ledger.program.time_zone)
        against = [each for each in offer.refusals if each.code not in wish.waives]
        if against:
            reasons = {str(refusal.code): refusal.reason for refusal in against}
            raise RewardRefused(wish.reward.id, reasons)

    def _issue(
        self, connection: Connection, ledger: PointsLedger, wish: Wish, now: datetime
    ) -> RewardIssue:
        from ...storage import RewardIssue
        from ...storage.ids import time_ordered_id
        from ...storage.rewards import code_purpose

        reward, vault, who = wish.reward, self.store.subjects, wish.subject_id
        issue_id = time_ordered_id(now, self.store.random_bytes)
        until = ends_at(reward, now, time_zone=ledger.program.time_zone)
        sealed = index = None
        if text := self._to_seal(connection, wish):
            purpose = code_purpose(issue_id)
            sealed = vault.seal(connection, who, text.encode(), purpose=purpose)
            plain = issue_id if reward.kind == CREDIT else read_reward_code(text) or text
            index = vault.index(connection, self.shop_id, reward_code_reference(plain))
        held = ledger.holds.place(
            connection,
            who,
            reward.points,
            key=f"reward:{issue_id}:hold",
            now=now,
            expires_at=now + HELD_FOR,
        )
        return RewardIssue(
            id=issue_id,
            program_id=ledger.program.id,
            subject_id=who,
            reward_id=reward.id,
            kind=reward.kind,
            points=reward.points,
            idem_key=wish.key,
            fingerprint=wish.fingerprint,
            hold_id=held.hold_id,
            platform=wish.platform if reward.on_platform else "",
            sealed_code=sealed,
            code_index=index,
            terms=write_terms(
                reward,
                currency=wish.market.currency,
                starts_at=now,
                ends_at=until,
                title=reward.names.pick(self.language),
                is_quiet=wish.is_quiet,
            ),
            ends_at=until,
            made_at=now,
            state=IssueState.HELD,
            changed_at=now,
        )

    def _to_seal(self, connection: Connection, wish: Wish) -> str:
        """Return a fresh code, or the account that every try has to credit; empty for neither."""
        if wish.reward.kind == CREDIT:
            account = account_on(self.store, connection, wish.subject_id, wish.platform)
            if not account:
                reasons = {"platform": f"no account on {wish.platform} is known"}
                raise RewardRefused(wish.reward.id, reasons)
            return account
        has_code, random_bytes = wish.reward.has_code, self.store.random_bytes
        return new_reward_code(random_bytes, prefix=self.prefix) if has_code else ""

    def _step(
        self,
        connection: Connection,
        issue: RewardIssue,
        state: IssueState,
        reason: str,
        now: datetime,
    ) -> None:
        from ...storage import RewardStep

        require_step(IssueState(issue.state), state)
        step = RewardStep(state, reason[:_REASON_MAX], now)
        self.store.rewards.step(connection, issue.id, step)

    def _revoke(self, connection: Connection, issue: RewardIssue, now: datetime) -> None:
        """Take back the points of a reward that cost its owner nothing."""
        ledger = self.ledger(issue.program_id)
        revoke_gift(ledger, connection, issue.idem_key, now=now)

    def _look_again(self, connection: Connection, issue: RewardIssue, now: datetime) -> None:
        from ...storage import DueRow

        row = DueRow(REWARD, issue.id, issue.subject_id, now + TRY_AGAIN)
        self.store.due.move(connection, row, now=now)

    def _tell(self, connection: Connection, issue: RewardIssue, now: datetime) -> None:
        """Put the news into the inbox, under ``issued_event_id``; of the erased there is none."""
        try:
            code = self.code_of(connection, issue)
        except SubjectErased:
            return
        from ..snapshot import HISTORY

        customer = newest_customer(self.store, connection, issue.subject_id)
        if customer is None:
            return
        event = RewardIssued(
            id=issued_event_id(issue.id),
            shop_id=self.shop_id,
            occurred_at=now,
            customer=customer,
            program=issue.program_id,
            reward=issue.reward_id,
            kind=issue.kind,
            points=issue.points,
            code=code,
            ends_at=issue.ends_at,
        )
        self.store.inbox.receive(connection, [event], now=now)
        if read_terms(issue).get("is_quiet"):
            who = issue.subject_id
            self.store.stages.record(connection, event.id, HISTORY, b"{}", subject_id=who, now=now)


def issued_event_id(issue_id: str) -> str:
    """Return the name of the event that tells of an issued reward."""
    return f"reward:{issue_id}:issued"
