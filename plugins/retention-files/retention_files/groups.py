"""Rows of one order, together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from .records import Record

ROWS_MAX = 2_000
"""More rows than an order may have: the column of its identifier is something else."""


@dataclass(slots=True)
class Group:
    """Rows that follow each other and name one order.

    ``beside`` is a row above it that may be one of its lines, ``unknown`` such a row at its end.
    """

    name: str
    records: list[Record] = field(default_factory=list)
    beside: int = 0
    unknown: int = 0
    is_too_long: bool = False


def by_row(records: Iterable[Record], key: Callable[[Record], str | None]) -> Iterator[Group]:
    """Yield each row alone: it is an order."""
    return (Group(key(record) or "", [record]) for record in records)


def by_order(records: Iterable[Record], key: Callable[[Record], str | None]) -> Iterator[Group]:
    """Yield rows with the same identifier together, as long as they follow each other.

    A row that is so broken that nobody knows whose it is joins the order above it, and is
    remembered beside the one below: either would be read without one of its lines.
    """
    group = Group("")
    for record in records:
        name = key(record)
        is_same = bool(group.records) and name in {group.name, None}
        if is_same and len(group.records) < ROWS_MAX:
            group.records.append(record)
        else:
            if group.records:
                yield group
            group = Group(name or "", [record], group.unknown, is_too_long=is_same)
        group.unknown = record.row if name is None else 0
    if group.records:
        yield group
