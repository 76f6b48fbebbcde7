"""Whose points a command of ``retention loyalty`` is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from ..app import Retention
from ..errors import ConfigError
from ..storage import Connection
from .output import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.text import Text

    from ..loyalty import PointsLedger

Customer = Annotated[
    str,
    typer.Argument(help="The platform's id of the account, an e-mail address, or a subject's id."),
]
_KINDS = ("id", "email", "subject")


Points = Annotated[
    str, typer.Option("--points", help="Which currency of points; without it that of [loyalty].")
]


def open_ledger(shop: Retention, points: str = "") -> PointsLedger:
    """Return the points ledger of a shop, or that of another currency of points.

    Raises:
        ConfigError: the shop has no loyalty programme, or none of that name.
    """
    if shop.ledger is None:
        hint = "add the table, as docs/howto/loyalty-operations.md shows"
        file = shop.config.file
        raise ConfigError("this shop has no points", file=file, key="loyalty", hint=hint)
    if points and points not in shop.ledgers:
        hint = f"there are: {', '.join(shop.ledgers)}"
        raise ConfigError(f"no points are called {points!r}", file=shop.config.file, hint=hint)
    return shop.ledgers[points] if points else shop.ledger


def find_person(shop: Retention, connection: Connection, text: str) -> str:
    """Return the subject that a person on the command line stands for.

    ``id:``, ``email:`` and ``subject:`` before it say which it is. Without, what has an @ is an
    address, and what is no account of the platform is a subject.

    Raises:
        ConfigError: nobody is known by that; who was erased is found as a subject only.
    """
    kind, _, value = text.partition(":")
    if kind not in _KINDS or not value:
        kind, value = "email" if "@" in text else "", text
    shop_id, subjects = shop.config.shop.id, shop.store.subjects
    found = None
    if kind == "email":
        found = subjects.find(connection, shop_id, f"email:{value.strip().casefold()}")
    elif kind != "subject":
        found = subjects.find(connection, shop_id, f"id:{value}")
    if found is None and kind in {"", "subject"} and _is_subject(shop, connection, value):
        found = value
    if found is None:
        hint = "write id:…, email:… or subject:…; who was erased is found as a subject only"
        raise ConfigError("nobody of that name is known", hint=hint)
    return found


def number_table(
    headings: Sequence[str], rows: Iterable[Sequence[str | Text]], *, numbers: Iterable[int]
) -> Table:
    """Return a table whose columns with these numbers, from 0, are set to the right."""
    made = table(headings, rows)
    for index in numbers:
        made.columns[index].justify = "right"
        made.columns[index].no_wrap = True
    return made


def _is_subject(shop: Retention, connection: Connection, subject_id: str) -> bool:
    from ..storage.ledger import find_account

    return any(find_account(connection, name, subject_id) for name in shop.ledgers)
