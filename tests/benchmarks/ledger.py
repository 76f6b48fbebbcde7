"""What a point costs: durable earns and redemptions beside the disk's own speed and pgbench.

Run with `python tests/benchmarks/ledger.py`. SQLite is compared with appending and fsyncing 4 KiB
on the same disk, PostgreSQL with pgbench's TPC-B-like transaction on the same server, one client
each, in the same run. `POSTINGS=10000000` measures balances in a ledger of that size; the default
is smaller. Earns and redemptions are committed one by one with full durability.

`HISTORY` orders are imported in chunks and compared with a bare `executemany` of the very rows they
make, into the same tables, in commits of the same size; both in turn, three times. The time on the
wall is also that of other processes, so the time of the processor is printed beside it.
"""

from __future__ import annotations

import gc
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from retention_sdk.loyalty import PointsLedger, Program, Rate
from retention_sdk.loyalty.importing import CHUNK, PastOrder, import_history
from retention_sdk.model import Money, Order, OrderLine, OrderPaid
from retention_sdk.storage import Store, open_store
from retention_sdk.storage.tables import to_microseconds

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.postgres import Cluster, is_installed, program, running_cluster

POSTINGS = int(os.environ.get("POSTINGS", "1000000"))
OPERATIONS = int(os.environ.get("OPERATIONS", "300"))
HISTORY = int(os.environ.get("HISTORY", "20000"))
CUSTOMERS = 50
SECONDS = 5
FILLED_AT_ONCE = 1000
KEY = bytes(32)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SOON = NOW + timedelta(days=1)
PROGRAM = Program(rates={"EUR": Rate(points=1, per_minor=100)})


def paid(number: int) -> OrderPaid:
    price = Money(minor=10_000, currency="EUR")
    line = OrderLine(id="l", title="Tea", quantity=1, unit_price=price, total=price)
    order = Order(
        id=f"o{number}", number="1", placed_at=NOW, currency="EUR", total=price, lines=(line,)
    )
    return OrderPaid(id=f"e{number}", shop_id="shop", occurred_at=NOW, order=order)


def rate_of(work: Callable[[int], object], count: int) -> float:
    """Return how often a second something is done."""
    start = time.perf_counter()
    for number in range(count):
        work(number)
    return count / (time.perf_counter() - start)


def fsync_rate(folder: Path) -> float:
    """Return how often 4 KiB can be appended and made durable in a second."""
    block = bytes(4096)
    with (folder / "raw").open("wb", buffering=0) as file:

        def append(_: int) -> None:
            file.write(block)
            os.fsync(file.fileno())

        return rate_of(append, OPERATIONS)


def ledger_rates(store: Store) -> tuple[float, float]:
    """Return earns and redemptions a second, each in a commit of its own."""
    ledger = PointsLedger(store, PROGRAM)
    with store.begin() as connection:
        owners = [
            store.subjects.subject_for(connection, "shop", f"id:{n}", now=NOW)
            for n in range(CUSTOMERS)
        ]
    events = [paid(number) for number in range(OPERATIONS)]

    def earn(number: int) -> None:
        owner = owners[number % CUSTOMERS]
        with store.begin() as connection:
            ledger.earn(connection, events[number], subject_id=owner, now=NOW)

    def redeem(number: int) -> None:
        owner, key = owners[number % CUSTOMERS], f"r{number}"
        with store.begin() as connection:
            held = ledger.holds.place(connection, owner, 10, key=key, now=NOW, expires_at=SOON)
            ledger.holds.capture(connection, held.hold_id, key=f"{key}:c", now=NOW)

    rates = rate_of(earn, OPERATIONS), rate_of(redeem, OPERATIONS)
    with store.reading() as connection:
        assert ledger.verify(connection).is_clean
    return rates


class Speed(NamedTuple):
    """Things a second, by the clock on the wall and by that of the processor."""

    wall: float
    processor: float


def speed_of(work: Callable[[], object], count: int) -> Speed:
    gc.collect()
    gc.freeze()  # what was made before is not looked at again and again
    wall, processor = time.perf_counter(), time.process_time()
    work()
    found = Speed(count / (time.perf_counter() - wall), count / (time.process_time() - processor))
    gc.unfreeze()
    return found


def import_speed(store: Store) -> Speed:
    """Return how many past orders, four to a customer, are imported in a second."""
    ledger = PointsLedger(store, PROGRAM)
    people = max(1, HISTORY // 4)
    with store.begin() as connection:
        owners = [
            store.subjects.subject_for(connection, "shop", f"id:{n}", now=NOW)
            for n in range(people)
        ]
    orders = [PastOrder(paid(n), owners[n % people]) for n in range(HISTORY)]
    speed = speed_of(lambda: import_history(store, ledger, orders, now=NOW), HISTORY)
    with store.reading() as connection:
        verified = ledger.verify(connection)
    assert (HISTORY, ()) == (verified.txns_count, verified.findings)
    return speed


def bare_speed(filled: Path, empty: Path) -> Speed:
    """Return how many orders' rows `executemany` alone writes in a second."""
    with sqlite3.connect(filled) as source:
        tables = ("subject", "program", "rule_version", "account")
        before = {each: source.execute(f"SELECT * FROM {each}").fetchall() for each in tables}
        chunks = list(rows_of_import(source))
    target = sqlite3.connect(empty, isolation_level=None)
    for pragma in ("foreign_keys = ON", "secure_delete = ON", "synchronous = FULL"):
        target.execute(f"PRAGMA {pragma}")
    for table, rows in before.items():
        write(target, table, rows)

    def run() -> None:
        for chunk in chunks:
            target.execute("BEGIN IMMEDIATE")
            for table, rows in chunk:
                write(target, table, rows)
            target.execute("COMMIT")

    speed = speed_of(run, HISTORY)
    target.close()
    return speed


def rows_of_import(source: sqlite3.Connection) -> Iterator[list[tuple[str, list[Any]]]]:
    """Yield what an import wrote, in chunks of as many orders as it committed at once."""
    found = source.execute("SELECT id FROM txn ORDER BY rowid").fetchall()
    names = [name for (name,) in found]
    for start in range(0, len(names), CHUNK):
        part = names[start : start + CHUNK]
        marks = ",".join("?" * len(part))
        yield [
            (
                table,
                source.execute(f"SELECT * FROM {table} WHERE {key} IN ({marks})", part).fetchall(),
            )
            for table, key in (("lot", "id"), ("txn", "id"), ("posting", "txn_id"))
        ]


def write(target: sqlite3.Connection, table: str, rows: list[Any]) -> None:
    if rows:
        marks = ",".join("?" * len(rows[0]))
        target.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def print_imports(folder: Path) -> None:
    for turn in range(3):
        filled, empty = folder / f"import{turn}.db", folder / f"bare{turn}.db"
        with open_store(f"sqlite:///{filled}", key=KEY) as store:
            imported = import_speed(store)
        open_store(f"sqlite:///{empty}", key=KEY).close()
        bare = bare_speed(filled, empty)
        print(
            f"SQLite: earns imported {imported.wall:8,.0f}/s ({imported.processor:,.0f} of the "
            f"processor)  bare executemany {bare.wall:8,.0f}/s ({bare.processor:,.0f})  "
            f"{imported.wall / bare.wall:.2f} ({imported.processor / bare.processor:.2f})"
        )


def pgbench_rate(cluster: Cluster) -> float:
    """Return TPC-B-like transactions a second of one client, by pgbench itself."""
    name = cluster.database(is_empty=True).rpartition("/")[2]
    common = ["-h", "127.0.0.1", "-p", str(cluster.port), "-U", "retention"]
    subprocess.run(
        [program("pgbench"), *common, "-i", "-q", "-s", "1", name], check=True, capture_output=True
    )
    command = [program("pgbench"), *common, "-c", "1", "-T", str(SECONDS), name]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"tps = ([\d.]+) \(without", output)
    assert found, output
    return float(found.group(1))


def fill(path: Path, postings: int, *, first: int) -> None:
    """Add accounts of ten earns each; their chains are left out, as nobody reads them here."""
    people = postings // 20
    target = sqlite3.connect(path, isolation_level=None)
    target.execute("PRAGMA synchronous = OFF")  # what is measured afterwards only reads
    for start in range(0, people, FILLED_AT_ONCE):
        numbers = range(first + start, first + min(start + FILLED_AT_ONCE, people))
        target.execute("BEGIN IMMEDIATE")
        for table, columns, rows in rows_of(numbers):
            marks = ",".join("?" * len(columns.split(",")))
            target.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
        target.execute("COMMIT")
    target.close()


def rows_of(numbers: range) -> Iterator[tuple[str, str, list[tuple[Any, ...]]]]:
    at = to_microseconds(NOW)
    ids = [f"f{number:010d}" for number in numbers]
    lots = [(i, f"{i}.{n}", n) for i in ids for n in range(10)]
    people = "id, shop_id, wrapped_key, created_at"
    yield "subject", people, [(i, "shop", b"-", at) for i in ids]
    held = "id, program_id, subject_id, available"
    yield "account", held, [(i, "points", i, 1000) for i in ids]
    lot = "id, account_id, earned, available, matures_at, rule_breakdown, source_order"
    yield "lot", lot, [(name, i, 100, 100, at, "{}", name) for i, name, _ in lots]
    said = "id, program_id, account_id, sequence, kind, idem_key, fingerprint, cause_type, cause_id"
    said += ", policy_version, occurred_at, recorded_at, actor, body, prev_hash, hash"
    rest = ("", at, at, "", "{}", "", "")
    txns = [(name, "points", i, n, "earn", name, "", "order", name, *rest) for i, name, n in lots]
    yield "txn", said, txns
    moves = (("issued", "pending"), ("pending", "available"))
    moved = "txn_id, seq, src, dst, amount, lot_id"
    postings = [
        (name, seq, src, dst, 100, name)
        for _, name, _ in lots
        for seq, (src, dst) in enumerate(moves)
    ]
    yield "posting", moved, postings


def balance_ms(store: Store) -> float:
    """Return the median of the time one balance takes, in milliseconds."""
    ledger = PointsLedger(store, PROGRAM)
    with store.reading() as connection:
        owner = store.subjects.find(connection, "shop", "id:0")
        assert owner
        times = []
        for _ in range(500):
            start = time.perf_counter()
            ledger.balance(connection, owner, now=NOW)
            times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raw = fsync_rate(folder)
        print(f"raw append and fsync of 4 KiB   {raw:10,.0f}/s")
        with open_store(f"sqlite:///{folder}/shop.db", key=KEY) as store:
            earns, redemptions = ledger_rates(store)
            print(f"SQLite: durable earns           {earns:10,.0f}/s  {earns / raw:5.2f} of raw")
            print(
                f"SQLite: durable redemptions     {redemptions:10,.0f}/s  "
                f"{redemptions / raw:5.2f} of raw"
            )
            print_imports(folder)
            size = 0
            for wanted in (POSTINGS // 100, POSTINGS // 10, POSTINGS):
                fill(folder / "shop.db", wanted - size, first=size)
                size = wanted
                print(f"SQLite: a balance among {size:>12,} postings  {balance_ms(store):.3f} ms")
    if not is_installed():
        print("PostgreSQL is not installed here; its part is left out")
        return
    with running_cluster(settings=()) as cluster:
        bench = pgbench_rate(cluster)
        print(f"pgbench TPC-B-like, one client  {bench:10,.0f}/s")
        with open_store(cluster.database(KEY), key=KEY) as store:
            earns, redemptions = ledger_rates(store)
        print(f"PostgreSQL: durable earns       {earns:10,.0f}/s  {earns / bench:5.2f} of pgbench")
        print(
            f"PostgreSQL: durable redemptions {redemptions:10,.0f}/s  "
            f"{redemptions / bench:5.2f} of pgbench"
        )


if __name__ == "__main__":
    main()
