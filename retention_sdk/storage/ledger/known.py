"""Rules that are stored for good, so that not every posting has to ask."""

from __future__ import annotations

from weakref import WeakSet

from sqlalchemy import Connection


class KnownRules:
    """Remembers, by their full text, which rules were read back from the database.

    Only what a connection finds that never wrote rules itself is remembered: what it wrote may
    still be undone. Stored rules are never changed or deleted.
    """

    def __init__(self) -> None:
        self._versions: dict[str, str] = {}
        self._writers: WeakSet[Connection] = WeakSet()

    def version(self, text: str) -> str | None:
        """Return the version that rules have, None if they are not known to be stored."""
        return self._versions.get(text)

    def found(self, connection: Connection, text: str, version: str) -> None:
        """Say that a connection found rules stored."""
        if connection not in self._writers:
            self._versions[text] = version

    def written(self, connection: Connection) -> None:
        """Say that a connection stored rules, in a transaction that may still be undone."""
        self._writers.add(connection)
