"""Pages of records, of which one that cannot be read does not stop the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import TypeVar

from ..errors import PayloadError
from ..model import Page

T = TypeVar("T")
R = TypeVar("R")


def read_page(
    items: Iterable[T],
    read: Callable[[T], R | None],
    *,
    reading: Callable[[], AbstractContextManager[None]],
    name: Callable[[T], object],
    cursor: str = "",
) -> Page[R]:
    """Read the items of a page one by one; those that cannot be read stand in ``refused``.

    ``reading`` is the adapter's own. ``name`` says which one it is, by a number of the platform's
    and never by somebody's data; one without such a number is told by its place on the page. What
    ``read`` returns None for is left out.
    """
    found: list[R] = []
    refused: list[str] = []
    for place, item in enumerate(items, start=1):
        told = f"item {place} of the page"
        try:
            with reading():
                told = str(name(item))
                record = read(item)
        except PayloadError as error:
            refused.append(f"{told}: {error}")
        else:
            found += [] if record is None else [record]
    return Page(tuple(found), cursor, tuple(refused))
