"""Deliveries of platforms: verified and kept when they come, read when there is time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ...errors import ConfigError, RetentionError
from ...model import ShopEvent, WebhookRequest

if TYPE_CHECKING:
    from ...adapter import ShopAdapter
    from ...storage import Arrival, Connection, KeptArrival, Store

_AT_ONCE = 50

_log = logging.getLogger(__name__)

Accept = Callable[[Sequence[ShopEvent], Callable[["Connection", tuple[str, ...]], None]], object]
"""Stores events, and calls back in the transaction that does, with the identifiers of new ones."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one delivery proves. ``new`` are the events that were stored by it."""

    digest: bytes
    events: tuple[ShopEvent, ...]
    new: frozenset[str] = frozenset()

    @property
    def is_all_new(self) -> bool:
        """Whether nothing is left to do but the work on stored events."""
        return len(self.new) == len({event.id for event in self.events})


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """One shop's deliveries. ``adapter`` returns the one of a platform, which is then kept.

    What cannot be read is put aside for ``raw_kept``, and tried again by ``retention resume``: it
    was acknowledged, so it must not be lost to a mistake of an adapter.
    """

    store: Store
    adapter: Callable[[str], ShopAdapter]
    clock: Callable[[], datetime]
    shop_id: str
    raw_kept: timedelta
    _adapters: dict[str, ShopAdapter] = field(default_factory=dict, init=False)

    def admit(self, platform: str, headers: Mapping[str, str], body: bytes) -> Arrival | None:
        """Return a delivery that is authentic and an object of JSON; None for a ping.

        Raises:
            SignatureError: it is not proven to be the platform's.
            PayloadError: it is not JSON.
            UnsupportedFeature: the adapter takes no webhooks.
        """
        from ...storage import Arrival

        request = WebhookRequest(headers=dict(headers), body=body, received_at=self.clock())
        return Arrival(platform, request) if self._adapter(platform).admit(request) else None

    def keep(self, arrivals: Sequence[Arrival]) -> None:
        """Keep deliveries, each once, in one commit. Acknowledge them after it."""
        with self.store.begin() as connection:
            self.store.arrivals.keep(connection, self.shop_id, arrivals)

    def take(self, accept: Accept) -> tuple[Reading, ...] | None:
        """Read some that wait, oldest first, and store their events; None if none waits.

        A delivery is let go in the transaction that stores its events. One that tells of an event
        that was known waits until it is ``done``: that news must be seen to first. One that cannot
        be stored is put aside, and does not hold up the others.

        Raises:
            StorageError: the store refuses; everything waits.
        """
        with self.store.reading() as connection:
            waiting = self.store.arrivals.waiting(connection, self.shop_id, limit=_AT_ONCE)
        if not waiting:
            return None
        readings = tuple(filter(None, map(self._read, waiting)))
        try:
            return self._store(readings, accept)
        except Exception:  # noqa: BLE001 - each alone tells which one it is
            return tuple(self._each_alone(readings, accept))

    def done(self, readings: Sequence[Reading]) -> None:
        """Let go of deliveries that were seen to."""
        digests = [each.digest for each in readings if not each.is_all_new]
        if digests:
            with self.store.begin() as connection:
                self.store.arrivals.drop(connection, digests)

    def put_aside(self, digest: bytes, error: Exception, *, platform: str = "") -> None:
        """Keep a delivery for another try, and say what is wrong with it."""
        # The text of a foreign error may quote a customer.
        is_ours = isinstance(error, RetentionError)
        what = str(error) if is_ours else f"broke with {type(error).__name__}"
        told = f"{platform}: {what}" if platform and not is_ours else what
        _log.warning("a delivery cannot be read: %s", told)
        with self.store.begin() as connection:
            self.store.arrivals.put_aside(connection, digest, error=told)

    def retry(self) -> None:
        """Let what could not be read wait again; ``give_up`` on it after that."""
        with self.store.begin() as connection:
            self.store.arrivals.retry(connection, self.shop_id)

    def give_up(self) -> None:
        """Delete what could not be read, and is too old to be kept."""
        oldest = self.clock() - self.raw_kept
        with self.store.begin() as connection:
            count = self.store.arrivals.purge(connection, self.shop_id, before=oldest)
        if count:
            _log.error("%d deliveries were given up: nothing here could read them", count)

    def _adapter(self, platform: str) -> ShopAdapter:
        if platform not in self._adapters:
            self._adapters[platform] = self.adapter(platform)
        return self._adapters[platform]

    def _read(self, kept: KeptArrival) -> Reading | None:
        """Return what a delivery proves; None if it had to be put aside."""
        try:
            if kept.request is None:
                raise ConfigError("was sealed with a key that is not among store.previous_keys")
            return Reading(kept.digest, self._adapter(kept.platform).read_admitted(kept.request))
        except Exception as error:  # noqa: BLE001 - an adapter's mistake must not stop the others
            self.put_aside(kept.digest, error, platform=kept.platform)
        return None

    def _store(self, readings: Sequence[Reading], accept: Accept) -> tuple[Reading, ...]:
        events = [event for each in readings for event in each.events]
        stored: list[Reading] = []

        def let_go(connection: Connection, new: tuple[str, ...]) -> None:
            stored.extend(_with_new(readings, new))
            finished = [each.digest for each in stored if each.is_all_new]
            self.store.arrivals.drop(connection, finished)

        accept(events, let_go)
        return tuple(stored)

    def _each_alone(self, readings: Sequence[Reading], accept: Accept) -> Iterator[Reading]:
        """Store what can be stored; if the store itself is away, noting a fault fails as well."""
        for reading in readings:
            try:
                yield from self._store((reading,), accept)
            except Exception as error:  # noqa: BLE001 - it must not hold up the others
                self.put_aside(reading.digest, error)


def _with_new(readings: Sequence[Reading], new: tuple[str, ...]) -> Iterator[Reading]:
    """Say of each reading which of its events it was the first to tell."""
    left = set(new)
    for each in readings:
        own = frozenset(event.id for event in each.events) & left
        left -= own
        yield Reading(each.digest, each.events, own)
