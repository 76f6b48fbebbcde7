"""The Internet Printing Protocol as bytes (RFC 8010): what printing a file needs, no more.

Values are Python's own: ``int`` is an integer, ``bool`` a boolean, ``str`` a keyword. Texts of
other kinds are wrapped in ``Text``.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum


class Operation(IntEnum):
    """What is asked of a printer (RFC 8011, section 5.4.15)."""

    PRINT_JOB = 0x0002
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A


class Tag(IntEnum):
    """Delimiters below 0x10, kinds of values above (RFC 8010, sections 3.5.1 and 3.5.2)."""

    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    TEXT = 0x41
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME_TYPE = 0x49


class JobState(IntEnum):
    """How far a job came (RFC 8011, section 5.3.7)."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self >= JobState.CANCELED

    @property
    def is_lost(self) -> bool:
        """Whether it ended before all of it was printed."""
        return self in {JobState.CANCELED, JobState.ABORTED}


@dataclass(frozen=True, slots=True)
class Text:
    """A value that is text, of a certain kind."""

    tag: Tag
    text: str


Value = int | bool | str | Text
Attributes = Mapping[str, Value | tuple[Value, ...]]

_VERSION = (2, 0)
_FIRST_BAD_STATUS = 0x0100


@dataclass(frozen=True, slots=True)
class Answer:
    """What a printer answered: a status, and groups of attributes with their values."""

    status: int
    groups: tuple[tuple[int, Mapping[str, tuple[object, ...]]], ...]

    @property
    def is_good(self) -> bool:
        """Whether it did what it was asked (RFC 8011, appendix B)."""
        return self.status < _FIRST_BAD_STATUS

    def jobs(self) -> Iterator[Mapping[str, tuple[object, ...]]]:
        """Yield the attributes of each job."""
        return (attributes for tag, attributes in self.groups if tag == Tag.JOB)


def write_request(
    operation: Operation,
    attributes: Attributes,
    *,
    job: Attributes | None = None,
    request_id: int = 1,
) -> bytes:
    """Return a request. ``attributes`` are the operation's; the order in them is kept."""
    head = struct.pack(">BBhi", *_VERSION, operation, request_id)
    groups = _group(Tag.OPERATION, attributes) + (_group(Tag.JOB, job) if job else b"")
    return head + groups + bytes([Tag.END])


def read_answer(data: bytes) -> Answer:
    """Return what an answer says.

    Raises:
        ValueError: it is no IPP, or cut off.
    """
    try:
        _, _, status, _ = struct.unpack_from(">BBHi", data)
        return Answer(status, tuple(_read_groups(data, 8)))
    except (struct.error, IndexError, UnicodeDecodeError):
        raise ValueError("the answer is no IPP") from None


def _group(tag: Tag, attributes: Attributes) -> bytes:
    parts = [bytes([tag])]
    for name, value in attributes.items():
        values = value if isinstance(value, tuple) else (value,)
        for position, each in enumerate(values):
            kind, content = _encode(each)
            # Further values of one attribute have an empty name.
            label = b"" if position else name.encode("ascii")
            parts.append(struct.pack(">Bh", kind, len(label)) + label)
            parts.append(struct.pack(">h", len(content)) + content)
    return b"".join(parts)


def _encode(value: Value) -> tuple[Tag, bytes]:
    if isinstance(value, Text):
        return value.tag, value.text.encode()
    if isinstance(value, bool):
        return Tag.BOOLEAN, bytes([value])
    if isinstance(value, int):
        return Tag.INTEGER, struct.pack(">i", value)
    return Tag.KEYWORD, value.encode("ascii")


def _read_groups(data: bytes, place: int) -> Iterator[tuple[int, Mapping[str, tuple[object, ...]]]]:
    group, attributes, name = 0, dict[str, tuple[object, ...]](), ""
    while True:
        tag = data[place]
        place += 1
        if tag < 0x10:  # noqa: PLR2004 - a delimiter, see Tag
            if group:
                yield group, attributes
            if tag == Tag.END:
                return
            group, attributes, name = tag, {}, ""
            continue
        label, place = _read_piece(data, place)
        content, place = _read_piece(data, place)
        name = label.decode("ascii") or name
        attributes[name] = (*attributes.get(name, ()), _decode(tag, content))


def _read_piece(data: bytes, place: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">h", data, place)
    end = place + 2 + length
    if length < 0 or end > len(data):
        raise IndexError
    return data[place + 2 : end], end


def _decode(tag: int, content: bytes) -> object:
    if tag in {Tag.INTEGER, Tag.ENUM}:
        (number,) = struct.unpack(">i", content)
        return int(number)
    if tag == Tag.BOOLEAN:
        return bool(content[0])
    if tag >= Tag.TEXT:
        return content.decode()
    return content
