"""Identifiers, dialect-neutral inserts."""

from __future__ import annotations

from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from .crypto import RandomBytes
from .tables import to_microseconds


def time_ordered_id(now: datetime, random_bytes: RandomBytes) -> str:
    """Return an RFC 9562 version 7 UUID in hex: milliseconds first, so that indexes stay dense."""
    milliseconds = to_microseconds(now) // 1000
    value = bytearray(milliseconds.to_bytes(6, "big") + random_bytes(10))
    value[6] = 0x70 | (value[6] & 0x0F)
    value[8] = 0x80 | (value[8] & 0x3F)
    return value.hex()


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an insert that knows ON CONFLICT, in the words of the connected database.

    Its ``rowcount`` tells whether a row was written: of an insert it is kept on demand only, and
    forgotten by PostgreSQL's driver once the cursor is closed.
    """
    return _insert_in(connection.dialect.name, table)


def insert_new(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return such an insert that passes over a row that is there.

    It is built once for each table: that takes longer than running it.
    """
    return _insert_new_in(connection.dialect.name, table)


def _insert_in(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    if dialect == "postgresql":
        return postgresql.insert(table).execution_options(preserve_rowcount=True)
    return sqlite.insert(table).execution_options(preserve_rowcount=True)


@cache
def _insert_new_in(dialect: str, table: Table) -> sqlite.Insert | postgresql.Insert:
    return _insert_in(dialect, table).on_conflict_do_nothing()
