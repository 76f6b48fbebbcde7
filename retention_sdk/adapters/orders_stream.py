"""Orders from large files, one at a time and in the order in which they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from ..errors import PayloadError, PlatformError
from ..model import Order
from .orders_file import OrdersFileAdapter, OrdersFileSettings

LINES = frozenset({".jsonl", ".ndjson"})
_CHUNK = 64 * 1024
_ITEM_MAX = 4 * 1024 * 1024


def stream_orders(path: Path, *, shop_id: str) -> Iterator[Order]:
    """Yield the orders of a file as they stand in it: they are printed in that order.

    A ``.jsonl`` file has an order on each line, a ``.json`` file a list of orders or one; neither
    is ever whole in memory. A ``.csv`` file is, up to 64 MiB.

    Raises:
        PlatformError: the file cannot be opened.
        PayloadError: an order cannot be read; its number in the file says which.
    """
    adapter = OrdersFileAdapter(OrdersFileSettings(path=path), shop_id=shop_id)
    if path.suffix.lower() == ".csv":
        yield from adapter.fetch_orders()
        return
    try:
        with path.open(encoding="utf-8-sig") as file:
            items = _lines(file) if path.suffix.lower() in LINES else _items(file)
            for position, item in enumerate(items, start=1):
                yield _order(adapter, item, position)
    except OSError as error:
        message = f"{path}: {error.strerror}"
        raise PlatformError(message, adapter=adapter.name, retryable=False) from None
    except UnicodeDecodeError:
        raise PayloadError(f"{path.name} is not UTF-8", adapter=adapter.name) from None


def _order(adapter: OrdersFileAdapter, item: str, position: int) -> Order:
    try:
        with adapter.reading():
            return Order.model_validate_json(item)
    except PayloadError as error:
        message = str(error).removeprefix(f"{adapter.name}: ")
        where = f"order {position}"
        raise PayloadError(message, adapter=adapter.name, path=where) from None


def _lines(file: IO[str]) -> Iterator[str]:
    return (line for line in file if line.strip())


def _items(file: IO[str]) -> Iterator[str]:
    """Yield the members of a JSON list as text, reading no more of the file than one needs."""
    window = _Window(file)
    if window.peek() != "[":
        yield window.take_value()
        return
    window.skip()
    while window.peek() != "]":
        yield window.take_value()
        if window.peek() == ",":
            window.skip()
        elif window.peek() != "]":
            raise PayloadError("the file is not JSON", adapter="file")


class _Window:
    """The part of a file that was read and is not used yet."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._text = ""
        self._decoder = json.JSONDecoder()

    def peek(self) -> str:
        """Return the next character that is no space; nothing at the end of the file."""
        self._text = self._text.lstrip()
        while not self._text and self._more():
            self._text = self._text.lstrip()
        return self._text[:1]

    def skip(self) -> None:
        """Go past one character."""
        self._text = self._text[1:]

    def take_value(self) -> str:
        """Return the text of the next value, and go past it.

        Raises:
            PayloadError: it is no JSON, or longer than any order.
        """
        self.peek()
        while True:
            try:
                _, end = self._decoder.raw_decode(self._text)
            except (ValueError, RecursionError):
                if len(self._text) > _ITEM_MAX or not self._more():
                    raise PayloadError("the file is not JSON", adapter="file") from None
            else:
                value, self._text = self._text[:end], self._text[end:]
                return value

    def _more(self) -> bool:
        more = self._file.read(_CHUNK)
        self._text += more
        return bool(more)
