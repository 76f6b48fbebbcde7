"""Whether a card was scanned a moment ago: a camera app opens a link twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

WINDOW_S = 60.0
_CARDS_MAX = 20_000


class RecentScans:
    """The cards of the last minute, at most 20,000 of them: the oldest is forgotten first."""

    def __init__(self, *, clock: Callable[[], float], cards_max: int = _CARDS_MAX) -> None:
        self._clock, self._cards_max = clock, cards_max
        self._seen: OrderedDict[int, float] = OrderedDict()
        self._lock = Lock()

    def is_repeat(self, card_id: int) -> bool:
        """Note a scan; True if the card's last one that counted is less than 60 s ago."""
        with self._lock:
            now = self._clock()
            self._forget(now)
            if card_id in self._seen:
                return True
            self._seen[card_id] = now
            return False

    def _forget(self, now: float) -> None:
        """Entries stand in the order of their time, because a repeat does not renew one."""
        while self._seen:
            oldest = next(iter(self._seen.values()))
            if now - oldest < WINDOW_S and len(self._seen) < self._cards_max:
                return
            self._seen.popitem(last=False)
