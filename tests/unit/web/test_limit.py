"""A limit that knows nobody, and a memory of a minute."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.web.limit import RateLimit
from retention_sdk.web.recent import RecentScans


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Keys:
    """Another key each time; the same in each run."""

    def __init__(self):
        self.made = 0

    def __call__(self, size):
        self.made += 1
        return bytes([self.made]) * size


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limit(clock):
    return RateLimit(per_second=0.5, burst=3, clock=clock, random_bytes=Keys())


def test_a_burst_is_allowed_then_one_every_two_seconds(limit, clock):
    assert [True, True, True, False, False] == [limit.allows("192.0.2.1") for _ in range(5)]
    clock.now += 1.9
    assert not limit.allows("192.0.2.1")
    clock.now += 0.1
    assert [True, False] == [limit.allows("192.0.2.1") for _ in range(2)]


def test_one_address_does_not_hold_up_another(limit):
    for _ in range(10):
        limit.allows("192.0.2.1")

    assert limit.allows("192.0.2.2")


def test_an_ipv6_customer_is_one_whatever_the_device(limit):
    for host in range(3):
        assert limit.allows(f"2001:db8:1:2::{host}")

    assert not limit.allows("2001:db8:1:2:aaaa:bbbb:cccc:dddd%eth0")
    assert limit.allows("2001:db8:1:3::1")


def test_an_ipv4_address_is_one_however_it_is_written(limit):
    assert [True, True, True, False] == [
        limit.allows(each)
        for each in ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.1", "::ffff:192.0.2.1")
    ]


def test_the_key_is_forgotten_every_hour_and_with_it_everybody(clock):
    keys = Keys()
    limit = RateLimit(per_second=0.0001, burst=1, clock=clock, random_bytes=keys)
    assert [True, False] == [limit.allows("192.0.2.1") for _ in range(2)]

    clock.now += 3600

    assert limit.allows("192.0.2.1")
    assert 2 == keys.made


def test_memory_stays_the_same_and_holds_no_address(limit):
    def size():
        return sum(sys.getsizeof(value) for value in vars(limit).values())

    before = size()
    for number in range(20_000):
        limit.allows(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")

    assert before == size() < 1_100_000
    assert not any("10." in str(value)[:100] for value in vars(limit).values())


@given(addresses=st.lists(st.text(max_size=60), max_size=50))
def test_no_address_is_too_strange(addresses):
    limit = RateLimit(per_second=1, burst=100, clock=lambda: 1.0, random_bytes=Keys(), slots=8)

    assert all(limit.allows(address) for address in addresses)


def test_a_repeat_within_a_minute_is_one_scan(clock):
    recent = RecentScans(clock=clock)

    assert [False, True] == [recent.is_repeat(1), recent.is_repeat(1)]
    assert not recent.is_repeat(2)
    clock.now += 59
    assert recent.is_repeat(1)
    clock.now += 1
    assert not recent.is_repeat(1)


def test_only_so_many_cards_are_remembered_the_oldest_goes_first(clock):
    recent = RecentScans(clock=clock, cards_max=100)
    for card in range(1000):
        recent.is_repeat(card)

    assert 100 == len(recent._seen)
    assert recent.is_repeat(999)
    assert not recent.is_repeat(0)
