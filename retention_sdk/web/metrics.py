"""What a shop's monitoring asks for, as Prometheus reads it. No number leads to a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response

if TYPE_CHECKING:
    from ..app import Retention
    from ..storage import Backlog
    from .receiver import Receiver

# The text format, version 0.0.4: prometheus.io/docs/instrumenting/exposition_formats.
_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counts answers to deliveries since the start of the process."""

    def __init__(self, shop: Retention, receiver: Receiver) -> None:
        self._shop, self._receiver = shop, receiver
        self._answers: Counter[tuple[str, int]] = Counter()

    def count(self, platform: str, status: int) -> None:
        """Note the answer to a delivery; ``platform`` is empty for one that nobody knows."""
        self._answers[platform, status] += 1

    def answer(self) -> Response:
        """Return all numbers.

        Raises:
            StorageError: the store does not answer.
        """
        store = self._shop.store
        with store.reading() as connection:
            pending, oldest = store.inbox.backlog(connection)
            unread = store.arrivals.backlog(connection)
        lines = [*self._taken(), *self._unread(unread), *self._pending(pending, oldest)]
        return PlainTextResponse("\n".join([*lines, ""]), media_type=_MEDIA_TYPE)

    def _age_s(self, oldest: datetime | None) -> float:
        age = (self._shop.clock() - oldest).total_seconds() if oldest else 0.0
        return round(max(0.0, age), 3)

    def _taken(self) -> Iterator[str]:
        yield "# HELP retention_deliveries_total Deliveries by answer; 202 is stored for good."
        yield "# TYPE retention_deliveries_total counter"
        for (platform, status), count in sorted(self._answers.items()):
            labels = f'platform="{platform}",status="{status}"'
            yield f"retention_deliveries_total{{{labels}}} {count}"
        tally = self._receiver.tally
        waiting = self._receiver.waiting
        yield from _one("deliveries_waiting", "Deliveries that wait for their commit.", waiting)
        what = "Commits of deliveries; many that wait together share one."
        yield from _one("delivery_commits_total", what, tally.commits, kind="counter")
        what = "Time that took."
        seconds = round(tally.seconds, 3)
        yield from _one("delivery_commit_seconds_total", what, seconds, kind="counter")

    def _unread(self, unread: Backlog) -> Iterator[str]:
        what = "Deliveries in the store that nobody has read."
        yield from _one("deliveries_unread", what, unread.waiting)
        what = "Age of the oldest of them, 0 without one."
        yield from _one("deliveries_unread_oldest_seconds", what, self._age_s(unread.oldest))
        what = "Deliveries that could not be read; the log says why, retention resume tries again."
        yield from _one("deliveries_unreadable", what, unread.unreadable)

    def _pending(self, pending: int, oldest: datetime | None) -> Iterator[str]:
        yield from _one("events_pending", "Events in the store that are not done.", pending)
        what = "Age of the oldest event that is not done, 0 without one."
        yield from _one("events_pending_oldest_seconds", what, self._age_s(oldest))


def _one(name: str, what: str, value: float, *, kind: str = "gauge") -> Iterator[str]:
    yield f"# HELP retention_{name} {what}"
    yield f"# TYPE retention_{name} {kind}"
    yield f"retention_{name} {value}"
