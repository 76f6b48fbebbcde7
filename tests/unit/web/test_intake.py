"""Deliveries are let go when they are kept, together where they wait together."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import pytest

from retention_sdk.errors import StorageError
from retention_sdk.model import WebhookRequest
from retention_sdk.storage import Arrival
from retention_sdk.testing import NOON
from retention_sdk.web.intake import BYTES_MAX, STUCK_AFTER_S, WAITING_MAX, Intake


class Shelf:
    """Keeps deliveries and counts commits; the first one waits until it is let go."""

    def __init__(self, *, refuses=frozenset()):
        self.refuses = refuses
        self.commits = []
        self.began, self.go = Event(), Event()

    def keep(self, arrivals):
        names = [each.request.body.decode() for each in arrivals]
        if not self.commits:
            self.began.set()
            assert self.go.wait(timeout=30)
        if self.refuses & set(names):
            raise StorageError("as the test wants")
        self.commits.append(names)


class Seconds:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def delivery(number, *, body=None):
    text = body if body is not None else f"d{number}".encode()
    return Arrival("shopify", WebhookRequest(headers={}, body=text, received_at=NOON))


def until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def by_threads(shelf, count):
    """Hand over many deliveries, each by a thread of its own; return what became of each."""
    with closing(Intake(shelf.keep, clock=Seconds())) as intake:

        def one(number):
            try:
                intake.store(delivery(number))
            except StorageError as error:
                return str(error)
            return "kept"

        with ThreadPoolExecutor(count) as pool:
            jobs = [pool.submit(one, number) for number in range(count)]
            until(lambda: intake.waiting == count)
            shelf.go.set()
            outcomes = [job.result(timeout=30) for job in jobs]
        until(lambda: intake.waiting == 0)
        return outcomes


def in_a_loop(shelf, count):
    """Do the same in one event loop, which goes on meanwhile."""

    async def all_of_them():
        with closing(Intake(shelf.keep, clock=Seconds())) as intake:
            jobs = [asyncio.ensure_future(intake.store_async(delivery(n))) for n in range(count)]
            await asyncio.sleep(0)
            assert count == intake.waiting
            shelf.go.set()
            return await asyncio.gather(*jobs, return_exceptions=True)

    return [str(each) if each else "kept" for each in asyncio.run(all_of_them())]


@pytest.fixture(params=[by_threads, in_a_loop], ids=["threads", "loop"])
def deliver(request):
    return request.param


def test_what_waits_together_is_one_commit(deliver):
    shelf = Shelf()

    assert ["kept"] * 40 == deliver(shelf, 40)
    assert 2 >= len(shelf.commits)
    assert {f"d{number}" for number in range(40)} == {
        name for names in shelf.commits for name in names
    }


def test_one_that_cannot_be_kept_does_not_hold_up_the_others(deliver):
    shelf = Shelf(refuses={"d7"})

    outcomes = deliver(shelf, 20)

    assert "as the test wants" == outcomes.pop(7)
    assert ["kept"] * 19 == outcomes
    assert 19 == sum(len(names) for names in shelf.commits)


def test_a_fault_of_ours_reaches_the_one_who_waits():
    def keep(_):
        raise RuntimeError("a plugin broke")

    with closing(Intake(keep, clock=Seconds())) as intake:
        with pytest.raises(RuntimeError, match="a plugin broke"):
            intake.store(delivery(1))
        with pytest.raises(RuntimeError, match="a plugin broke"):
            asyncio.run(intake.store_async(delivery(2)))


def test_who_finds_no_room_is_told_at_once_and_room_comes_back():
    shelf = Shelf()

    async def fill():
        with closing(Intake(shelf.keep, clock=Seconds())) as intake:
            jobs = [asyncio.ensure_future(intake.store_async(delivery(0)))]
            await asyncio.to_thread(shelf.began.wait, 30)
            jobs += [
                asyncio.ensure_future(intake.store_async(delivery(number)))
                for number in range(1, WAITING_MAX + 1)
            ]
            await asyncio.sleep(0)
            with pytest.raises(StorageError, match="too many deliveries"):
                await intake.store_async(delivery(-1))
            shelf.go.set()
            await asyncio.gather(*jobs)
            await intake.store_async(delivery(-2))

    asyncio.run(fill())

    assert WAITING_MAX + 2 == sum(map(len, shelf.commits))
    assert 500 == max(map(len, shelf.commits))


def test_what_waits_has_a_limit_in_bytes():
    shelf, long = Shelf(), b" " * (BYTES_MAX // 4)

    async def fill():
        with closing(Intake(shelf.keep, clock=Seconds())) as intake:
            jobs = [asyncio.ensure_future(intake.store_async(delivery(0, body=long)))]
            await asyncio.to_thread(shelf.began.wait, 30)
            jobs += [
                asyncio.ensure_future(intake.store_async(delivery(0, body=long))) for _ in "abc"
            ]
            await asyncio.sleep(0)
            with pytest.raises(StorageError, match="too many deliveries"):
                await intake.store_async(delivery(1))
            shelf.go.set()
            await asyncio.gather(*jobs)
            await intake.store_async(delivery(1))

    asyncio.run(fill())


def test_nobody_is_let_in_while_the_store_does_not_answer():
    """A platform that is told at once comes again; one that waits for 5 s gives the shop up."""
    shelf, seconds = Shelf(), Seconds()

    async def wait():
        with closing(Intake(shelf.keep, clock=seconds)) as intake:
            first = asyncio.ensure_future(intake.store_async(delivery(0)))
            await asyncio.to_thread(shelf.began.wait, 30)
            assert not intake.is_stuck
            seconds.now = STUCK_AFTER_S + 0.1
            assert intake.is_stuck
            with pytest.raises(StorageError, match="too many deliveries"):
                await intake.store_async(delivery(1))
            shelf.go.set()
            await first
            assert not intake.is_stuck

    asyncio.run(wait())


def test_closing_keeps_what_waits_and_answers_it():
    shelf = Shelf()
    intake = Intake(shelf.keep, clock=Seconds())
    with ThreadPoolExecutor(9) as pool:
        jobs = [pool.submit(intake.store, delivery(number)) for number in range(8)]
        until(lambda: intake.waiting == 8)
        end = pool.submit(intake.close)
        shelf.go.set()
        end.result(timeout=30)

        assert [None] * 8 == [job.result(timeout=30) for job in jobs]
    assert 8 == sum(map(len, shelf.commits)) == intake.tally.deliveries
    assert len(shelf.commits) == intake.tally.commits


def test_a_client_that_went_away_takes_nobody_along():
    shelf = Shelf()

    async def leave():
        with closing(Intake(shelf.keep, clock=Seconds())) as intake:
            gone, stays = (asyncio.ensure_future(intake.store_async(delivery(n))) for n in (1, 2))
            await asyncio.to_thread(shelf.began.wait, 30)
            gone.cancel()
            shelf.go.set()
            await stays

    asyncio.run(leave())

    assert {"d1", "d2"} == {name for names in shelf.commits for name in names}
