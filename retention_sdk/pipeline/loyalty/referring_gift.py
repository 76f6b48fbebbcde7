"""What a friend gets at once: a reward of the programme, for the first order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import RewardRefused

if TYPE_CHECKING:
    from ...storage import Store, StoredReferral
    from ..rewards.redeem import Redemption, RewardDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class FriendGift:
    """Gives the reward of a programme to a friend whose claim counts."""

    store: Store
    program: str
    reward: str
    rewards: Callable[[], RewardDesk]

    def give(self, stored: StoredReferral) -> Redemption | None:
        """Return the reward of a referral, the same one each time; None if it cannot be had.

        Where the platform is away the answer is ``held``; the next claim, or a sweep of rewards,
        goes on.
        """
        from ...loyalty import Cause
        from ...storage.subject_merges import survivor_of
        from ..rewards.gifts import Gift, Gifts

        head = stored.head
        with self.store.reading() as connection:
            friend = survivor_of(connection, head.friend_id)
        gift = Gift(
            subject_id=friend,
            reward=self.reward,
            key=f"referral:{head.id}:gift",
            cause=Cause("referral (gift)", head.id),
            program=self.program,
        )
        try:
            return Gifts(self.rewards()).give(gift)
        except RewardRefused:
            return None
