"""One page of a long list, and where to go on after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items, in the order of the list.

    ``cursor`` is text of the adapter's own making that holds no personal data; handed back, the
    list goes on after this page, in another process and days later. It is empty on the last page.
    ``refused`` has a sentence for each item that cannot be read and will not stop the rest: where
    it stands and what is wrong with it, without what it says.
    """

    items: tuple[T, ...]
    cursor: str = ""
    refused: tuple[str, ...] = ()
