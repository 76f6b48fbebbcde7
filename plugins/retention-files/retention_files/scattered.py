"""Finds orders whose rows do not follow each other, in memory that does not grow with the file."""

from __future__ import annotations

import heapq
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from typing import IO

SCATTERED_MAX = 10_000
"""More orders than that are no mistake of a few rows: the file is not sorted."""
RUN = 100_000
_AT_ONCE = 4096


def repeated_hashes(names: Iterable[str]) -> set[int]:
    """Return the hashes that occur more than once, all of them and rarely one too many.

    Hashes are sorted in runs on the disk and merged: 8 bytes for each name, none of them in memory.
    """
    with tempfile.TemporaryFile() as file:
        runs = _write_runs(map(hash, names), file)
        return _repeated(heapq.merge(*(_read_run(file, start, end) for start, end in runs)))


def repeated_names(names: Iterable[str], hashes: set[int]) -> set[str]:
    """Return which names of those hashes occur more than once, exactly."""
    seen: set[str] = set()
    again: set[str] = set()
    for name in names:
        if hash(name) in hashes:
            (again if name in seen else seen).add(name)
    return again


def _write_runs(hashes: Iterator[int], file: IO[bytes]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    batch: list[int] = []
    for each in hashes:
        batch.append(each)
        if len(batch) == RUN:
            runs.append(_write(batch, file))
            batch = []
    return [*runs, _write(batch, file)] if batch else runs


def _write(batch: list[int], file: IO[bytes]) -> tuple[int, int]:
    start = file.tell()
    file.write(array("q", sorted(batch)).tobytes())
    return start, file.tell()


def _read_run(file: IO[bytes], start: int, end: int) -> Iterator[int]:
    while start < end:
        file.seek(start)
        part = array("q")
        part.frombytes(file.read(min(_AT_ONCE * part.itemsize, end - start)))
        start += len(part) * part.itemsize
        yield from part


def _repeated(ordered: Iterable[int]) -> set[int]:
    found: set[int] = set()
    before: int | None = None
    for each in ordered:
        if each == before:
            found.add(each)
        before = each
        if len(found) > SCATTERED_MAX:
            break
    return found
