"""Works on deliveries after they were answered, in one thread, and not in the way of new ones."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import partial
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from ..errors import RetentionError

if TYPE_CHECKING:
    from ..pipeline.incoming.intake import Intake

_log = logging.getLogger(__name__)

# What went wrong is tried again after so long, and what others left behind is found.
_AGAIN_S = 5.0
_PAUSE_S, _PAUSES = 0.02, 10
_GRACE_S = 5.0


class Worker:
    """Finishes what an earlier process left open, then reads deliveries as they come.

    Before each event it lets deliveries pass while ``is_busy()``, for 0.2 s at most: both share
    one interpreter, and platforms do not wait. ``intake`` is called in the thread.
    """

    def __init__(self, intake: Callable[[], Intake], *, is_busy: Callable[[], bool]) -> None:
        self._intake, self._is_busy = intake, is_busy
        self._wake, self._lock = Event(), Lock()
        self._thread: Thread | None = None
        self._ends_at: float | None = None

    def start(self) -> None:
        """Begin, unless it has begun."""
        with self._lock:
            if self._thread is None:
                self._ends_at = None
                self._thread = Thread(target=self._run, name="webhook-work", daemon=True)
                self._thread.start()

    def wake(self) -> None:
        """Say that deliveries came in."""
        self._wake.set()

    def close(self) -> None:
        """Work on what is left for up to 5 s, and finish the event at hand; the rest stays."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._ends_at = time.monotonic() + _GRACE_S
            self._wake.set()
            thread.join()

    def _run(self) -> None:
        while not _guarded(self._intake) and self._ends_at is None:
            self._pause()
        _guarded(self._resume)
        while self._ends_at is None:
            self._pause()
            _guarded(self._read)

    def _pause(self) -> None:
        self._wake.wait(timeout=_AGAIN_S)
        self._wake.clear()

    def _resume(self) -> None:
        for _ in self._intake().resuming():
            if not self._may_go_on():
                return

    def _read(self) -> None:
        intake = self._intake()
        for event, is_new in intake.news():
            _guarded(partial(intake.work, event.id, is_new=is_new))
            if not self._may_go_on():
                return

    def _may_go_on(self) -> bool:
        for _ in range(_PAUSES):
            if self._ends_at is not None or not self._is_busy():
                break
            time.sleep(_PAUSE_S)
        return self._ends_at is None or time.monotonic() < self._ends_at


def _guarded(work: Callable[[], object]) -> bool:
    """Return whether it went to its end."""
    try:
        work()
    except RetentionError as error:
        _log.error("work on a delivery stopped: %s", error)
    except Exception as error:  # noqa: BLE001 - the thread's last one to hear of it
        # A trace may quote a customer. What is not done stays open: `retention resume` shows it.
        _log.error("work on a delivery broke with %s", type(error).__name__)
    else:
        return True
    return False
