"""The receiver in three web frameworks, each on a real server: the shops of ``examples/``."""

import hmac
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from retention_sdk import Retention
from retention_sdk.demo.derive import DATA, DEMO_SECRET
from retention_sdk.http import httpx
from tests.ports import free_port

EXAMPLES = Path(__file__).parents[2] / "examples"
PAGE = Path(__file__).parents[2] / "docs/howto/mount-the-receiver.md"
SERVERS = {
    "fastapi": ["-m", "uvicorn", "fastapi_shop:app", "--log-level", "warning", "--port"],
    "flask": ["-m", "flask", "--app", "flask_shop", "run", "--port"],
    "django": ["django_shop.py", "runserver", "--noreload"],
}
RAW = (DATA / "deliveries/woocommerce-1002.raw").read_bytes()
RECORDED = json.loads((DATA / "deliveries/woocommerce-1002.headers.json").read_bytes())
OWN = {k: v for k, v in RECORDED.items() if k.startswith("X-WC") or k == "Content-Type"}


def signed(body):
    digest = hmac.digest(DEMO_SECRET.encode(), body, sha256)
    return {**OWN, "X-WC-Webhook-Signature": b64encode(digest).decode()}


@pytest.fixture
def folder(tmp_path):
    """A folder with the settings of the demonstration."""
    for name in ("brand.toml", "logo.svg"):
        shutil.copy(DATA / name, tmp_path)
    settings = (DATA / "retention.toml").read_text()
    settings += f'\n[platforms.woocommerce]\nwebhook_secrets = ["{DEMO_SECRET}"]\n'
    settings += '\n[channels.folder]\ndirectory = "out"\n'
    (tmp_path / "retention.toml").write_text(settings)
    (tmp_path / "retention.key").write_text("5a" * 32)
    return tmp_path


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(params=SERVERS)
def served(request, folder):
    """An example on the server that its first lines name, stopped in order."""
    port = free_port()
    command = [sys.executable, *SERVERS[request.param], str(port)]
    environment = {**os.environ, "RETENTION_CONFIG": str(folder / "retention.toml")}
    environment["PYTHONPATH"] = f"{EXAMPLES}:{EXAMPLES.parent}"
    log = folder / "log"
    with log.open("wb") as told:
        process = subprocess.Popen(command, cwd=EXAMPLES, env=environment, stdout=told, stderr=told)
    try:
        deadline = time.monotonic() + 300
        while not listens(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", timeout=120, trust_env=False
        ) as client:
            yield client
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=120)


def orders(folder):
    """Return the orders that were paid, of everything that is in the store."""
    with Retention.from_file(folder / "retention.toml") as shop:
        for _ in shop.intake.news():
            pass
        with shop.store.reading() as connection:
            names = connection.exec_driver_sql("SELECT id FROM event").scalars().all()
    return sorted(int(each.split(":")[3]) for each in names if each.endswith(":paid"))


def test_a_framework_takes_deliveries_whole_and_answers_by_number(served, folder):
    """Spaces, line ends and letters of the body arrive as they were signed; a card is printed."""
    odd = b"\r\n " + json.dumps({**json.loads(RAW), "id": 7}, indent=1).encode() + b"\n\n"

    def post(path, **options):
        while 503 == (answer := served.post(path, **options)).status_code:
            time.sleep(0.1)  # its disk is slow today; a platform comes again too
        return answer

    def many(number):
        body = json.dumps({**json.loads(RAW), "id": number}).encode()
        return post("/hooks/woocommerce", headers=signed(body), content=body).status_code

    answers = [
        post("/hooks/woocommerce", headers=signed(RAW), content=RAW),
        post("/hooks/woocommerce", headers=signed(RAW), content=RAW),
        post("/hooks/woocommerce", headers=signed(odd), content=odd),
        post("/hooks/woocommerce", headers=signed(odd), content=odd.strip()),
        post("/hooks/woocommerce", headers=OWN, content=b"{" * 4_200_000),
        post("/hooks/woocommerce", headers=signed(b"[1"), content=b"[1"),
        post("/hooks/nowhere", headers=signed(RAW), content=RAW),
        served.get("/hooks/woocommerce"),
    ]
    with ThreadPoolExecutor(4) as pool:
        statuses = set(pool.map(many, range(2001, 2006)))
    deadline = time.monotonic() + 300
    while not list((folder / "out").glob("card-*/card.pdf")):
        assert time.monotonic() < deadline
        time.sleep(0.1)

    assert [202, 202, 202, 401, 413, 400, 404, 405] == [each.status_code for each in answers]
    assert {202} == statuses
    assert [b""] * 7 == [each.content for each in answers[:7]]
    assert [7, 1002, *range(2001, 2006)] == orders(folder)


def test_the_page_shows_what_runs():
    """Each block of Python on the page stands in an example, line by line."""
    lines = {line for file in EXAMPLES.glob("*_shop.py") for line in file.read_text().splitlines()}
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)

    assert 3 == len(blocks)
    assert [] == [line for block in blocks for line in block.splitlines() if line not in lines]
