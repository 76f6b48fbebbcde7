"""What is put is written, whoever closes meanwhile; and closing ends."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from retention_sdk.web.batches import Batches

ROUNDS, PUTTERS, ITEMS = 40, 3, 40


@pytest.fixture
def _in_turns():
    """Let threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_in_turns")
def test_nothing_is_lost_and_nobody_hangs_when_others_close_meanwhile():
    for _ in range(ROUNDS):
        written = []
        batches = Batches(written.extend, name="test", waiting_max=1_000)

        def put_all(batches=batches):
            return [batches.put(number) for number in range(ITEMS)]

        with ThreadPoolExecutor(2 * PUTTERS) as pool:
            puts = [pool.submit(put_all) for _ in range(PUTTERS)]
            ends = [pool.submit(batches.close) for _ in range(PUTTERS)]
            assert all(all(each.result(timeout=30)) for each in puts)
            assert [None] * PUTTERS == [each.result(timeout=30) for each in ends]
        batches.close()

        assert sorted([*range(ITEMS)] * PUTTERS) == sorted(written)
