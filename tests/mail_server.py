"""A mail server on loopback, from aiosmtpd, that leaves nothing to the garbage collector."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.ports import free_port

_PATIENCE_S = 120
# From the end of a line to the last word about it, with TLS and without, a few turns of the loop.
_TURNS = 10


class _Server(Controller):
    """Ends the lines of its clients before its loop ends, which aiosmtpd does not."""

    def __init__(self, handler: object, **options: object) -> None:
        super().__init__(
            handler,
            hostname="127.0.0.1",
            port=free_port(),
            ready_timeout=_PATIENCE_S,
            **options,
        )
        self._lines: list[SMTP] = []

    def factory(self) -> SMTP:
        self._lines.append(super().factory())
        return self._lines[-1]

    def cancel_tasks(self, stop_loop: bool = True) -> None:
        super().cancel_tasks(stop_loop=False)
        self._ending = self.loop.create_task(self._end())

    async def _end(self) -> None:
        for line in self._lines:
            if line.transport is not None:
                line.transport.abort()
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        self.loop.stop()


@contextmanager
def mail_server(handler: object, **options: object) -> Iterator[Controller]:
    """Run a server whose ``handler`` takes the mail; yields it, with its ``port``."""
    server = _Server(handler, **options)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        if not server.loop.is_closed():  # it could not start
            server.loop.close()
