"""Columns that hold one of a few words: what a database checks, however old it is."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, create_engine, event, inspect, text

from retention_sdk.errors import StorageError
from retention_sdk.storage import migrate, open_store
from retention_sdk.storage.tables import metadata

from .test_engine import upgraded_to

BEFORE = "0013"
DYING = """
import os, signal, sys
from retention_sdk.storage import migrate, open_store

upgrade = migrate.upgrade


def upgrade_and_die(connection):
    upgrade(connection)
    os.kill(os.getpid(), signal.SIGKILL)


migrate.upgrade = upgrade_and_die
open_store(sys.argv[1], key=bytes(32))
"""


def checks(connection):
    """Return the checks of all tables, by name."""
    found = inspect(connection)
    return {
        each["name"]: each["sqltext"]
        for table in metadata.tables
        for each in found.get_check_constraints(table)
    }


def wanted_checks():
    return {
        str(each.name): str(each.sqltext)
        for table in metadata.tables.values()
        for each in table.constraints
        if isinstance(each, CheckConstraint)
    }


def guards(path: Path) -> list[tuple[str, ...]]:
    """Return the triggers and the foreign keys of a database."""
    raw = sqlite3.connect(path)
    rows = raw.execute("SELECT type, name, sql FROM sqlite_master WHERE type = 'trigger'")
    found = sorted(rows) + [
        (table, *key)
        for table in metadata.tables
        for key in raw.execute(f"PRAGMA foreign_key_list({table})")
    ]
    raw.close()
    return found


@pytest.mark.usefixtures("path")
def test_the_checks_of_a_database_are_those_of_the_code(store):
    with store.reading() as connection:
        assert wanted_checks() == checks(connection)


def test_an_older_database_gets_the_checks_and_keeps_triggers_and_foreign_keys(path, key):
    upgraded_to(path, BEFORE)
    before = guards(path)

    with open_store(f"sqlite:///{path}", key=key) as store, store.reading() as connection:
        found = checks(connection)

    assert wanted_checks() == found
    assert before == guards(path)
    assert 100 < len(before)


@pytest.mark.usefixtures("path")
def test_no_check_builds_a_table_for_every_row(store):
    """As SQLite does for ``IN`` with more than two words."""
    with store.reading() as connection:
        steps = {
            step.opcode
            for table in metadata.tables
            for step in connection.execute(text(f"EXPLAIN INSERT INTO {table} DEFAULT VALUES"))
        }

    assert "Insert" in steps
    assert "OpenEphemeral" not in steps


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        (
            "INSERT INTO posting (txn_id, seq, src, dst, amount) VALUES ('t', 0, 'nil', 'held', 1)",
            "ck_posting_src_known",
        ),
        (
            "INSERT INTO posting (txn_id, seq, src, dst, amount) VALUES ('t', 0, 'held', '', 1)",
            "ck_posting_dst_known",
        ),
        (
            "INSERT INTO hold (id, account_id, amount, expires_at, state) VALUES ('h', 'a', 1, 1, 'OPEN')",
            "ck_hold_state_known",
        ),
    ],
)
def test_an_unknown_word_is_refused(store, statement, check):
    with pytest.raises(StorageError, match=check), store.begin() as connection:
        connection.execute(text(statement))


def test_whoever_has_the_database_open_checks_as_it_does_now(path, key):
    upgraded_to(path, BEFORE)
    other = sqlite3.connect(path, isolation_level=None)
    refused = (
        "INSERT INTO posting (txn_id, seq, src, dst, amount) VALUES ('t', 0, 'nil', 'held', 1)"
    )
    with pytest.raises(sqlite3.IntegrityError, match="ck_posting_src_known"):
        other.execute(refused)

    open_store(f"sqlite:///{path}", key=key).close()

    with pytest.raises(sqlite3.IntegrityError, match="ck_posting_src_known"):
        other.execute(refused)
    assert [] == [
        each for each in other.execute(f"EXPLAIN {refused}") if each[1] == "OpenEphemeral"
    ]
    other.close()


def test_a_migration_that_is_killed_leaves_the_database_as_it_was(path, key):
    upgraded_to(path, BEFORE)

    url = f"sqlite:///{path}"
    done = subprocess.run([sys.executable, "-c", DYING, url], check=False)

    raw = sqlite3.connect(path)
    assert [(BEFORE,)] == raw.execute("SELECT version_num FROM alembic_version").fetchall()
    assert [("ok",)] == raw.execute("PRAGMA integrity_check").fetchall()
    raw.close()
    assert -signal.SIGKILL == done.returncode
    with open_store(url, key=key) as store, store.reading() as connection:
        assert wanted_checks() == checks(connection)


def test_a_damaged_database_is_not_migrated(path, key):
    """A row that no check lets in, written by somebody who had switched them off."""
    upgraded_to(path, BEFORE)
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA ignore_check_constraints = ON")
    raw.execute(
        "INSERT INTO posting (txn_id, seq, src, dst, amount) VALUES ('t', 0, 'nil', 'held', 1)"
    )
    raw.commit()
    raw.close()

    with pytest.raises(StorageError, match="CHECK constraint failed in posting"):
        open_store(f"sqlite:///{path}", key=key)

    raw = sqlite3.connect(path)
    assert [(BEFORE,)] == raw.execute("SELECT version_num FROM alembic_version").fetchall()
    raw.close()


@pytest.mark.skipif(not hasattr(sqlite3.Connection, "setconfig"), reason="Python 3.12 can set it")
def test_a_sqlite_that_lets_nobody_change_its_schema_keeps_the_old_checks(path):
    """That of macOS is built so."""
    upgraded_to(path, BEFORE)
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _defend)

    with engine.begin() as connection:
        migrate.upgrade(connection)
        assert migrate.REVISIONS[-1] == migrate.current_revision(connection)
        assert wanted_checks().keys() == checks(connection).keys()
    engine.dispose()


def _defend(connection, _record):
    connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE)
