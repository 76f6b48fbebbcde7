"""Which column means what: the model of a mapping file."""

from __future__ import annotations

from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from retention_sdk.model import ConsentChannel, ConsentState, OptInLevel, Purpose, Settings
from retention_sdk.model.money import CurrencyCode

from .moments import check_format
from .text import is_readable

LINE_FIELDS = (
    *("line_id", "title", "quantity", "unit_price", "line_total", "sku", "product_id", "kind"),
    *("categories", "brand", "is_gift_card"),
)
ADDRESS_FIELDS = ("name", "company", "street", "city", "region", "postcode", "country", "phone")
CUSTOMER_FIELDS = (
    *("customer_id", "given_name", "family_name", "full_name", "company", "email", "phone"),
    *("addressee", "birthday", "customer_tags"),
)
ORDER_FIELDS = (
    *("id", "number", "placed_at", "paid_at", "cancelled_at", "shipped_at", "delivered_at"),
    *("modified_at", "is_paid", "is_cancelled", "is_shipped", "is_delivered", "currency", "total"),
    *("shipping", "tax", "discount", "refunded", "language", *CUSTOMER_FIELDS),
    *(f"ship_{field}" for field in ADDRESS_FIELDS),
    *(f"bill_{field}" for field in ADDRESS_FIELDS),
    *("payment_method", "sales_channel", "coupon_codes", "is_gift", "gift_message", "gift_to"),
    *("gift_from", "ship_by", "subscription", "tags", "customer_note"),
)
FIELDS = (*ORDER_FIELDS, *LINE_FIELDS)
NEEDED = ("id", "placed_at", "total", "title")
"""What a mapping has to name; ``currency`` too, unless it is the same in the whole file."""

Calendar = Literal["gregorian", "persian", "islamic-umalqura", "islamic-civil", "buddhist", "roc"]


def _named(value: object) -> object:
    """Let ``"Total"`` and ``["A", "B"]`` stand for a whole table."""
    if isinstance(value, str):
        return {"column": (value,)}
    return {"column": value} if isinstance(value, list | tuple) else value


def _in_a_tuple(value: object) -> object:
    return (value,) if isinstance(value, str) else value


def _is_a_zone(name: str) -> str:
    try:
        ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("not a time zone, for example Europe/Vienna") from None
    return name


DateFormat = Annotated[str, AfterValidator(check_format)]
Names = Annotated[tuple[str, ...], BeforeValidator(_in_a_tuple)]


class Column(Settings):
    """Where a field is found: the first of ``column`` that is filled in, else ``value``.

    In lines of JSON a column is a path such as ``customer.email`` or ``items.0.sku``. ``words``
    turns cells into words of ours, whatever their case; ``"*"`` stands for all others.
    ``is_optional`` columns may be missing in the file.
    """

    column: Names = ()
    value: str = ""
    words: dict[str, str] = Field(default_factory=dict)
    is_optional: bool = False

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.column or self.value):
            raise ValueError("name a column, or a value for all rows")
        return self


ColumnRule = Annotated[Column, BeforeValidator(_named)]


class ConsentRule(Settings):
    """What an answer in a column means. A word that is not in ``words`` is silence.

    ``source`` says where people were asked, as text for all or as the column ``source_column``: a
    yes without one is no proof. ``evidence`` names the stored proof, ``at`` is when they answered.
    """

    column: str
    words: Annotated[dict[str, ConsentState], Field(min_length=1)]
    channel: ConsentChannel
    purposes: Annotated[tuple[Purpose, ...], Field(min_length=1)] = (Purpose.MARKETING,)
    level: OptInLevel = OptInLevel.UNKNOWN
    source: str = ""
    source_column: str = ""
    at: str = ""
    confirmed_at: str = ""
    evidence: str = ""

    @model_validator(mode="after")
    def _proves_a_yes(self) -> Self:
        is_yes = ConsentState.GRANTED in self.words.values()
        if not all(word.strip() for word in self.words):
            raise ValueError("an empty cell is silence, and stands for no answer")
        if is_yes and not (self.source or self.source_column):
            raise ValueError("a yes needs its proof: say in source where people were asked")
        if self.level is OptInLevel.CONFIRMED and not (self.confirmed_at or self.evidence):
            raise ValueError("a confirmed yes needs confirmed_at or evidence")
        return self


class Mapping(Settings):
    """How the rows of a file become orders.

    ``rows`` says whether a row is an order or one line of an order; rows of one order follow each
    other. ``dates`` are formats as of ``strptime``, or ``unix`` and ``unix-ms``; ISO 8601 without
    them. ``factor`` multiplies amounts: 10 for toman in rial. ``is_minor`` says that amounts
    count cents. ``rounding`` is for prices and taxes with more decimals than the currency has;
    totals and refunds are never rounded. ``countries`` is the language of countries' names.
    ``signs`` are dropped from amounts.
    """

    preset: str = ""
    format: Literal["", "csv", "tsv", "jsonl"] = ""
    rows: Literal["orders", "lines"] = "lines"
    encoding: str = ""
    delimiter: Annotated[str, Field(max_length=1)] = ""
    quote: Annotated[str, Field(min_length=1, max_length=1)] = '"'
    items: str = ""
    decimal: Literal[".", ","] = "."
    thousands: Names = ()
    signs: Names = ()
    is_minor: bool = False
    factor: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    rounding: Literal["refuse", "half-up"] = "refuse"
    currency: CurrencyCode | Literal[""] = ""
    time_zone: Annotated[str, AfterValidator(_is_a_zone)] = ""
    dates: Annotated[tuple[DateFormat, ...], BeforeValidator(_in_a_tuple)] = ()
    calendar: Calendar = "gregorian"
    countries: str = ""
    separator: Annotated[str, Field(min_length=1)] = "|"
    columns: dict[str, ColumnRule]
    consent: tuple[ConsentRule, ...] = ()

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if unknown := sorted(set(self.columns) - set(FIELDS)):
            raise ValueError(f"columns: there is no field {unknown[0]!r}; there are {_list()}")
        missing = [name for name in NEEDED if name not in self.columns]
        if missing:
            raise ValueError(f"columns: name the column of {' and '.join(missing)}")
        if not self.currency and "currency" not in self.columns:
            raise ValueError('set currency = "EUR" for the whole file, or columns.currency')
        if self.decimal in self.thousands:
            raise ValueError("decimal and thousands are the same sign")
        if self.items and (self.rows == "lines" or self.format in {"csv", "tsv"}):
            raise ValueError('items is for lines of JSON that are orders: set rows = "orders"')
        return self

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        if self.encoding and not is_readable(self.encoding):
            raise ValueError("encoding: not known, or lines cannot be told apart in it")
        if not self.time_zone and any("%z" not in each for each in self.dates if each[:1] == "%"):
            raise ValueError('these dates name no zone: set time_zone = "Europe/Vienna"')
        return self


def _list() -> str:
    return ", ".join(FIELDS)
