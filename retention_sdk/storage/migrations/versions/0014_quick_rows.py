"""Write rows of the points ledger sooner: cheaper checks, and an index less on what is earned.

SQLite builds a table of its own for ``x IN ('a', 'b', 'c')``, and does so again for each row that
is written. PostgreSQL does not, so there the checks stay as they are.
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from retention_sdk.errors import StorageError

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_LISTED = re.compile(r"CHECK \((\w+) IN \(('\w*'(?:, '\w*')*)\)\)")


def upgrade() -> None:
    """Spell the checks in another way, and index only what is looked for."""
    if op.get_bind().dialect.name == "sqlite":
        _respell_checks(op.get_bind())
    op.drop_index("ix_txn_program_id_cause_id", "txn")
    is_clawback = sa.text("kind = 'clawback'")
    op.create_index(
        "ix_txn_clawback",
        "txn",
        ["program_id", "cause_id"],
        sqlite_where=is_clawback,
        postgresql_where=is_clawback,
    )


def downgrade() -> None:
    """Refuse: a store is never taken back; restore a backup instead."""
    raise NotImplementedError("stores only move forward; restore a backup")


def _respell_checks(connection: Connection) -> None:
    """Change the texts of tables, and look whether all that is stored passes the new checks.

    No row changes, so no table is copied: these are the steps that SQLite gives for that,
    https://sqlite.org/lang_altertable.html#otheralter. Where it was built to refuse them, as the
    one of macOS is, the checks stay as they are: slower, and as strict.

    Raises:
        StorageError: the database is damaged; nothing is changed.
    """
    tables = "SELECT sql, name FROM sqlite_master WHERE type = 'table' AND sql LIKE '% IN (%'"
    changed = [(_respelt(sql), name) for sql, name in connection.exec_driver_sql(tables)]
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    try:
        connection.exec_driver_sql("UPDATE sqlite_master SET sql = ? WHERE name = ?", changed)
        # Whoever has the database open reads the tables again.
        connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    except OperationalError as error:
        if "may not be modified" not in str(error.orig):
            raise
    finally:
        connection.exec_driver_sql("PRAGMA writable_schema = RESET")
    found = connection.exec_driver_sql("PRAGMA quick_check").scalars().first()
    if found != "ok":
        raise StorageError(f"the database is damaged, restore a backup: {found}")


def _respelt(sql: str) -> str:
    return _LISTED.sub(_any_of, sql)


def _any_of(check: re.Match[str]) -> str:
    column, words = check.groups()
    return f"CHECK ({' OR '.join(f'{column} = {word}' for word in words.split(', '))})"
