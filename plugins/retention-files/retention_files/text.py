"""Bytes of a file as lines of text, with the place where each ends."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

LINE_BYTES_MAX = 1024 * 1024
"""A longer line is no row of anything; so is a longer record of several lines."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NEWLINES = {"utf-16-le": b"\n\x00", "utf-16-be": b"\x00\n"}
# What a byte means there depends on those before it, or a line end is written otherwise.
_NOT_LINE_BY_LINE = (
    *("iso2022", "hz", "utf-7", "utf-32", "punycode", "idna"),
    *("unicode-escape", "raw-unicode-escape"),
)


class Line(NamedTuple):
    """One line with its line end. ``end`` is the offset behind it; ``is_broken`` if it is not text.

    Broken bytes are replaced, so that the structure of the file around them can be seen.
    """

    text: str
    raw: bytes
    end: int
    is_broken: bool = False


class NotText(Exception):  # noqa: N818 - a signal inside this package, not an error anybody sees
    """A line is longer than any row: the file is something else."""


def is_readable(encoding: str) -> bool:
    """Return whether lines can be told apart in an encoding without decoding what is before them.

    That is so in UTF-8, UTF-16 and wherever the byte 0x0A is a line end and nothing else.
    """
    try:
        name = codecs.lookup(encoding).name
        if name in {"utf-16", *_NEWLINES}:
            return True
        return not name.startswith(_NOT_LINE_BY_LINE) and "a\n".encode(encoding) == b"a\n"
    except (LookupError, ValueError, TypeError):
        return False


def detect(head: bytes, declared: str = "") -> tuple[str, int]:
    """Return the encoding of a file and the length of its byte-order mark.

    A mark outweighs what was declared; without either it is UTF-8, and UTF-16 is little-endian.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    name = codecs.lookup(declared or "utf-8").name
    return ("utf-16-le" if name == "utf-16" else name), 0


def read_lines(file: BinaryIO, encoding: str, offset: int) -> Iterator[Line]:
    """Yield the lines of an open file from an offset on, which has to be the begin of a line.

    Raises:
        NotText: a line is longer than ``LINE_BYTES_MAX``.
    """
    newline = _NEWLINES.get(encoding)
    file.seek(offset)
    for raw in _wide(file, newline) if newline else _narrow(file):
        offset += len(raw)
        try:
            yield Line(raw.decode(encoding), raw, offset)
        except UnicodeDecodeError:
            yield Line(raw.decode(encoding, "replace"), raw, offset, is_broken=True)


def _narrow(file: BinaryIO) -> Iterator[bytes]:
    while raw := file.readline(LINE_BYTES_MAX + 1):
        if len(raw) > LINE_BYTES_MAX:
            raise NotText
        yield raw


def _wide(file: BinaryIO, newline: bytes) -> Iterator[bytes]:
    """Yield lines that end with a code unit of two bytes."""
    rest = b""
    while chunk := file.read(LINE_BYTES_MAX):
        rest += chunk
        start = 0
        while (found := _find(rest, newline, start)) >= 0:
            yield rest[start : found + 2]
            start = found + 2
        rest = rest[start:]
        if len(rest) > LINE_BYTES_MAX:
            raise NotText
    if rest:
        yield rest


def _find(data: bytes, newline: bytes, start: int) -> int:
    """Return where a newline stands that does not lie across two code units; -1 if nowhere."""
    found = data.find(newline, start)
    while found >= 0 and (found - start) % 2:
        found = data.find(newline, found + 1)
    return found
