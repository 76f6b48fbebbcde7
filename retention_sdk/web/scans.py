"""Writes scans down, many in one commit, while visitors are already on their way."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import StorageError
from .batches import Batches

if TYPE_CHECKING:
    from ..storage import Store

_log = logging.getLogger(__name__)

WAITING_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Scan:
    """One counted scan. The store keeps of ``at`` only the hour."""

    card_id: int
    variant: int
    at: datetime
    device: str


class ScanWriter:
    """Writes in a thread of its own. What is full or broken loses counts, never visits.

    At most 10,000 scans wait; ``close`` writes what is left. A process that is killed loses those
    that waited: some milliseconds' worth, unless the store is busy.
    """

    def __init__(self, store: Store, *, waiting_max: int = WAITING_MAX) -> None:
        self._store = store
        self._batches = Batches(self._write, name="card-scans", waiting_max=waiting_max)

    def put(self, scan: Scan) -> bool:
        """Hand a scan over; False if there is no room for it."""
        is_taken = self._batches.put(scan)
        if not is_taken:
            _log.warning("a scan was not counted: too many wait for the store")
        return is_taken

    def close(self) -> None:
        """Write what waits, and stop. A later scan starts anew."""
        self._batches.close()

    def _write(self, scans: list[Scan]) -> None:
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
