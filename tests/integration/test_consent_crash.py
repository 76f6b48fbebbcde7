"""Real processes on one chain of consents: beside each other, and killed while they write."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from retention_sdk.storage import open_store
from tests.processes import kill

WORKER = Path(__file__).with_name("consent_worker.py")
ROOT = Path(__file__).parents[2]
KEY = bytes(range(32))
SOAK = bool(os.environ.get("RETENTION_SOAK"))
KILLS, PROCESSES, ANSWERS = (100, 8, 200) if SOAK else (3, 3, 25)


def start(path, names):
    return subprocess.Popen(
        [sys.executable, str(WORKER), f"sqlite:///{path}", *names],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def chain_of(path):
    """Return the check of the chain, and what was recorded in it, in order."""
    with open_store(f"sqlite:///{path}", key=KEY) as store, store.reading() as connection:
        report = store.consents.verify(connection, "shop")
        recorded = [
            each.consent.source
            for each in store.consents.ledger(connection, "shop")
            if each.consent
        ]
    return report, recorded


def test_processes_that_record_at_once_never_fork_the_chain(tmp_path):
    """Each records answers of its own, and all record the same ones in another order."""
    path = tmp_path / "shop.db"
    shared = [f"shared{number}" for number in range(ANSWERS)]
    workers = []
    for worker in range(PROCESSES):
        names = [*shared, *(f"own{worker}-{number}" for number in range(ANSWERS))]
        random.Random(worker).shuffle(names)
        workers.append(start(path, names))
    errors = [worker.communicate()[1] for worker in workers]

    report, recorded = chain_of(path)
    assert [""] * PROCESSES == errors
    assert report.is_whole
    assert ANSWERS * (PROCESSES + 1) == report.records_count == len(set(recorded))


def test_a_process_killed_while_it_writes_leaves_a_chain_that_verifies(tmp_path):
    path, acknowledged = tmp_path / "shop.db", []
    names = [f"answer{number}" for number in range(ANSWERS * KILLS)]
    for seed in range(KILLS):
        chance = random.Random(seed)
        worker = start(path, [name for name in names if name not in acknowledged])
        lines = [worker.stdout.readline() for _ in range(chance.randint(1, 15))]
        time.sleep(chance.random() * 0.02)  # somewhere within a commit
        lines += kill(worker).splitlines(keepends=True)
        acknowledged += [line.strip() for line in lines if line.endswith("\n")]

        report, recorded = chain_of(path)
        assert () == report.findings
        assert set(acknowledged) <= set(recorded)
        assert len(recorded) == len(set(recorded)) == report.records_count

    last = start(path, names)
    assert "" == last.communicate()[1]
    report, recorded = chain_of(path)
    assert (True, len(names)) == (report.is_whole, len(set(recorded)))
