"""Many orders are asked for at once, come back in order, and one refusal harms nobody."""

from itertools import count, islice
from threading import Barrier, Lock

import pytest

from retention_sdk.adapters.together import fetch_each
from retention_sdk.errors import PlatformError
from retention_sdk.testing import an_order


class Platform:
    """Knows every order but those that are named; counts how many ask at the same time."""

    def __init__(self, *, unknown=(), meeting=None):
        self.unknown, self.meeting = set(unknown), meeting
        self.lock, self.now, self.most, self.asked = Lock(), 0, 0, []

    def fetch_order(self, order_id):
        with self.lock:
            self.asked.append(order_id)
            self.now += 1
            self.most = max(self.most, self.now)
        if self.meeting:
            self.meeting.wait(timeout=30)
        with self.lock:
            self.now -= 1
        if order_id in self.unknown:
            raise PlatformError("there is no such order", retryable=False)
        return an_order(id=order_id)


def test_orders_come_back_in_the_order_asked():
    ids = [str(number) for number in range(50)]

    assert ids == [each.order.id for each in fetch_each(Platform(), ids)]


def test_as_many_as_wanted_are_asked_for_at_once_and_no_more():
    platform = Platform(meeting=Barrier(3))
    found = list(fetch_each(platform, map(str, range(9)), at_once=3))

    assert (9, 3) == (len(found), platform.most)


def test_one_refusal_is_told_at_its_place_and_the_others_come():
    first, second, third = fetch_each(Platform(unknown=["2"]), ["1", "2", "3"])

    assert ("1", "3") == (first.order.id, third.order.id)
    assert ("2", None, False) == (second.order_id, second.order, second.error.retryable)


def test_mistakes_of_a_program_are_not_taken_for_refusals():
    with pytest.raises(AttributeError):
        list(fetch_each(object(), ["1"]))


def test_who_stops_early_asks_for_few_more():
    platform = Platform()
    taken = list(islice(fetch_each(platform, map(str, count()), at_once=2), 5))

    assert 5 == len(taken)
    assert len(platform.asked) <= 8


def test_nothing_at_a_time_is_a_mistake():
    with pytest.raises(ValueError, match="at least one"):
        fetch_each(Platform(), ["1"], at_once=0)
