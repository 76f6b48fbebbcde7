"""The CSV form of orders.

One row for each line of an order; rows of one order follow each other and repeat what is the
order's. UTF-8, with or without a byte-order mark; separated by commas or semicolons; the first
row names the columns, in any order. A dot separates decimals.

====================  ========  ====================================================
column                needed    holds
====================  ========  ====================================================
order_id              yes       the shop's identifier
number                          what the buyer sees; default: order_id
placed_at             yes       ISO 8601 with a zone: 2026-11-20T10:00:00+01:00
paid_at                         the same; empty: not paid
currency              yes       ISO 4217: EUR
total                 yes       what the buyer was asked to pay: 38.90
refunded                        the sum of all refunds so far
language                        BCP 47 or as the shop spells it: de-AT, fa_IR
customer_id                     empty for a guest
given_name            family_name, email, phone, company: the buyer
addressee                       f or m if the buyer told the shop; never a guess
marketing_consent               yes or no to advertising; empty: not asked
consent_channel                 what that covers: email (default), any, parcel_insert, sms …
consent_purposes                what it was for: marketing (default), profiling …; by |
consent_at                      when that was answered
birthday                        month and day: 04-30; the year is not kept
tags                            the shop's segments, separated by |: vip|b2b
ship_name             ship_street, ship_postcode, ship_city, ship_region, ship_country:
                      the parcel's address, the country in two letters
is_gift                         yes or no; empty: no
gift_message          gift_to, gift_from: the words and names the buyer wrote
ship_by                         when it was promised to leave, as placed_at
subscription                    first, renewal or last: which parcel of one this is
customer_note         payment_method, sales_channel, coupon_code
title                 yes       the product's name
quantity              yes       a whole number
unit_price            yes       of one piece: 15.00
line_total                      default: quantity times unit_price
sku                             the product's number
kind                            physical (default), digital or pickup
categories                      of the product, separated by |
brand                           whose product it is, as the shop spells it
====================  ========  ====================================================
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import groupby
from typing import Any

from ..errors import PayloadError
from ..model import (
    Address,
    Consent,
    ConsentChannel,
    ConsentState,
    Customer,
    LineKind,
    Money,
    Order,
    OrderLine,
    Purpose,
    plan_fulfilment,
)

Row = Mapping[str, str]
Reading = Callable[[], AbstractContextManager[None]]

NEEDED = ("order_id", "placed_at", "currency", "total", "title", "quantity", "unit_price")
_OF_THE_LINE = (
    *("title", "quantity", "unit_price", "line_total", "sku", "kind", "categories", "brand"),
)
_OF_THE_ORDER = (
    *("order_id", "number", "placed_at", "paid_at", "currency", "total", "refunded", "language"),
    *("customer_id", "given_name", "family_name", "email", "phone", "company", "addressee"),
    *("marketing_consent", "consent_channel", "consent_purposes", "consent_at", "birthday", "tags"),
    *("ship_name", "ship_street", "ship_postcode", "ship_city", "ship_region", "ship_country"),
    *("is_gift", "gift_message", "gift_to", "gift_from", "ship_by", "subscription"),
    *("customer_note", "payment_method", "sales_channel", "coupon_code"),
)
COLUMNS = (*_OF_THE_ORDER, *_OF_THE_LINE)
ROWS_MAX = 1_000_000
_YES_NO = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class _Cell(Exception):  # noqa: N818 - a signal inside this file, not an error anybody sees
    """A cell that cannot be read: its column, and what would be right."""

    def __init__(self, column: str, wanted: str) -> None:
        super().__init__(wanted)
        self.column, self.wanted = column, wanted


def read_csv(text: str, reading: Reading) -> Iterator[Order]:
    """Yield the orders of a CSV text; ``reading`` turns what a model refuses into PayloadError.

    Raises:
        PayloadError: row and column say where; values are never quoted.
    """
    for _, group in groupby(_rows(text), key=lambda numbered: numbered[1]["order_id"]):
        members = list(group)
        number = members[0][0]
        try:
            _assert_same_order(members)
            with reading():
                yield _order(members)
        except _Cell as cell:
            raise _error(cell.wanted, number, cell.column) from None
        except PayloadError as error:
            if "row " in error.path:
                raise
            raise _error(_bare(error), number, "") from None


def _rows(text: str) -> Iterator[tuple[int, Row]]:
    """Yield rows with their number as a spreadsheet shows it: the heading is row 1."""
    header_line = text.split("\n", 1)[0]
    delimiter = ";" if header_line.count(";") > header_line.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_header(header)
        for number, cells in enumerate(reader, start=2):
            if number > ROWS_MAX:
                raise _error("more rows than a file may have; split it", number, "")
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise _error(f"{len(cells)} cells, but {len(header)} columns", number, "")
            cleaned = (cell.strip() for cell in cells)
            yield number, {**dict.fromkeys(COLUMNS, ""), **dict(zip(header, cleaned, strict=True))}
    except csv.Error:
        raise _error("a quotation mark is not closed, or a cell is too long", 0, "") from None


def _check_header(header: list[str]) -> None:
    missing = [name for name in NEEDED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    if missing:
        others = "other columns need a mapping, see `retention x mapping` of retention-files"
        raise _error(f"{others}; the columns {', '.join(missing)} are missing", 1, "")
    if unknown:
        # A heading is written by whoever made the file; a row of data in its place is not shown.
        where = ", ".join(str(header.index(name) + 1) for name in unknown)
        raise _error(f"unknown headings in columns number {where}", 1, "")
    if len(set(header)) != len(header):
        raise _error("two columns have the same name", 1, "")


def _assert_same_order(members: list[tuple[int, Row]]) -> None:
    _, first = members[0]
    for number, row in members[1:]:
        for column in _OF_THE_ORDER:
            if row[column] != first[column]:
                raise _error("differs from the first row of the order", number, column)


def _order(members: list[tuple[int, Row]]) -> Order:
    _, row = members[0]
    _check_currency(row)
    lines = tuple(_line(number, line, at) for at, (number, line) in enumerate(members, start=1))
    message, is_gift = row["gift_message"], _yes_no(row, "is_gift")
    return Order(
        id=row["order_id"],
        number=row["number"] or row["order_id"],
        placed_at=_moment(row, "placed_at", is_needed=True),
        paid_at=_moment(row, "paid_at"),
        currency=row["currency"],
        total=_money(row, "total"),
        refunded=_money(row, "refunded") if row["refunded"] else None,
        lines=lines,
        customer=_customer(row),
        shipping_address=_address(row),
        fulfilments=plan_fulfilment(row["order_id"], lines),
        language=row["language"] or None,
        payment_method=row["payment_method"],
        sales_channel=row["sales_channel"],
        coupon_codes=(row["coupon_code"],) if row["coupon_code"] else (),
        is_gift=bool(is_gift or message),
        gift_message=message,
        gift_to=row["gift_to"],
        gift_from=row["gift_from"],
        ship_by=_moment(row, "ship_by"),
        subscription=_one_of(row, "subscription", ("", "first", "renewal", "last")),
        customer_note=row["customer_note"],
    )


def _line(number: int, row: Row, position: int) -> OrderLine:
    try:
        quantity = _quantity(row)
        unit_price = _money(row, "unit_price")
        return OrderLine(
            id=str(position),
            title=row["title"],
            quantity=quantity,
            unit_price=unit_price,
            total=_money(row, "line_total") if row["line_total"] else unit_price * quantity,
            sku=row["sku"],
            product_id=row["sku"],
            kind=_kind(row),
            categories=_several(row, "categories"),
            brand=row["brand"],
        )
    except _Cell as cell:
        raise _error(cell.wanted, number, cell.column) from None


def _check_currency(row: Row) -> None:
    code = row["currency"]
    if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):  # noqa: PLR2004 - ISO 4217
        raise _Cell("currency", "not three capital letters, such as EUR")


def _customer(row: Row) -> Customer | None:
    consents = _consents(row)
    fields = ("customer_id", "given_name", "family_name", "email", "phone", "company")
    if not any(row[field] for field in fields):
        return None
    return Customer(
        id=row["customer_id"],
        given_name=row["given_name"],
        family_name=row["family_name"],
        email=row["email"],
        phone=row["phone"],
        company=row["company"],
        addressee=_one_of(row, "addressee", ("", "f", "m")),
        birthday=row["birthday"],
        tags=_several(row, "tags"),
        language=row["language"] or None,
        address=_address(row),
        consents=consents,
    )


def _consents(row: Row) -> tuple[Consent, ...]:
    answer = _yes_no(row, "marketing_consent")
    if answer is None:
        return ()
    state = ConsentState.GRANTED if answer else ConsentState.DENIED
    at = _moment(row, "consent_at")
    answered = {"channel": _channel(row), "state": state, "recorded_at": at}
    return tuple(
        Consent(**answered, source="orders file", purpose=purpose) for purpose in _purposes(row)
    )


def _purposes(row: Row) -> tuple[Purpose, ...]:
    try:
        named = dict.fromkeys(map(Purpose, _several(row, "consent_purposes")))
    except ValueError:
        known = ", ".join(Purpose)
        raise _Cell("consent_purposes", f"not all of them are one of {known}") from None
    return tuple(named) or (Purpose.MARKETING,)


def _one_of(row: Row, column: str, allowed: tuple[str, ...]) -> Any:
    if row[column] not in allowed:
        raise _Cell(column, f"neither {' nor '.join(filter(None, allowed))}, nor empty")
    return row[column]


def _several(row: Row, column: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in row[column].split("|") if part.strip())


def _channel(row: Row) -> ConsentChannel:
    try:
        return ConsentChannel(row["consent_channel"] or ConsentChannel.EMAIL)
    except ValueError:
        known = ", ".join(ConsentChannel)
        raise _Cell("consent_channel", f"not one of {known}") from None


def _address(row: Row) -> Address | None:
    if not (row["ship_street"] or row["ship_city"] or row["ship_postcode"] or row["ship_country"]):
        return None
    return Address(
        name=row["ship_name"],
        street=(row["ship_street"],) if row["ship_street"] else (),
        city=row["ship_city"],
        region=row["ship_region"],
        postcode=row["ship_postcode"],
        country=row["ship_country"] or None,
    )


def _money(row: Row, column: str) -> Money:
    try:
        return Money.parse(row[column], row["currency"])
    except ValueError:
        wanted = "not an amount in its currency, such as 38.90 (a dot, no thousands separator)"
        raise _Cell(column, wanted) from None


def _quantity(row: Row) -> int:
    if not (row["quantity"].isascii() and row["quantity"].isdigit()):
        raise _Cell("quantity", "not a whole number")
    return int(row["quantity"][:18])


def _kind(row: Row) -> LineKind:
    try:
        return LineKind(row["kind"].lower() or "physical")
    except ValueError:
        raise _Cell("kind", "not physical, digital or pickup") from None


def _moment(row: Row, column: str, *, is_needed: bool = False) -> Any:
    if not row[column] and not is_needed:
        return None
    try:
        moment = datetime.fromisoformat(row[column])
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _Cell(column, "not a time with a zone, such as 2026-11-20T10:00:00+01:00")
    return moment


def _yes_no(row: Row, column: str) -> bool | None:
    word = row[column].lower()
    if word and word not in _YES_NO:
        raise _Cell(column, "neither yes nor no")
    return _YES_NO.get(word)


def _error(message: str, row: int, column: str) -> PayloadError:
    where = f"row {row}" if row else ""
    path = f"{where}, column {column}" if column else where
    return PayloadError(message, adapter="file", path=path)


def _bare(error: PayloadError) -> str:
    return str(error).removeprefix("file: ")
