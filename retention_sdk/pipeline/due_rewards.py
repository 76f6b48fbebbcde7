"""Redemptions that a platform held up, or a process that died: gone on with when they are due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import PlatformError
from ..loyalty.rewards import IssueState
from .redeem_book import TRY_AGAIN

if TYPE_CHECKING:
    from ..model import ShopEvent
    from ..storage import Connection, LeasedRow
    from .redeem import RewardDesk


@dataclass(frozen=True, slots=True)
class RewardTime:
    """Asks platforms again. What a redemption brings is received in its own commits."""

    desk: RewardDesk

    def go_out(self, row: LeasedRow) -> None:
        """Go on with a redemption.

        Raises:
            PlatformError: the platform still holds it up; the row pauses, longer each time.
        """
        redemption = self.desk.retry(row.key)
        if redemption.state.is_open:
            message = f"reward {redemption.id} is still {redemption.state}"
            raise PlatformError(message, retryable=True)

    def bring_about(
        self, connection: Connection, row: LeasedRow
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        """Let the row end, unless somebody began to cancel the reward meanwhile."""
        issue = self.desk.store.rewards.get(connection, row.key)
        is_open = issue is not None and IssueState(issue.state).is_open
        return iter(()), row.due_at + TRY_AGAIN if is_open else None
