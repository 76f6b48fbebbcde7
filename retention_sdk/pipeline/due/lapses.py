"""Customers who order no more: when they count as lapsed, once each time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ...loyalty.notices import day_of, morning_of
from ...model import CustomerLapsed, OrderPaid, ShopEvent
from .people import newest_customer

if TYPE_CHECKING:
    from ...config import Config
    from ...storage import Connection, LeasedRow, Store

LAPSES = "lapses"
"""The kind of row that waits for the day on which somebody counts as lapsed."""

_PEOPLE_PER_COMMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseTime:
    """Plans such a day with every paid order, and tells when it came without another one."""

    store: Store
    shop_id: str
    time_zone: str
    days: int

    def note(
        self, connection: Connection, event: ShopEvent, subject_id: str, *, now: datetime
    ) -> None:
        """Plan or move the day, in the transaction that keeps the order."""
        if isinstance(event, OrderPaid):
            self._plan(connection, subject_id, now)

    def plan_recent(self, *, now: datetime) -> None:
        """Plan the day of those who ordered before anybody asked for it.

        Who lapsed before that is left in peace: they would all be written to at once.
        """
        since, last = now - timedelta(days=self.days), ""
        while True:
            with self.store.begin() as connection:
                people = self.store.due.buyers_without(
                    connection,
                    self.shop_id,
                    LAPSES,
                    since=since,
                    after=last,
                    limit=_PEOPLE_PER_COMMIT,
                )
                for last in people:
                    self._plan(connection, last, now)
            if len(people) < _PEOPLE_PER_COMMIT:
                return

    def bring_about(
        self, connection: Connection, row: LeasedRow
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        """Return what there is to tell, and when to look again if an order came meanwhile."""
        from ...storage.subject_merges import survivor_of

        who, at = survivor_of(connection, row.subject_id), row.due_at
        last = self.store.orders.history(connection, who).last_order_at
        if last is None:
            return iter(()), None
        lapses_at = self.lapses_at(last)
        if lapses_at <= at:
            return self._lapsed(connection, who, last, at), None
        if who == row.subject_id:
            return iter(()), lapses_at
        self._plan(connection, who, at)  # one person now, with a row of their own
        return iter(()), None

    def lapses_at(self, last: datetime) -> datetime:
        """Return the morning on which somebody counts as lapsed who ordered last at a moment."""
        day = day_of(last, self.time_zone) + timedelta(days=self.days)
        return morning_of(day, self.time_zone)

    def _lapsed(
        self, connection: Connection, who: str, last: datetime, at: datetime
    ) -> Iterator[ShopEvent]:
        customer = newest_customer(self.store, connection, who)
        if customer:
            yield CustomerLapsed(
                id=f"time:lapsed:{who}:{day_of(last, self.time_zone)}",
                shop_id=self.shop_id,
                occurred_at=at,
                customer=customer,
                last_order_at=last,
                days=self.days,
            )

    def _plan(self, connection: Connection, who: str, now: datetime) -> None:
        from ...storage import DueRow

        last = self.store.orders.history(connection, who).last_order_at
        if last and (day := self.lapses_at(last)) > now:
            self.store.due.move(connection, DueRow(LAPSES, who, who, day), now=now)


def read_lapses(config: Config, store: Store) -> LapseTime | None:
    """Return what plans such days for a shop, None if it does not ask for them."""
    days, shop = config.due.winback_days, config.shop
    if days is None:
        return None
    return LapseTime(store=store, shop_id=shop.id, time_zone=shop.time_zone, days=days)
