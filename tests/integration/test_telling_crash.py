"""A process that is killed between telling a platform an answer and noting that it did."""

from __future__ import annotations

import queue
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from retention_sdk.model import Consent, ConsentChannel, ConsentState
from retention_sdk.pipeline.privacy.telling import TELLING, plan_telling
from retention_sdk.testing import a_consent, a_customer, a_paid_event, an_order
from tests.integration.telling_worker import NOW, open_shop, tell

ROOT = Path(__file__).parents[2]
ADA = a_customer(consents=())
LATER = timedelta(hours=1)
YES, NO = ConsentState.GRANTED, ConsentState.DENIED


class Platform(BaseHTTPRequestHandler):
    """Keeps the answers of one customer. Whoever waits among the victims dies once one is kept."""

    def do_GET(self):
        self._send("\n".join(each.model_dump_json() for each in self.server.kept.values()))

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        answer = Consent.model_validate_json(body)
        self.server.kept[answer.channel] = answer
        self.server.heard.append(answer.state)
        if self.server.is_deadly:
            victim = self.server.victims.get()
            victim.send_signal(signal.SIGKILL)
            victim.wait()
        else:
            self._send("")

    def _send(self, text):
        self.send_response(200)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def platform():
    with ThreadingHTTPServer(("127.0.0.1", 0), Platform) as server:
        server.kept, server.heard, server.victims = {}, [], queue.Queue()
        server.is_deadly = True
        server.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def shop(tmp_path, platform):
    with open_shop(tmp_path, platform.url) as shop:
        shop.remember([a_paid_event(an_order(customer=ADA), shop_id="shop", id="test:shop:1:paid")])
        yield shop


def answer(shop, state, at=NOW):
    """Answer on a page of the shop."""
    with shop.store.begin() as connection:
        references = shop.store.references_of_customer(ADA)
        (who,) = shop.store.people_of(connection, "shop", references)
        given = a_consent(state, recorded_at=at)
        name = f"web:{at.isoformat()}"
        shop.store.consents.record(connection, who, [given], event_id=name, now=at)
        plan_telling(shop.store, connection, who, at=at)


def be_killed(shop, platform, folder):
    """Run a worker that dies once the platform has kept an answer, before it hears of that."""
    command = [sys.executable, "-m", "tests.integration.telling_worker", str(folder), platform.url]
    worker = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    platform.victims.put(worker)
    _, errors = worker.communicate()
    assert (-signal.SIGKILL, "") == (worker.returncode, errors)
    platform.is_deadly = False


def left(shop):
    with shop.store.reading() as connection:
        return shop.store.due.left(connection, "shop", TELLING)


def test_a_no_is_told_again_and_does_no_harm(shop, platform, tmp_path):
    answer(shop, NO)
    be_killed(shop, platform, tmp_path)
    report = tell(shop, wait=LATER)

    assert ([NO, NO], NO) == (platform.heard, platform.kept[ConsentChannel.EMAIL].state)
    assert (1, ()) == (report.done, left(shop))


def test_a_yes_is_not_repeated_over_a_no_that_only_the_platform_heard(shop, platform, tmp_path):
    """Where a no is the end of a subscription, and leaves nothing behind."""
    answer(shop, YES)
    be_killed(shop, platform, tmp_path)
    platform.kept.clear()
    report = tell(shop, wait=LATER)
    (why,) = (each.error for each in left(shop))

    assert ([YES], {}) == (platform.heard, platform.kept)
    assert (0, 1) == (report.done, report.left)
    assert "test, email: a yes may have been told before" in why


def test_a_no_on_the_shops_page_is_the_last_word(shop, platform, tmp_path):
    answer(shop, YES)
    be_killed(shop, platform, tmp_path)
    answer(shop, NO, at=NOW + timedelta(minutes=1))
    report = tell(shop, wait=LATER)

    assert YES not in platform.heard[1:]
    assert NO is platform.kept[ConsentChannel.EMAIL].state
    assert (2, ()) == (report.done, left(shop))
