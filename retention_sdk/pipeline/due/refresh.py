"""Looks at everybody again after a programme was changed; nobody is told of what that brings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from .gifts import QUIET
from .tiers import TierTime, open_tiers

if TYPE_CHECKING:
    from ...loyalty import PointsLedger
    from ...model import ShopEvent
    from ...storage import Connection, LeasedRow, Store

REFRESH = "loyalty_refresh"
"""The kind of row that waits for a look at one member of one programme."""

_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshTime:
    """Brings achievements, boards and ranks of members up to the rules of now."""

    store: Store
    shop_id: str
    ledgers: Mapping[str, PointsLedger]
    ranks: TierTime

    def plan(self, *, now: datetime) -> int:
        """Plan a look at every member, in chunks; return how many. Planning again adds nothing."""
        return sum(self._plan(ledger.program.id, now) for ledger in self.ledgers.values())

    def bring_about(
        self, connection: Connection, row: LeasedRow
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        """Look at one member. Points and rewards come as ever; no event tells of them."""
        from ...storage.subject_merges import survivor_of

        program_id, now = row.key.split(" ")[0], row.due_at
        ledger = self.ledgers.get(program_id)
        who = survivor_of(connection, row.subject_id)
        if ledger is None or self.store.subjects.is_erased(connection, who):
            return iter(()), None
        cause = f"{QUIET}{now.isoformat()}"
        if ledger.program.achievements:
            from ...loyalty.achievements import AchievementBook

            book = AchievementBook(self.store, ledger)
            book.update(connection, who, cause=cause, occurred_at=now, now=now)
        if ledger.program.leaderboards:
            from ...loyalty.leaderboards.book import LeaderboardBook

            LeaderboardBook(self.store, ledger).refresh(connection, who, now=now)
        if tiers := open_tiers(self.store, ledger.program):
            self.ranks.update(connection, tiers, who, cause=cause, customer=None, now=now)
        return iter(()), None

    def _plan(self, program_id: str, now: datetime) -> int:
        from ...storage import DueRow

        planned, after = 0, ""
        while True:
            with self.store.begin() as connection:
                found = self.store.due.members(
                    connection, self.shop_id, program_id, after=after, limit=_CHUNK
                )
                for who in found:
                    row = DueRow(REFRESH, f"{program_id} {who}", who, now)
                    self.store.due.move(connection, row, now=now)
            if not found:
                return planned
            planned, after = planned + len(found), found[-1]
