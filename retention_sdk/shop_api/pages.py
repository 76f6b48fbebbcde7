"""Pages of records, of which one that cannot be read does not stop the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TypedDict, TypeVar, Unpack

from ..errors import PayloadError
from ..model import Page
from ..threads import in_threads

T = TypeVar("T")
R = TypeVar("R")
B = TypeVar("B")


class PageWishes(TypedDict, total=False):
    """``cursor`` is that of the page.

    ``at_once`` is for a ``read`` that asks the platform for more of an item: so many items are
    read at the same time, each in a thread of its own. Their order stays.
    """

    cursor: str
    at_once: int


def read_page(
    items: Iterable[T],
    read: Callable[[T], R | None],
    *,
    reading: Callable[[], AbstractContextManager[None]],
    name: Callable[[T], object],
    **wishes: Unpack[PageWishes],
) -> Page[R]:
    """Read the items of a page one by one; those that cannot be read stand in ``refused``.

    ``reading`` is the adapter's own. ``name`` says which one it is, by a number of the platform's
    and never by somebody's data; one without such a number is told by its place on the page. What
    ``read`` returns None for is left out.

    Raises:
        PlatformError: ``read`` asked for more, and the platform refused or was away.
    """

    def attempt(place_and_item: tuple[int, T]) -> tuple[R | None, str]:
        place, item = place_and_item
        told = f"item {place} of the page"
        try:
            with reading():
                told = str(name(item))
                return read(item), ""
        except PayloadError as error:
            return None, f"{told}: {error}"

    rows, at_once = enumerate(items, start=1), wishes.get("at_once", 1)
    read_alone = map(attempt, rows)
    results = list(
        read_alone if at_once == 1 else in_threads(rows, attempt, at_once, name="reading")
    )
    found = tuple(record for record, _ in results if record is not None)
    refused = tuple(sentence for _, sentence in results if sentence)
    return Page(found, wishes.get("cursor", ""), refused)


def read_page_beside(
    items: Sequence[T],
    ask: Callable[[Sequence[T]], B],
    read: Callable[[T, B], R | None],
    *,
    reading: Callable[[], AbstractContextManager[None]],
    name: Callable[[T], object],
    **wishes: Unpack[PageWishes],
) -> Page[R]:
    """Read a page of items with what the platform keeps of them in other lists.

    ``ask`` asks for that, for all items together. Where its answer cannot be read, it asks for
    each item alone: what belongs to one item then refuses that one and no other.
    """
    try:
        with reading():
            beside = ask(items)
    except PayloadError:
        return read_page(
            items, lambda item: read(item, ask([item])), reading=reading, name=name, **wishes
        )
    return read_page(items, lambda item: read(item, beside), reading=reading, name=name, **wishes)
