"""An export on the disk: opened, its encoding and heading found, its rows from any place on."""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, cast

from retention_sdk.errors import PayloadError, PlatformError

from .form import Form, for_heading, for_objects
from .mapping import Mapping
from .records import Record, guess_delimiter, read_csv, read_json_lines
from .text import NotText, detect, read_lines

_HEAD_BYTES = 4096
_HEADING_ROW_MAX = 20
_FORMATS = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_DAMAGED = (EOFError, OSError, zlib.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An open export.

    ``start`` is the offset of the first row, ``first_row`` its number; ``titles`` are empty and
    ``delimiter`` too where rows are lines of JSON. ``heading`` are the bytes before the first row.
    ``identity`` changes with the file and with the mapping.
    """

    file: BinaryIO = field(repr=False)
    mapping: Mapping
    name: str
    encoding: str
    identity: str
    written_at: datetime
    delimiter: str = ""
    titles: tuple[str, ...] = ()
    start: int = 0
    first_row: int = 1
    heading: bytes = field(default=b"", repr=False)

    @property
    def is_csv(self) -> bool:
        """Whether it has a heading and cells."""
        return bool(self.delimiter)

    def form(self) -> Form:
        """Return how to get fields out of its rows.

        Raises:
            PayloadError: the mapping names a column that the file does not have.
        """
        if self.is_csv:
            return for_heading(self.mapping, self.titles, name=self.name)
        return for_objects(self.mapping, name=self.name)

    def records(self, offset: int = 0, row: int = 0) -> Iterator[Record]:
        """Yield its rows, all by default, or those from a place on that an earlier one ended at.

        Empty rows are counted, and passed over.

        Raises:
            PayloadError: a line is too long for a row, or compressed bytes are damaged.
        """
        offset, row = (offset, row) if offset else (self.start, self.first_row)
        with _explained(self.name):
            lines = read_lines(self.file, self.encoding, offset)
            if not self.is_csv:
                yield from read_json_lines(lines, row=row)
                return
            width, quote = len(self.titles), self.mapping.quote
            for record in read_csv(lines, delimiter=self.delimiter, quote=quote, row=row):
                if record.problem or (len(record.cells) == width and any(record.cells)):
                    yield record
                elif any(map(str.strip, record.cells)):
                    yield _fitted(record, width)


def _fitted(record: Record, width: int) -> Record:
    """Return a row without empty cells behind the last column, or with what is wrong with it."""
    cells, rest = record.cells[:width], record.cells[width:]
    if len(cells) == width and not any(map(str.strip, rest)):
        return record._replace(cells=cells)
    return record._replace(problem=f"{len(record.cells)} cells, but the heading has {width}")


@contextmanager
def open_source(path: Path, mapping: Mapping, *, name: str) -> Iterator[Source]:
    """Open an export and read its heading.

    Raises:
        PlatformError: the file cannot be opened.
        PayloadError: it has no heading, or is of a kind that is not read.
    """
    try:
        raw = path.open("rb")
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise PlatformError(message, adapter=name, retryable=False) from None
    with raw, _in_the_file(path.name, name):
        kind = mapping.format or _format_of(path, name)
        file = _unpacked(raw) if path.suffix.lower() == ".gz" else raw
        with _explained(name):
            source = _begun(file, os.fstat(raw.fileno()), mapping, name)
            source = source if kind == "jsonl" else _with_heading(source, kind)
        yield source


def _unpacked(raw: BinaryIO) -> BinaryIO:
    # The gzip module reads slowly by the line; a buffer around it does not.
    packed = cast("io.RawIOBase", gzip.GzipFile(fileobj=raw))
    return cast("BinaryIO", io.BufferedReader(packed, 1 << 16))


def _format_of(path: Path, name: str) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    found = _FORMATS.get(suffixes[-1] if suffixes else "")
    if not found:
        known = ", ".join(_FORMATS)
        message = f"its name ends in none of {known} (.gz too); set format in the mapping"
        raise PayloadError(message, adapter=name)
    return found


def _begun(file: BinaryIO, stat: os.stat_result, mapping: Mapping, name: str) -> Source:
    head = file.read(_HEAD_BYTES)
    encoding, mark = detect(head, mapping.encoding)
    named = f"{stat.st_size} {stat.st_mtime_ns} {mapping.model_dump_json()}".encode()
    # Copied or moved into place counts as written: it is new here.
    written = max(stat.st_mtime, stat.st_ctime)
    return Source(
        file=file,
        mapping=mapping,
        name=name,
        encoding=encoding,
        identity=sha256(named + head).hexdigest()[:16],
        written_at=datetime.fromtimestamp(written, UTC),
        start=mark,
        heading=head[:mark],
    )


def _with_heading(source: Source, kind: str) -> Source:
    delimiter = "\t" if kind == "tsv" else source.mapping.delimiter or _delimiter_of(source)
    lines = read_lines(source.file, source.encoding, source.start)
    quote = source.mapping.quote
    for record in read_csv(lines, delimiter=delimiter, quote=quote, row=1):
        titles = [] if record.problem else [cell.strip() for cell in record.cells]
        if record.problem or record.row > _HEADING_ROW_MAX:
            break
        if any(titles):
            source.file.seek(0)
            return replace(
                source,
                delimiter=delimiter,
                titles=tuple(titles[: max(at for at, title in enumerate(titles, 1) if title)]),
                start=record.end,
                first_row=record.row + 1,
                heading=source.file.read(record.end),
            )
    raise PayloadError("the first rows are no heading; is the encoding right?", adapter=source.name)


def _delimiter_of(source: Source) -> str:
    lines = read_lines(source.file, source.encoding, source.start)
    return next((guess_delimiter(line.text) for line in lines if _has_words(line.text)), ",")


def _has_words(text: str) -> bool:
    return any(char.isalnum() for char in text)


@contextmanager
def _explained(name: str) -> Iterator[None]:
    try:
        yield
    except NotText:
        message = "a line is longer than 1 MiB: is it CSV or lines of JSON?"
        raise PayloadError(message, adapter=name) from None
    except _DAMAGED:
        raise PayloadError("the file cannot be read to its end", adapter=name) from None


@contextmanager
def _in_the_file(file: str, name: str) -> Iterator[None]:
    """Name the file in whatever is wrong with it."""
    try:
        yield
    except PayloadError as error:
        message = str(error).removeprefix(f"{name}: ").removesuffix(f" at {error.path}")
        raise PayloadError(f"{file}: {message}", adapter=name, path=error.path) from None
