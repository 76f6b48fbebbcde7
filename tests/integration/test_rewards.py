"""Real processes that redeem at once, and some that are killed while they do."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from retention_sdk.errors import RewardRefused
from retention_sdk.loyalty.rewards import IssueState
from retention_sdk.pipeline.rewards.book import Wish
from retention_sdk.pipeline.rewards.standing import Market
from retention_sdk.storage import open_store
from tests.processes import kill
from tests.unit.pipeline.redeeming import balance, give, is_clean, make_desk, make_program

from .reward_worker import KEY, PROGRAM, STOCK, Folder

WORKER = Path(__file__).with_name("reward_worker.py")
ROOT = Path(__file__).parents[2]
SOAK = bool(os.environ.get("RETENTION_SOAK"))
PROCESSES = 8 if SOAK else 3
PAIR = 8 if SOAK else 2
KILLS = 200 if SOAK else 4


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/shop.db"
    return request.getfixturevalue("postgres").database(KEY)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "platform"
    made.mkdir()
    return made


def start(command, url, folder, reward, names):
    return subprocess.Popen(
        [sys.executable, str(WORKER), command, url, str(folder), reward, *names],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def finish(workers):
    outputs = [worker.communicate() for worker in workers]
    failures = [
        errors for worker, (_, errors) in zip(workers, outputs, strict=True) if worker.returncode
    ]
    assert [] == failures
    return Counter(line for output, _ in outputs for line in output.split())


def wait_until_alone(url):
    """Wait until the server noticed that a killed process is gone."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    end = time.monotonic() + 120
    while url.startswith("postgresql"):
        with psycopg.connect(url) as connection:
            if connection.execute(others.encode()).fetchall() == [(1,)]:
                return
        assert time.monotonic() < end
        time.sleep(0.01)


def test_processes_that_redeem_at_once_never_oversell(url, folder):
    """Each for customers of its own: of seven, seven are issued and the others are refused."""
    open_store(url, key=KEY).close()
    workers = [
        start("redeem", url, folder, "few", [f"{worker}-{n}/1" for n in range(6)])
        for worker in range(PROCESSES)
    ]
    lines = finish(workers)

    assert PROCESSES * 6 - STOCK == lines.pop("refused:sold_out")
    assert {1} == set(lines.values())
    assert STOCK == len(lines) == len(list(folder.iterdir()))


@pytest.mark.parametrize(("reward", "reason"), [("last", "sold_out"), ("gift", "limit")])
def test_who_counts_waits_for_whoever_counts_already(url, folder, reward, reason):
    """One place is left. While a commit that takes it is open, another one cannot take it too."""
    rows = [
        {"id": "last", "kind": "gift", "points": 10, "stock": 1},
        {"id": "gift", "kind": "gift", "points": 10, "per_customer": 1},
    ]
    program, refused = make_program(rows), []
    with open_store(url, key=KEY) as store:
        desk = make_desk(store, Folder(folder), program=program)
        ada = give(desk, "ada", 100)
        other = give(desk, "bob", 100) if reward == "last" else ada

        def ask():
            try:
                desk.redeem(other, reward)
            except RewardRefused as error:
                refused.extend(error.reasons)

        late = threading.Thread(target=ask)
        with store.begin() as connection:
            ledger, made = desk.book.ledger(""), next(r for r in program.rewards if r.id == reward)
            wish = Wish(subject_id=ada, reward=made, key="k", market=Market("EUR"), platform="")
            desk.book.place(connection, ledger, wish, now=desk.clock())
            late.start()
            late.join(timeout=0.3)  # long enough to go wrong
        late.join()

        assert [reason] == refused
        assert 1 == len(desk.list())


def test_processes_that_redeem_for_one_customer_keep_to_the_limit(url, folder):
    open_store(url, key=KEY).close()
    workers = [
        start("redeem", url, folder, "gift", [f"ada/{worker}-{n}" for n in range(4)])
        for worker in range(PAIR)
    ]
    lines = finish(workers)

    assert (PAIR * 4 - 3, 3) == (lines.pop("refused:limit"), lines.total())


def test_processes_that_share_a_key_redeem_once(url, folder):
    open_store(url, key=KEY).close()
    names = [f"ada/{n}" for n in range(5)]
    finish([start("redeem", url, folder, "code", names) for _ in range(PAIR)])

    with open_store(url, key=KEY) as store:
        desk = make_desk(store, Folder(folder), program=PROGRAM)
        ada = give(desk, "ada", 10_000)
        assert (5, 5, 9_950) == (
            len(desk.list(ada)), len(list(folder.iterdir())), balance(desk, ada),
        )  # fmt: skip


def test_killed_redemptions_end_with_one_code_and_one_payment_or_nothing(url, folder):
    """Killed at any moment of redeeming and taking back; then one sweep ends what is open."""
    open_store(url, key=KEY).close()
    acknowledged = Counter()
    for seed in range(KILLS if url.startswith("sqlite") else KILLS // 2):
        worker = start("churn", url, folder, "code", [f"ada/{seed}-{n}" for n in range(40)])
        moment = random.Random(seed)
        lines = [worker.stdout.readline().strip() for _ in range(moment.randrange(1, 8))]
        time.sleep(moment.random() * 0.06)
        acknowledged.update([*lines, *kill(worker).split()])
    wait_until_alone(url)

    with open_store(url, key=KEY) as store:
        desk = make_desk(store, Folder(folder), program=PROGRAM)
        assert () == desk.retry_open().waiting
        ada = give(desk, "ada", 10_000)
        issued = [each for each in desk.list(ada) if each.state is IssueState.ISSUED]

        assert {each.code for each in issued} == {path.name for path in folder.iterdir()}
        assert 10_000 - 10 * len(issued) == balance(desk, ada)
        assert is_clean(desk)
        with store.reading() as connection:
            issues = store.rewards.of_person(connection, ada)
    ended = {issue.idem_key: issue.state for issue in issues}
    assert set(ended.values()) <= {"issued", "cancelled", "returned"}
    for line in filter(None, acknowledged):
        promised = {"cancelled"} if line.startswith("-") else {"issued", "cancelled"}
        assert ended[line[1:].replace("/", " ")] in promised
