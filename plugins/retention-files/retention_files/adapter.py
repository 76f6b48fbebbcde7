"""The adapter: pages of orders out of an export, with places to go on from."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import Field

from retention_sdk import Capability, ShopAdapter
from retention_sdk.errors import ConfigError, PayloadError
from retention_sdk.model import Order, Page, Settings

from .cells import CellError
from .form import Form
from .groups import Group, by_order, by_row
from .mapping import Mapping
from .orders import OrderReader, ReadOrder, Refusal
from .presets import read_mapping
from .records import Record
from .rejects import Rejects, beside
from .scattered import SCATTERED_MAX, repeated_hashes, repeated_names
from .source import Source, open_source

PAGE = 200
_APART = {
    "lines": "other rows of the same order stand elsewhere; put them together",
    "orders": 'other rows name the same order; set rows = "lines" if they are its lines',
}
_log = logging.getLogger(__name__)


class FilesSettings(Settings):
    """The table ``[platforms.files]``.

    ``mapping`` names a TOML file or a preset, or is the table itself. ``rejects`` is where rows go
    that cannot be read: a file beside the export by default, nowhere if it is false. ``strict``
    stops at the first of them.
    """

    path: Annotated[Path, Field(description="the export: .csv, .tsv or .jsonl, also .gz")]
    mapping: str | dict[str, Any]
    strict: bool = False
    rejects: bool | Path = True


class Place(NamedTuple):
    """Behind a page: the offset and number of the next row, and the lengths of the rejects."""

    identity: str
    offset: int = 0
    row: int = 0
    rejects: int = 0
    reasons: int = 0

    @classmethod
    def parse(cls, cursor: str, identity: str) -> Self:
        """Return the place that a cursor names; the beginning if it is of another file."""
        begin = cls(identity)
        try:
            named, *numbers = cursor.split(":")
            place = cls(named, *map(int, numbers))
        except (ValueError, TypeError):
            return begin
        return place if named == identity and min(place[1:]) >= 0 else begin

    def __str__(self) -> str:
        return ":".join(map(str, self))


class FilesAdapter(ShopAdapter):
    """Lists the orders of one export, in its own order, in memory that does not grow with it.

    A mapping without ``modified_at`` tells no dates of change: then the whole file counts as
    changed when it was written or moved into place.
    """

    name: ClassVar[str] = "files"
    capabilities: ClassVar[Capability] = Capability.LIST_ORDERS | Capability.CUSTOMER_LOCALE
    settings_model: ClassVar[type[FilesSettings]] = FilesSettings
    settings: FilesSettings

    @cached_property
    def mapping(self) -> Mapping:
        """The mapping, read on first use.

        Raises:
            ConfigError: it is missing or wrong; file and key say where.
        """
        return read_mapping(self.settings.mapping)

    def fetch_orders(self, *, updated_since: datetime | None = None) -> Iterator[Order]:
        """Yield the orders; how many were refused is logged at the end."""
        refused = 0
        for page in self.order_pages(updated_since=updated_since):
            yield from page.items
            refused += len(page.refused)
        if refused:
            _log.warning("%s: %d orders could not be read", self.settings.path.name, refused)

    def order_pages(
        self, *, updated_since: datetime | None = None, cursor: str = ""
    ) -> Iterator[Page[Order]]:
        """Yield pages of orders. After a change of the file or its mapping a cursor begins anew.

        Raises:
            ConfigError: the mapping is missing or wrong, or rejects name the export itself.
            PlatformError: the file cannot be opened, or rejects cannot be written.
            PayloadError: the file does not fit the mapping; with ``strict``, a row cannot be read.
        """
        path, mapping = self.settings.path, self.mapping
        with open_source(path, mapping, name=self.name) as source:
            tells_changes = "modified_at" in mapping.columns
            if updated_since and not tells_changes and source.written_at < updated_since:
                return
            form = source.form()
            rows = _Rows(source, form, self._scattered(source, form))
            place = Place.parse(cursor, source.identity)
            with closing(self._rejects(source)) as rejects:
                rejects.begin((place.rejects, place.reasons))
                yield from self._pages(rows, place, rejects, updated_since)

    def _rejects(self, source: Source) -> Rejects:
        wanted = self.settings.rejects
        path = wanted if isinstance(wanted, Path) else beside(self.settings.path)
        rejects = Rejects(path, source.heading, name=self.name, is_kept=wanted is not False)
        if rejects.takes(self.settings.path):
            message = "they would be written over the export itself; name another file"
            raise ConfigError(message, key=f"platforms.{self.name}.rejects")
        return rejects

    def _pages(
        self, rows: _Rows, place: Place, rejects: Rejects, since: datetime | None
    ) -> Iterator[Page[Order]]:
        items: list[Order] = []
        refused: list[str] = []
        for group in rows.groups(place):
            # A row of nobody knows whom has to be seen together with the order below it.
            if len(items) + len(refused) >= PAGE and not group.beside:
                place = place._replace(rejects=rejects.sizes[0], reasons=rejects.sizes[1])
                yield Page(tuple(items), str(place), tuple(refused))
                items, refused = [], []
            try:
                found = rows.read(group)
            except Refusal as refusal:
                refused.append(self._refused(group, refusal, rejects))
            else:
                if not since or (found.modified_at or rows.source.written_at) >= since:
                    items.append(found.order)
            last = group.records[-1]
            place = place._replace(offset=last.end, row=last.row + 1)
        yield Page(tuple(items), "", tuple(refused))

    def _refused(self, group: Group, refusal: Refusal, rejects: Rejects) -> str:
        """Note an order that cannot be read, and return the sentence about it."""
        where = f"row {refusal.row}"
        if column := self._column(refusal.field):
            where += f", column {column!r}"
        if self.settings.strict:
            raise PayloadError(str(refusal), adapter=self.name, path=where)
        reason = f"{where}: {refusal}"
        rejects.write((record.raw for record in group.records), reason)
        return reason

    def _column(self, field: str) -> str:
        column = self.mapping.columns.get(field)
        return column.column[0] if column and column.column else field

    def _scattered(self, source: Source, form: Form) -> set[str]:
        """Return the orders whose rows do not follow each other, from a look over the whole file.

        Raises:
            PayloadError: there are so many that the file is not sorted.
        """
        hashes = repeated_hashes(_names(source, form))
        if len(hashes) > SCATTERED_MAX:
            column = self._column("id")
            message = f"rows of one order do not follow each other: sort the file by {column!r}"
            raise PayloadError(message, adapter=self.name)
        return repeated_names(_names(source, form), hashes) if hashes else set()


class _Rows:
    """The rows of an open export as groups, and each group as an order."""

    def __init__(self, source: Source, form: Form, scattered: set[str]) -> None:
        self.source = source
        self._form, self._scattered = form, scattered
        self._reader = OrderReader(source.mapping, form)

    def groups(self, place: Place) -> Iterator[Group]:
        return _groups(self.source, self._form, place.offset, place.row)

    def read(self, group: Group) -> ReadOrder:
        """Return the order that a group of rows is, or raise the ``Refusal``."""
        for record in group.records:
            if record.problem:
                raise Refusal(record.problem, row=record.row)
        row = group.records[0].row
        if group.beside:
            message = f"row {group.beside} above it cannot be read and may be a line of it"
            raise Refusal(message, row=row)
        if group.is_too_long:
            raise Refusal("more rows than an order may have", row=row, field="id")
        if group.name in self._scattered:
            raise Refusal(_APART[self.source.mapping.rows], row=row, field="id")
        return self._reader.read(group.records)


def _groups(source: Source, form: Form, offset: int = 0, row: int = 0) -> Iterator[Group]:
    get = form.order["id"]

    def key(record: Record) -> str | None:
        try:
            return get(record.cells) if record.cells else None
        except (CellError, IndexError):
            return None

    together = by_row if source.mapping.rows == "orders" else by_order
    return together(source.records(offset, row), key)


def _names(source: Source, form: Form) -> Iterator[str]:
    return (group.name for group in _groups(source, form) if group.name)
