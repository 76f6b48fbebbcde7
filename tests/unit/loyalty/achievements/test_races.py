"""Several processes deliver the events of one customer: each counts once, and nothing is lost."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from retention_sdk.storage import open_store
from tests.unit.loyalty.achievements.racing import all_events, ask_for_a_name, deliver, state

WORKERS = 2


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "postgresql":
        return request.getfixturevalue("postgres").database(bytes(32))
    return f"sqlite:///{tmp_path}/shop.db"


def test_processes_that_deliver_the_same_events_leave_what_one_leaves(url):
    """Seven orders stand: three times two, one whole set; 7 * 3 + 11 + 4 points on top."""
    with open_store(url, key=bytes(32)) as store:
        with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
            new = list(pool.map(deliver, [url] * WORKERS, range(WORKERS)))
        held, balance, findings = state(store)

    orders = sum(10 + n for n in range(9) if n not in {4, 7})
    assert len(all_events()) == sum(new)
    assert [
        ("critic", "done", ""),
        *(("orders", "done", str(n)) for n in (1, 2, 3)),
        ("set", "done", ""),
    ] == held
    assert orders + 21 + 11 + 4 == balance
    assert () == findings


def test_of_all_who_ask_for_a_name_at_once_one_gets_it(url):
    with open_store(url, key=bytes(32)):
        pass
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        got = list(pool.map(ask_for_a_name, [url] * 4, range(4)))

    assert [False, False, False, True] == sorted(got)
