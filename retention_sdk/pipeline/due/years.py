"""Days that come back every year: birthdays, and the day of the first order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ...context import customer_of
from ...loyalty.due_settings import DueSettings
from ...loyalty.notices import day_in, day_of, morning_of, next_yearly
from ...model import Anniversary, Birthday, Customer, OrderPaid, ShopEvent
from ..loyalty.earned import earned_event
from .people import newest_customer

if TYPE_CHECKING:
    from ...config import Config
    from ...loyalty import PointsLedger
    from ...storage import Connection, LeasedRow, Store

BIRTHDAY, ANNIVERSARY = "birthday", "anniversary"
YEARLY = (BIRTHDAY, ANNIVERSARY)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearlyTime:
    """Plans such days when events tell of them, tells when they have come, and gives points."""

    store: Store
    shop_id: str
    time_zone: str
    settings: DueSettings
    ledgers: tuple[PointsLedger, ...] = ()

    def note(
        self, connection: Connection, event: ShopEvent, subject_id: str, *, now: datetime
    ) -> None:
        """Plan what an event tells of, in the transaction that keeps its facts."""
        customer = customer_of(event)
        if customer and customer.birthday:
            self._plan(connection, BIRTHDAY, subject_id, customer.birthday, now)
        if isinstance(event, OrderPaid):
            first = self.store.orders.history(connection, subject_id).first_order_at
            if first:
                self._plan(connection, ANNIVERSARY, subject_id, self._month_day(first), now)

    def bring_about(
        self, connection: Connection, row: LeasedRow
    ) -> tuple[Iterator[ShopEvent], datetime | None]:
        """Return what has come, and when it comes again.

        Who moved their birthday meanwhile has none today; the next one is planned.
        """
        from ...storage.subject_merges import survivor_of

        who = survivor_of(connection, row.subject_id)
        customer = newest_customer(self.store, connection, who)
        first = self.store.orders.history(connection, who).first_order_at
        if row.kind == BIRTHDAY:
            month_day = customer.birthday if customer else ""
        else:
            month_day = self._month_day(first) if first else ""
        if customer is None or not month_day:
            return iter(()), None
        again: datetime | None = self._next(month_day, row.due_at)
        if who != row.subject_id:  # one person now, with rows of their own
            self._plan(connection, row.kind, who, month_day, row.due_at)
            again = None
        is_today = self._this_years(month_day, row.due_at) == row.due_at
        found = list(self._days(row, customer, who, first)) if is_today else []
        if found:
            found += self._points(connection, row, customer, who)
        return iter(found), again

    def _points(
        self, connection: Connection, row: LeasedRow, customer: Customer, who: str
    ) -> Iterator[ShopEvent]:
        """Give what the rules say for the day, in each currency of points."""
        if not self.ledgers:
            return
        from ...loyalty.earning import Occasion

        kind, at = row.kind, row.due_at
        occasion = Occasion.model_validate({"kind": kind, "occurred_at": at})
        for ledger in self.ledgers:
            given = ledger.awards.give(connection, occasion, subject_id=who, now=at)
            yield from earned_event(given, ledger, customer, kind=kind, shop_id=self.shop_id, at=at)

    def _days(
        self, row: LeasedRow, customer: Customer, who: str, first: datetime | None
    ) -> Iterator[ShopEvent]:
        year = day_of(row.due_at, self.time_zone).year
        common = {
            "id": f"time:{row.kind}:{who}:{year}",
            "shop_id": self.shop_id,
            "occurred_at": row.due_at,
            "customer": customer,
        }
        if row.kind == BIRTHDAY:
            yield Birthday.model_validate(common)
        elif first and (years := year - day_of(first, self.time_zone).year) > 0:
            yield Anniversary.model_validate({**common, "first_order_at": first, "years": years})

    def _plan(
        self, connection: Connection, kind: str, subject_id: str, month_day: str, now: datetime
    ) -> None:
        from ...storage import DueRow

        row = DueRow(kind, subject_id, subject_id, self._next(month_day, now))
        self.store.due.move(connection, row, now=now)

    def _next(self, month_day: str, after: datetime) -> datetime:
        leap_day = self.settings.leap_day
        return next_yearly(month_day, self.time_zone, after=after, leap_day=leap_day)

    def _this_years(self, month_day: str, at: datetime) -> datetime:
        """Return the morning of such a day in the year of a moment."""
        year = day_of(at, self.time_zone).year
        return morning_of(day_in(year, month_day, leap_day=self.settings.leap_day), self.time_zone)

    def _month_day(self, moment: datetime) -> str:
        return f"{day_of(moment, self.time_zone):%m-%d}"


def read_years(config: Config, store: Store, ledgers: tuple[PointsLedger, ...] = ()) -> YearlyTime:
    """Return what plans such days for a shop, on the clocks of its own time zone.

    Without ``ledgers`` no points are given for them.
    """
    return YearlyTime(
        store=store,
        shop_id=config.shop.id,
        time_zone=config.shop.time_zone,
        settings=config.due,
        ledgers=ledgers,
    )
