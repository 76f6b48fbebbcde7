"""A sync that is killed at any of its commits goes on, and ends where one ends that was not."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from tests.integration.sync_worker import ORDERS, open_shop, sync_of

ROOT = Path(__file__).parents[2]
KILLS = 60 if os.environ.get("RETENTION_SOAK") else 3


def run(folder, writes):
    command = [sys.executable, "-m", "tests.integration.sync_worker", str(folder), str(writes)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def ended(folder):
    """Return what the store holds: facts, points, cards, and how far the sync is."""
    queries = (
        "SELECT id, state FROM event WHERE substr(id, 1, 7) = 'listed:' ORDER BY id",
        "SELECT cause_id, kind FROM txn ORDER BY cause_id, kind",
        "SELECT order_id FROM card ORDER BY order_id",
        "SELECT seen_until, pass_at, cursor FROM sync_state",
    )
    with open_shop(folder) as shop:
        shop.resume()
        with shop.store.begin() as connection:
            found = [connection.exec_driver_sql(query).all() for query in queries]
            assert () == tuple(shop.ledger.verify(connection).findings)
    return found


def test_a_killed_sync_ends_like_one_that_was_not(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir(), killed.mkdir()
    with open_shop(whole) as shop:
        list(sync_of(shop).run())
    chance = random.Random(20261122)
    codes = [run(killed, chance.randint(2, 40)).returncode for _ in range(KILLS)]
    done = run(killed, 0)

    assert 0 == done.returncode, done.stderr
    assert -signal.SIGKILL in codes
    events, points, cards, states = ended(killed)
    assert ended(whole) == [events, points, cards, states]
    assert {"done"} == {state for _, state in events}
    assert (2 * ORDERS, ORDERS, 2) == (len(events), len(points), len(cards))
