"""Ports on loopback that nobody else is given between the question and the use."""

from __future__ import annotations

import os
import socket
from itertools import count

# Below what systems give to whoever asks for any port, or connects. Each test process walks
# through a part of its own, and starts where the run before it hardly did.
_FIRST, _SHARE, _SHARES = 20_000, 1_500, 8
_steps = count(os.getpid())


def free_port() -> int:
    """Return a port that nothing listens on, and that stays so until the test takes it."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _SHARES
    for _ in range(_SHARE):
        port = _FIRST + worker * _SHARE + next(_steps) % _SHARE
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise AssertionError("no port is free")
