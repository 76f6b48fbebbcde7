"""Rows of CSV and lines of JSON, one at a time, each with the place behind it."""

from __future__ import annotations

import csv
import json
from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

from .cells import Literal
from .text import LINE_BYTES_MAX, Line

_DELIMITERS = ",;\t|"
_BROKEN = "bytes that are no text; is encoding in the mapping that of the file?"


class Record(NamedTuple):
    """One row: its number, its cells, its bytes, and the offset behind it.

    ``problem`` says why it has no cells; it quotes nothing of the row.
    """

    row: int
    cells: Any
    raw: bytes
    end: int
    problem: str = ""


def guess_delimiter(heading: str) -> str:
    """Return the sign that separates most names outside quotation marks; a comma if none does."""
    outside = "".join(heading.split('"')[::2])
    return max(_DELIMITERS, key=outside.count)


def read_csv(lines: Iterator[Line], *, delimiter: str, quote: str, row: int) -> Iterator[Record]:
    """Yield the records of CSV; ``row`` is the number of the first, as a spreadsheet counts.

    A record that cannot be read costs one line: reading goes on in the next.
    """
    feed = _Feed(lines)
    options: dict[str, Any] = {"delimiter": delimiter, "quotechar": quote, "strict": True}
    reader = csv.reader(feed, **options)
    while True:
        feed.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooLong):
            first = feed.put_back()
            reader = csv.reader(feed, **options)
            problem = "a quotation mark that is not closed, or a cell that is too long"
            yield Record(row, (), first.raw, first.end, problem)
        else:
            yield _record(row, cells, feed.taken)
        row += 1


def _record(row: int, cells: list[str], taken: list[Line]) -> Record:
    if len(taken) == 1:
        ((_, raw, end, is_broken),) = taken
        return Record(row, cells, raw, end, _BROKEN if is_broken else "")
    problem = _BROKEN if any(line.is_broken for line in taken) else ""
    return Record(row, cells, b"".join(line.raw for line in taken), taken[-1].end, problem)


class _TooLong(Exception):  # noqa: N818 - a signal inside this file
    """A record has more bytes than any row of a shop."""


class _Feed:
    """Hands lines to a CSV reader, and remembers those of the record that is being read."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self.taken: list[Line] = []
        self._lines = lines
        self._again: deque[Line] = deque()
        self._bytes = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        taken = self.taken
        self._bytes = self._bytes + len(line.raw) if taken else len(line.raw)
        taken.append(line)
        if self._bytes > LINE_BYTES_MAX:
            raise _TooLong
        return line.text

    def put_back(self) -> Line:
        """Return the first line of the record, and let all others be read again."""
        first, *rest = self.taken
        self._again.extendleft(reversed(rest))
        return first


def read_json_lines(lines: Iterator[Line], *, row: int) -> Iterator[Record]:
    """Yield the objects of lines of JSON; empty lines are counted and passed over."""
    for number, line in enumerate(lines, start=row):
        if not line.raw.strip(b" \t\r\n\x00"):
            continue
        cells, problem = (None, _BROKEN) if line.is_broken else _object(line.text)
        yield Record(number, cells, line.raw, line.end, problem)


def _object(text: str) -> tuple[Any, str]:
    try:
        found = json.loads(
            text, parse_float=Literal, parse_int=Literal, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        return None, "not JSON"
    return (found, "") if isinstance(found, dict) else (None, "not a JSON object")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
