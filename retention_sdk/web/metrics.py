"""What a shop's monitoring asks for, as Prometheus reads it. No number leads to a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response

if TYPE_CHECKING:
    from ..app import Retention

# The text format, version 0.0.4: prometheus.io/docs/instrumenting/exposition_formats.
_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """Counts answers to deliveries since the start of the process."""

    def __init__(self, shop: Retention) -> None:
        self._shop = shop
        self._answers: Counter[tuple[str, int]] = Counter()

    def count(self, platform: str, status: int) -> None:
        """Note the answer to a delivery; ``platform`` is empty for one that nobody knows."""
        self._answers[platform, status] += 1

    def answer(self, *, waiting: int) -> Response:
        """Return all numbers; ``waiting`` are deliveries stored and not worked on by us yet.

        Raises:
            StorageError: the store does not answer.
        """
        with self._shop.store.reading() as connection:
            pending, oldest = self._shop.store.inbox.backlog(connection)
        lines = self._lines(waiting, pending, self._age_s(oldest))
        return PlainTextResponse("\n".join([*lines, ""]), media_type=_MEDIA_TYPE)

    def _age_s(self, oldest: datetime | None) -> float:
        return max(0.0, (self._shop.clock() - oldest).total_seconds()) if oldest else 0.0

    def _lines(self, waiting: int, pending: int, age_s: float) -> Iterator[str]:
        yield "# HELP retention_deliveries_total Deliveries by answer; 202 is stored for good."
        yield "# TYPE retention_deliveries_total counter"
        for (platform, status), count in sorted(self._answers.items()):
            labels = f'platform="{platform}",status="{status}"'
            yield f"retention_deliveries_total{{{labels}}} {count}"
        yield from _gauge("deliveries_waiting", "Stored deliveries that wait for work.", waiting)
        yield from _gauge("events_pending", "Events in the store that are not done.", pending)
        what = "Age of the oldest event that is not done, 0 without one."
        yield from _gauge("events_pending_oldest_seconds", what, round(age_s, 3))


def _gauge(name: str, what: str, value: float) -> Iterator[str]:
    yield f"# HELP retention_{name} {what}"
    yield f"# TYPE retention_{name} gauge"
    yield f"retention_{name} {value}"
