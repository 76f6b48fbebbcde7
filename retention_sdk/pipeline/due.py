"""Does what time brings about: points that mature and expire, notices, days of every year.

Every row is worked on as of its own moment, in the order of time, so that a run after a year does
what a run a day would have done. What a row brings about and its completion are one commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ..errors import RetentionError
from ..loyalty.notices import EXPIRES, MATURES
from ..model import Record, ShopEvent
from .due_points import PointsTime
from .due_rewards import RewardTime
from .due_years import YEARLY, YearlyTime, read_years
from .referring import REFERRAL, ReferralTime, books_of
from .redeem_book import REWARD

if TYPE_CHECKING:
    from ..config import Config
    from ..loyalty import PointsLedger
    from ..storage import Connection, LeasedRow, Store
    from .intake import Intake
    from .redeem import RewardDesk

LEASE = timedelta(minutes=5)


def _wall_clock() -> datetime:
    return datetime.now(UTC)


class DueReport(Record):
    """What a run did: rows done, events told, rows that will be tried again, leases lost."""

    done: int = 0
    events: tuple[str, ...] = ()
    postponed: int = 0
    lost: int = 0


class _LeaseLost(Exception):  # noqa: N818 - control flow of this module, undoes a commit
    """Another worker has taken the row meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueWork:
    """One shop's worker for what is due; any number may run at once.

    ``clock`` is the time on the wall, by which leases end, whatever time is simulated.
    """

    store: Store
    shop_id: str
    intake: Intake
    clock: Callable[[], datetime]
    years: YearlyTime
    points: PointsTime | None = None
    rewards: RewardTime | None = None
    lease: timedelta = field(default=LEASE)

    def run(self, *, now: datetime, limit: int | None = None) -> DueReport:
        """Work on all that is due at ``now``, or on ``limit`` rows of it, earliest first."""
        counts, told = {"done": 0, "postponed": 0, "lost": 0}, list[str]()
        with self.store.begin() as connection:
            self.store.due.forget_erased(connection, self.shop_id, kinds=YEARLY)
        while limit is None or sum(counts.values()) < limit:
            row = self._take(now)
            if row is None:
                break
            result, new = self._work(row, now)
            counts[result] += 1
            told += new
            for event_id in new:
                self.intake.work(event_id, is_new=True)
        return DueReport(events=tuple(told), **counts)

    def _take(self, now: datetime) -> LeasedRow | None:
        kinds = YEARLY if self.points is None else (*YEARLY, MATURES, EXPIRES)
        kinds = kinds if self.referrals is None else (*kinds, REFERRAL)
        kinds += (REWARD,) if self.rewards else ()
        with self.store.begin() as connection:
            return self.store.due.take(
                connection,
                self.shop_id,
                until=now,
                kinds=kinds,
                clock=self.clock(),
                lease=self.lease,
            )

    def _work(self, row: LeasedRow, now: datetime) -> tuple[str, tuple[str, ...]]:
        """Return what came of a row, and which events are new."""
        try:
            if row.kind == REWARD and self.rewards:
                self.rewards.go_out(row)
            with self.store.begin() as connection:
                return "done", self._effect(connection, row, now)
        except _LeaseLost:
            return "lost", ()
        except RetentionError as error:
            with self.store.begin() as connection:
                is_ours = self.store.due.postpone(
                    connection, row, error=str(error), clock=self.clock()
                )
            return "postponed" if is_ours else "lost", ()

    def _effect(self, connection: Connection, row: LeasedRow, now: datetime) -> tuple[str, ...]:
        store = self.store
        found, next_at = self._bring_about(connection, row)
        # A referral has two sides, and looks after that by itself.
        is_erased = row.kind != REFERRAL and store.subjects.is_erased(connection, row.subject_id)
        told = [] if is_erased else list(found)
        new = store.inbox.receive(connection, told, now=now)
        if is_erased and row.kind in YEARLY:
            next_at = None
        if not store.due.finish(connection, row, next_at=next_at):
            raise _LeaseLost
        return new

    def _bring_about(
        self, connection: Connection, row: LeasedRow
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        if row.kind in YEARLY:
            return self.years.bring_about(connection, row)
        if row.kind == REFERRAL and self.referrals:
            return self.referrals.bring_about(connection, row)
        if row.kind == REWARD and self.rewards:
            return self.rewards.bring_about(connection, row)
        if self.points is None:  # taken by a worker with a ledger only
            return iter(()), row.due_at
        return self.points.bring_about(connection, row)


def open_due(
    config: Config,
    intake: Intake,
    ledgers: tuple[PointsLedger, ...],
    *,
    clock: Callable[[], datetime] = _wall_clock,
    rewards: RewardDesk | None = None,
) -> DueWork:
    """Return a worker for one shop."""
    shop_id, store = config.shop.id, intake.store
    books = books_of(store, ledgers)
    return DueWork(
        store=store,
        shop_id=shop_id,
        intake=intake,
        clock=clock,
        years=read_years(config, store),
        points=PointsTime(store=store, shop_id=shop_id, ledgers=ledgers) if ledgers else None,
        referrals=ReferralTime(store=store, shop_id=shop_id, books=books) if books else None,
        rewards=RewardTime(desk=rewards) if rewards else None,
    )
