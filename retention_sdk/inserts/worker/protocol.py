"""How the shop and the worker talk: a header in JSON, then bytes. Nothing is ever unpickled."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import IO, Any

_LENGTH = struct.Struct(">I")
_HEADER_MAX = 8 * 1024 * 1024
_LENGTHS = "lengths"


class ProtocolError(Exception):
    """The other side ended, or sent what is no message."""


def write_message(
    stream: IO[bytes], header: Mapping[str, Any], parts: Sequence[bytes] = ()
) -> None:
    """Send a header and the bytes that belong to it."""
    text = json.dumps({**header, _LENGTHS: [len(part) for part in parts]}).encode()
    stream.write(_LENGTH.pack(len(text)) + text)
    stream.writelines(parts)
    stream.flush()


def read_message(stream: IO[bytes], *, bytes_max: int) -> tuple[dict[str, Any], list[bytes]]:
    """Return the next header and its bytes.

    Raises:
        ProtocolError: the stream ended, or the message is none or larger than allowed.
    """
    (length,) = _LENGTH.unpack(_read(stream, _LENGTH.size))
    if length > _HEADER_MAX:
        raise ProtocolError("the header is too large")
    try:
        header = json.loads(_read(stream, length))
        lengths = [int(each) for each in header.pop(_LENGTHS)]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ProtocolError("the header is not one of ours") from None
    if min(lengths, default=0) < 0 or sum(lengths) > bytes_max:
        raise ProtocolError("the message is too large")
    return header, [_read(stream, each) for each in lengths]


def _read(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) != length:
        raise ProtocolError("the other side ended")
    return data
