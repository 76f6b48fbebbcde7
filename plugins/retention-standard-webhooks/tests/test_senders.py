"""The senders in the README, taken out of it and run against a real server."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from base64 import b64encode
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
import uvicorn

from retention_sdk import Retention
from retention_sdk.config import Config, StoreConfig
from retention_sdk.testing import a_brand, a_shop
from retention_sdk.web import create_app

HERE = Path(__file__).parent
README = (HERE.parent / "README.md").read_text(encoding="utf-8")
PAID = json.loads((HERE / "payloads" / "order_paid.json").read_text(encoding="utf-8"))
SECRET = "whsec_" + b64encode(b"an invented key, 24 bytes+").decode()
OTHER = "whsec_" + b64encode(b"another invented key of 32 bytes").decode()
NODE = shutil.which("node")
CALLS = {
    "python": """
import json, sys
event, address, secret = json.load(sys.stdin)
print(send(event, address=address, secret=secret))
""",
    "js": """
let text = "";
for await (const piece of process.stdin) text += piece;
const [event, address, secret] = JSON.parse(text);
console.log(await send(event, { address, secret }));
""",
}


def code(language):
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    return block + CALLS[language]


@contextmanager
def served(app):
    config = uvicorn.Config(app, port=0, log_level="error", access_log=False, ws="none")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server stopped"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=30)


@pytest.fixture
def shop(tmp_path):
    config = Config(
        shop=a_shop(),
        brand=a_brand(),
        store=StoreConfig(url=f"sqlite:///{tmp_path / 'store.db'}", key="42" * 32),
        channels={"folder": {"directory": str(tmp_path / "out")}},
        platforms={"standard_webhooks": {"secrets": [SECRET]}},
    )
    with Retention(config, clock=lambda: datetime.now(UTC), environ={}) as made:
        yield made


@pytest.fixture(params=["python", "js"])
def sender(request, tmp_path):
    if request.param == "js" and NODE is None:
        message = "node is missing: install Node 20"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    name, program = {"python": ("send.py", sys.executable), "js": ("send.mjs", NODE)}[request.param]
    script = tmp_path / name
    script.write_text(code(request.param), encoding="utf-8")

    def send(event, address, secret):
        return subprocess.run(
            [program, script],
            input=json.dumps([event, f"{address}/hooks/standard_webhooks", secret]),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return send


def test_what_the_sender_posts_is_taken_and_kept_once(shop, sender):
    with served(create_app(shop)) as address:
        first, again = (sender(PAID, address, SECRET) for _ in range(2))

    assert ("202", "202") == (first.stdout.strip(), again.stdout.strip()), first.stderr
    with shop.store.begin() as connection:
        stored = shop.store.inbox.get(connection, "standard_webhooks:soap.example:order-1001-paid")
        owner = shop.store.orders.owner(connection, "soap.example", "1001")
    assert "done" == stored.state
    assert owner


def test_a_wrong_secret_is_an_error_of_the_sender(shop, sender):
    with served(create_app(shop)) as address:
        refused = sender(PAID, address, OTHER)

    assert 0 != refused.returncode
    assert "401" in refused.stderr
    assert OTHER not in refused.stderr
