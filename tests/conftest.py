"""What many tests need: a shop with settings of its own, a clock that stands still."""

import os
import shutil
import sys
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, settings

from retention_sdk import Brand, Config, Retention, Sender
from retention_sdk.config import StoreConfig
from retention_sdk.hooks import manager
from retention_sdk.loyalty.rules import Program, Rate
from retention_sdk.testing import a_shop
from tests.new_stores import made_at_once
from tests.postgres import is_installed, running_cluster

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)

# No test fails because the machine is busy, or for an example that nobody asked for: what is drawn
# is the same every day, and other every time where there is time to look at what it finds.
settings.register_profile(
    "unhurried",
    deadline=None,
    derandomize=not os.environ.get("RETENTION_SOAK"),
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("unhurried")

KEY = "42" * 32
MEMORY, ROOM_BYTES = Path("/dev/shm"), 4 << 30


def pytest_configure():
    """Write into memory where there is room: a store waits for its disk at each commit."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM_BYTES
    if has_room and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:  # some tests install programs
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """Start more processes than processors: tests wait for disks, servers and other processes."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    return max(2, (os.cpu_count() or 1) * 3 // 2)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Share the tests out by files, with what we know of them."""
    if config.getvalue("dist") != "loadfile":
        return None
    from tests.sharing import SlowFirst

    return SlowFirst(config, log)


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL server that lives as long as the tests; it must be there where we release."""
    if not is_installed():
        message = "PostgreSQL is missing: apt-get install postgresql, pip install psycopg[binary]"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def postgres(postgres_server):
    """The server; databases that a test makes in it are gone after the test."""
    yield postgres_server
    postgres_server.drop_all()


@pytest.fixture(scope="session", autouse=True)
def _new_stores():
    """Let new stores on SQLite be made in a moment; on PostgreSQL they are copies anyway."""
    with made_at_once():
        yield


@pytest.fixture(scope="session", autouse=True)
def _installed_plugins():
    """Look once for installed plugins; a test that extends the path looks there itself."""
    path, once = list(sys.path), cache(entry_points)

    def found(**selection):
        return (once if sys.path == path else entry_points)(**selection)

    with patch.object(manager, "entry_points", found):
        yield


@pytest.fixture
def make_shop(tmp_path):
    """Return a function that builds a shop in a folder of its own; all are closed at the end."""
    opened = []

    def make(*, clock=lambda: NOW, plugins=None, **changes):
        fields = {
            "shop": a_shop(),
            "brand": Brand(
                name="Soap & Sons",
                sender=Sender(name="Mary"),
                legal_footer={"en": "Soap & Sons GmbH · Hauptstr. 1, 10115 Berlin"},
            ),
            "store": StoreConfig(url=f"sqlite:///{tmp_path}/shop.db", key=KEY),
            "loyalty": Program(rates={"EUR": Rate(points=1, per_minor=100)}),
            "channels": {"folder": {"directory": str(tmp_path / "out")}},
            "directory": str(tmp_path),
        }
        shop = Retention(
            Config.model_validate(fields | changes), clock=clock, plugins=plugins, environ={}
        )
        opened.append(shop)
        return shop

    yield make
    for shop in opened:
        shop.close()
