"""When time speaks: notices before points expire, and days that come back every year. Pure."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from ..storage import DueRow
    from ..storage.ledger import Lot

NOTICE_DAYS = (30, 7)
MORNING = time(9)
MATURES, EXPIRES = "lot_matures", "lot_expires"


def morning_of(day: date, zone: str) -> datetime:
    """Return 09:00 of a day on the clocks of an IANA zone, in UTC.

    Where clocks skip it, as much later as they jump; where it comes twice, the first.
    """
    return datetime.combine(day, MORNING, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def day_of(moment: datetime, zone: str) -> date:
    """Return the day on the clocks of an IANA zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def notice_days_at(moment: datetime, expires_at: datetime, zone: str) -> int:
    """Return how many days before expiry a notice is due at exactly this moment, 0 for none."""
    last_day = day_of(expires_at, zone)
    days = (n for n in NOTICE_DAYS if morning_of(last_day - timedelta(n), zone) == moment)
    return next(days, 0)


def next_step(expires_at: datetime, zone: str, *, after: datetime) -> datetime | None:
    """Return the next notice or the expiry of points after a moment, None when all is over."""
    last_day = day_of(expires_at, zone)
    notices = (morning_of(last_day - timedelta(n), zone) for n in NOTICE_DAYS)
    return min((each for each in (*notices, expires_at) if each > after), default=None)


def lot_rows(lot: Lot, subject_id: str, zone: str, *, now: datetime) -> Iterator[DueRow]:
    """Yield what waits for a lot that was just credited."""
    if lot.matures_at <= now and lot.expires_at is None:
        return
    from ..storage import DueRow

    if lot.matures_at > now:
        yield DueRow(MATURES, lot.id, subject_id, lot.matures_at)
    if lot.expires_at and (first := next_step(lot.expires_at, zone, after=now)):
        yield DueRow(EXPIRES, lot.id, subject_id, first)


def day_in(year: int, month_day: str, *, leap_day: str) -> date:
    """Return a day of every year (``04-30``) in one of them; 29 February by ``leap_day``."""
    if month_day == "02-29" and not isleap(year):
        month_day = leap_day
    return date.fromisoformat(f"{year:04d}-{month_day}")


def next_yearly(month_day: str, zone: str, *, after: datetime, leap_day: str) -> datetime:
    """Return the morning of the next such day after a moment."""
    year = day_of(after, zone).year
    mornings = (
        morning_of(day_in(each, month_day, leap_day=leap_day), zone) for each in (year, year + 1)
    )
    return next(each for each in mornings if each > after)
