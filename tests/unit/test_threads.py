"""Work done ahead in threads: in order, no further ahead than asked, and safe to abandon."""

from __future__ import annotations

import gc
import threading
import time
from itertools import count, islice

import pytest

from retention_sdk.threads import in_threads


@pytest.fixture
def no_collector():
    gc.collect()  # what other tests left over
    gc.disable()
    yield
    gc.enable()


def test_results_come_in_the_order_of_the_items():
    def slow_first(number: int) -> int:
        time.sleep(0.02 / (number + 1))
        return number * 2

    assert [0, 2, 4, 6, 8] == list(in_threads(range(5), slow_first, 3, name="test"))


def test_items_are_taken_one_further_than_there_are_threads():
    taken: list[int] = []

    def items():
        for each in count():
            taken.append(each)
            yield each

    assert [0, 1] == list(islice(in_threads(items(), lambda each: each, 2, name="test"), 2))
    assert [0, 1, 2, 3] == taken


def test_who_stops_asking_waits_for_what_is_under_way_and_begins_nothing_more():
    begun: list[int] = []
    ended: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        time.sleep(0.02)
        ended.append(number)
        return number

    made = in_threads(count(), work, 2, name="test")
    next(made)
    made.close()

    assert sorted(begun) == sorted(ended)
    assert len(begun) <= 4


def test_error_is_raised_in_its_turn():
    made = in_threads([1, 0, 2], lambda each: 1 // each, 2, name="test")

    assert 1 == next(made)
    with pytest.raises(ZeroDivisionError):
        next(made)


def test_collector_may_close_it_in_one_of_its_own_threads(no_collector, monkeypatch):
    """A generator that is left over in a cycle is closed by whichever thread collects garbage."""
    unraisable: list[object] = []
    monkeypatch.setattr("sys.unraisablehook", unraisable.append)
    may_collect, collected = threading.Event(), threading.Event()

    def work(number: int) -> int:
        if number:
            may_collect.wait()
            gc.collect()
            collected.set()
        return number

    cycle: list[object] = [in_threads([0, 1], work, 1, name="test")]
    next(cycle[0])  # type: ignore[call-overload]
    cycle.append(cycle)
    del cycle
    may_collect.set()

    assert collected.wait(60)
    assert [] == unraisable
