"""Deliveries are let go when they are stored, together where they wait together."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from retention_sdk.errors import StorageError
from retention_sdk.testing import a_paid_event
from retention_sdk.web.intake import Intake


class Shelf:
    """Stores events and counts commits; the first one waits until it is let go."""

    def __init__(self, *, refuses=frozenset()):
        self.refuses = refuses
        self.commits = []
        self.first = 0
        self.go = Event()

    def accept(self, events):
        names = [event.id for event in events]
        if not self.commits:
            self.first = self.first or len(names)
            assert self.go.wait(timeout=30)
        if self.refuses & set(names):
            raise StorageError("as the test wants")
        self.commits.append(names)


def event(number):
    return a_paid_event(id=f"e{number}")


def deliver(shelf, count):
    """Hand over many deliveries at once; return what became of each."""
    intake = Intake(shelf.accept)

    def one(number):
        try:
            intake.store([event(number)])
        except StorageError as error:
            return str(error)
        return "stored"

    with ThreadPoolExecutor(count) as pool:
        jobs = [pool.submit(one, number) for number in range(count)]
        deadline = time.monotonic() + 30
        while not shelf.first or shelf.first + intake._batches._queue.qsize() < count:
            assert time.monotonic() < deadline
            time.sleep(0.001)
        shelf.go.set()
        outcomes = [job.result(timeout=30) for job in jobs]
    intake.close()
    return outcomes


def test_what_waits_together_is_one_commit():
    shelf = Shelf()

    assert ["stored"] * 40 == deliver(shelf, 40)
    assert 2 == len(shelf.commits)
    assert {f"e{number}" for number in range(40)} == {
        name for names in shelf.commits for name in names
    }


def test_one_that_cannot_be_stored_does_not_hold_up_the_others():
    shelf = Shelf(refuses={"e7"})

    outcomes = deliver(shelf, 20)

    assert "as the test wants" == outcomes.pop(7)
    assert ["stored"] * 19 == outcomes
    assert 19 == sum(len(names) for names in shelf.commits)


def test_a_fault_of_ours_reaches_the_one_who_waits():
    def accept(_):
        raise RuntimeError("a plugin broke")

    intake = Intake(accept)
    with pytest.raises(RuntimeError, match="a plugin broke"):
        intake.store([event(1)])
    intake.close()
