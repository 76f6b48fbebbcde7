"""Ways to pay: facts with a source, how far it was read, and how sure they are."""

from __future__ import annotations

import csv
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from ...errors import ConfigError
from ...model import Money, Record
from ...model.base import CountryCode, Line, Paragraph
from ...model.money import CurrencyCode

_FILE = Path(__file__).parents[1] / "data" / "payments" / "methods.csv"
_EVERYWHERE = "*"


class PaymentKind(StrEnum):
    """What happens when somebody pays, in the order in which equals are offered."""

    BANK_APP = "bank_app"
    WALLET = "wallet"
    CARD = "card"
    BANK_REDIRECT = "bank_redirect"
    DIRECT_DEBIT = "direct_debit"
    BANK_TRANSFER = "bank_transfer"
    PREPAID = "prepaid"
    CASH_VOUCHER = "cash_voucher"
    INVOICE = "invoice"
    BNPL = "bnpl"
    COD = "cod"


CREDIT_KINDS = frozenset((PaymentKind.BNPL, PaymentKind.INVOICE))


class Limit(Record):
    """The least or the most that can be paid, in some countries or, without any, in all."""

    amount: Money
    countries: tuple[CountryCode, ...] = ()


class PaymentMethod(Record):
    """One way to pay. Columns of the shipped table are explained in its ``SOURCES.md``.

    No ``countries`` and no ``currencies`` mean all of them; the first country is the method's
    home. ``provider_codes`` are what providers call it (``stripe:ideal``). ``limits_note`` keeps
    the words of limits on which sources disagree; ``maximum`` is then the loosest of them.

    .. versionadded:: 0.1.0
    """

    method_id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_\-]{0,39}$")]
    name: Annotated[Line, Field(min_length=1)]
    kind: PaymentKind
    native_name: Line = ""
    native_language: Line = ""
    countries: tuple[CountryCode, ...] = ()
    not_in: tuple[CountryCode, ...] = ()
    currencies: tuple[CurrencyCode, ...] = ()
    minimum: tuple[Limit, ...] = ()
    maximum: tuple[Limit, ...] = ()
    limits_note: Line = ""
    is_credit: bool = False
    is_business_only: bool = False
    flow: Line = ""
    recurring: Line = ""
    refund: Line = ""
    provider_codes: tuple[Line, ...] = ()
    status: Literal["active", "check", "discontinued"] = "active"
    source: Paragraph = ""
    source_read: Literal["page", "id-only", "no"] = "no"
    unverified_fields: tuple[Line, ...] = ()
    confidence: Literal["high", "medium", "low"] = "medium"
    note: Paragraph = ""

    @property
    def needs_credit_text(self) -> bool:
        """Whether it is paid later or in parts, which may be advertised in set words only."""
        return self.is_credit or self.kind in CREDIT_KINDS

    def is_called(self, names: frozenset[str]) -> bool:
        """Whether its id, or what a provider calls it, is among the names."""
        return self.method_id in names or not names.isdisjoint(self.provider_codes)


@cache
def load_methods() -> tuple[PaymentMethod, ...]:
    """Return the ways to pay shipped with the package, in the order of the table."""
    return read_methods(_FILE.read_text("utf-8"))


def read_methods(text: str, *, file: str = "methods.csv") -> tuple[PaymentMethod, ...]:
    """Read ways to pay from CSV with the columns of the shipped file.

    Raises:
        ConfigError: a row is malformed; the message names the method and the column.
    """
    return tuple(_read_row(row, file) for row in csv.DictReader(text.splitlines()))


def _read_row(row: dict[str, str], file: str) -> PaymentMethod:
    try:
        return PaymentMethod.model_validate(_fields(row))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = f"{row.get('method_id')}.{first['loc'][0]}"
        raise ConfigError(first["msg"], file=file, key=key) from None
    except (KeyError, ValueError) as error:
        raise ConfigError(str(error), file=file, key=str(row.get("method_id"))) from None


def _fields(row: dict[str, str]) -> dict[str, object]:
    same = ("method_id", "name", "native_name", "native_language", "flow", "recurring", "refund")
    facts = ("status", "source", "source_read", "confidence", "note")
    return {
        **{name: row[name] for name in (*same, *facts)},
        "kind": PaymentKind(row["kind"]),
        "countries": _places(row["countries"]),
        "not_in": _places(row["not_in"]),
        "currencies": _places(row["currencies"]),
        "minimum": _limits(row["min_limit"]),
        "maximum": _limits(row["max_limit"]),
        "limits_note": _limits_note(row["min_amount"], row["max_amount"]),
        "is_credit": row["credit"] == "yes",
        "is_business_only": row["buyers"] == "business",
        "provider_codes": _provider_codes(row["provider_codes"]),
        "unverified_fields": tuple(filter(None, row["unverified_fields"].split(";"))),
    }


def _places(cell: str) -> tuple[str, ...]:
    return () if cell == _EVERYWHERE else tuple(cell.split())


def _limits(cell: str) -> tuple[Limit, ...]:
    """Read ``EUR 1; NL BE:EUR 15000``."""
    return tuple(_limit(part) for part in filter(None, map(str.strip, cell.split(";"))))


def _limit(part: str) -> Limit:
    places, colon, money = part.rpartition(":")
    currency, amount = money.split()
    countries = tuple(places.split()) if colon else ()
    return Limit(amount=Money.parse(amount, currency), countries=countries)


def _limits_note(lowest: str, highest: str) -> str:
    """Keep what is more than a number: whose limit it is, and what others say."""
    cells = (("from", lowest), ("to", highest))
    return ", ".join(f"{word} {cell}" for word, cell in cells if not _is_number(cell))


def _is_number(cell: str) -> bool:
    return not cell or cell.replace(".", "", 1).isdecimal()


def _provider_codes(cell: str) -> tuple[str, ...]:
    """Read ``stripe:klarna;adyen:klarna,klarna_account`` as three codes."""
    codes = []
    for part in filter(None, cell.split(";")):
        provider, colon, names = part.partition(":")
        codes += [f"{provider}:{name.strip()}" for name in names.split(",")] if colon else []
    return tuple(codes)
