"""Achievements in step with events and time: what people earn becomes an event of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from ...model import AchievementEarned, CustomersMerged, ShopEvent
from ..due.people import newest_customer
from .challenges import closed_events

if TYPE_CHECKING:
    from ...loyalty import PointsLedger
    from ...loyalty.achievements.steps import Held
    from ...storage import Connection, LeasedRow, Store, StoredEvent

ACHIEVEMENT_ENDS, LEADERBOARD_ENDS = "achievement_ends", "leaderboard_ends"
ACHIEVING = (ACHIEVEMENT_ENDS, LEADERBOARD_ENDS)


def note_achievements(
    store: Store,
    connection: Connection,
    ledger: PointsLedger,
    stored: StoredEvent,
    who: str,
    *,
    now: datetime,
) -> list[ShopEvent]:
    """Bring achievements and leaderboards up to an event; return what became of it."""
    program, event = ledger.program, stored.event
    told: list[ShopEvent] = []
    if program.achievements:
        from ...loyalty.achievements import AchievementBook

        earned = AchievementBook(store, ledger).note(connection, stored, who, now)
        told += earned_events(store, connection, earned, shop_id=event.shop_id, ledger=ledger)
    if program.leaderboards:
        from ...loyalty.leaderboards.book import LeaderboardBook

        if isinstance(event, CustomersMerged):
            store.leaderboards.unite(connection, program.id, who)
        LeaderboardBook(store, ledger).refresh(connection, who, now=now)
    return told


def earned_events(
    store: Store,
    connection: Connection,
    earned: Iterable[Held],
    *,
    shop_id: str,
    ledger: PointsLedger,
) -> Iterator[ShopEvent]:
    """Yield an event for each level that was earned, by those who can be told of it."""
    for each in earned:
        customer = newest_customer(store, connection, each.subject_id)
        if customer is None:
            continue
        step, program_id = each.step, ledger.program.id
        named = (program_id, each.subject_id, *each.name, str(step.number))
        yield AchievementEarned(
            id=f"achievement:{sha256(' '.join(named).encode()).hexdigest()[:32]}",
            shop_id=shop_id,
            occurred_at=step.recorded_at,
            customer=customer.model_copy(update={"consents": ()}),
            program=program_id,
            achievement=step.achievement,
            level=step.level,
            points=step.points,
            reward=step.reward,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementTime:
    """What ends with time: challenges, periods, streaks, and the scores of leaderboards."""

    store: Store
    shop_id: str
    ledgers: Mapping[str, PointsLedger]

    def bring_about(
        self, connection: Connection, row: LeasedRow
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        """Write down what ended at the moment of a row, and tell of the end of a challenge.

        Returns when the next end is due.
        """
        from ...storage import DueRow
        from ...storage.subject_merges import survivor_of

        ledger = self.ledgers.get(row.key.split(" ")[0])
        if ledger is None:
            return iter(()), None  # a programme that is not run any more
        if row.kind == LEADERBOARD_ENDS:
            from ...loyalty.leaderboards.book import LeaderboardBook

            return iter(()), LeaderboardBook(self.store, ledger).end(connection, row)
        who = survivor_of(connection, row.subject_id)
        if self.store.subjects.is_erased(connection, who):
            return iter(()), None
        from ...loyalty.achievements import AchievementBook

        again = AchievementBook(self.store, ledger).end(connection, row, who)
        if who != row.subject_id and again:  # one person now, with rows of their own
            program_id, name, _ = row.key.split(" ")
            moved = DueRow(row.kind, f"{program_id} {name} {who}", who, again)
            self.store.due.move(connection, moved, now=row.due_at)
            again = None
        told = closed_events(self.store, connection, ledger, row, who, shop_id=self.shop_id)
        return told, again
