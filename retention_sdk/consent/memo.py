"""What decisions under one set of rules have worked out already."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")

_ENTRIES_MAX = 20_000


class Memo:
    """Remembers what follows from the rules alone; without it every answer would be the same.

    It belongs to one ``owner`` and is empty again after copying or pickling. Threads may share
    it: two that work out the same thing find the same. It holds no names, addresses or numbers.
    """

    __slots__ = ("homes", "hours", "kinds", "owner", "ruled", "situations")

    def __init__(self, owner: object = None) -> None:
        self.owner = owner
        self.kinds: dict[Hashable, Any] = {}
        self.homes: dict[Hashable, Any] = {}
        self.hours: dict[Hashable, Any] = {}
        self.situations: dict[Hashable, Any] = {}
        self.ruled: dict[Hashable, Any] = {}

    def __reduce__(self) -> tuple[type[Memo], tuple[()]]:
        return (Memo, ())


def work_out(table: dict[Hashable, Any], key: Hashable, make: Callable[[], T]) -> T:
    """Return what a table has under a key, making it first where it has nothing."""
    found: T | None = table.get(key)
    if found is None:
        if len(table) >= _ENTRIES_MAX:
            table.clear()
        found = table[key] = make()
    return found
