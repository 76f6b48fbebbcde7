"""Several processes tell of one customer's orders at once: their rank rises as if one had."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.integration.tier_worker import open_shop

ROOT = Path(__file__).parents[2]
WORKERS, ORDERS = 3, 12


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "postgresql":
        return request.getfixturevalue("postgres").database(bytes(32))
    address = f"sqlite:///{tmp_path / 'shop.db'}"
    with open_shop(address) as shop:
        assert shop.store  # made once, before anybody races for it
    return address


def start(url, first):
    arguments = [url, str(first), str(WORKERS), str(ORDERS)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.integration.tier_worker", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_every_rank_is_reached_once_and_none_is_missed(url):
    workers = [start(url, first) for first in range(WORKERS)]
    errors = [worker.communicate()[1] for worker in workers]
    with open_shop(url) as shop, shop.store.reading() as connection:
        who = shop.store.orders.owner(connection, "shop", "0")
        found = shop.store.tiers.history(connection, "points", who)
        rows = shop.store.due.count(connection, "shop")
        is_clean = shop.ledger.verify(connection).is_clean

    assert [""] * WORKERS == errors
    risen = [each for each in found if each.reason == "reached"]
    assert [("", "silver"), ("silver", "gold")] == [(e.tier_before, e.tier) for e in risen]
    assert {"reached", "kept"} >= {each.reason for each in found}
    assert all(before.tier == after.tier_before for before, after in pairwise(found))
    assert {"waiting": 2} == rows
    assert is_clean
