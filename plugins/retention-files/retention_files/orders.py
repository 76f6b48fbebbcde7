"""Rows of one order as the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from retention_sdk.model import FulfilmentStatus, LineKind, Order

from .cells import Amounts, CellError, is_yes
from .form import Form, Get
from .mapping import LINE_FIELDS
from .mapping import Mapping as FileMapping
from .moments import Moments
from .people import PeopleReader, several
from .records import Record

Values = dict[str, Any]
_PLAIN_TEXTS = (
    *("payment_method", "sales_channel", "gift_message", "gift_to", "gift_from", "customer_note"),
    "subscription",
)
_OPTIONAL_AMOUNTS = ("shipping", "tax", "discount")
_ADDRESSES = {"ship": "shipping_address", "bill": "billing_address"}


class Refusal(Exception):  # noqa: N818 - a signal inside this package, not an error anybody sees
    """Why an order cannot be read: row, field, and what the cell is not. It quotes no cell."""

    def __init__(self, message: str, *, row: int, field: str = "") -> None:
        super().__init__(message)
        self.row, self.field = row, field


class ReadOrder(NamedTuple):
    """An order, and when it changed last if the file tells."""

    order: Order
    modified_at: datetime | None


class OrderReader:
    """Reads the orders of one file. Nothing of one order is kept for the next."""

    def __init__(self, mapping: FileMapping, form: Form) -> None:
        self._mapping, self._form = mapping, form
        self._moments = Moments(
            mapping.dates, time_zone=mapping.time_zone, calendar=mapping.calendar
        )
        self._people = PeopleReader(mapping, form, self._moments)
        self._amounts = Amounts(
            mapping.decimal, mapping.thousands, mapping.signs, mapping.is_minor, mapping.factor
        )
        self._is_rounded = mapping.rounding == "half-up"

    def read(self, records: Sequence[Record]) -> ReadOrder:
        """Return the order that some rows are.

        Raises:
            Refusal: they are none; row and field say where.
        """
        first = records[0]
        try:
            cells = self._gather(self._form.order, first.cells)
            self._check_repeated(records)
            currency = self._currency(cells)
            lines = self._lines(records, currency, cells)
            values = self._order(cells, currency, lines, first.cells)
            order = Order.model_validate(values)
            return ReadOrder(order, self._moment(cells, "modified_at"))
        except CellError as error:
            raise Refusal(error.wanted, row=first.row, field=error.field) from None
        except ValidationError as error:
            raise self._refusal(error, records) from None

    def _gather(self, gets: Mapping[str, Get], cells: Any) -> dict[str, str]:
        found = {}
        for field, get in gets.items():
            try:
                if text := get(cells):
                    found[field] = text
            except CellError as error:
                raise CellError(field, error.wanted) from None
        return found

    def _check_repeated(self, records: Sequence[Record]) -> None:
        for record in records[1:]:
            for field, get in self._form.repeated.items():
                text = get(record.cells)
                if text and text != get(records[0].cells):
                    raise Refusal(
                        "differs from the first row of its order", row=record.row, field=field
                    )

    def _currency(self, cells: Mapping[str, str]) -> str:
        code = cells.get("currency") or self._mapping.currency
        if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):  # noqa: PLR2004 - ISO 4217
            raise CellError("currency", "not three capital letters, such as EUR")
        return code

    def _order(
        self, cells: dict[str, str], currency: str, lines: tuple[Values, ...], row: Any
    ) -> Values:
        placed_at = self._moment(cells, "placed_at")
        if placed_at is None:
            raise CellError("placed_at", "empty")
        address = {name: self._people.address(cells, prefix) for prefix, name in _ADDRESSES.items()}
        gift = is_yes("is_gift", cells.get("is_gift", "")) or "gift_message" in cells
        values: Values = {
            "id": cells.get("id", ""),
            "number": cells.get("number") or cells.get("id", ""),
            "placed_at": placed_at,
            "paid_at": self._state(cells, "paid", placed_at),
            "cancelled_at": self._state(cells, "cancelled", placed_at),
            "currency": currency,
            "total": self._money(cells, "total", currency),
            "lines": lines,
            "customer": self._people.customer(cells, address, row),
            "language": cells.get("language"),
            "coupon_codes": self._several(cells, "coupon_codes"),
            "tags": self._several(cells, "tags"),
            "is_gift": gift,
            "ship_by": self._moment(cells, "ship_by"),
            "fulfilments": self._fulfilments(cells, lines, placed_at),
            **address,
        }
        for name in (*_OPTIONAL_AMOUNTS, "refunded"):
            if name in cells:
                is_rounded = self._is_rounded and name != "refunded"
                values[name] = self._money(cells, name, currency, is_rounded=is_rounded)
        values |= {name: cells[name] for name in _PLAIN_TEXTS if name in cells}
        return values

    def _money(
        self, cells: Mapping[str, str], field: str, currency: str, *, is_rounded: bool = False
    ) -> Values:
        if field not in cells:
            raise CellError(field, "empty")
        minor = self._amounts.read(field, cells[field], currency, is_rounded=is_rounded)
        return {"minor": minor, "currency": currency}

    def _moment(self, cells: Mapping[str, str], field: str) -> datetime | None:
        return self._moments.read(field, cells[field]) if field in cells else None

    def _state(self, cells: Mapping[str, str], name: str, otherwise: datetime) -> datetime | None:
        """Return when something happened; if the file says only that it did, the best it says."""
        said, at = cells.get(f"is_{name}"), self._moment(cells, f"{name}_at")
        if said is None or (is_yes(f"is_{name}", said) and at):
            return at
        return otherwise if is_yes(f"is_{name}", said) else None

    def _several(self, cells: Mapping[str, str], field: str) -> tuple[str, ...]:
        return several(cells.get(field, ""), self._mapping.separator)

    # Lines ---------------------------------------------------------------------------------

    def _lines(
        self, records: Sequence[Record], currency: str, order: Mapping[str, str]
    ) -> tuple[Values, ...]:
        found: list[Values] = []
        for row, cells in self._line_cells(records):
            try:
                values = self._gather(self._form.line, cells)
                found.append(self._line(values, currency, order, str(len(found) + 1)))
            except CellError as error:
                raise Refusal(error.wanted, row=row, field=error.field) from None
        if not found:
            raise CellError("title", "empty in all rows of the order")
        return tuple(found)

    def _line_cells(self, records: Sequence[Record]) -> list[tuple[int, Any]]:
        """Return what the lines are read from: rows that name a product, or objects in a list."""
        if not self._mapping.items:
            has_line = self._form.has_line
            return [(each.row, each.cells) for each in records if has_line(each.cells)]
        node = records[0].cells
        for part in self._mapping.items.split("."):
            node = node.get(part) if isinstance(node, dict) else None
        if not isinstance(node, list) or not all(isinstance(each, dict) for each in node):
            raise CellError("title", f"not a list of objects at {self._mapping.items!r}")
        return [(records[0].row, each) for each in node]

    def _line(
        self, cells: Mapping[str, str], currency: str, order: Mapping[str, str], position: str
    ) -> Values:
        quantity = self._amounts.count("quantity", cells.get("quantity", "1"))
        unit, total = self._prices(cells, currency, order, quantity)
        return {
            "id": cells.get("line_id") or position,
            "title": cells.get("title", ""),
            "quantity": quantity,
            "unit_price": {"minor": unit, "currency": currency},
            "total": {"minor": total, "currency": currency},
            "sku": cells.get("sku", ""),
            "product_id": cells.get("product_id") or cells.get("sku", ""),
            "kind": _kind(cells.get("kind", "")),
            "is_gift_card": is_yes("is_gift_card", cells.get("is_gift_card", "")),
            "categories": self._several(cells, "categories"),
            "brand": cells.get("brand", ""),
        }

    def _prices(
        self, cells: Mapping[str, str], currency: str, order: Mapping[str, str], quantity: int
    ) -> tuple[int, int]:
        """Return price and sum of a line; what the file does not have follows from what it has.

        A file with neither gives its one line the order's total.
        """
        read = {
            field: self._amounts.read(field, cells[field], currency, is_rounded=self._is_rounded)
            for field in ("unit_price", "line_total")
            if field in cells
        }
        unit, total = read.get("unit_price"), read.get("line_total")
        if unit is None and total is None:
            if {"unit_price", "line_total"} & set(self._form.line):
                raise CellError("unit_price", "empty")
            total = self._amounts.read("total", order.get("total", ""), currency)
        if total is None:
            return unit or 0, (unit or 0) * quantity
        return (total // quantity if quantity else 0) if unit is None else unit, total

    # Parcels -------------------------------------------------------------------------------

    def _fulfilments(
        self, cells: Mapping[str, str], lines: Sequence[Values], placed_at: datetime
    ) -> tuple[Values, ...]:
        """Return the one parcel that all physical lines share, and how far it came."""
        parts = tuple(
            {"line_id": line["id"], "quantity": line["quantity"]}
            for line in lines
            if line["kind"] is LineKind.PHYSICAL
        )
        if not parts:
            return ()
        shipped = self._state(cells, "shipped", placed_at)
        delivered = self._state(cells, "delivered", shipped or placed_at)
        status = FulfilmentStatus.PLANNED
        if delivered or shipped:
            status = FulfilmentStatus.DELIVERED if delivered else FulfilmentStatus.SHIPPED
        name = f"{cells.get('id', '')}-1"
        parcel = {"id": name, "status": status, "lines": parts, "parcels": ({"id": name},)}
        return ({**parcel, "shipped_at": delivered or shipped},)

    # Errors --------------------------------------------------------------------------------

    def _refusal(self, error: ValidationError, records: Sequence[Record]) -> Refusal:
        """Return what a model refuses with the row and the field it comes from."""
        first = error.errors(include_input=False, include_url=False)[0]
        location = first["loc"]
        row = records[0].row
        if location[:1] == ("lines",) and len(location) > 1 and not self._mapping.items:
            has_line = self._form.has_line
            rows = [record.row for record in records if has_line(record.cells)]
            row = rows[int(location[1])] if int(location[1]) < len(rows) else row
        return Refusal(str(first["msg"]), row=row, field=_field_of(location))


def _kind(text: str) -> LineKind:
    try:
        return LineKind(text.lower() or "physical")
    except ValueError:
        raise CellError("kind", "not physical, digital or pickup") from None


def _field_of(location: tuple[int | str, ...]) -> str:
    """Return the field of a mapping that a place in an order is read from."""
    names = [part for part in location if isinstance(part, str)]
    if not names:
        return ""
    last = names[1] if len(names) > 1 else names[0]
    if names[0] == "lines":
        last = {"total": "line_total", "id": "line_id"}.get(last, last)
        return last if last in LINE_FIELDS else ""
    if names[0] == "customer":
        return {"id": "customer_id", "tags": "customer_tags"}.get(last, last)
    return names[0]
