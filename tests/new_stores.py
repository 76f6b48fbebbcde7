"""New SQLite stores in a moment: the tables as the migrations left them, not the way there.

A dozen migrations take a tenth of a second of processor time, and thousands of tests open a store.
So they run once in each test process, and what they made is written into every store after it. An
older store still goes through its migrations, and so does what other processes open.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from unittest.mock import patch

from sqlalchemy import Connection, create_engine

from retention_sdk.storage import migrate

by_migrations = migrate.upgrade


@contextmanager
def made_at_once() -> Iterator[None]:
    """Make new stores of this process from a text."""
    with patch.object(migrate, "upgrade", at_once):
        yield


def at_once(connection: Connection) -> None:
    """Run the missing migrations, or write down what they make where nothing is there yet."""
    raw = connection.connection.driver_connection
    if isinstance(raw, sqlite3.Connection) and not _has_tables(raw):
        for statement in _statements():
            raw.execute(statement)
    else:
        by_migrations(connection)


def _has_tables(raw: sqlite3.Connection) -> bool:
    return raw.execute("SELECT 1 FROM sqlite_master").fetchone() is not None


@cache
def _statements() -> tuple[str, ...]:
    """Return what makes the newest tables; their texts are those that the migrations gave."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        by_migrations(connection)
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        rows = raw.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
        tables = tuple(sql for (sql,) in rows)
        filled = tuple(line for line in raw.iterdump() if line.startswith("INSERT INTO"))
    engine.dispose()
    return tables + filled
