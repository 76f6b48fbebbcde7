"""In which period of a leaderboard a moment lies. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ..achievements.spans import Calendar
from ..earning.clocks import moment_of
from ..tiers.periods import day_of, starts_at
from .settings import Leaderboard

WINDOW = "window"


@dataclass(frozen=True, slots=True)
class BoardPeriod:
    """One list: from ``starts_at`` until just before ``ends_at``."""

    label: str
    starts_at: datetime
    ends_at: datetime

    def holds(self, moment: datetime) -> bool:
        """Return whether a moment lies in it."""
        return self.starts_at <= moment < self.ends_at


def period_at(board: Leaderboard, now: datetime, time_zone: str, *, back: int = 0) -> BoardPeriod:
    """Return the period of a moment, or one that was ``back`` periods earlier.

    A window is the only one of its board, before it begins and after it ended, too.
    """
    zone = ZoneInfo(time_zone)
    if board.period == "window":
        if board.starts is None or board.ends is None:  # the settings see to it
            raise ValueError("a window has both ends")
        return BoardPeriod(WINDOW, moment_of(board.starts, zone), moment_of(board.ends, zone))
    calendar = Calendar(board.period)
    index = calendar.index_of(day_of(now, zone)) - back
    first, after = calendar.first_day(index), calendar.first_day(index + 1)
    return BoardPeriod(calendar.label(index), starts_at(first, zone), starts_at(after, zone))
