"""Keeps deliveries, all that wait in one commit, and lets each go once that is done."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from ..errors import StorageError
from .batches import Batches

if TYPE_CHECKING:
    from ..storage import Arrival

WAITING_MAX = 1_000
BYTES_MAX = 64 * 1024 * 1024
# Platforms wait for 5 s at least (Shopify): who cannot be answered by then had better come again.
STUCK_AFTER_S = 2.0


@dataclass(slots=True)
class _Waiting:
    arrival: Arrival
    since: float
    done: Future[None] | asyncio.Future[None]
    error: Exception | None = None


@dataclass(slots=True)
class Tally:
    """What the writer did since the start: deliveries, commits, and seconds spent on them."""

    deliveries: int = 0
    commits: int = 0
    seconds: float = 0.0


class Intake:
    """One writer for all deliveries: a commit costs the same for one as for a hundred.

    ``keep`` makes deliveries durable; it is called in a thread of the intake's own. ``clock``
    counts seconds. No delivery is taken while 1,000, or 64 MiB, wait, nor while the writer has
    been at one commit for 2 s.
    """

    def __init__(
        self, keep: Callable[[Sequence[Arrival]], object], *, clock: Callable[[], float]
    ) -> None:
        self._keep, self._clock = keep, clock
        self._batches = Batches(self._write, name="webhook-intake", waiting_max=WAITING_MAX)
        self._lock = Lock()
        self._bytes = self._count = 0
        self._writing_since: float | None = None
        self.tally = Tally()

    @property
    def waiting(self) -> int:
        """How many deliveries are not durable yet."""
        return self._count

    @property
    def is_stuck(self) -> bool:
        """Whether the store has kept the writer waiting for too long."""
        since = self._writing_since
        return since is not None and self._clock() - since > STUCK_AFTER_S

    def store(self, arrival: Arrival) -> None:
        """Return once a delivery is committed; blocks the thread.

        Raises:
            StorageError: the store refused, or there is no room.
        """
        done = Future[None]()
        self._put(arrival, done)
        done.result()

    async def store_async(self, arrival: Arrival) -> None:
        """Return once a delivery is committed; others go on meanwhile.

        Raises:
            StorageError: the store refused, or there is no room.
        """
        done = asyncio.get_running_loop().create_future()
        self._put(arrival, done)
        await done

    def close(self) -> None:
        """Keep what waits, and stop. Something put later starts anew."""
        self._batches.close()

    def _put(self, arrival: Arrival, done: Future[None] | asyncio.Future[None]) -> None:
        size = len(arrival.request.body)
        with self._lock:
            has_room = self._bytes + size <= BYTES_MAX and not self.is_stuck
            if not has_room or not self._batches.put(_Waiting(arrival, self._clock(), done)):
                raise StorageError("too many deliveries wait for the store")
            self._bytes, self._count = self._bytes + size, self._count + 1

    def _write(self, batch: list[_Waiting]) -> None:
        begun = self._writing_since = self._clock()
        self._keep_all(batch)
        self._writing_since = None
        with self._lock:
            self._bytes -= sum(len(each.arrival.request.body) for each in batch)
            self._count -= len(batch)
            self.tally.deliveries += sum(each.error is None for each in batch)
            self.tally.seconds += self._clock() - begun
        _let_go(batch)

    def _keep_all(self, batch: list[_Waiting]) -> None:
        """One delivery that cannot be kept must not hold up the others: then each goes alone."""
        error = self._try([each.arrival for each in batch])
        if error is None:
            return
        for each in batch:
            each.error = self._try([each.arrival]) if len(batch) > 1 else error

    def _try(self, arrivals: Sequence[Arrival]) -> Exception | None:
        try:
            self._keep(arrivals)
        except Exception as error:  # noqa: BLE001 - raised again by the one who waits for it
            return error
        self.tally.commits += 1
        return None


def _let_go(batch: Sequence[_Waiting]) -> None:
    """Tell everybody who waits: threads at once, each event loop by one call for all of its own."""
    by_loop: defaultdict[asyncio.AbstractEventLoop, list[_Waiting]] = defaultdict(list)
    for each in batch:
        if isinstance(each.done, Future):
            _settle(each.done, each.error)
        else:
            by_loop[each.done.get_loop()].append(each)
    for loop, own in by_loop.items():
        with suppress(RuntimeError):  # the loop ended: nobody waits for the answer any more
            loop.call_soon_threadsafe(_settle_all, own)


def _settle_all(batch: Sequence[_Waiting]) -> None:
    for each in batch:
        _settle(each.done, each.error)


def _settle(done: Future[None] | asyncio.Future[None], error: Exception | None) -> None:
    if done.done():  # the client went away
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)
