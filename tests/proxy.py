"""A TCP proxy that cuts its connections after a number of bytes, as networks do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_CHUNK = 65_536


class CuttingProxy:
    """Passes bytes on to a server. ``request`` are those to it, ``answer`` those from it."""

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._lock = threading.Lock()
        self._left: dict[str, int | None] = {"request": None, "answer": None}
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def cut_after(self, direction: str, bytes_count: int) -> None:
        """Let so many bytes pass from now on, then close every connection."""
        with self._lock:
            self._left[direction] = bytes_count

    def heal(self) -> None:
        """Let everything pass again."""
        with self._lock:
            self._left = dict.fromkeys(self._left)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # closing alone wakes nobody who accepts
        self._thread.join()
        self._listener.close()
        self._cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._target_port))
            except OSError:
                client.close()
                continue
            with self._lock:
                self._open |= {client, server}
            for source, sink, direction in (
                (client, server, "request"),
                (server, client, "answer"),
            ):
                arguments = (source, sink, direction)
                threading.Thread(target=self._pass_on, args=arguments, daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, direction: str) -> None:
        with suppress(OSError):
            while data := source.recv(_CHUNK):
                allowed = self._allow(direction, len(data))
                sink.sendall(data[:allowed])
                if allowed < len(data):
                    self._cut()
                    return
        for each in (source, sink):
            self._shut(each)

    def _allow(self, direction: str, wanted: int) -> int:
        with self._lock:
            left = self._left[direction]
            if left is None:
                return wanted
            allowed = min(left, wanted)
            self._left[direction] = left - allowed
            return allowed

    def _cut(self) -> None:
        with self._lock:
            cut, self._open = self._open, set()
        for each in cut:
            self._shut(each)

    @staticmethod
    def _shut(end: socket.socket) -> None:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def cutting_proxy(target_port: int) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(target_port)
    try:
        yield proxy
    finally:
        proxy.close()
