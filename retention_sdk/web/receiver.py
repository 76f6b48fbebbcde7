"""Webhooks for any web framework: verified and durable before the answer, worked on after it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Protocol, Self

from ..errors import PayloadError, RetentionError, SignatureError, UnsupportedFeature
from .intake import Intake, Tally
from .worker import Worker

if TYPE_CHECKING:
    from ..app import Retention
    from ..pipeline.incoming.intake import Intake as PipelineIntake
    from ..pipeline.incoming.receiving import Receiving
    from ..storage import Arrival

_log = logging.getLogger(__name__)

BODY_BYTES_MAX = 4 * 1024 * 1024
# A hash of so much takes a tenth of a millisecond; longer bodies are verified in a thread.
_SHORT_BYTES = 64 * 1024
_PRESSURE = 8
TRY_LATER, _TAKEN = 503, 202
_AGAIN_S = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What to tell a platform: a number and nothing about why, which is in the log.

    202: it is durable and need not come again. 401: not proven to be the platform's. 400: not
    JSON. 404: no such platform here. 413: over 4 MiB. 503: come again, too much waits or the
    store is away.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


class Readable(Protocol):
    """What a body is read from, such as the request of Django and ``request.stream`` of Flask."""

    def read(self, size: int, /) -> bytes:
        """Return so many bytes at most, none at the end."""


class Receiver:
    """Takes deliveries for one shop, from as many threads as there are. Close it at the end.

    With ``works`` a thread of its own reads deliveries and works on them; without it another
    process has to, such as ``retention resume``::

        with Receiver(shop) as receiver:
            answer = receiver.take("woocommerce", headers, body)

    Nothing is opened and no thread runs before ``start`` or the first delivery, so a server may
    fork between. Many at once share one commit: serve with threads, or in an event loop.
    """

    def __init__(
        self,
        shop: Retention,
        *,
        works: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shop, self._works = shop, works
        self._intake = Intake(self._keep, clock=clock)
        self._lock = Lock()
        self._worker = Worker(self._opened, is_busy=lambda: self.waiting > _PRESSURE)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def waiting(self) -> int:
        """How many deliveries wait for the commit, and so for their answer."""
        return self._intake.waiting

    @property
    def is_stuck(self) -> bool:
        """Whether the store has not answered a commit for 2 s; deliveries get 503 then."""
        return self._intake.is_stuck

    @property
    def tally(self) -> Tally:
        """What was kept since the start, in how many commits."""
        return self._intake.tally

    def knows(self, platform: str) -> bool:
        """Whether a platform stands in ``retention.toml`` and its adapter is installed."""
        is_set = platform in self._shop.config.platforms
        return is_set and platform in self._shop.plugins.shelves.adapters

    def start(self) -> None:
        """Finish what an earlier process left open, then work on what comes in.

        The first delivery does so, too.
        """
        if self._works:
            self._worker.start()

    def close(self) -> None:
        """Make durable what waits for it; work on the rest for up to 5 s."""
        self._intake.close()
        self._worker.close()

    def take(self, platform: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Verify a delivery and make it durable. Blocks its thread for one commit.

        ``body`` must be the exact bytes that came.
        """
        if refusal := self._refused_at_once(platform, body):
            return refusal
        try:
            arrival = self._admitted(platform, headers, body)
            if arrival:
                self._intake.store(arrival)
        except RetentionError as error:
            return _refusal(error)
        return Answer(_TAKEN)

    def take_file(self, platform: str, headers: Mapping[str, str], file: Readable) -> Answer:
        """Do what ``take`` does with a body that is still to be read; over 4 MiB is not."""
        body = bytearray()
        if self.knows(platform):
            left = BODY_BYTES_MAX + 1
            while left and (part := file.read(left)):
                body += part
                left -= len(part)
        return self.take(platform, headers, bytes(body))

    async def take_async(self, platform: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Do what ``take`` does, in an event loop."""
        if refusal := self._refused_at_once(platform, body):
            return refusal
        try:
            if len(body) > _SHORT_BYTES or not self._is_open:
                arrival = await asyncio.to_thread(self._admitted, platform, headers, body)
            else:
                arrival = self._admitted(platform, headers, body)
            if arrival:
                await self._intake.store_async(arrival)
        except RetentionError as error:
            return _refusal(error)
        return Answer(_TAKEN)

    async def take_stream(
        self, platform: str, headers: Mapping[str, str], parts: AsyncIterable[bytes]
    ) -> Answer:
        """Do what ``take_async`` does with a body that is still to come; over 4 MiB is not read."""
        body = bytearray()
        if self.knows(platform):
            async for part in parts:
                body += part
                if len(body) > BODY_BYTES_MAX:
                    break
        return await self.take_async(platform, headers, bytes(body))

    def _refused_at_once(self, platform: str, body: bytes) -> Answer | None:
        if not self.knows(platform):
            return Answer(404)
        return Answer(413) if len(body) > BODY_BYTES_MAX else None

    def _admitted(self, platform: str, headers: Mapping[str, str], body: bytes) -> Arrival | None:
        return self._receiving.admit(platform, headers, body)

    def _keep(self, arrivals: Sequence[Arrival]) -> None:
        self._receiving.keep(arrivals)
        self._worker.wake()

    def _opened(self) -> PipelineIntake:
        """Open the store, if nobody did: two threads must not do so at once."""
        with self._lock:
            return self._shop.intake

    @property
    def _is_open(self) -> bool:
        """Whether somebody opened the store; that may take as long as its server is away."""
        return "_receiving" in vars(self)

    @cached_property
    def _receiving(self) -> Receiving:
        self.start()
        return self._opened().receiving


def _refusal(error: RetentionError) -> Answer:
    if isinstance(error, SignatureError):
        return Answer(401)
    if isinstance(error, UnsupportedFeature):
        return Answer(404)
    if isinstance(error, PayloadError):
        _log.warning("a delivery cannot be read: %s", error)
        return Answer(400)
    _log.error("a delivery was not taken: %s", error)
    return Answer(TRY_LATER, {"Retry-After": str(_AGAIN_S)})
