"""``retention serve`` in a process of its own, told to stop and killed."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import httpx
import pytest

from retention_sdk import Retention
from retention_sdk.demo.derive import DEMO_SECRET
from retention_sdk.inserts.codes import make_token
from tests.integration.web.serving import HOME, NEW_KEY, PHONE, numbered, post, scans_of, unread
from tests.ports import free_port

KILLS = 40 if os.environ.get("RETENTION_SOAK") else 3


@pytest.fixture
def settings_file(tmp_path):
    (tmp_path / "retention.key").write_text("42" * 32)
    (tmp_path / "brand.toml").write_text('name = "Soap"\n[sender]\nname = "Mary"\n')
    file = tmp_path / "retention.toml"
    file.write_text(
        '[shop]\nid = "soap.example"\nname = "Soap"\ncountry = "DE"\ncurrency = "EUR"\n'
        f'url = "{HOME}"\n[codes]\nbase_url = "https://soap.example/t/"\nkey = "{NEW_KEY}"\n'
        f'[platforms.woocommerce]\nwebhook_secrets = ["{DEMO_SECRET}"]\n'
    )
    return file


@contextmanager
def command(settings_file, log):
    """Run ``retention serve`` in a process of its own; yield it and its address once it answers."""
    port = free_port()
    code = "from retention_sdk.cli import main; main()"
    arguments = [sys.executable, "-c", code, "serve", "--port", str(port), "-c", str(settings_file)]
    with log.open("wb") as output:
        process = subprocess.Popen(arguments, stdout=output, stderr=subprocess.STDOUT)
    url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 300
    try:
        while True:
            try:
                assert 200 == httpx.get(f"{url}/health", trust_env=False, timeout=120).status_code
                break
            except httpx.TransportError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
        yield process, url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=120)


def test_the_command_serves_until_it_is_told_to_stop(settings_file, tmp_path):
    """Scans that were counted are in the store after an orderly stop; no address is in the log."""
    log, code = tmp_path / "log", make_token(5, key=NEW_KEY.encode())
    with command(settings_file, log) as (process, url):
        agent = {"user-agent": PHONE}
        answer = httpx.get(f"{url}/t/{code}", headers=agent, trust_env=False, timeout=120)

    assert 302 == answer.status_code
    assert "server" not in answer.headers
    assert process.returncode in {0, -signal.SIGTERM}
    assert code not in log.read_text()
    assert {url.rpartition(":")[2]} >= set(re.findall(r"127\.0\.0\.1:(\d+)", log.read_text()))
    with Retention.from_file(settings_file) as shop:
        assert 1 == len(scans_of(shop, 5))


def deliver_until_killed(settings_file, log, numbers, enough):
    """Let four senders deliver, each number twice, and kill the server amid that.

    Returns what was answered with 202.
    """
    acknowledged, is_enough = [], Event()

    def send(client, part):
        for number in [each for each in part for _ in range(2)]:
            try:
                while 503 == (answer := post(client, numbered(number))).status_code:
                    time.sleep(0.1)  # its disk is slow today; a platform comes again too
            except httpx.TransportError:
                return
            assert 202 == answer.status_code
            acknowledged.append(number)
            if len(acknowledged) == enough:
                is_enough.set()

    with command(settings_file, log) as (process, url):
        with (
            httpx.Client(base_url=url, trust_env=False, timeout=120) as client,
            ThreadPoolExecutor(4) as pool,
        ):
            jobs = [pool.submit(send, client, numbers[start::4]) for start in range(4)]
            assert is_enough.wait(timeout=600)
            process.kill()
        for job in jobs:
            job.result()
    assert -signal.SIGKILL == process.returncode
    return acknowledged


def test_no_acknowledged_delivery_is_lost_however_often_the_process_is_killed(
    settings_file, tmp_path
):
    """Whatever was answered with 202 is in the store, and nothing is there or done twice."""
    acknowledged, chance = set(), random.Random(20261122)
    for kill in range(KILLS):
        first = 2000 + 150 * kill  # half of them are new, half were on their way when it died
        numbers, enough = range(first, first + 300), chance.randint(30, 120)
        acknowledged |= {*deliver_until_killed(settings_file, tmp_path / "log", numbers, enough)}

    with Retention.from_file(settings_file) as shop:
        for _ in shop.intake.news():
            pass  # it is read, and the work is left
        assert (0, 0) == unread(shop)
        with shop.store.reading() as connection:
            stored = connection.exec_driver_sql("SELECT id FROM event").scalars().all()
            queries = (
                "SELECT order_id FROM card",
                "SELECT cause_id FROM txn WHERE kind = 'earn'",
            )
            done = [connection.exec_driver_sql(query).scalars().all() for query in queries]
    expected = {f"woocommerce:soap.example:order:{number}:paid" for number in acknowledged}
    assert set() == expected - set(stored)
    assert 20 * KILLS <= len(expected)
    for names in (stored, *done):
        assert sorted(set(names)) == sorted(names)


def test_the_command_says_what_to_install(settings_file):
    """Without Starlette, as in an installation without the extra."""
    code = (
        "import sys; sys.modules['starlette'] = None\n"
        "from retention_sdk.cli import main\n"
        f"sys.exit(main(['serve', '-c', {str(settings_file)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert 3 == done.returncode
    assert "pip install 'retention-sdk[web]'" in done.stderr
