"""Triggers that keep history as it was. For migrations: what these create must never change."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

# The driver reads %% as the % that PostgreSQL replaces.
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION retention_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME;
END $$
"""


def make_append_only(connection: Connection, tables: Sequence[str]) -> None:
    """Refuse to change or delete a row."""
    for table in tables:
        _refuse(connection, table, "UPDATE")
    forbid_deletion(connection, tables)


def forbid_deletion(connection: Connection, tables: Sequence[str]) -> None:
    """Refuse to delete a row."""
    for table in tables:
        _refuse(connection, table, "DELETE")


def freeze_columns(connection: Connection, table: str, columns: Sequence[str]) -> None:
    """Refuse to change some columns; the others may change."""
    _refuse(connection, table, f"UPDATE OF {', '.join(columns)}")


def _refuse(connection: Connection, table: str, verb: str) -> None:
    # Names come from our own migrations, never from outside.
    name = f"{table}_no_{verb.partition(' ')[0].lower()}"
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_POSTGRES_FUNCTION)
        action = "EXECUTE FUNCTION retention_refuse()"
    else:
        action = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    connection.exec_driver_sql(
        f"CREATE TRIGGER {name} BEFORE {verb} ON {table} FOR EACH ROW {action}"
    )
