"""Makes codes of somebody who is erased worthless, while there is still a key to read them by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...errors import AdapterError, ConfigError, LedgerError, PlatformError, PluginError
from ...loyalty.rewards import IssueState
from ..rewards.credit import CREDIT

if TYPE_CHECKING:
    from ...storage import Connection, RewardIssue
    from ..cards.coupons import CouponDesk
    from ..rewards.redeem import RewardDesk

_VOIDABLE = frozenset(
    {IssueState.HELD, IssueState.ISSUED, IssueState.REFUSED, IssueState.CANCELLING}
)


@dataclass(slots=True)
class VoidedCodes:
    """How many rewards and coupons are void now, and how many are left on which platform.

    ``seen`` are the rewards that were looked at.
    """

    rewards: int = 0
    coupons: int = 0
    left: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesOfErased:
    """Voids what platforms keep for people: rewards that nobody used, and coupons of their cards.

    The points of a reward go back to their lots, as when it is cancelled.
    """

    desk: RewardDesk
    coupons: CouponDesk | None
    reason: str

    def void(self, subjects: Sequence[str], done: VoidedCodes, *, left: str = "") -> None:
        """Void the codes of people; what was void before is passed over, so it can be repeated.

        What was done is added to ``done``. ``left`` is a platform that the shop left: it is asked
        nothing.

        Raises:
            PlatformError: a platform is away. Try again, before the keys are destroyed.
        """
        with self.desk.store.reading() as connection:
            fresh = self._fresh(connection, subjects, done)
        for issue in fresh:
            done.seen.add(issue.id)
            if self._is_out_of_reach(issue, left):
                done.left[issue.platform] += 1
            else:
                done.rewards += self._void(issue, done.left)
        if self.coupons:
            self._void_coupons(self.coupons, subjects, left, done)

    def is_all(self, connection: Connection, subjects: Sequence[str], done: VoidedCodes) -> bool:
        """Whether nobody redeemed anything since, in the transaction that destroys the keys."""
        return not self._fresh(connection, subjects, done)

    def _fresh(
        self, connection: Connection, subjects: Sequence[str], done: VoidedCodes
    ) -> tuple[RewardIssue, ...]:
        """Return what may be worth something on a platform and was not looked at, each once."""
        store, now = self.desk.store, self.desk.clock()
        found: dict[str, RewardIssue] = {}
        for who in subjects:
            for each in store.rewards.of_person(connection, who):
                is_over = each.ends_at is not None and each.ends_at <= now
                is_void = is_over and each.state == IssueState.ISSUED
                is_money = each.kind == CREDIT and each.state != IssueState.HELD
                if each.platform and each.state in _VOIDABLE and not (is_void or is_money):
                    found[each.id] = each
        return tuple(each for each in found.values() if each.id not in done.seen)

    def _is_out_of_reach(self, issue: RewardIssue, left: str) -> bool:
        if issue.platform == left or issue.program_id not in self.desk.book.ledgers:
            return True
        try:
            self.desk.adapter(issue.platform)
        except (ConfigError, PluginError):
            return True  # it is not set up any more
        return False

    def _void(self, issue: RewardIssue, left: Counter[str]) -> bool:
        """Return whether a reward that was somebody's is void now.

        Raises:
            PlatformError: its platform is away.
        """
        try:
            state = self._ended(issue)
        except LedgerError:
            return False  # it was used just now
        except AdapterError as error:
            _require_final(error)
            left[issue.platform] += 1
            return False
        if state.is_open:
            message = "a code of somebody who is to be erased is still worth something"
            raise PlatformError(message, adapter=issue.platform, retryable=True)
        return state is IssueState.CANCELLED

    def _ended(self, issue: RewardIssue) -> IssueState:
        desk = self.desk
        if issue.state == IssueState.HELD:
            with desk.store.begin() as connection:
                now = desk.clock()
                issue = desk.book.refuse(connection, issue.id, reason=self.reason, now=now)
        if issue.state == IssueState.ISSUED:  # also one that was paid for just now
            return desk.cancel(issue.id, reason=self.reason).state
        return desk.retry(issue.id).state

    def _void_coupons(
        self, desk: CouponDesk, subjects: Sequence[str], left: str, done: VoidedCodes
    ) -> None:
        """Void what can still be redeemed, also of cards that are packed and sent."""
        for card_id, platform in self._coupons(subjects).items():
            if platform == left:
                done.left[platform] += 1
                continue
            try:
                done.coupons += desk.void(card_id)
            except AdapterError as error:
                _require_final(error)
                done.left[platform] += 1

    def _coupons(self, subjects: Sequence[str]) -> dict[int, str]:
        """Return the cards of people whose coupon can be redeemed, with its platform."""
        store = self.desk.store
        with store.reading() as connection:
            cards = [card for who in subjects for card in store.cards.of_subject(connection, who)]
            return {
                code.card_id: code.platform
                for card in cards
                for code in store.codes.of_card(connection, card.card_id)
                if code.state == "created"
            }


def _require_final(error: AdapterError) -> None:
    """Raise what may pass; what a later try cannot change is told as what remains."""
    if getattr(error, "retryable", False):
        raise error
