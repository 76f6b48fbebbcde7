"""A real Medusa server, installed from npm and started once per run, with a small shop in it."""

import fcntl
import hashlib
import importlib.util
import os
import secrets
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from retention_medusa.adapter import MedusaAdapter

from retention_sdk.http import httpx
from tests.playing import playing, reply
from tests.ports import free_port
from tests.postgres import is_installed, program, running_cluster

SERVER = Path(__file__).parent / "server"
MEDUSA = ("node", "node_modules/@medusajs/cli/cli.js")
NEEDS_NODE = (
    "a Medusa server needs Node 20 or newer with npm: install it from your system's packages"
)
NEEDS_POSTGRES = "a Medusa server needs PostgreSQL: apt-get install postgresql"
START_S = 300


def _load(name):
    """Tests are no package: a helper beside them is loaded by its path."""
    spec = importlib.util.spec_from_file_location(f"medusa_{name}", SERVER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


driver = _load("shop")


def pytest_collection_modifyitems(items):
    """Mark what needs the server, so that ``-m "not real_server"`` leaves it out."""
    for item in items:
        if "medusa" in getattr(item, "fixturenames", ()):
            item.add_marker("real_server")


@pytest.fixture(scope="session")
def hooks():
    """Whom the companion posts to."""
    with playing(reply(204)) as play:
        yield play


@pytest.fixture(scope="session")
def database():
    """The address of a database with Medusa's tables, which exists for this run only."""
    require_programs()
    wanted = _prepared_from()
    _install(wanted)
    with running_cluster() as cluster:
        url = cluster.database(is_empty=True)
        _migrate(wanted, url)
        yield url


@pytest.fixture(scope="session")
def medusa(tmp_path_factory, hooks, database):
    """The address of a running server with a secret of this run only."""
    port = free_port()
    environment = {
        **_environment(database),
        "PORT": str(port),
        "RETENTION_WEBHOOK_URL": hooks.url,
        "RETENTION_WEBHOOK_SECRET": driver.SECRET,
    }
    log = tmp_path_factory.mktemp("medusa") / "server.log"
    command = [*MEDUSA, "start", "--host", "127.0.0.1"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=SERVER, env=environment, stdout=output, stderr=output
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_until_ready(process, address, log)
            yield address
        finally:
            process.kill()  # it has nothing to keep
            process.wait(timeout=30)


@pytest.fixture
def kept_rows(database):
    """Return a function that shows all rows of a table about a customer, as text."""
    import psycopg

    def rows(table, column, value):
        with psycopg.connect(database) as connection:
            query = f"SELECT * FROM {table} WHERE {column} = %s"
            return str(connection.execute(query.encode(), (value,)).fetchall())

    return rows


@pytest.fixture(scope="session")
def shop(medusa):
    """A shop that sells one soap in five countries, five orders in it, and a customer's account."""
    made = driver.Shop(driver.Server(medusa))
    made.new_account()
    return made


@pytest.fixture
def adapter(shop):
    """An adapter that may do everything."""
    return MedusaAdapter.from_config(shop.settings(), shop_id="soap.example")


@pytest.fixture(scope="session")
def stage():
    """A server whose answers tests write."""
    with playing() as play:
        yield play


@pytest.fixture
def scripted(stage):
    """Return a function that makes an adapter for a server that answers as the test says."""
    stage.seen.clear()

    def make(*answers, **settings):
        stage.answers[:] = answers
        address = stage.url.removesuffix("/api")
        values = {"url": address, "api_key": "sk_0123456789", **settings}
        return MedusaAdapter.from_config(values, shop_id="soap.example"), stage

    return make


def require_programs():
    node = shutil.which("node")
    major = subprocess.check_output([node, "--version"], text=True)[1:].split(".")[0] if node else 0
    has_node = node and shutil.which("npm") and int(major) >= 20
    for is_there, message in ((has_node, NEEDS_NODE), (is_installed(), NEEDS_POSTGRES)):
        if not is_there:
            if os.environ.get("CI") or os.environ.get("RETENTION_REQUIRE_SERVERS"):
                pytest.fail(message)
            pytest.skip(message)


def _prepared_from():
    """Return the name of what is installed and migrated: another one is prepared anew."""
    digest = hashlib.sha256()
    for name in ("package-lock.json", "medusa-config.js"):
        digest.update((SERVER / name).read_bytes())
    return digest.hexdigest()


@contextmanager
def _alone():
    """Let one of several test processes prepare what all of them use."""
    with (SERVER / "package-lock.json").open("rb") as pinned:
        fcntl.flock(pinned, fcntl.LOCK_EX)
        yield


def _install(wanted):
    """Install once for each lock file, whichever of several test processes comes first."""
    stamp = SERVER / "node_modules" / ".installed-from"
    with _alone():
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        # The loyalty plugin pins its peers to the release before; it runs with this one.
        command = ["npm", "ci", "--ignore-scripts", "--legacy-peer-deps", "--omit=dev"]
        command += ["--no-audit", "--no-fund", "--fetch-retries=5"]
        _run(command)
        stamp.write_text(wanted)


def _environment(database):
    return {
        **os.environ,
        "DATABASE_URL": database,
        "NODE_ENV": "production",
        "MEDUSA_DISABLE_TELEMETRY": "true",
        "SERVER_SECRET": secrets.token_hex(16),
    }


def _migrate(wanted, url):
    """Make the tables, and keep them as SQL: another test process only has to read them in."""
    made = SERVER / "node_modules" / f".tables-{wanted[:16]}.sql"
    with _alone():
        if made.is_file():
            _run([program("psql"), "-q", "-v", "ON_ERROR_STOP=1", "-f", str(made), url])
            return
        _run([*MEDUSA, "db:migrate", "--skip-scripts"], env=_environment(url))
        unfinished = made.with_suffix(".part")
        _run([program("pg_dump"), "--no-owner", "-f", str(unfinished), url])
        unfinished.rename(made)


def _run(command, **options):
    done = subprocess.run(
        command, cwd=SERVER, capture_output=True, text=True, check=False, **options
    )
    assert 0 == done.returncode, f"{command[0]} failed:\n{done.stdout[-1500:]}{done.stderr[-1500:]}"


def _wait_until_ready(process, address, log):
    deadline = time.monotonic() + START_S
    with httpx.Client(trust_env=False) as client:
        while True:
            assert process.poll() is None, f"the server stopped:\n{log.read_text()[-3000:]}"
            assert time.monotonic() < deadline, f"no answer:\n{log.read_text()[-3000:]}"
            try:
                if client.get(f"{address}/health").is_success:
                    return
            except httpx.RequestError:
                time.sleep(0.1)
