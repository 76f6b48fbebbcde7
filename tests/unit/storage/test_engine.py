"""Opening a store: pragmas, migrations, keys, and errors that say what to do."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url, text

import retention_sdk.storage
from retention_sdk.errors import ConfigError, StorageError
from retention_sdk.storage import Store, migrate, open_store
from retention_sdk.storage.consents_head import ChainHeads
from retention_sdk.storage.crypto import Keyring
from retention_sdk.storage.tables import metadata
from tests.new_stores import at_once, by_migrations

MIGRATIONS = Path(retention_sdk.storage.__file__).parent / "migrations"


def upgraded_to(path: Path, revision: str) -> None:
    """Make a database as an earlier version of this package had it."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def pragma(store: Store, name: str) -> object:
    with store.reading() as connection:
        return connection.execute(text(f"PRAGMA {name}")).scalar()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("busy_timeout", 30_000),
        ("foreign_keys", 1),
        ("secure_delete", 1),
    ],
)
@pytest.mark.usefixtures("path")
def test_every_connection_is_durable_patient_and_strict(store, name, expected):
    assert expected == pragma(store, name)


def test_a_writing_transaction_takes_the_lock_at_once(store, path):
    """BEGIN DEFERRED would fail later, after reading; that is the classic "database is locked"."""
    with store.begin():
        other = sqlite3.connect(path, isolation_level=None, timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


def test_a_reader_does_not_take_the_lock(store, path):
    with store.reading() as connection:
        connection.execute(text("SELECT count(*) FROM event")).scalar()
        other = sqlite3.connect(path, isolation_level=None, timeout=0)
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        other.close()


def test_migrations_make_exactly_the_tables_of_the_code(store):
    with store.begin() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)

    assert [] == differences


def test_stores_that_tests_make_at_once_are_those_of_the_migrations():
    def dump(upgrade):
        engine = create_engine("sqlite://")
        with engine.begin() as connection:
            upgrade(connection)
            return list(connection.connection.driver_connection.iterdump())

    assert dump(by_migrations) == dump(at_once)


def test_the_listed_revisions_are_those_in_the_folder():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    newest_first = [each.revision for each in ScriptDirectory.from_config(config).walk_revisions()]

    assert list(migrate.REVISIONS) == newest_first[::-1]


@pytest.mark.parametrize("revision", migrate.REVISIONS[:-1])
def test_a_database_of_an_earlier_revision_is_brought_up_to_date(path, key, revision):
    upgraded_to(path, revision)

    with open_store(f"sqlite:///{path}", key=key) as store, store.begin() as connection:
        found = migrate.current_revision(connection)
        differences = compare_metadata(MigrationContext.configure(connection), metadata)

    assert (migrate.REVISIONS[-1], []) == (found, differences)


def test_a_migration_that_fails_leaves_nothing_behind(path, key):
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE posting (a)")  # the second migration will stumble over it
    raw.commit()

    with pytest.raises(StorageError, match="posting"):
        open_store(f"sqlite:///{path}", key=key)

    tables = raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    raw.close()
    assert [("posting",)] == tables


def test_a_database_newer_than_the_package_is_refused_with_the_way_out(path, key):
    open_store(f"sqlite:///{path}", key=key).close()
    raw = sqlite3.connect(path)
    raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.commit()
    raw.close()

    with pytest.raises(StorageError, match="pip install -U retention-sdk"):
        open_store(f"sqlite:///{path}", key=key)


def test_opening_a_current_database_does_not_import_alembic(path, key):
    open_store(f"sqlite:///{path}", key=key).close()
    code = (
        "import sys; from retention_sdk.storage import open_store; "
        f"open_store('sqlite:///{path}', key=bytes(range(32))); "
        "sys.exit('alembic' in sys.modules)"
    )

    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_another_key_is_refused_before_anything_is_written(path, key):
    open_store(f"sqlite:///{path}", key=key).close()

    with pytest.raises(StorageError, match=r"store\.key"):
        open_store(f"sqlite:///{path}", key=bytes(32))


def test_a_key_of_the_wrong_length_is_a_setting_to_change():
    with pytest.raises(ConfigError, match="32 bytes"):
        open_store("sqlite://", key=b"short")


@pytest.mark.parametrize(
    "url", ["", "retention.db", "mysql://root@localhost/x", "sqlite+x://", "sqlite://shop.db"]
)
def test_what_is_not_the_address_of_a_store_is_refused(url, key):
    with pytest.raises(ConfigError, match=r"sqlite:///retention\.db"):
        open_store(url, key=key)


def test_a_missing_directory_is_a_storage_error(tmp_path, key):
    with pytest.raises(StorageError, match="unable to open"):
        open_store(f"sqlite:///{tmp_path}/nowhere/shop.db", key=key)


def test_a_file_that_is_no_database_is_not_taken_for_an_empty_one(path, key):
    path.write_bytes(b"these are not the pages of a database" * 100)

    with pytest.raises(StorageError, match="not a database"):
        open_store(f"sqlite:///{path}", key=key)


def test_neither_password_nor_key_shows(key):
    keyring = Keyring(key)
    engine = create_engine("sqlite://")
    engine.url = make_url("postgresql://shop:hunter2@localhost/shop")
    store = Store(engine, keyring, random_bytes=bytes)

    assert "<Store postgresql://shop:***@localhost/shop>" == repr(store)
    assert "<Keyring of 1>" == repr(keyring)


def test_a_missing_driver_names_the_pip_command(monkeypatch, key):
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(ConfigError, match=r"pip install 'retention-sdk\[postgres\]'"):
        open_store("postgresql://shop@localhost/shop", key=key)


def test_an_exception_undoes_everything_of_its_transaction(store, make_paid, now):
    with pytest.raises(ZeroDivisionError), store.begin() as connection:
        store.inbox.receive(connection, [make_paid()], now=now) and 1 / 0

    with store.reading() as connection:
        assert () == store.inbox.pending(connection)


def test_a_broken_constraint_is_a_storage_error_without_values(store):
    with pytest.raises(StorageError) as caught, store.begin() as connection:
        connection.execute(
            text("INSERT INTO subject_link VALUES (:b, :s, 'id', 0)"), {"b": b"x", "s": "Zenobia"}
        )

    said = {"sqlite": "FOREIGN KEY constraint failed", "postgresql": "ForeignKeyViolation 23503"}
    assert said[store.dialect] in str(caught.value)
    assert "Zenobia" not in str(caught.value) + str(caught.value.__cause__)


APPEND_ONLY = (
    *(
        "consent_record",
        "subject_merge",
        "rule_set",
        "stage",
        "decision",
        "txn",
        "posting",
        "rule_version",
        "hold_allocation",
        "tier_change",
        "achievement_step",
        "participation",
    ),
    *("referral_code", "referral", "referral_step", "partner_exchange", "partner_step"),
    *("card", "card_copy", "card_step", "print_job", "print_job_card"),
)
TRIGGERS = {
    "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": """
        SELECT relname, tgname FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid
        WHERE NOT tgisinternal
    """,
}


def test_append_only_tables_carry_both_triggers(store):
    with store.reading() as connection:
        found = {tuple(row) for row in connection.execute(text(TRIGGERS[store.dialect]))}

    wanted = {
        (table, f"{table}_no_{verb}") for table in APPEND_ONLY for verb in ("update", "delete")
    }
    assert set() == wanted - found


def test_a_recorded_stage_can_neither_be_changed_nor_deleted(store, make_paid, now):
    with store.begin() as connection:
        event = make_paid()
        store.inbox.receive(connection, [event], now=now)
        owner = store.subjects.for_event(connection, event)
        store.stages.record(connection, event.id, "context", b"{}", subject_id=owner, now=now)

    for statement in ("UPDATE stage SET stage = 'x'", "DELETE FROM stage"):
        with pytest.raises(StorageError, match="append-only"), store.begin() as connection:
            connection.execute(text(statement))


def test_answers_of_an_earlier_revision_are_carried_over_in_a_signed_chain(path, key):
    """The no has no time and counts from its arrival; what came from the future, too."""
    upgraded_to(path, "0003")
    raw = sqlite3.connect(path)
    raw.execute("INSERT INTO subject VALUES ('s1', 'shop', x'00', 1, NULL)")
    raw.execute(
        "INSERT INTO consent VALUES "
        "('e1', 0, 's1', 'email', 'granted', 5, 7, x'01'), "
        "('e2', 0, 's1', 'email', 'denied', NULL, 9, x'02'), "
        "('e0', 0, 's1', 'sms', 'granted', 50, 6, x'03')"
    )
    raw.commit()
    raw.close()

    with open_store(f"sqlite:///{path}", key=key) as store, store.reading() as connection:
        query = text("SELECT seq, event_id, answered_at, purpose, act FROM consent_record")
        found = connection.execute(query).all()
        head = ChainHeads(Keyring(key)).read(connection, "shop")

    assert [
        (1, "e0", 6, "marketing", "express"),
        (2, "e1", 5, "marketing", "express"),
        (3, "e2", 9, "marketing", "express"),
    ] == found
    assert (3, True) == (head.seq, head.is_genuine)
