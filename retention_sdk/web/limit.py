"""A limit per address that keeps no address, and never takes more memory."""

from __future__ import annotations

import hmac
from array import array
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from threading import Lock

SLOTS = 1 << 16
_HOUR_S = 3600.0
_KEY_BYTES = 16


class RateLimit:
    """Token buckets in a table of fixed size: one MiB, however many addresses come by.

    A bucket is found by a hash of the address under a random key that lives for an hour and is
    never written down. Two addresses may share one: with 65,536 of them that is rare, and nobody
    outside can arrange it. An IPv6 customer has a whole /64, and counts as one.
    """

    def __init__(
        self,
        *,
        per_second: float,
        burst: int,
        clock: Callable[[], float],
        random_bytes: Callable[[int], bytes],
        slots: int = SLOTS,
    ) -> None:
        self._per_second, self._burst = per_second, float(burst)
        self._clock, self._random_bytes = clock, random_bytes
        self._slots = slots
        self._lock = Lock()
        self._start(clock())

    def allows(self, address: str) -> bool:
        """Take one from the bucket of an address; False when it is empty."""
        with self._lock:
            now = self._clock()
            if now - self._started >= _HOUR_S:
                self._start(now)
            slot = self._slot(address)
            refilled = self._left[slot] + (now - self._seen[slot]) * self._per_second
            left = min(self._burst, refilled)
            is_allowed = left >= 1
            self._left[slot], self._seen[slot] = left - is_allowed, now
            return is_allowed

    def _start(self, now: float) -> None:
        """Forget everybody, and the key under which they were known."""
        self._key = self._random_bytes(_KEY_BYTES)
        self._left = array("d", [self._burst]) * self._slots
        self._seen = array("d", [now]) * self._slots
        self._started = now

    def _slot(self, address: str) -> int:
        digest = hmac.digest(self._key, _network(address).encode(), "sha256")
        return int.from_bytes(digest[:8]) % self._slots


def _network(address: str) -> str:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and not parsed.ipv4_mapped:
        return parsed.packed[:8].hex()
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
