"""One thread that takes whatever waits in one go: many small writes become one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import Empty, Full, Queue
from threading import Lock, Thread
from typing import Generic, TypeVar

T = TypeVar("T")

_BATCH_MAX = 500


class Batches(Generic[T]):
    """Hands what is put to ``write``, in order, up to 500 at a time; the thread starts when needed.

    ``write`` must not raise. At most ``waiting_max`` wait.
    """

    def __init__(self, write: Callable[[list[T]], None], *, name: str, waiting_max: int) -> None:
        self._write, self._name = write, name
        self._queue: Queue[T | None] = Queue(waiting_max)
        self._thread: Thread | None = None
        self._lock = Lock()

    def put(self, item: T) -> bool:
        """Hand something over; False if there is no room for it."""
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
        try:
            self._queue.put_nowait(item)
        except Full:
            return False
        return True

    def close(self) -> None:
        """Write what waits, and stop. Something put later starts anew."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join()

    def _run(self) -> None:
        is_open = True
        while is_open:
            taken = [self._queue.get(), *self._waiting()]
            is_open = None not in taken
            items = [item for item in taken if item is not None]
            if items:
                self._write(items)

    def _waiting(self) -> Iterator[T | None]:
        for _ in range(_BATCH_MAX - 1):
            try:
                yield self._queue.get_nowait()
            except Empty:
                return
