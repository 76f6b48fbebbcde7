"""Several processes, or one that dies: a referral is claimed, judged and rewarded once."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest

from retention_sdk.storage import open_store
from tests.unit.loyalty.referrals import racing
from tests.unit.loyalty.referrals.circle import Circle

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "postgresql":
        return request.getfixturevalue("postgres").database(bytes(32))
    return f"sqlite:///{tmp_path}/shop.db"


def test_processes_that_do_the_same_at_once_reward_once(url):
    with open_store(url, key=bytes(32)) as store, store.begin() as connection:
        code = Circle(store, connection).code_of("ada")
    with ProcessPoolExecutor(3, mp_context=SPAWN) as pool:
        told = [*pool.map(racing.race, [url] * 3, [code] * 3, range(3))]

    assert ["", "", "referrer,friend"] == sorted(told)
    with open_store(url, key=bytes(32)) as store, store.reading() as connection:
        circle = Circle(store, connection)
        steps = [step.state for step in circle.all()[0].steps]
        assert ["claimed", "ordered", "pending", "rewarded"] == steps
        assert (500, 200) == circle.points("ada", "bob")
        assert circle.ledger.verify(connection).is_clean


def test_what_a_process_did_not_commit_is_done_by_the_next(url):
    with open_store(url, key=bytes(32)) as store:
        with store.begin() as connection:
            circle = Circle(store, connection)
            circle.claim(circle.code_of("ada"), "bob")
        for step in ("order", "reward"):
            dying = SPAWN.Process(target=racing.die, args=(url, step))
            dying.start()
            dying.join()
            assert 9 == dying.exitcode
            with store.begin() as connection:
                circle = Circle(store, connection)
                if step == "order":
                    assert ["claimed"] == circle.states()
                    circle.pay("bob", "1")
                else:
                    assert (["pending"], (0, 0)) == (circle.states(), circle.points("ada", "bob"))
                    circle.wait(20)
        with store.reading() as connection:
            circle = Circle(store, connection)
            assert (500, 200) == circle.points("ada", "bob")
            assert circle.ledger.verify(connection).is_clean
