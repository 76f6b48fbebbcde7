"""The thread behind the answers: it begins once there is a store, and is not lost to a fault."""

from __future__ import annotations

from contextlib import closing
from threading import Event

from retention_sdk.errors import StorageError
from retention_sdk.web.worker import Worker


class Inbox:
    """Counts what a worker does with it."""

    def __init__(self):
        self.resumed, self.read = Event(), Event()

    def resuming(self):
        self.resumed.set()
        yield from ()

    def news(self):
        self.read.set()
        yield from ()


def test_what_was_left_open_is_finished_once_the_store_is_there():
    inbox, away = Inbox(), [StorageError("the server starts up"), OSError("so does its host")]
    tried = Event()

    def opened():
        tried.set()
        if away:
            raise away.pop()
        return inbox

    with closing(Worker(opened, is_busy=lambda: False)) as worker:
        worker.start()
        while not inbox.resumed.is_set():
            assert tried.wait(timeout=30)
            tried.clear()
            worker.wake()
        worker.wake()
        assert inbox.read.wait(timeout=30)
