"""Says what a member reads: one language, one manner, one time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ..l10n.bidi import strip_isolates, turns

if TYPE_CHECKING:
    from ..l10n import Localizer
    from ..model import Formality


@dataclass(frozen=True, slots=True)
class Speaker:
    """A localizer with manners and the programme's time zone."""

    words: Localizer
    zone: ZoneInfo
    formality: Formality = "neutral"

    def say(self, key: str, **arguments: Any) -> str:
        """Return a registered message, without isolates where the line runs from left to right."""
        text = self.words.message(key, formality=self.formality, **arguments)
        return self.tidy(text)

    def tidy(self, text: str) -> str:
        """Drop isolates from a line that needs none: one in which nothing runs the other way."""
        is_mixed = self.words.direction == "rtl" or turns(text)
        return text if is_mixed else strip_isolates(text)

    def day(self, moment: datetime) -> date:
        """Return the day of a moment."""
        return moment.astimezone(self.zone).date()

    def last_day(self, moment: datetime) -> date:
        """Return the last day of what ends at a moment: midnight belongs to the day before."""
        return self.day(moment - timedelta(microseconds=1))
