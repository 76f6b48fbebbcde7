"""A list that Shopify writes into a file: begun, awaited, and read in pieces of constant size.

The file has a line of JSON for each order and, below it, one for each of its lines
(``__parentId``). Its address is good for seven days.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import chain, repeat
from typing import Any

from retention_sdk.shop_api import Timing
from retention_sdk.shop_api.values import moment

from .bulk_documents import EXPORT, EXPORTED
from .client import Json, Run, refused
from .values import gid, gid_number

Fetch = Callable[[int, int], bytes]
"""Returns the bytes of a file from a position up to, and without, another one."""

PIECE_BYTES = 4 * 1024 * 1024
_LINE_BYTES_MAX = 32 * 1024 * 1024
_PAUSES_S = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
_PATIENCE_S = 3_600.0
_UNDER_WAY = frozenset({"CREATED", "RUNNING"})


class NoExport(Exception):  # noqa: N818 - no error: the list is read page by page instead
    """Shopify wrote no file that is whole."""


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """Where the file is, empty if there was nothing to write, and when its writing began."""

    url: str
    size_bytes: int
    began_at: datetime


def begin(run: Run, document: str) -> str:
    """Have a list exported, and return the number of the operation.

    Raises:
        NoExport: Shopify runs as many for us as it allows, or finds fault with the document.
    """
    payload = run(EXPORT, document=document)["done"]
    if payload["userErrors"] or payload["bulkOperation"] is None:
        raise NoExport
    return str(gid_number(payload["bulkOperation"]["id"]))


def await_file(run: Run, operation: str, timing: Timing) -> ExportedFile:
    """Return the file of an operation once it is written; ask for up to an hour.

    Raises:
        NoExport: it failed, was cancelled or is too old. A part of a list is no list: what is
            missing in ``partialDataUrl`` nobody can tell.
        PlatformError: it takes longer than an hour; a later call goes on waiting.
    """
    until = timing.clock() + _PATIENCE_S
    for pause_s in chain(_PAUSES_S, repeat(_PAUSES_S[-1])):
        found = run(EXPORTED, id=gid("BulkOperation", operation))["bulkOperation"]
        if found and found["status"] == "COMPLETED":
            size = int(found["fileSize"]) if found["url"] else 0
            return ExportedFile(found["url"] or "", size, moment(found["createdAt"]))
        if not found or found["status"] not in _UNDER_WAY:
            raise NoExport
        if timing.clock() >= until:
            break
        timing.sleep(pause_s)
    raise refused("the export takes longer than an hour; run again to go on", retryable=True)


def read_nodes(
    fetch: Fetch, *, start: int, size: int, piece: int = PIECE_BYTES
) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield each order with its lines, or each customer, and the position behind it.

    Raises:
        NoExport: a line is no object, or stands below another order than its own.
    """
    node: dict[str, Any] | None = None
    behind = start
    for line, end in _lines(fetch, start, size, piece):
        found = _decoded(line)
        parent = found.pop("__parentId", None)
        if parent is None:
            if node is not None:
                yield node, behind
            node = {**found, "lineItems": _whole([])}
        elif node is None or parent != node["id"]:
            raise NoExport
        else:
            node["lineItems"]["nodes"].append(found)
        behind = end
    if node is not None:
        yield node, behind


def _lines(fetch: Fetch, start: int, size: int, piece: int) -> Iterator[tuple[bytes, int]]:
    """Yield the lines of a file, each with the position behind it; no more than a piece is kept."""
    rest, position, end = b"", start, start
    while position < size:
        got = fetch(position, min(position + piece, size))
        if not got or len(rest) > _LINE_BYTES_MAX:
            raise refused("the export was cut off", retryable=True)
        position += len(got)
        *whole, rest = (rest + got).split(b"\n")
        for line in whole:
            end += len(line) + 1
            if line.strip():
                yield line, end
    if rest.strip():
        yield rest, position


def _decoded(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line, parse_float=Decimal)
    except ValueError:
        raise NoExport from None
    if not isinstance(found, dict):
        raise NoExport
    return found


def _whole(nodes: list[Json]) -> dict[str, Any]:
    """Return a list as pages carry it, with nothing left to be fetched."""
    return {"nodes": nodes, "pageInfo": {"hasNextPage": False, "endCursor": None}}
