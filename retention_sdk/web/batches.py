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
        self._write, self._name, self._waiting_max = write, name, waiting_max
        self._line: tuple[Queue[T | None], Thread] | None = None
        self._lock = Lock()

    def put(self, item: T) -> bool:
        """Hand something over; False if there is no room for it."""
        with self._lock:  # or it might come behind the end of a line that closes
            queue, _ = self._line = self._line or self._opened()
            try:
                queue.put_nowait(item)
            except Full:
                return False
        return True

    def close(self) -> None:
        """Write what waits, and stop. Something put later starts anew."""
        with self._lock:
            line, self._line = self._line, None
        if line is not None:
            queue, thread = line
            queue.put(None)
            thread.join()

    def _opened(self) -> tuple[Queue[T | None], Thread]:
        """Start a thread with a queue of its own, so that none takes what ends another."""
        queue = Queue[T | None](self._waiting_max)
        thread = Thread(target=self._run, args=(queue,), name=self._name, daemon=True)
        thread.start()
        return queue, thread

    def _run(self, queue: Queue[T | None]) -> None:
        is_open = True
        while is_open:
            taken = [queue.get(), *_waiting(queue)]
            is_open = None not in taken
            items = [item for item in taken if item is not None]
            if items:
                self._write(items)


def _waiting(queue: Queue[T | None]) -> Iterator[T | None]:
    for _ in range(_BATCH_MAX - 1):
        try:
            yield queue.get_nowait()
        except Empty:
            return
