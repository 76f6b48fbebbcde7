"""Does what time brings about: points that mature and expire, ranks that end, days of every year.

Every row is worked on as of its own moment, in the order of time, so that a run after a year does
what a run a day would have done. What a row brings about and its completion are one commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from ...errors import RetentionError
from ...loyalty.gifts import GIFT
from ...loyalty.notices import EXPIRES, MATURES
from ...model import Record, ShopEvent
from ..loyalty.achieving import ACHIEVEMENT_ENDS, ACHIEVING, AchievementTime
from ..loyalty.referring import REFERRAL, ReferralTime, books_of
from ..privacy.telling import TELLING, TOLD, TellingTime, open_telling
from ..rewards.book import REWARD
from ..rewards.gifts import Gifts
from .gifts import GiftTime
from .lapses import LAPSES, LapseTime, read_lapses
from .points import PointsTime
from .refresh import REFRESH, RefreshTime
from .rewards import RewardTime
from .tiers import TIER_TURNS, read_tiers
from .years import YEARLY, read_years

if TYPE_CHECKING:
    from ...config import Config
    from ...loyalty import PointsLedger
    from ...storage import Connection, LeasedRow, Store
    from ..incoming.intake import Intake
    from ..loyalty.desk import LoyaltyDesk
    from ..loyalty.partnering import PartnerDesk
    from ..rewards.redeem import RewardDesk

LEASE = timedelta(minutes=5)
PERSONAL = (*YEARLY, TIER_TURNS, LAPSES, ACHIEVEMENT_ENDS, GIFT, REFRESH, TELLING, TOLD)
"""Kinds of rows that end with the erasure of their person; of others something is left to do."""


def _wall_clock() -> datetime:
    return datetime.now(UTC)


class DueReport(Record):
    """What a run did: rows done, events told, rows that will be tried again, leases lost.

    ``left`` are rows that a platform will not have: they are left for the shop.
    """

    done: int = 0
    events: tuple[str, ...] = ()
    postponed: int = 0
    lost: int = 0
    left: int = 0


class Keeper(Protocol):
    """Knows what is to be done when rows of some kinds are due."""

    def bring_about(
        self, connection: Connection, row: LeasedRow
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        """Do what is due at the row's own moment, within the transaction that completes it.

        Returns what there is to tell, each under an identifier that is the same on every try, and
        when the row is due again, None for never.
        """


class _LeaseLost(Exception):  # noqa: N818 - control flow of this module, undoes a commit
    """Another worker has taken the row meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueWork:
    """One shop's worker for what is due; any number may run at once.

    ``keepers`` are by the kind of row; rows of other kinds are left to workers that know them.
    What is ``outside`` asks a platform, before the transaction that completes the row; what it
    returns is left for the shop.
    ``clock`` is the time on the wall, by which leases end, whatever time is simulated.
    """

    store: Store
    shop_id: str
    intake: Intake
    clock: Callable[[], datetime]
    keepers: Mapping[str, Keeper]
    outside: Mapping[str, Callable[[LeasedRow], str | None]] = field(default_factory=dict)
    lapses: LapseTime | None = None
    partners: PartnerDesk | None = None
    lease: timedelta = field(default=LEASE)

    def run(self, *, now: datetime, limit: int | None = None) -> DueReport:
        """Work on all that is due at ``now``, or on ``limit`` rows of it, earliest first."""
        counts, told = dict.fromkeys(("done", "postponed", "lost", "left"), 0), list[str]()
        with self.store.begin() as connection:
            self.store.due.forget_erased(connection, self.shop_id, kinds=PERSONAL)
        if self.lapses:
            self.lapses.plan_recent(now=now)
        while limit is None or sum(counts.values()) < limit:
            row = self._take(now)
            if row is None:
                break
            result, new = self._work(row, now)
            counts[result] += 1
            told += new
            self.intake.follow(new)
        if self.partners:
            self.partners.sweep(now=now)
        return DueReport(events=tuple(told), **counts)

    def _take(self, now: datetime) -> LeasedRow | None:
        with self.store.begin() as connection:
            return self.store.due.take(
                connection,
                self.shop_id,
                until=now,
                kinds=tuple(self.keepers),
                clock=self.clock(),
                lease=self.lease,
            )

    def _work(self, row: LeasedRow, now: datetime) -> tuple[str, tuple[str, ...]]:
        """Return what came of a row, and which events are new."""
        try:
            go_out = self.outside.get(row.kind)
            refusal = go_out(row) if go_out else None
            with self.store.begin() as connection:
                if refusal:
                    is_ours = self.store.due.leave(connection, row, error=refusal)
                    return "left" if is_ours else "lost", ()
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
        found, next_at = self._bring_about(connection, row)
        new = self.store.inbox.receive(connection, list(found), now=now)
        if not self.store.due.finish(connection, row, next_at=next_at):
            raise _LeaseLost
        return new

    def _bring_about(
        self, connection: Connection, row: LeasedRow
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        if row.kind in PERSONAL and self.store.subjects.is_erased(connection, row.subject_id):
            return iter(()), None
        return self.keepers[row.kind].bring_about(connection, row)


def open_due(
    config: Config,
    intake: Intake,
    ledgers: tuple[PointsLedger, ...],
    *,
    clock: Callable[[], datetime] = _wall_clock,
    desk: LoyaltyDesk | None = None,
) -> DueWork:
    """Return a worker for one shop; ``desk`` works on rewards, and on exchanges with partners."""
    store, lapses = intake.store, read_lapses(config, intake.store)
    keepers = _keepers(config, store, ledgers)
    if lapses:
        keepers[LAPSES] = lapses
    abroad: dict[str, RewardTime | GiftTime | TellingTime] = {}
    if intake.adapter:
        abroad[TELLING] = open_telling(config, store, intake.adapter, clock=intake.clock)
    if desk:
        abroad |= _keepers_abroad(desk.rewards)
    return DueWork(
        store=store,
        shop_id=config.shop.id,
        intake=intake,
        clock=clock,
        keepers=keepers | abroad,
        outside={kind: keeper.go_out for kind, keeper in abroad.items()},
        lapses=lapses,
        partners=desk.partners if desk else None,
    )


def open_gifts(
    intake: Intake, rewards: RewardDesk, *, clock: Callable[[], datetime] = _wall_clock
) -> DueWork:
    """Return a worker that only gives rewards, and takes them back."""
    keeper = GiftTime(Gifts(rewards))
    return DueWork(
        store=intake.store,
        shop_id=rewards.book.shop_id,
        intake=intake,
        clock=clock,
        keepers={GIFT: keeper},
        outside={GIFT: keeper.go_out},
    )


def _keepers_abroad(rewards: RewardDesk) -> dict[str, RewardTime | GiftTime]:
    """Return who asks platforms about rewards."""
    return {REWARD: RewardTime(desk=rewards), GIFT: GiftTime(Gifts(rewards))}


def _keepers(config: Config, store: Store, ledgers: tuple[PointsLedger, ...]) -> dict[str, Keeper]:
    """Return who knows which kind of row; without a programme nobody knows those about points."""
    shop_id, found = config.shop.id, dict[str, Keeper]()
    found |= dict.fromkeys(YEARLY, read_years(config, store, ledgers))
    if not ledgers:
        return found
    points = PointsTime(store=store, shop_id=shop_id, ledgers=ledgers)
    found |= dict.fromkeys((MATURES, EXPIRES), points)
    found[TIER_TURNS] = ranks = read_tiers(config, store, ledgers)
    by_name = {ledger.program.id: ledger for ledger in ledgers}
    found[REFRESH] = RefreshTime(store=store, shop_id=shop_id, ledgers=by_name, ranks=ranks)
    goals = AchievementTime(store=store, shop_id=shop_id, ledgers=by_name)
    found |= dict.fromkeys(ACHIEVING, goals)
    if books := books_of(store, ledgers):
        found[REFERRAL] = ReferralTime(store=store, shop_id=shop_id, books=books)
    return found
