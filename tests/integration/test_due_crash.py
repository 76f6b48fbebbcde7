"""Real processes on one table of what is due: beside each other, and killed at any moment."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from retention_sdk.testing import a_customer, a_paid_event, an_order
from tests.integration.due_worker import BOUGHT, LATER, open_shop
from tests.processes import kill

ROOT = Path(__file__).parents[2]
SOAK = bool(os.environ.get("RETENTION_SOAK"))
KILLS, CUSTOMERS = (50, 60) if SOAK else (5, 4)


@pytest.fixture
def folder(tmp_path):
    """A shop whose customers all bought once in its past, and have points, a rank, a birthday."""
    with open_shop(tmp_path, BOUGHT) as shop:
        for number in range(CUSTOMERS):
            who = a_customer(id=str(number), email=f"{number}@mail.example", birthday="02-29")
            paid = an_order(id=str(number), customer=who, placed_at=BOUGHT, paid_at=BOUGHT)
            event = a_paid_event(paid, id=f"paid{number}", shop_id="shop", occurred_at=BOUGHT)
            assert ["done"] == [each.state for each in shop.remember([event])]
    return tmp_path


def start(folder):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.integration.due_worker", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def everything(folder):
    """Return what was told, what was posted, and whether the books verify."""
    with open_shop(folder) as shop:
        shop.resume()
        while shop.run_due(now=LATER).done:
            pass
        with shop.store.begin() as connection:
            told = Counter(
                connection.exec_driver_sql(
                    "SELECT type FROM event WHERE state = 'done' AND type <> 'order_paid'"
                ).scalars()
            )
            ranks = Counter(connection.exec_driver_sql("SELECT reason FROM tier_change").scalars())
            posted = Counter(connection.exec_driver_sql("SELECT kind FROM txn").scalars())
            leased = shop.store.due.count(connection, "shop").get("leased", 0)
            findings = tuple(shop.ledger.verify(connection).findings)
    return told, posted, ranks, leased, findings


# Each lot is told of when it matures: of the order, the birthday and the anniversary. Only the
# first one expires within the time.
EACH = {
    "customer_lapsed": 1,
    "birthday": 1,
    "anniversary": 1,
    "points_earned": 2,
    "points_matured": 3,
    "points_expiring": 2,
    "tier_at_risk": 1,
    "tier_changed": 1,
}
EXPECTED = (
    {kind: count * CUSTOMERS for kind, count in EACH.items()},
    {"earn": 3 * CUSTOMERS, "mature": 3 * CUSTOMERS, "expire": CUSTOMERS},
    {"reached": CUSTOMERS, "period_ended": CUSTOMERS},
    0,
    (),
)


def test_workers_killed_at_any_moment_lose_nothing_and_repeat_nothing(folder):
    for seed in range(KILLS):
        chance = random.Random(seed)
        worker = start(folder)
        for _ in range(chance.randint(1, 6)):
            worker.stdout.readline()
        time.sleep(chance.random() * 0.02)  # somewhere within a row
        kill(worker)
    last = start(folder)
    _, errors = last.communicate()

    assert "" == errors
    assert EXPECTED == everything(folder)


def test_workers_beside_each_other_do_everything_once(folder):
    workers = [start(folder) for _ in range(3)]
    errors = [worker.communicate()[1] for worker in workers]

    assert [""] * 3 == errors
    assert EXPECTED == everything(folder)
