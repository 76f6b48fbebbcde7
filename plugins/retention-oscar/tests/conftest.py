"""A real oscar shop, installed from PyPI by name into an environment of its own, once."""

import fcntl
import hashlib
import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from retention_oscar.adapter import OscarAdapter

from tests.playing import good, playing
from tests.ports import free_port

HERE = Path(__file__).parent
SERVER, PLUGIN, ROOT = HERE / "server", HERE.parent, HERE.parents[2]
START_S = 300
SECRETS = ["companion-secret-2026", "companion-secret-2025"]


def _load(name):
    """Tests are no package: a helper beside them is loaded by its path."""
    spec = importlib.util.spec_from_file_location(f"oscar_{name}", SERVER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


driver = _load("shop")


def pytest_collection_modifyitems(items):
    """Mark what needs the server, so that ``-m "not real_server"`` leaves it out."""
    for item in items:
        if "oscar" in getattr(item, "fixturenames", ()):
            item.add_marker("real_server")


@pytest.fixture(scope="session")
def sink():
    """A server that takes the companion's deliveries and keeps them."""
    with playing(good({})) as play:
        yield play


@pytest.fixture(scope="session")
def oscar(tmp_path_factory, sink):
    """A running shop with a password that exists for this run only."""
    python, migrated = _installed()
    folder = tmp_path_factory.mktemp("oscar")
    shutil.copyfile(migrated, folder / "shop.sqlite3")
    password, port, log = secrets.token_hex(12), free_port(), folder / "server.log"
    environment = _environment(folder, folder / "shop.sqlite3")
    environment |= {
        "SHOP_PASSWORD": password,
        "SHOP_WEBHOOK_URL": sink.url,
        "SHOP_WEBHOOK_SECRET": SECRETS[0],
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [python, "serve.py", str(port)],
            cwd=SERVER,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(process, log)
            yield driver.Server(f"http://127.0.0.1:{port}", password, log)
        finally:
            process.kill()  # it has nothing to keep
            process.wait(timeout=30)


@pytest.fixture(scope="session")
def shop(oscar):
    """A shop that sells three things, with customers in five countries."""
    return driver.Shop(oscar)


@pytest.fixture
def adapter(shop):
    """An adapter of a shop with the companion."""
    return OscarAdapter.from_config(shop.settings(webhook_secrets=SECRETS), shop_id="soap.example")


@pytest.fixture
def alone(shop):
    """An adapter of a shop that has oscarapi and nothing else."""
    settings = shop.settings(companion=False)
    return OscarAdapter.from_config(settings, shop_id="soap.example")


def _installed():
    """Install and migrate once for each lock file, whichever test process comes first."""
    lock = SERVER / "requirements.txt"
    parts = [lock, SERVER / "settings.py", *sorted(PLUGIN.glob("**/migrations/*.py"))]
    digest = hashlib.sha256(sys.version.encode() + b"".join(p.read_bytes() for p in parts))
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = caches / "retention-sdk-tests" / f"oscar-{digest.hexdigest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    python, migrated = folder / "env" / "bin" / "python", folder / "migrated.sqlite3"
    with (folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not migrated.is_file():
            _install(folder, python, lock)
            _migrate(python, migrated)
    return python, migrated


def _install(folder, python, lock):
    _run([sys.executable, "-m", "venv", "--clear", folder / "env"])
    pip = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "install", "--no-compile", "--require-hashes", "-r", lock])


def _migrate(python, migrated):
    """Fill a database beside the final name: a run that is stopped leaves nothing half-done."""
    with tempfile.TemporaryDirectory(dir=migrated.parent) as folder:
        database = Path(folder) / "shop.sqlite3"
        environment = _environment(folder, database)
        _run([python, "serve.py", "prepare"], cwd=SERVER, env=environment)
        database.replace(migrated)


def _environment(folder, database):
    """Return variables for Django; our own packages are found by path, nothing of ours installed."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(map(str, (SERVER, PLUGIN, ROOT))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SHOP_FOLDER": str(folder),
        "SHOP_DATABASE": str(database),
    }


def _run(command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command[0]} failed:\n{done.stderr[-3000:]}"


def _wait_until_ready(process, log):
    deadline = time.monotonic() + START_S
    while "READY" not in log.read_text(errors="replace"):
        assert process.poll() is None, f"the server stopped:\n{log.read_text()[-3000:]}"
        assert time.monotonic() < deadline, f"no READY in {START_S} s:\n{log.read_text()[-3000:]}"
        time.sleep(0.1)
