"""Writes scans down, many in one commit, while visitors are already on their way."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, Full, Queue
from threading import Lock, Thread
from typing import TYPE_CHECKING

from ..errors import StorageError

if TYPE_CHECKING:
    from ..storage import Store

_log = logging.getLogger(__name__)

WAITING_MAX = 10_000
_BATCH_MAX = 500


@dataclass(frozen=True, slots=True)
class Scan:
    """One counted scan. The store keeps of ``at`` only the hour."""

    card_id: int
    variant: int
    at: datetime
    device: str


class ScanWriter:
    """One thread, started by the first scan. What is full or broken loses counts, never visits.

    At most 10,000 scans wait; ``close`` writes what is left. A process that is killed loses those
    that waited: some milliseconds' worth, unless the store is busy.
    """

    def __init__(self, store: Store, *, waiting_max: int = WAITING_MAX) -> None:
        self._store = store
        self._queue: Queue[Scan | None] = Queue(waiting_max)
        self._thread: Thread | None = None
        self._lock = Lock()

    def put(self, scan: Scan) -> bool:
        """Hand a scan over; False if there is no room for it."""
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="card-scans", daemon=True)
                self._thread.start()
        try:
            self._queue.put_nowait(scan)
        except Full:
            _log.warning("a scan was not counted: %d are waiting for the store", WAITING_MAX)
            return False
        return True

    def close(self) -> None:
        """Write what waits, and stop. A later scan starts anew."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()

    def _run(self) -> None:
        is_open = True
        while is_open:
            batch = [self._queue.get(), *self._waiting()]
            is_open = None not in batch
            self._write([scan for scan in batch if scan is not None])

    def _waiting(self) -> Iterator[Scan | None]:
        for _ in range(_BATCH_MAX - 1):
            try:
                yield self._queue.get_nowait()
            except Empty:
                return

    def _write(self, scans: list[Scan]) -> None:
        if not scans:
            return
        try:
            with self._store.begin() as connection:
                for scan in scans:
                    self._store.scans.record(
                        connection,
                        scan.card_id,
                        variant=scan.variant,
                        at=scan.at,
                        ua_class=scan.device,
                    )
        except StorageError as error:
            _log.warning("%d scans were not counted: %s", len(scans), error)
