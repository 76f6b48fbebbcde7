"""Real processes on one database file: beside each other, killed, and out of disk."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from retention_sdk.loyalty import PointsLedger, Program, Rate
from retention_sdk.storage import open_store
from retention_sdk.storage.migrate import REVISIONS

WORKER = Path(__file__).with_name("ledger_worker.py")
ROOT = Path(__file__).parents[2]
KEY = bytes(range(32))
PROGRAM = Program(rates={"EUR": Rate(points=1, per_minor=100)})
SOAK = bool(os.environ.get("RETENTION_SOAK"))
KILLS = 200 if SOAK else 3
PROCESSES = 8 if SOAK else 3


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


def start(path: Path, command: str, names: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(WORKER), command, f"sqlite:///{path}", *names],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def finish(workers: list[subprocess.Popen[str]]) -> list[list[str]]:
    """Wait for all; fail with the traceback of any that failed; return their lines."""
    outputs = [worker.communicate() for worker in workers]
    failures = [
        errors for worker, (_, errors) in zip(workers, outputs, strict=True) if worker.returncode
    ]
    assert [] == failures
    return [output.split() for output, _ in outputs]


def query(path: Path, sql: str) -> list[tuple]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def assert_books_are_right(path: Path) -> None:
    with open_store(f"sqlite:///{path}", key=KEY) as store, store.reading() as connection:
        assert () == PointsLedger(store, PROGRAM).verify(connection).findings
    assert [("ok",)] == query(path, "PRAGMA integrity_check")


def test_processes_that_open_a_new_store_at_once_all_get_it(path):
    finish([start(path, "open", []) for _ in range(PROCESSES)])

    assert [(REVISIONS[-1],)] == query(path, "SELECT version_num FROM alembic_version")
    assert [(1,)] == query(path, "SELECT count(*) FROM meta")


def test_processes_that_post_at_once_lose_and_repeat_nothing(path):
    """Each has orders of its own and all have some in common, in different order."""
    shared = [f"shared{n}" for n in range(20)]
    workers = []
    for worker in range(PROCESSES):
        names = shared + [f"own{worker}-{n}" for n in range(20)]
        random.Random(worker).shuffle(names)
        workers.append(start(path, "earn", names))
    lines = finish(workers)

    acknowledged = Counter(name for output in lines for name in output if "again" not in name)
    orders = 20 + 20 * PROCESSES
    assert {1} == set(acknowledged.values())
    assert orders == len(acknowledged)
    assert [(orders * 10,)] == query(path, "SELECT available FROM account")
    assert_books_are_right(path)


def test_processes_that_spend_at_once_get_exactly_what_there_is(path):
    """L6: from 200 points, 30 at a time, 6 redemptions succeed, whoever asks."""
    finish([start(path, "earn", [f"o{n}" for n in range(20)])])
    workers = [
        start(path, "spend", [f"{worker}-{n}" for n in range(10)]) for worker in range(PROCESSES)
    ]
    lines = [line for output in finish(workers) for line in output]

    assert 6 == len([line for line in lines if not line.startswith("refused")])
    assert 10 * PROCESSES - 6 == len([line for line in lines if line.startswith("refused")])
    assert [(20, 0, 0)] == query(path, "SELECT available, held, debt FROM account")
    assert_books_are_right(path)


def test_a_killed_process_loses_nothing_it_acknowledged_and_repeats_nothing(path):
    names = [f"o{n}" for n in range(20 * KILLS)]
    acknowledged: list[str] = []
    for seed in range(KILLS):
        moment = random.Random(seed)
        left = [name for name in names if name not in set(acknowledged)]
        worker = start(path, "earn", left)
        lines = [worker.stdout.readline() for _ in range(moment.randint(1, 15))]
        time.sleep(moment.random() * 0.02)  # somewhere within a piece of work
        worker.send_signal(signal.SIGKILL)
        rest, _ = worker.communicate()
        lines += rest.splitlines(keepends=True)
        done = [line.strip() for line in lines if line.endswith("\n")]
        acknowledged += [line.removeprefix("again:") for line in done]
        assert -signal.SIGKILL == worker.returncode

        assert_books_are_right(path)
        assert_work_is_whole(path, acknowledged)

    finish([start(path, "earn", names)])
    assert [(10 * len(names),)] == query(path, "SELECT available FROM account")
    assert_books_are_right(path)


def assert_work_is_whole(path: Path, acknowledged: list[str]) -> None:
    """Event done, stage recorded and points posted go together; acknowledged means all three."""
    done = query(path, "SELECT id FROM event WHERE state = 'done' ORDER BY id")
    staged = query(path, "SELECT event_id FROM stage ORDER BY event_id")
    posted = query(
        path, "SELECT replace(cause_id, 'shop:', 'e:') FROM txn WHERE kind = 'earn' ORDER BY 1"
    )
    assert done == staged == posted
    assert {f"e:{name}" for name in acknowledged} <= {event for (event,) in done}
    # At most one piece of work per kill was committed but not acknowledged any more.
    assert len(done) - len(set(acknowledged)) <= 1


def test_a_full_disk_is_a_clean_error_and_work_goes_on_when_there_is_room(path):
    names = [f"o{n}" for n in range(200)]
    worker = start(path, "starve", names)
    output, errors = worker.communicate()
    assert "" == errors
    lines = output.splitlines()

    full = next(line for line in lines if line.startswith("full:"))
    assert "disk" in full
    assert 1 < lines.index(full) < len(names)  # it worked before, and stopped before the end
    assert "clean:True" == lines[lines.index(full) + 1]
    assert [(2000,)] == query(path, "SELECT available FROM account")
    assert_books_are_right(path)
