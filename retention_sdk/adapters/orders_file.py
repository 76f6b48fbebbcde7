"""Orders from a file: canonical JSON, or CSV with one row for each line of an order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ..adapter import Capability, ShopAdapter
from ..errors import PayloadError, PlatformError
from ..model import Order, Settings
from .orders_csv import read_csv

FILE_BYTES_MAX = 64 * 1024 * 1024


class OrdersFileSettings(Settings):
    """``path`` names a ``.json`` or ``.csv`` file."""

    path: Annotated[Path, Field(description="a .json or .csv file")]


class OrdersFileAdapter(ShopAdapter):
    """Lists the orders of one file, for shops without an API, for tests and for imports.

    A ``.json`` file holds an order as ``Order`` dumps it, or a list of them; a ``.csv`` file has
    the columns of ``orders_csv``. A file tells no dates of change: with ``updated_since`` the
    orders placed or paid since then are listed.
    """

    name: ClassVar[str] = "file"
    capabilities: ClassVar[Capability] = Capability.LIST_ORDERS | Capability.CUSTOMER_LOCALE
    settings_model: ClassVar[type[OrdersFileSettings]] = OrdersFileSettings
    settings: OrdersFileSettings

    def fetch_orders(self, *, updated_since: datetime | None = None) -> Iterator[Order]:
        """Yield the orders, oldest first.

        Raises:
            PlatformError: the file cannot be opened, or is longer than 64 MiB.
            PayloadError: it cannot be read; row and column, or the path in it, say where.
        """
        # All are read before the first is told; kept as text, an order takes a tenth of the memory.
        orders = self._unique(self._read(self._bytes()))
        kept = [(_changed_at(order), order.model_dump_json().encode()) for order in orders]
        for changed_at, content in sorted(kept, key=itemgetter(0)):
            if updated_since is None or changed_at >= updated_since:
                yield Order.model_validate_json(content)

    def _bytes(self) -> bytes:
        try:
            with self.settings.path.open("rb") as file:
                data = file.read(FILE_BYTES_MAX + 1)
        except OSError as error:
            message = f"{self.settings.path}: {error.strerror}"
            raise PlatformError(message, adapter=self.name, retryable=False) from None
        if len(data) > FILE_BYTES_MAX:
            message = f"{self.settings.path}: longer than 64 MiB; split it"
            raise PlatformError(message, adapter=self.name, retryable=False)
        return data

    def _read(self, data: bytes) -> Iterator[Order]:
        suffix = self.settings.path.suffix.lower()
        if suffix not in {".json", ".csv"}:
            raise PayloadError("the file is neither .json nor .csv", adapter=self.name)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            message = f"the file is not UTF-8 (byte {error.start})"
            raise PayloadError(message, adapter=self.name) from None
        return self._read_json(text) if suffix == ".json" else read_csv(text, self.reading)

    def _read_json(self, text: str) -> Iterator[Order]:
        for position, item in enumerate(self._items(text), start=1):
            content = json.dumps(item, ensure_ascii=False).encode("utf-8", "surrogatepass")
            try:
                with self.reading():
                    order = Order.model_validate_json(content)
            except PayloadError as error:
                message = str(error).removeprefix(f"{self.name}: ")
                where = f"order {position}"
                raise PayloadError(message, adapter=self.name, path=where) from None
            yield order

    def _items(self, text: str) -> list[Any]:
        try:
            content = json.loads(text)
        except (ValueError, RecursionError):
            raise PayloadError("the file is not JSON", adapter=self.name) from None
        return content if isinstance(content, list) else [content]

    def _unique(self, orders: Iterable[Order]) -> Iterator[Order]:
        seen: set[str] = set()
        for position, order in enumerate(orders, start=1):
            if order.id in seen:
                message = "two orders have the same id"
                raise PayloadError(message, adapter=self.name, path=f"order {position}")
            seen.add(order.id)
            yield order


def _changed_at(order: Order) -> datetime:
    moments = (order.placed_at, order.paid_at, order.cancelled_at)
    return max(moment for moment in moments if moment)
