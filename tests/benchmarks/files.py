"""Rows of an export per second and the memory that takes, beside readers that check nothing.

Run with `python tests/benchmarks/files.py [ROWS [READER…]]`, for example 10_000_000 dict by-line; all
readers and 200,000 rows by default. Each reader runs in a process of its own, on the same file, one after the other; rates are
of processor time, so that a busy machine does not count. The peers yield texts: `csv.DictReader` a
dictionary for each row, polars whole columns, in batches and on all processors. Ours yields checked
orders (amounts, moments, addresses, one currency, no line lost), after a first look over all
identifiers. The adapter `file` makes the same orders and holds them all, of at most 64 MiB.
"""

from __future__ import annotations

import csv
import importlib.util
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

HEAD = (
    "order_id,placed_at,paid_at,currency,total,given_name,family_name,email,"
    "ship_street,ship_postcode,ship_city,ship_country,title,quantity,unit_price,sku\n"
)
FIRST = (
    "{0},2026-11-20T10:00:00+01:00,2026-11-20T10:01:00+01:00,EUR,38.90,Ada,Muster,{0}@mail.example,"
    "Testgasse 1,1010,Wien,AT,Bowl,2,15.00,BOWL-1\n"
)
SECOND = "{0},,,,,,,,,,,,Cup,1,8.90,CUP-1\n"
WHOLE_MAX = 64 * 1024 * 1024


def write(path: Path, rows: int, *, is_by_line: bool) -> None:
    """Write orders of one row each, or of two."""
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD)
        for number in range(rows // 2 if is_by_line else rows):
            file.write(FIRST.format(number))
            if is_by_line:
                file.write(SECOND.format(number))


def plain_lines(path: str) -> int:
    with Path(path).open("rb") as file:
        return sum(1 for _ in file) - 1


def dict_reader(path: str) -> int:
    with Path(path).open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.DictReader(file))


def polars_batches(path: str) -> int:
    import polars as pl  # type: ignore[import-not-found] # a peer, installed by `make bench`

    frame = pl.scan_csv(path, infer_schema=False)
    return sum(batch.height for batch in frame.collect_batches())


def polars_rows(path: str) -> int:
    """As above, with a dictionary for each row: what a program that goes on in Python needs."""
    import polars as pl

    batches = pl.scan_csv(path, infer_schema=False).collect_batches()
    return sum(1 for batch in batches for _ in batch.iter_rows(named=True))


def whole_file(path: str) -> int:
    from retention_sdk.adapters.orders_file import OrdersFileAdapter

    adapter = OrdersFileAdapter.from_config({"path": path}, shop_id="bench")
    return sum(len(order.lines) for order in list(adapter.fetch_orders()))


def _files(path: str, rows: str) -> int:
    from retention_files.adapter import FilesAdapter

    values = {"path": path, "mapping": {"preset": "retention", "rows": rows}, "rejects": False}
    pages = FilesAdapter.from_config(values, shop_id="bench").order_pages()
    return sum(len(order.lines) for page in pages for order in page.items)


def files_orders(path: str) -> int:
    return _files(path, "orders")


def files_lines(path: str) -> int:
    return _files(path, "lines")


READERS: dict[str, tuple[str, Callable[[str], int]]] = {
    "lines": ("lines of bytes, nothing read", plain_lines),
    "dict": ("csv.DictReader", dict_reader),
    "batches": ("polars, columns in batches", polars_batches),
    "rows": ("polars, a dictionary a row", polars_rows),
    "whole": ("adapter file, all in memory", whole_file),
    "orders": ("retention-files, a row an order", files_orders),
    "by-line": ("retention-files, two rows an order", files_lines),
}


def readers(size: int, asked: Sequence[str]) -> Iterator[str]:
    """Name the readers that were asked for and can read a file of that size here."""
    for name in asked or READERS:
        is_here = name not in {"batches", "rows"} or importlib.util.find_spec("polars")
        if is_here and (name != "whole" or size <= WHOLE_MAX):
            yield name


def read(name: str, path: str) -> None:
    """Read a file; print rows, seconds of all processors, of the clock, and MiB."""
    begun, clock = sum(os.times()[:2]), time.perf_counter()
    rows = READERS[name][1](path)
    taken = sum(os.times()[:2]) - begun
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(rows, taken, time.perf_counter() - clock, memory)


def main(rows: int, asked: Sequence[str]) -> None:
    print(f"Python {platform.python_version()}, {rows:,} rows")
    print(f"{'':36}{'rows/s':>12}{'of DictReader':>15}{'clock':>9}{'MiB':>7}")
    rate_of_peer = 0.0
    with tempfile.TemporaryDirectory() as folder:
        single, double = Path(folder, "orders.csv"), Path(folder, "lines.csv")
        write(single, rows, is_by_line=False)
        write(double, rows, is_by_line=True)
        for name in readers(single.stat().st_size, asked):
            path = double if name == "by-line" else single
            command = [sys.executable, __file__, "read", name, str(path)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            count, taken, clock, memory = map(float, done.stdout.split())
            if count != rows:
                raise SystemExit(f"{name} read {count:.0f} of {rows} rows")
            rate = rows / taken
            rate_of_peer = rate if name == "dict" else rate_of_peer
            share = f"1 : {rate_of_peer / rate:.1f}" if rate_of_peer else ""
            print(f"{READERS[name][0]:36}{rate:12,.0f}{share:>15}{clock:8.1f}s{memory:7.0f}")
            sys.stdout.flush()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["read", name, path]:
            read(name, path)
        case [rows, *asked]:
            main(int(rows), asked)
        case _:
            main(200_000, ())
