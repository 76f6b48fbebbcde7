"""What a friend gets at once: a reward of the programme, for the first order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import LedgerError, RewardRefused

if TYPE_CHECKING:
    from ..loyalty import PointsLedger
    from ..storage import Store, StoredReferral
    from .redeem import Redemption, RewardDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class FriendGift:
    """Gives a friend the points of a reward and redeems them for it, so that the books add up."""

    store: Store
    ledger: PointsLedger
    reward: str
    rewards: Callable[[], RewardDesk]

    def give(self, stored: StoredReferral) -> Redemption | None:
        """Return the reward of a referral, the same one each time; None if it cannot be had.

        Where the platform is away the answer is ``held``; the next claim, or a sweep of rewards,
        goes on.
        """
        key = f"referral:{stored.head.id}:gift"
        self._grant(stored, key)
        program = self.ledger.program.id
        try:
            return self.rewards().redeem(
                stored.head.friend_id, self.reward, key=key, program=program
            )
        except RewardRefused:
            self._revoke(stored, key)
            return None

    def _grant(self, stored: StoredReferral, key: str) -> None:
        from ..loyalty import Cause, LotLife
        from ..storage import ledger as rows
        from ..storage.subject_merges import survivor_of

        head, program = stored.head, self.ledger.program
        with self.store.begin() as connection:
            # What it costs may have changed since; what was given stays as it was.
            if rows.txn_by_key(connection, program.id, key):
                return
            points = self._points()
            self.ledger.grant(
                connection,
                subject_id=survivor_of(connection, head.friend_id),
                points=points,
                cause=Cause("referral (gift)", head.id),
                key=key,
                occurred_at=head.claimed_at,
                now=head.claimed_at,
                reason="",
                breakdown={"parts": [{"source": "referral", "role": "gift", "points": points}]},
                life=LotLife(matures_after_days=0, expires_after_days=1),
            )

    def _revoke(self, stored: StoredReferral, key: str) -> None:
        at = stored.head.claimed_at
        with self.store.begin() as connection:
            self.ledger.grants.revoke(connection, key, key=f"{key}:revoked", occurred_at=at, now=at)

    def _points(self) -> int:
        for reward in self.ledger.program.rewards:
            if reward.id == self.reward:
                return reward.points
        raise LedgerError(f"no reward is called {self.reward!r}")
