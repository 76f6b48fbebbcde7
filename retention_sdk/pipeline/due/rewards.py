"""Redemptions that a platform held up, or a process that died: gone on with when they are due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ...loyalty.rewards import IssueState
from ..rewards.book import TRY_AGAIN

if TYPE_CHECKING:
    from ...model import ShopEvent
    from ...storage import Connection, LeasedRow
    from ..rewards.redeem import RewardDesk

_PAUSE_MAX = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class RewardTime:
    """Asks platforms again. What a redemption brings is received in its own commits."""

    desk: RewardDesk

    def go_out(self, row: LeasedRow) -> None:
        """Go on with a redemption, before the transaction that completes the row."""
        self.desk.retry(row.key)

    def bring_about(
        self, connection: Connection, row: LeasedRow
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        """End the row, or let it wait as long again as the redemption has waited.

        It never gives up: after a week the points are back, and then the redemption ends.
        """
        issue = self.desk.store.rewards.get(connection, row.key)
        if issue is None or not IssueState(issue.state).is_open:
            return iter(()), None
        now = max(row.due_at, self.desk.clock())
        pause = min(max(now - issue.changed_at, TRY_AGAIN), _PAUSE_MAX)
        return iter(()), now + pause
