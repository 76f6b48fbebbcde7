"""A real server on loopback that answers what a test tells it to, and remembers what it got."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Play:
    """Answers in turn; the last one is repeated. ``None`` cuts the connection."""

    answers: list = field(default_factory=list)
    seen: list = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def next(self, request):
        with self.lock:
            self.seen.append(request)
            answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
        return answer(request) if callable(answer) else answer


def good(body, **headers):
    """Return an answer with status 200."""
    return reply(200, body, **headers)


def reply(status, body=b"", **headers):
    """Return an answer; names of headers are written with underscores."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return status, {name.replace("_", "-"): str(value) for name, value in headers.items()}, data


class Clock:
    """Seconds that pass when somebody sleeps."""

    def __init__(self):
        self.seconds, self.slept = 1_000.0, []

    def now(self):
        return self.seconds

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.seconds += seconds


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are sent apart; without this, each body waits 40 ms for an acknowledgement.
    disable_nagle_algorithm = True

    def __getattr__(self, name):
        """Whatever the method is, play the next answer."""
        if name.startswith("do_"):
            return self.play_next
        raise AttributeError(name)

    def play_next(self):
        length = int(self.headers.get("content-length") or 0)
        request = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": self.rfile.read(length),
        }
        answer = self.server.play.next(request)
        if answer is None:
            self.close_connection = True
            return
        status, headers, body = answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "content-length" not in {name.lower() for name in headers}:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


class Server(ThreadingHTTPServer):
    # As many threads as a test has may knock at once; the default refuses the sixth.
    request_queue_size = 128


@dataclass
class Line:
    """A server that many tests share: what it answers and has seen is the running test's."""

    play: Play = field(default_factory=Play)
    server: object = None

    def begin(self, make):
        """Return what ``make`` makes of the line for one test; its ``server`` answers from now."""
        self.play.seen.clear()
        made = make(self.play)
        self.server = made.server
        return made


@contextmanager
def shared_line():
    """Serve one test after the other; for a fixture of the whole run."""
    line = Line()
    with playing(lambda request: line.server.answer(request)) as line.play:
        yield line


@contextmanager
def playing(*answers):
    """Serve the answers; yields the play."""
    play = Play(list(answers))
    server = Server(("127.0.0.1", 0), Handler)
    server.play = play
    play.url = f"http://127.0.0.1:{server.server_port}/api"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield play
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
