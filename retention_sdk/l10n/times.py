"""The time of day, and days with a time, as CLDR 48 writes them."""

from __future__ import annotations

from datetime import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from .dates import split_pattern
from .resources import cldr_locale

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .dates import DateStyle

TimeStyle = Literal["medium", "short"]
"""With or without seconds. CLDR's longer styles name the zone, which Babel knows, not we."""

_NOON = 12


class TimeFormatter:
    """Writes times for one locale. Immutable; ``digits`` turns 0-9 into the locale's digits."""

    def __init__(self, cldr_tag: str, *, digits: Callable[[str], str]) -> None:
        self._clock: Mapping[str, Any] = cldr_locale(cldr_tag)["dates"]["clock"]
        self._digits = digits
        self._tokens = lru_cache(2)(self._split)

    def format(self, moment: time, style: TimeStyle = "short") -> str:
        """Return what a clock shows; on 12 or 24 hours as the place counts them."""
        return "".join(
            text or self._field(letters, moment) for text, letters in self._tokens(style)
        )

    def join(self, day: str, clock: str, style: DateStyle) -> str:
        """Return a day and a time in one phrase; the style is that of the day."""
        # The pattern's own words stand in quotes; a day's text is never read as a pattern.
        parts = {"{0}": clock, "{1}": day}
        pieces = self._clock["join"][style].replace("'", "").partition("{1}")
        before, hole, after = pieces
        left, right = before.partition("{0}"), after.partition("{0}")
        filled = (*left, hole, *right)
        return "".join(parts.get(piece, piece) for piece in filled)

    def _split(self, style: TimeStyle) -> tuple[tuple[str, str], ...]:
        return split_pattern(self._clock["patterns"][style])

    def _field(self, letters: str, moment: time) -> str:
        kind = letters[0]
        if kind == "a":
            name: str = self._clock["am_pm"][moment.hour >= _NOON]
            return name
        if kind == "B":
            return self._period(moment.hour)
        number = {
            "H": moment.hour,
            "h": (moment.hour - 1) % _NOON + 1,
            "m": moment.minute,
            "s": moment.second,
        }[kind]
        return self._digits(str(number).rjust(len(letters), "0"))

    def _period(self, hour: int) -> str:
        """Return what this part of the day is called (Taiwan: small hours, noon, evening)."""
        name: str = next(name for start, name in reversed(self._clock["periods"]) if hour >= start)
        return name
