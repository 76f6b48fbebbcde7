"""Dates as PrestaShop writes them: by the clock on the shop's wall, without a zone. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_FORM = "%Y-%m-%d %H:%M:%S"
_NEVER = "0000-00-00"
_ZERO = timedelta(0)


def moment(text: str, zone: ZoneInfo) -> datetime:
    """Read a date and time; of an hour that the clock shows twice, the first.

    Raises:
        ValueError: it is none, or the zero that stands for none.
    """
    return datetime.strptime(text, _FORM).replace(tzinfo=zone).astimezone(UTC)


def moment_or_none(text: str | None, zone: ZoneInfo) -> datetime | None:
    """Read a date and time that may be missing: nothing, or written in zeros."""
    return None if not text or text.startswith(_NEVER) else moment(text, zone)


def stamp(when: datetime, zone: ZoneInfo) -> str:
    """Write a moment as the clock on the wall showed it."""
    return when.astimezone(zone).strftime(_FORM)


def earliest_stamp(since: datetime, zone: ZoneInfo) -> str:
    """Return what the clock showed at least at a moment and ever after it.

    When summer time ends, the clock shows an hour twice. In the first of them a later moment may
    be written by an earlier time, so the list has to begin with that.
    """
    local = since.astimezone(zone)
    again = local.replace(fold=1)
    if local.fold == 0 and (gap := (local.utcoffset() or _ZERO) - (again.utcoffset() or _ZERO)):
        local = local.replace(tzinfo=None) - max(gap, _ZERO)
    return local.strftime(_FORM)
