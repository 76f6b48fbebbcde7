"""Opens a store: one database with everything that must survive a power cut."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from secrets import token_bytes
from typing import Self, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from ..errors import ConfigError, StorageError
from ..model import AccessRequest, Customer, ShopEvent
from .achievements import AchievementRows
from .arrivals import Arrivals
from .cards import CardLedger
from .codes import CardCodes
from .consents import ConsentLog
from .crypto import Keyring
from .decisions import DecisionLog
from .deliveries import DeliveryLog
from .devices import DeviceRows
from .doorkeeper import Doorkeeper
from .due import DueRows
from .inbox import Inbox
from .jobs import PrintJobs
from .leaderboards import LeaderboardRows
from .ledger.known import KnownRules
from .leftovers import Leftovers
from .migrate import ensure_current
from .orders import OrderFacts
from .partners import PartnerRows
from .person_rows import PersonRows
from .references import (
    PhoneReader,
    customer_references,
    event_references,
    plain_phone,
    request_references,
)
from .referrals import ReferralRows
from .requests import RequestLog
from .rewards import RewardLog
from .rule_sets import RuleSets
from .scans import ScanLog
from .signing import Signer
from .stages import StageLog
from .subjects import SubjectVault
from .suppression import Suppressions
from .syncs import SyncRows
from .tiers import TierHistory

_BUSY_TIMEOUT_MS = 30_000
_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
# What PostgreSQL calls an exception of a trigger; all triggers are ours.
_RAISED = "P0001"
_WAL_TRIES = 200
_WAL_PAUSE_S = 0.02


class Store:
    """One open database. Every change happens inside ``with store.begin() as connection:``.

    The parts take that connection, so that what belongs together is written together or not at
    all::

        with store.begin() as connection:
            new = store.inbox.receive(connection, events, now=now)

    A store may be shared by threads. After a fork, open a new one.
    """

    def __init__(
        self,
        engine: Engine,
        keyring: Keyring,
        *,
        random_bytes: Callable[[int], bytes],
        read_phone: PhoneReader = plain_phone,
    ) -> None:
        self._engine, self._reader = engine, _reading_engine(engine)
        self.random_bytes = random_bytes
        self.subjects = SubjectVault(keyring, random_bytes=random_bytes)
        self.stages = StageLog(self.subjects)
        self.people = PersonRows(self.subjects)
        self.leftovers = Leftovers()
        self.decisions = DecisionLog(self.subjects)
        self.deliveries = DeliveryLog(self.subjects)
        self.consents = ConsentLog(self.subjects, keyring)
        self.rule_sets = RuleSets()
        self.signer = Signer(keyring)
        self.orders = OrderFacts()
        self.read_phone = read_phone
        self.suppressions = Suppressions(self.subjects)
        self.door = Doorkeeper(
            self.subjects, self.suppressions, self.consents, self.orders, read_phone=read_phone
        )
        self.inbox = Inbox(self.subjects, self.door)
        self.arrivals = Arrivals(keyring, random_bytes=random_bytes)
        self.requests = RequestLog(self.subjects, random_bytes=random_bytes)
        self.cards = CardLedger(self.subjects)
        self.jobs = PrintJobs()
        self.scans = ScanLog()
        self.codes = CardCodes()
        self.due = DueRows()
        self.devices = DeviceRows(self.subjects)
        self.tiers = TierHistory()
        self.known_rules = KnownRules()
        self.referrals = ReferralRows(self.subjects, random_bytes=random_bytes)
        self.partners = PartnerRows()
        self.rewards = RewardLog()
        self.achievements = AchievementRows(self.subjects)
        self.syncs = SyncRows()
        self.leaderboards = LeaderboardRows(self.subjects)

    def __repr__(self) -> str:
        return f"<Store {self.url}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """Where it is, without the password."""
        return self._engine.url.render_as_string(hide_password=True)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    def people_of(
        self, connection: Connection, shop_id: str, references: Sequence[str]
    ) -> tuple[str, ...]:
        """Return all subjects that references lead to, an order to who placed it, each once."""
        found = dict.fromkeys(self.subjects.matching(connection, shop_id, references))
        for reference in references:
            kind, _, order_id = reference.partition(":")
            owner = self.orders.owner(connection, shop_id, order_id) if kind == "order" else None
            if owner:
                found[owner] = None
        return tuple(found)

    def references_of(self, event: ShopEvent) -> tuple[str, ...]:
        """Return everything in an event that leads to whom it is about."""
        return event_references(event, read_phone=self.read_phone)

    def references_of_request(self, request: AccessRequest) -> tuple[str, ...]:
        """Return every reference by which somebody who asks may be known."""
        return request_references(request, read_phone=self.read_phone)

    def references_of_customer(self, customer: Customer) -> tuple[str, ...]:
        """Return everything that leads to a customer."""
        return customer_references(customer, read_phone=self.read_phone)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open a transaction that writes: committed at the end, undone by any exception.

        On SQLite it takes the write lock at once (``BEGIN IMMEDIATE``): a transaction that reads
        first and upgrades later fails with "database is locked" under contention.

        Raises:
            StorageError: the database refused: disk full, locked for 30 s, a broken constraint.
        """
        with _translated(self.url), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a consistent view that does not hold up writers. Writing in it is a mistake."""
        with _translated(self.url), self._reader.begin() as connection:
            yield connection

    def scrub(self) -> bool:
        """Move the write-ahead log into the database and empty it, after an erasure.

        Until then the destroyed key may still lie in the log file. Returns False if somebody read
        for longer than the busy timeout: try again later. Does nothing on PostgreSQL, whose own
        log expires by its own settings.
        """
        is_empty = self.dialect != "sqlite" or self._truncate_log()
        if is_empty:
            with self.begin() as connection:
                self.subjects.note_scrubbed(connection)
        return is_empty

    def _truncate_log(self) -> bool:
        raw = self._engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            row = cursor.fetchone()
            cursor.close()
        except sqlite3.Error as error:
            raise StorageError(f"{self.url}: {error}") from error
        finally:
            raw.close()
        return row is not None and row[0] == 0

    def close(self) -> None:
        """Close all connections. The store can be used again; it then reopens them."""
        self._engine.dispose()


def open_store(
    url: str,
    *,
    key: bytes,
    previous_keys: tuple[bytes, ...] = (),
    random_bytes: Callable[[int], bytes] = token_bytes,
    read_phone: PhoneReader = plain_phone,
) -> Store:
    """Open a store, and create or migrate its tables if need be.

    ``url`` is ``sqlite:///path/to/file.db`` (``sqlite://`` lives in memory, for tests) or
    ``postgresql://user@host/name``; the latter needs ``pip install retention-sdk[postgres]``.
    ``key`` are 32 secret bytes that wrap the
    key of every person; ``previous_keys`` still open what was wrapped before a rotation.
    ``read_phone`` tells which telephone numbers are the same one. An erasure that was killed
    before it emptied the log file is finished here.

    Raises:
        ConfigError: the address or a key is malformed, or the driver is not installed.
        StorageError: the store cannot be opened, is newer than this package, or was written
            with another key.
    """
    keyring = Keyring(key, previous=previous_keys)
    store = Store(_create_engine(url), keyring, random_bytes=random_bytes, read_phone=read_phone)
    try:
        ensure_current(store)
        with store.reading() as connection:
            is_keyed = store.subjects.is_ready(connection)
            is_scrub_due = store.subjects.is_scrub_due(connection)
        if not is_keyed:
            with store.begin() as connection:
                store.subjects.prepare(connection)
        if is_scrub_due:
            store.scrub()
    except BaseException:
        store.close()
        raise
    return store


def _create_engine(url: str) -> Engine:
    try:
        address = _read_url(url)
        if address.get_backend_name() == "sqlite":
            return _create_sqlite(address)
        # Servers restart and networks drop what is idle: a dead connection is replaced unseen.
        return create_engine(address, hide_parameters=True, pool_pre_ping=True)
    except (ArgumentError, KeyError):
        hint = "sqlite:///retention.db or postgresql://user@host/name"
        raise ConfigError("not the address of a store", key="store.url", hint=hint) from None
    except ImportError:
        raise ConfigError(
            "the PostgreSQL driver is not installed",
            key="store.url",
            hint="pip install 'retention-sdk[postgres]'",
        ) from None


def _reading_engine(engine: Engine) -> Engine:
    """Return an engine whose transactions see one state of the database from start to end."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(retention_begin="BEGIN DEFERRED")
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _read_url(url: str) -> URL:
    address = make_url(url)
    return address.set(drivername=_DRIVERS[address.drivername])


def _create_sqlite(address: URL) -> Engine:
    is_in_memory = address.database in {None, "", ":memory:"}
    # The driver must not begin transactions by itself; the "begin" event below does.
    arguments: dict[str, object] = {"isolation_level": None, "timeout": _BUSY_TIMEOUT_MS / 1000}
    if is_in_memory:
        arguments["check_same_thread"] = False
        engine = create_engine(
            address, poolclass=StaticPool, connect_args=arguments, hide_parameters=True
        )
    else:
        engine = create_engine(address, connect_args=arguments, hide_parameters=True)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA foreign_keys = ON")
    # Overwrite what is deleted: an erased key must not linger in a free page.
    connection.execute("PRAGMA secure_delete = ON")
    _switch_to_wal(connection)
    # FULL: an acknowledged commit survives a power cut. Costs nothing once batched.
    connection.execute("PRAGMA synchronous = FULL")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on; it stays on.

    SQLite does not wait for its busy timeout here when two processes open a new file at once.
    """
    for attempt in range(_WAL_TRIES):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or attempt == _WAL_TRIES - 1:
                raise
            time.sleep(_WAL_PAUSE_S)
        else:
            return


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    connection.exec_driver_sql(cast("str", options.get("retention_begin", "BEGIN IMMEDIATE")))


@contextmanager
def _translated(where: str) -> Iterator[None]:
    """Turn the driver's errors into ours. Values of rows never get into the message."""
    try:
        yield
    except DBAPIError as error:
        # PostgreSQL quotes the row in what it says, and a traceback would show that.
        cause = error if isinstance(error.orig, sqlite3.Error) else None
        raise StorageError(f"{where}: {_reason(error.orig)}") from cause
    except PoolTimeout as error:
        raise StorageError(f"{where}: too many threads use the store at once") from error


def _reason(error: object) -> str:
    # SQLite names tables and columns. Other drivers may quote the row, so of their words only the
    # code, the name of a constraint and what our own triggers say is kept.
    if isinstance(error, sqlite3.Error):
        return str(error)
    code, details = getattr(error, "sqlstate", "") or "", getattr(error, "diag", None)
    own = "message_primary" if code == _RAISED else "constraint_name"
    words = [type(error).__name__, code, getattr(details, own, None) or ""]
    return " ".join(word for word in words if word)
