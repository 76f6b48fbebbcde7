"""Rewards for points: set aside, made on the platform, paid; or everything back.

What shall be is in the store before a platform is asked, so nothing is lost when a process dies in
between: a second try asks for the same code, and ``retry_open`` ends what nobody ended. A customer
sees a code only after it is paid, so one that is left over is worth nothing to anybody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from ...adapter import ShopAdapter
from ...errors import (
    AdapterError,
    ConfigError,
    LedgerError,
    PlatformError,
    PluginError,
    RetentionError,
    SubjectErased,
    UnsupportedFeature,
)
from ...loyalty.rewards import IssueState, RewardOffer, available
from ...model import Customer, Record
from ...model.base import Identifier, Instant, Line
from ..due.people import known_subject
from .book import HELD_FOR, RewardBook, Wish, issued_event_id
from .credit import CREDIT, CreditWork
from .standing import Market
from .terms import read_code

if TYPE_CHECKING:
    from ...loyalty import PointsLedger
    from ...loyalty.rewards import Reward
    from ...model import DiscountCode
    from ...storage import Connection, RewardIssue, Store
    from ..incoming.intake import Intake

_LATE = "the points were set aside for too long"
_log = logging.getLogger(__name__)


class Redemption(Record):
    """A reward that somebody redeemed, as it stands.

    ``subject`` is the person in the store. ``code`` is what to type, empty until the points are
    paid, for rewards without one, and for people who were erased. ``reason`` tells why it was
    refused or cancelled, or what an order did.
    """

    id: Identifier
    subject: Identifier
    program: Identifier
    reward: Identifier
    kind: Identifier
    name: Line = ""
    points: int
    state: IssueState
    code: Annotated[Line, Field(repr=False)] = ""
    ends_at: Instant | None = None
    made_at: Instant
    changed_at: Instant
    reason: Line = ""
    is_new: bool = False


class Retried(Record):
    """What a sweep ended, and what waits for the next one, by the names of the issues."""

    ended: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardDesk:
    """Rewards of one shop: ``shop.loyalty.rewards``.

    People are given as customers or as subjects of the store. Repeating a call with its key, or
    about the same issue, does what is still to be done and nothing twice.
    """

    store: Store
    book: RewardBook
    adapter: Callable[[str], ShopAdapter]
    platform: str
    clock: Callable[[], datetime]
    intake: Intake | None = None

    def offers(
        self, who: Customer | str, *, program: str = "", market: Market | None = None
    ) -> tuple[RewardOffer, ...]:
        """Return the catalogue for somebody, each reward with every reason against it."""
        ledger, now = self.book.ledger(program), self.clock()
        rewards, standings = ledger.program.rewards, self.book.standings
        with self.store.reading() as connection:
            subject_id = self._subject(connection, who)
            points = ledger.balance(connection, subject_id, now=now).balance
            place = standings.market(connection, subject_id, market or Market())
            standing = standings.read(
                connection, ledger, rewards, subject_id, points=points, market=place, now=now
            )
        return available(rewards, standing, time_zone=ledger.program.time_zone)

    def redeem(
        self,
        who: Customer | str,
        reward_id: str,
        *,
        key: str = "",
        program: str = "",
        market: Market | None = None,
    ) -> Redemption:
        """Set the points aside, make what they buy, and pay; or give everything back.

        Where the platform is away the answer is ``held``: the same call with the same ``key``, or
        ``retry_open``, goes on. For example::

            redeemed = desk.redeem(customer, "five-euros", key=f"web:{form_id}")

        Raises:
            RewardRefused: it cannot be had now; ``reasons`` say why.
            IdempotencyConflict: the key was used for something else.
            ConfigError: the shop has no such points or reward.
            SubjectErased: the person is forgotten.
        """
        ledger, now = self.book.ledger(program), self.clock()
        reward = self.find(ledger, reward_id)
        with self.store.reading() as connection:
            subject_id = self._subject(connection, who)
            place = self.book.standings.market(connection, subject_id, market or Market())
        wish = Wish(
            subject_id=subject_id,
            reward=reward,
            key=key or self.store.random_bytes(16).hex(),
            market=place,
            platform=ledger.program.rewards_platform or self.platform,
        )
        with self.store.begin() as connection:
            issue, is_new = self.book.place(connection, ledger, wish, now=now)
        return self.carry(issue, is_new=is_new)

    def carry(self, issue: RewardIssue, *, is_new: bool = False) -> Redemption:
        """Do what a commit left to do about an issue, and return how it stands then."""
        if issue.state == IssueState.ISSUED and is_new:
            self._work(issue)
        return self._show(self._go_on(issue), is_new=is_new)

    def cancel(self, issue_id: str, *, reason: str, grace_days: int = 0) -> Redemption:
        """Void what was issued, then give its points back to the lots they came from.

        ``grace_days`` lets points live that long whose expiry has passed. Where the platform is
        away the answer is ``cancelling``, and the points wait until the code is void.

        Raises:
            LedgerError: it was used, handed over, or never issued.
            PlatformError: the platform refuses to void it; the reward stays the customer's.
        """
        now = self.clock()
        with self.store.begin() as connection:
            issue = self.book.lock(connection, issue_id)
            if issue.state != IssueState.CANCELLED and issue.platform:
                state = IssueState.CANCELLING
                issue = self.book.note(connection, issue_id, state, reason=reason, now=now)
            elif issue.state != IssueState.CANCELLED:
                self._require_issued(issue)
                issue = self.book.give_back(
                    connection, issue_id, reason=reason, grace_days=grace_days, now=now
                )
        if issue.state == IssueState.CANCELLING:
            issue = self._void(issue, grace_days=grace_days)
        return self._show(issue)

    def fulfil(self, issue_id: str, *, reason: str = "") -> Redemption:
        """Say that a reward was handed over: packed, let in, donated."""
        with self.store.begin() as connection:
            state, now = IssueState.FULFILLED, self.clock()
            issue = self.book.note(connection, issue_id, state, reason=reason, now=now)
        return self._show(issue)

    def retry(self, issue_id: str) -> Redemption:
        """Go on with one redemption; what is ended is left as it is."""
        with self.store.reading() as connection:
            issue = self.store.rewards.get(connection, issue_id)
        if issue is None:
            raise LedgerError(f"there is no issued reward {issue_id!r}")
        return self._show(self._go_on(issue))

    def retry_open(self) -> Retried:
        """Go on with everything that a crash or a platform left open. Safe beside other workers."""
        with self.store.reading() as connection:
            issues = self.store.rewards.open_ones(connection, self.book.shop_id)
        ended, waiting = list[str](), list[str]()
        for issue in issues:
            is_open = IssueState(self._try_on(issue).state).is_open
            (waiting if is_open else ended).append(issue.id)
        return Retried(ended=tuple(ended), waiting=tuple(waiting))

    def list(
        self,
        who: Customer | str | None = None,
        *,
        states: Collection[IssueState] = (),
        kinds: Collection[str] = (),
    ) -> tuple[Redemption, ...]:
        """Return what was redeemed, oldest first: by somebody, or by all in some states.

        What is to be packed, for example: ``desk.list(states=[IssueState.ISSUED], kinds=["gift"])``
        """
        with self.store.reading() as connection:
            log, wanted = self.store.rewards, tuple(states) or tuple(IssueState)
            if who is None:
                shop_id = self.book.shop_id
                issues = log.of_shop(connection, shop_id, states=wanted, kinds=kinds)
            else:
                found = log.of_person(connection, self._subject(connection, who))
                issues = tuple(each for each in found if each.state in wanted)
                issues = tuple(each for each in issues if not kinds or each.kind in kinds)
            return tuple(self._shown(connection, each, is_new=False) for each in issues)

    def to_pack(self, order_id: str) -> tuple[Redemption, ...]:
        """Return the gifts that wait for the next parcel of whoever placed an order.

        Call ``fulfil`` for each that was packed. A gift whose last day is over is left out.
        """
        with self.store.reading() as connection:
            owner = self.store.orders.owner(connection, self.book.shop_id, order_id)
        if owner is None:
            return ()
        gifts = self.list(owner, states=[IssueState.ISSUED], kinds=["gift"])
        now = self.clock()
        return tuple(each for each in gifts if each.ends_at is None or now < each.ends_at)

    # Steps -----------------------------------------------------------------------------------

    def _go_on(self, issue: RewardIssue) -> RewardIssue:
        """Do what is still to be done; what the platform holds up stays open."""
        if issue.state == IssueState.HELD:
            issue = self._create(issue)
        if issue.state == IssueState.REFUSED:
            issue = self._clear(issue)
        if issue.state == IssueState.CANCELLING:
            issue = self._void(issue)
        return issue

    def _try_on(self, issue: RewardIssue) -> RewardIssue:
        try:
            return self._go_on(issue)
        except RetentionError as error:  # one reward must not hold up the others
            _log.warning("reward %s: %s", issue.id, error)
        with self.store.reading() as connection:
            return self.store.rewards.get(connection, issue.id) or issue

    def _create(self, issue: RewardIssue) -> RewardIssue:
        is_late = self.clock() >= issue.made_at + HELD_FOR
        if issue.kind == CREDIT:
            issue = CreditWork(self).go_on(issue, refusal=_LATE if is_late else "")
            if issue.state == IssueState.ISSUED:
                self._work(issue)
            return issue
        if is_late:
            return self._refuse(issue, _LATE)
        try:
            code = self._code(issue)
        except SubjectErased:
            return self._refuse(issue, "the customer was erased")
        try:
            self._platform(issue).create_code(code)
        except (AdapterError, ConfigError, PluginError) as error:
            if _is_final(error):
                return self._refuse(issue, str(error))
            _log.warning("reward %s waits for its code: %s", issue.id, error)
            return issue
        with self.store.begin() as connection:
            paid = self.book.pay(connection, issue.id, now=self.clock())
        if paid.state == IssueState.ISSUED:
            self._work(paid)
        elif paid.state == IssueState.RETURNED:
            # Another worker gave the points back while the platform made the code after all.
            self._void_quietly(issue, code)
        return paid

    def _refuse(self, issue: RewardIssue, reason: str) -> RewardIssue:
        with self.store.begin() as connection:
            return self.book.refuse(connection, issue.id, reason=reason, now=self.clock())

    def _clear(self, issue: RewardIssue) -> RewardIssue:
        """Void what an earlier try may have made of a reward whose points are back."""
        try:
            code = self._code(issue)
        except (SubjectErased, UnsupportedFeature):
            code = None  # nobody knows it any more, or there is none
        if code and not self._void_quietly(issue, code):
            return issue
        with self.store.begin() as connection:
            state, now = IssueState.RETURNED, self.clock()
            return self.book.note(connection, issue.id, state, reason=issue.reason, now=now)

    def _void_quietly(self, issue: RewardIssue, code: DiscountCode) -> bool:
        """Void a code that nobody has seen; False if that has to be tried again."""
        try:
            self._platform(issue).void_code(code)
        except (AdapterError, ConfigError, PluginError) as error:
            _log.warning("reward %s: a code that nobody knows is left: %s", issue.id, error)
            return _is_final(error)
        return True

    def _void(self, issue: RewardIssue, *, grace_days: int = 0) -> RewardIssue:
        try:
            self._platform(issue).void_code(self._code(issue))
        except SubjectErased:
            pass  # the code went with the person's key; on the platform it ends by its own date
        except (AdapterError, ConfigError, PluginError) as error:
            if not _is_final(error):
                _log.warning("reward %s is still worth something: %s", issue.id, error)
                return issue
            with self.store.begin() as connection:
                state, now = IssueState.ISSUED, self.clock()
                self.book.note(connection, issue.id, state, reason=str(error), now=now)
            raise
        with self.store.begin() as connection:
            return self.book.give_back(
                connection,
                issue.id,
                reason=issue.reason,
                grace_days=grace_days,
                now=self.clock(),
            )

    # Small things ------------------------------------------------------------------------------

    def _platform(self, issue: RewardIssue) -> ShopAdapter:
        return self.adapter(issue.platform)

    def _code(self, issue: RewardIssue) -> DiscountCode:
        with self.store.reading() as connection:
            text = self.book.code_of(connection, issue)
        return read_code(issue, text)

    def _subject(self, connection: Connection, who: Customer | str) -> str:
        return known_subject(self.store, connection, self.book.shop_id, who)

    def _work(self, issue: RewardIssue) -> None:
        """Send the mail about an issued reward; a later ``resume`` does if this process dies."""
        if self.intake is None:
            return
        event_id = issued_event_id(issue.id)
        with self.store.reading() as connection:
            is_told = self.store.inbox.get(connection, event_id) is not None
        if is_told:
            self.intake.work(event_id, is_new=True)

    def _show(self, issue: RewardIssue, *, is_new: bool = False) -> Redemption:
        with self.store.reading() as connection:
            return self._shown(connection, issue, is_new=is_new)

    def _shown(self, connection: Connection, issue: RewardIssue, *, is_new: bool) -> Redemption:
        state, code = IssueState(issue.state), ""
        if state.is_gone and state is not IssueState.HELD:
            try:
                code = self.book.code_of(connection, issue)
            except SubjectErased:
                code = ""
        return Redemption(
            id=issue.id,
            subject=issue.subject_id,
            program=issue.program_id,
            reward=issue.reward_id,
            kind=issue.kind,
            name=self.book.name_of(issue),
            points=issue.points,
            state=state,
            code=code,
            ends_at=issue.ends_at,
            made_at=issue.made_at,
            changed_at=issue.changed_at,
            reason=issue.reason,
            is_new=is_new,
        )

    @staticmethod
    def find(ledger: PointsLedger, reward_id: str) -> Reward:
        """Return a reward of a catalogue.

        Raises:
            ConfigError: there is none of that name.
        """
        known = {reward.id: reward for reward in ledger.program.rewards}
        if reward_id not in known:
            hint = ", ".join(known) or "the catalogue is empty"
            raise ConfigError(f"there is no reward {reward_id!r}", key="loyalty.rewards", hint=hint)
        return known[reward_id]

    @staticmethod
    def _require_issued(issue: RewardIssue) -> None:
        if issue.state != IssueState.ISSUED:
            raise LedgerError(f"a reward that is {issue.state} cannot be cancelled")


def _is_final(error: Exception) -> bool:
    """Whether a later try cannot end otherwise. An answer that was lost or unreadable may."""
    if isinstance(error, PlatformError):
        return not error.retryable
    return isinstance(error, UnsupportedFeature)
