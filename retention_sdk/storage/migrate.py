"""Brings a database to the schema of this package, once, whoever opens it first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from ..errors import StorageError

if TYPE_CHECKING:
    from .engine import Store

# Oldest first; the last one is what this package needs. A test compares it with ``migrations``.
REVISIONS = tuple(f"{number:04}" for number in range(1, 15))
# Chained what earlier versions had recorded of consent; a migration has no key to sign it with.
_CHAINED = "0004"
_FOLDER = Path(__file__).parent / "migrations"
# Any constant does; it only has to be the same in every process.
_POSTGRES_LOCK = 0x7265_7465_6E74


def current_revision(connection: Connection) -> str | None:
    """Return the revision of a database, None for an empty one. One cheap query."""
    try:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except (OperationalError, ProgrammingError) as error:
        # An unreadable file must not be taken for an empty one.
        if "alembic_version" not in str(error.orig):
            raise
        return None


def ensure_current(store: Store) -> None:
    """Migrate to the newest revision if the database is behind.

    Raises:
        StorageError: the database was written by a newer version of this package.
    """
    with store.reading() as connection:
        found = current_revision(connection)
    if found == REVISIONS[-1]:
        return
    if found is not None and found not in REVISIONS:
        raise StorageError(
            f"{store.url} has schema {found!r}, newer than this package knows "
            f"({REVISIONS[-1]!r}); upgrade with: pip install -U retention-sdk"
        )
    with store.begin() as connection:
        _lock(connection)
        # Somebody else may have been faster while we waited for the lock.
        before = current_revision(connection) if store.dialect == "sqlite" or found else None
        if before != REVISIONS[-1]:
            upgrade(connection)
        if before is not None and before < _CHAINED:
            store.consents.sign_chains(connection)


def upgrade(connection: Connection) -> None:
    """Run the missing migrations within the transaction of ``connection``: all, or none."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _lock(connection: Connection) -> None:
    # On SQLite the transaction itself is the lock. Alembic looks at the revision again.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _POSTGRES_LOCK})
