"""Several processes at once pass no limit, and count a partner's transaction once."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta

import pytest

from retention_sdk.loyalty.partners import statement
from retention_sdk.storage import open_store
from tests.unit.loyalty.partners.racing import NOON, PROGRAM, opened, race


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "postgresql":
        return request.getfixturevalue("postgres").database(bytes(32))
    return f"sqlite:///{tmp_path}/shop.db"


def test_processes_that_exchange_at_once_keep_to_the_limit_of_a_day(url):
    with open_store(url, key=bytes(32)) as store, store.begin() as connection:
        opened(store, connection)
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as pool:
        sent = sum(pool.map(race, [url] * 3, range(3)))

    with open_store(url, key=bytes(32)) as store, store.begin() as connection:
        ledger, _, member = opened(store, connection)
        day = {"start": NOON, "end": NOON + timedelta(days=1)}
        whole = statement(store, connection, PROGRAM, "miles", **day)
        held = ledger.balance(connection, member, now=NOON).balance
        assert ledger.verify(connection).is_clean
    assert (6, 300, 10, ()) == (
        sent,
        whole.points_sent,
        whole.points_received,
        whole.differences,
    )
    assert 1000 - 300 + 10 == held
