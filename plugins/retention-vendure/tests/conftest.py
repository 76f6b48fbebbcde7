"""A real Vendure server, installed from npm and started once per run, with a small shop in it."""

import fcntl
import hashlib
import importlib.util
import os
import secrets
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from retention_vendure.adapter import VendureAdapter

from retention_sdk.http import httpx
from retention_sdk.shop_api import Timing
from tests.ports import free_port

SERVER = Path(__file__).parent / "server"
NEEDS = (
    "a Vendure server needs Node 20 or newer with npm: install it from your system's packages, "
    "or with nvm"
)
START_S = 300
# Nobody waits in a test.
UNHURRIED = Timing(sleep=lambda _: None)


def _load(name):
    """Tests are no package: a helper beside them is loaded by its path."""
    spec = importlib.util.spec_from_file_location(f"vendure_{name}", SERVER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


driver, network = _load("shop"), _load("proxy")


def pytest_collection_modifyitems(items):
    """Mark what needs the server, so that ``-m "not real_server"`` leaves it out."""
    for item in items:
        if "vendure" in getattr(item, "fixturenames", ()):
            item.add_marker("real_server")


@pytest.fixture(scope="session")
def vendure(tmp_path_factory):
    """The Admin API of a running server with a password that exists for this run only."""
    _require_node()
    _install()
    password, port = secrets.token_hex(12), free_port()
    log = tmp_path_factory.mktemp("vendure") / "server.log"
    environment = {**os.environ, "PORT": str(port), "ADMIN_PASSWORD": password}
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["node", "server.js"],
            cwd=SERVER,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(process, log)
            yield driver.Server(f"http://127.0.0.1:{port}", password)
        finally:
            process.kill()  # it has nothing to keep
            process.wait(timeout=30)


@pytest.fixture(scope="session")
def shop(vendure):
    """A shop that sells one soap, and four orders in it."""
    return driver.Shop(vendure)


@pytest.fixture(scope="session", params=["httpx", "httpx2"])
def library(request):
    """Each of the two HTTP libraries that the SDK accepts."""
    return pytest.importorskip(request.param, reason=f"{request.param} is not installed")


@pytest.fixture
def adapter_class(library):
    return type("Adapter", (VendureAdapter,), {"http": library, "timing": UNHURRIED})


@pytest.fixture
def cutting_proxy(vendure):
    """Make a proxy in front of the server that cuts answers after some bytes."""
    port = int(vendure.admin_url.split(":")[2].split("/")[0])
    proxies = []

    def make(after):
        proxies.append(network.CuttingProxy(port, after=after))
        return f"http://127.0.0.1:{proxies[-1].port}/admin-api"

    yield make
    for proxy in proxies:
        proxy.close()


class Script:
    """Answers that a real server cannot be made to give, in place of the HTTP library's network.

    The last one is given again and again.
    """

    def __init__(self, *answers):
        self._answers, self.requests = list(answers), []

    def __getattr__(self, name):
        return getattr(httpx, name)

    def Client(self, **options):
        return httpx.Client(**options, transport=httpx.MockTransport(self._answer))

    def _answer(self, request):
        self.requests.append(request)
        status, content, headers = (
            self._answers[0] if len(self._answers) == 1 else self._answers.pop(0)
        )
        return httpx.Response(status, content=content, headers=headers)


@pytest.fixture
def scripted():
    """Return an adapter to which a server answers as the test says, and what it was asked."""

    def make(*answers, **settings):
        script = Script(*answers)
        adapter_class = type("Adapter", (VendureAdapter,), {"http": script, "timing": UNHURRIED})
        values = {"url": "https://shop.example/admin-api", "api_key": "key-0123456789", **settings}
        return adapter_class.from_config(values, shop_id="soap.example"), script

    return make


def _require_node():
    node = shutil.which("node")
    major = subprocess.check_output([node, "--version"], text=True)[1:].split(".")[0] if node else 0
    if node and shutil.which("npm") and int(major) >= 20:
        return
    if os.environ.get("CI") or os.environ.get("RETENTION_REQUIRE_SERVERS"):
        pytest.fail(NEEDS)
    pytest.skip(NEEDS)


def _install():
    """Install once for each lock file, whichever of several test processes comes first."""
    stamp = SERVER / "node_modules" / ".installed-from"
    with (SERVER / "package-lock.json").open("rb") as pinned:
        fcntl.flock(pinned, fcntl.LOCK_EX)
        wanted = hashlib.sha256(pinned.read()).hexdigest()
        if stamp.is_file() and stamp.read_text() == wanted:
            return
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=5"]
        done = subprocess.run(command, cwd=SERVER, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"npm ci failed:\n{done.stderr[-3000:]}"
        stamp.write_text(wanted)


def _wait_until_ready(process, log):
    deadline = time.monotonic() + START_S
    while "READY" not in log.read_text(errors="replace"):
        assert process.poll() is None, f"the server stopped:\n{log.read_text()[-3000:]}"
        assert time.monotonic() < deadline, f"no READY in {START_S} s:\n{log.read_text()[-3000:]}"
        time.sleep(0.1)
