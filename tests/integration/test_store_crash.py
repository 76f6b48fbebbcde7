"""Real processes on one database: beside each other, killed, out of disk, and cut off."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from retention_sdk.errors import StorageError
from retention_sdk.loyalty import PointsLedger, Program, Rate
from retention_sdk.model import Money, Order, OrderLine, OrderPaid
from retention_sdk.storage import Store, open_store
from retention_sdk.storage.migrate import REVISIONS
from tests.processes import kill
from tests.proxy import cutting_proxy

WORKER = Path(__file__).with_name("ledger_worker.py")
ROOT = Path(__file__).parents[2]
KEY = bytes(range(32))
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PROGRAM = Program(rates={"EUR": Rate(points=1, per_minor=100)})
SOAK = bool(os.environ.get("RETENTION_SOAK"))
KILLS = 200 if SOAK else 20
PROCESSES = 8 if SOAK else 3


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, path: Path) -> str:
    """The address of a database that nobody opened yet."""
    if request.param == "sqlite":
        return f"sqlite:///{path}"
    return request.getfixturevalue("postgres").database(is_empty=True)


def start(url: str, command: str, names: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(WORKER), command, url, *names],
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


def query(url: str, sql: str) -> list[tuple]:
    if url.startswith("postgresql"):
        with psycopg.connect(url) as connection:
            return connection.execute(sql).fetchall()
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def wait_until_alone(url: str) -> None:
    """Wait until the server noticed that a killed process is gone, and undid or finished its work."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    end = time.monotonic() + 120
    while url.startswith("postgresql") and query(url, others) != [(1,)]:
        assert time.monotonic() < end
        time.sleep(0.01)


def assert_books_are_right(url: str) -> None:
    with open_store(url, key=KEY) as store, store.reading() as connection:
        assert () == PointsLedger(store, PROGRAM).verify(connection).findings
    if url.startswith("sqlite"):
        assert [("ok",)] == query(url, "PRAGMA integrity_check")


def test_processes_that_open_a_new_store_at_once_all_get_it(url):
    finish([start(url, "open", []) for _ in range(PROCESSES)])

    assert [(REVISIONS[-1],)] == query(url, "SELECT version_num FROM alembic_version")
    assert [(1,)] == query(url, "SELECT count(*) FROM meta")


def test_processes_that_post_at_once_lose_and_repeat_nothing(url):
    """Each has orders of its own and all have some in common, in different order."""
    shared = [f"shared{n}" for n in range(20)]
    workers = []
    for worker in range(PROCESSES):
        names = shared + [f"own{worker}-{n}" for n in range(20)]
        random.Random(worker).shuffle(names)
        workers.append(start(url, "earn", names))
    lines = finish(workers)

    acknowledged = Counter(name for output in lines for name in output if "again" not in name)
    orders = 20 + 20 * PROCESSES
    assert {1} == set(acknowledged.values())
    assert orders == len(acknowledged)
    assert [(orders * 10,)] == query(url, "SELECT available FROM account")
    assert_books_are_right(url)


def test_processes_that_spend_at_once_get_exactly_what_there_is(url):
    """L6: from 200 points, 30 at a time, 6 redemptions succeed, whoever asks."""
    finish([start(url, "earn", [f"o{n}" for n in range(20)])])
    workers = [
        start(url, "spend", [f"{worker}-{n}" for n in range(10)]) for worker in range(PROCESSES)
    ]
    lines = [line for output in finish(workers) for line in output]

    assert 6 == len([line for line in lines if not line.startswith("refused")])
    assert 10 * PROCESSES - 6 == len([line for line in lines if line.startswith("refused")])
    assert [(20, 0, 0)] == query(url, "SELECT available, held, debt FROM account")
    assert_books_are_right(url)


def test_a_killed_process_loses_nothing_it_acknowledged_and_repeats_nothing(url):
    names = [f"o{n}" for n in range(20 * KILLS)]
    acknowledged: list[str] = []
    for seed in range(KILLS if url.startswith("sqlite") else KILLS // 4):
        moment = random.Random(seed)
        left = [name for name in names if name not in set(acknowledged)]
        worker = start(url, "earn", left)
        lines = [worker.stdout.readline() for _ in range(moment.randint(1, 15))]
        time.sleep(moment.random() * 0.02)  # somewhere within a piece of work
        lines += kill(worker).splitlines(keepends=True)
        done = [line.strip() for line in lines if line.endswith("\n")]
        acknowledged += [line.removeprefix("again:") for line in done]
        wait_until_alone(url)

        assert_books_are_right(url)
        assert_work_is_whole(url, acknowledged)

    finish([start(url, "earn", names)])
    assert [(10 * len(names),)] == query(url, "SELECT available FROM account")
    assert_books_are_right(url)


def assert_work_is_whole(url: str, acknowledged: list[str]) -> None:
    """Event done, stage recorded and points posted go together; acknowledged means all three."""
    done = query(url, "SELECT id FROM event WHERE state = 'done' ORDER BY id")
    staged = query(url, "SELECT event_id FROM stage ORDER BY event_id")
    posted = query(
        url, "SELECT replace(cause_id, 'shop:', 'e:') FROM txn WHERE kind = 'earn' ORDER BY 1"
    )
    assert done == staged == posted
    assert {f"e:{name}" for name in acknowledged} <= {event for (event,) in done}
    # At most one piece of work per kill was committed but not acknowledged any more.
    assert len(done) - len(set(acknowledged)) <= 1


def test_a_full_disk_is_a_clean_error_and_work_goes_on_when_there_is_room(path):
    url = f"sqlite:///{path}"
    names = [f"o{n}" for n in range(200)]
    worker = start(url, "starve", names)
    output, errors = worker.communicate()
    assert "" == errors
    lines = output.splitlines()

    full = next(line for line in lines if line.startswith("full:"))
    assert "disk" in full
    assert 1 < lines.index(full) < len(names)  # it worked before, and stopped before the end
    assert "clean:True" == lines[lines.index(full) + 1]
    assert [(2000,)] == query(url, "SELECT available FROM account")
    assert_books_are_right(url)


def paid(order_id: str, points: int = 10) -> OrderPaid:
    price = Money(minor=points * 100, currency="EUR")
    line = OrderLine(id="l", title="Tea", quantity=1, unit_price=price, total=price)
    order = Order(
        id=order_id, number="1", placed_at=NOW, currency="EUR", total=price, lines=(line,)
    )
    return OrderPaid(id=f"e:{order_id}", shop_id="shop", occurred_at=NOW, order=order)


def earn(store: Store, order_id: str) -> bool:
    """Post the points of one order; return whether they are new."""
    ledger = PointsLedger(store, PROGRAM)
    with store.begin() as connection:
        owner = store.subjects.subject_for(connection, "shop", "id:ada", now=NOW)
        return ledger.earn(connection, paid(order_id), subject_id=owner, now=NOW).is_new


def earn_until_full(store: Store) -> int:
    """Post orders until the database refuses to grow; return how many there are."""
    for number in range(1, 10_000):
        try:
            earn(store, f"o{number}")
        except StorageError as error:
            if "full" not in str(error):
                raise
            return number
    raise AssertionError("the database grew without end")


def balance(store: Store) -> int:
    with store.reading() as connection:
        owner = store.subjects.find(connection, "shop", "id:ada")
        assert () == PointsLedger(store, PROGRAM).verify(connection).findings
        return PointsLedger(store, PROGRAM).balance(connection, owner, now=NOW).balance


def test_a_database_that_may_not_grow_is_a_clean_error_and_goes_on_when_it_may(path):
    with open_store(f"sqlite:///{path}", key=KEY) as store:
        earn(store, "o0")
        with store.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 10}")
        done = earn_until_full(store)
        assert 1 < done
        assert 10 * done == balance(store)
        with store.reading() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
        assert all(earn(store, f"o{n}") for n in range(done, done + 20))

        assert 10 * (done + 20) == balance(store)
    assert_books_are_right(f"sqlite:///{path}")


@pytest.mark.parametrize("direction", ["request", "answer"])
def test_a_connection_that_is_cut_anywhere_loses_and_repeats_nothing(postgres, direction):
    """Cut after every so many bytes, in either direction: also between a commit and its answer."""
    url = postgres.database(KEY)
    name = url.rpartition("/")[2]
    cuts = done = 0
    with (
        cutting_proxy(postgres.port) as proxy,
        open_store(postgres.url(name, port=proxy.port), key=KEY) as store,
    ):
        earn(store, "o0")  # so that what follows differs by where it is cut only
        step = 97 if SOAK else 997
        for number in range(1, 25):
            proxy.cut_after(direction, number * step)
            try:
                earn(store, f"o{number}")
            except StorageError:
                cuts += 1
            proxy.heal()
            earn(store, f"o{number}")
            done += 1
        total = balance(store)

    assert cuts >= 3
    assert 10 * (done + 1) == total
    assert [(done + 1,)] == query(url, "SELECT count(*) FROM txn WHERE kind = 'earn'")
    assert_books_are_right(url)
