"""A proxy on loopback that answers as bad networks and busy servers do, by a seed."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What may happen to a request, and how often out of a hundred. Before the server saw it: delay,
# busy, busy_bare, broken, dropped. After: cut, truncated, mistyped; lost is done and not answered.
TROUBLES = {
    "delay": 6,
    "busy": 5,
    "busy_bare": 5,
    "broken": 6,
    "dropped": 6,
    "cut": 6,
    "truncated": 6,
    "mistyped": 5,
    "lost": 5,
}
_PAGE = b"<!DOCTYPE html><html><body>One moment, please</body></html>"
_SKIPPED = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})


class Chaos:
    """What happens next, and what happened; ``heal`` ends it."""

    def __init__(self, target_port: int, *, seed: int) -> None:
        self.target_port, self.url, self.happened = target_port, "", Counter()
        self._chance, self._lock, self._is_healed = random.Random(seed), threading.Lock(), False

    def heal(self) -> None:
        self._is_healed = True

    def next(self) -> str:
        """Draw what happens to the next request; an empty text for nothing."""
        with self._lock:
            calm = 100 - sum(TROUBLES.values())
            names, weights = ("", *TROUBLES), (calm, *TROUBLES.values())
            (trouble,) = self._chance.choices(names, weights)
            trouble = "" if self._is_healed else trouble
            self.happened[trouble] += 1
        return trouble


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __getattr__(self, name: str):
        """Whatever the method is, it goes through here."""
        if name.startswith("do_"):
            return self._take
        raise AttributeError(name)

    def _take(self) -> None:
        chaos: Chaos = self.server.chaos
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        trouble = chaos.next()
        if trouble == "delay":
            time.sleep(0.1)
        if trouble == "dropped":
            self.close_connection = True
        elif trouble == "busy":
            self._send(429, {"retry-after": "0"}, b"")
        elif trouble == "busy_bare":
            self._send(429, {}, b"slow down")
        elif trouble == "broken":
            self._send(500, {"content-type": "text/html"}, _PAGE)
        else:
            self._pass_on(trouble, body)

    def _pass_on(self, trouble: str, body: bytes) -> None:
        status, headers, data = self._ask(body)
        if trouble == "lost":
            self.close_connection = True
        elif trouble == "truncated":  # a whole answer of a part: its length is right
            self._send(status, headers, data[: len(data) // 2])
        elif trouble == "mistyped":
            self._send(200, {"content-type": "text/html"}, _PAGE)
        elif trouble == "cut":
            self._send(status, headers, data, kept=len(data) // 2)
        else:
            self._send(status, headers, data)

    def _ask(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        server = http.client.HTTPConnection("127.0.0.1", self.server.chaos.target_port, timeout=120)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _SKIPPED}
        with closing(server):
            server.request(self.command, self.path, body=body or None, headers=headers)
            answer = server.getresponse()
            data = answer.read()
        kept = {k: v for k, v in answer.getheaders() if k.lower() not in _SKIPPED}
        return answer.status, kept, data

    def _send(
        self, status: int, headers: dict[str, str], data: bytes, *, kept: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[:kept])
        if kept is not None:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def chaos_before(target_port: int, *, seed: int):
    """Put the proxy before a server of this machine; yields what tells and ends the chaos."""
    chaos = Chaos(target_port, seed=seed)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.chaos, server.daemon_threads = chaos, True
    chaos.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield chaos
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
