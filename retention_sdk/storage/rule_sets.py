"""The sets of rules that decisions were made by, so that each can be made again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from ..errors import StorageError
from .ids import insert_into
from .tables import rule_set as rule_sets_table


class RuleSets:
    """Append-only. A version names one text for ever."""

    def keep(self, connection: Connection, version: str, text: str, *, now: datetime) -> bool:
        """Store a set of rules; return False if it is there.

        Raises:
            StorageError: the version is there with another text.
        """
        known = self.get(connection, version)
        if known is None:
            query = insert_into(connection, rule_sets_table).on_conflict_do_nothing()
            new = query.returning(rule_sets_table.c.version)
            values = {"version": version, "text": text, "kept_at": now}
            return connection.execute(new, values).scalar() is not None
        if known != text:
            raise StorageError(f"the rules of version {version} are kept with another text")
        return False

    def has(self, connection: Connection, version: str) -> bool:
        """Whether a set of rules is stored, without reading it."""
        table = rule_sets_table.c
        query = select(table.version).where(table.version == version)
        return connection.execute(query).scalar() is not None

    def get(self, connection: Connection, version: str) -> str | None:
        """Return the text of a set of rules, None if nothing was decided by it."""
        table = rule_sets_table.c
        query = select(table.text).where(table.version == version)
        return connection.execute(query).scalar()
