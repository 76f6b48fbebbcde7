"""A PostgreSQL server of our own: in a folder of its own, on a free port, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from retention_sdk.storage import open_store
from tests.ports import free_port

_PATIENCE_S = 300
# Nothing is written down for the day after: whoever kills the server itself asks for less.
_QUICK = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal",
    "max_wal_senders=0", "max_wal_size=96MB", "min_wal_size=32MB", "shared_buffers=32MB",
    "autovacuum=off", "jit=off",
)  # fmt: skip
_MEMORY = Path("/dev/shm")
_MEMORY_BYTES = 2 << 30
_COPIES_FILES = 150_000


class Cluster:
    """Runs a server and makes databases in it; every one starts as a copy of an empty store."""

    def __init__(self, folder: Path, *, settings: tuple[str, ...] = _QUICK) -> None:
        self.folder, self.port = folder, free_port()
        self._numbers, self._templates, self._made = count(), dict[bytes, str](), list[str]()
        self._run(
            "initdb", "-A", "trust", "-U", "retention", "-E", "UTF8", "--locale=C", "--no-sync"
        )
        options = [f"port={self.port}", "listen_addresses=127.0.0.1", *settings]
        options += ["unix_socket_directories=", "max_connections=50"]
        command = [program("postgres"), "-D", str(folder / "data")]
        for option in options:
            command += ["-c", option]
        with (folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                command, stdout=log, stderr=log, **_unprivileged(folder)
            )
        self._wait()
        version = int(self.execute("SHOW server_version_num")[0][0])
        self._strategy = "STRATEGY FILE_COPY" if version >= _COPIES_FILES else ""

    def database(self, key: bytes = bytes(32), *, is_empty: bool = False) -> str:
        """Return the address of a new database with a store's tables, or without any."""
        name = f"shop{next(self._numbers)}"
        if is_empty:
            self.execute(f"CREATE DATABASE {name}")
        else:
            self.execute(f"CREATE DATABASE {name} TEMPLATE {self._template(key)} {self._strategy}")
        self._made.append(name)
        return self.url(name)

    def drop_all(self) -> None:
        """Remove every database that was given out: ten megabytes each."""
        while self._made:
            self.execute(f"DROP DATABASE {self._made.pop()} WITH (FORCE)")

    def url(self, name: str, *, port: int | None = None) -> str:
        return f"postgresql://retention@127.0.0.1:{port or self.port}/{name}"

    def execute(self, statement: str, *, name: str = "postgres") -> list[tuple[Any, ...]]:
        import psycopg

        with psycopg.connect(self.url(name), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def close(self) -> None:
        """Stop at once, without writing down what is deleted in a moment."""
        self._server.send_signal(signal.SIGQUIT)
        self._server.wait(_PATIENCE_S)

    def _template(self, key: bytes) -> str:
        if key not in self._templates:
            name = f"template_{sha256(key).hexdigest()[:8]}"
            self.execute(f"CREATE DATABASE {name}")
            open_store(self.url(name), key=key).close()
            self._templates[key] = name
        return self._templates[key]

    def _run(self, name: str, *arguments: str) -> None:
        command = [program(name), *arguments, "-D", str(self.folder / "data")]
        done = subprocess.run(
            command, capture_output=True, check=False, **_unprivileged(self.folder)
        )
        assert 0 == done.returncode, done.stderr.decode()

    def _wait(self) -> None:
        import psycopg

        end = time.monotonic() + _PATIENCE_S
        while True:
            assert self._server.poll() is None, (self.folder / "log").read_text()
            try:
                self.execute("SELECT 1")
            except psycopg.OperationalError:
                assert time.monotonic() < end, (self.folder / "log").read_text()
                time.sleep(0.05)
            else:
                return


@contextmanager
def running_cluster(*, settings: tuple[str, ...] = _QUICK) -> Iterator[Cluster]:
    """Start a server and stop it at the end."""
    # Not pytest's own folder: that one is closed to the user the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="retention-postgres-", dir=_place(settings)))
    folder.chmod(0o755)
    if user := _server_user():
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        cluster = Cluster(folder, settings=settings)
        try:
            yield cluster
        finally:
            cluster.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _place(settings: tuple[str, ...]) -> Path | None:
    """Return where databases lie: in memory where there is room, unless their disk matters."""
    if settings != _QUICK or not _MEMORY.is_dir():
        return None
    return _MEMORY if shutil.disk_usage(_MEMORY).free >= _MEMORY_BYTES else None


def is_installed() -> bool:
    """Whether a server can be started here."""
    try:
        import psycopg  # noqa: F401 - whether it is there is the question
    except ImportError:
        return False
    return all(_find(name) for name in ("initdb", "postgres"))


def program(name: str) -> str:
    """Return the path of a PostgreSQL program; Debian does not put them into the search path."""
    found = _find(name)
    assert found, f"{name} is missing: apt-get install postgresql"
    return found


def _find(name: str) -> str | None:
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(debian[0]) if debian else shutil.which(name)


def _server_user() -> pwd.struct_passwd | None:
    """Return whom the server runs as: PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _unprivileged(folder: Path) -> dict[str, Any]:
    user = _server_user()
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
    options: dict[str, Any] = {"cwd": folder, "env": environment}
    if user:
        options |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return options
