"""Waits before a platform has to refuse: from what its own answers say is left."""

from __future__ import annotations

import math
from collections.abc import Mapping
from threading import Lock
from typing import Any, Protocol

from .answer import Answer

_WAIT_MAX_S = 120.0


class Throttle(Protocol):
    """Knows how long to wait. One per shop, shared by its threads; seconds are monotonic."""

    def wait_s(self, now: float) -> float:
        """Return the seconds until the next request may go, and count that request."""

    def learn(self, answer: Answer, now: float) -> None:
        """Note what an answer says about the limit."""


class HeaderThrottle:
    """For platforms that say in headers how many requests are left, and when there are more.

    ``per_second`` is the unit of the reset header: 1000 for milliseconds. ``keep`` requests are
    left for other programs of the shop.
    """

    def __init__(self, remaining: str, reset: str, *, per_second: int = 1, keep: int = 1) -> None:
        self._names = (remaining, reset)
        self._per_second, self._keep = per_second, keep
        self._left: float = math.inf
        self._resets_at = 0.0
        self._lock = Lock()

    def wait_s(self, now: float) -> float:
        """Return the seconds until more requests are allowed, 0 while some are."""
        with self._lock:
            if now >= self._resets_at:
                self._left = math.inf
            self._left -= 1
            if self._left >= self._keep:
                return 0.0
            return min(_WAIT_MAX_S, self._resets_at - now)

    def learn(self, answer: Answer, now: float) -> None:
        """Read both headers; an answer without them changes nothing."""
        left, reset = (_number(answer.header(name)) for name in self._names)
        if left is None or reset is None:
            return
        with self._lock:
            self._left, self._resets_at = left, now + reset / self._per_second


class CostThrottle:
    """For GraphQL platforms that count costs and fill the bucket up again at a rate per second.

    Reads ``extensions.cost.throttleStatus`` of an answer: ``currentlyAvailable``,
    ``maximumAvailable`` and ``restoreRate``, and ``requestedQueryCost`` as what a request takes.
    """

    def __init__(self, *, expected_cost: float = 100.0) -> None:
        self._cost = expected_cost
        self._available, self._maximum, self._rate = math.inf, math.inf, 1.0
        self._read_at = 0.0
        self._lock = Lock()

    def wait_s(self, now: float) -> float:
        """Return the seconds until the bucket holds the cost of a request like the dearest one."""
        with self._lock:
            self._fill(now)
            missing = min(self._cost, self._maximum) - self._available
            self._available -= self._cost
            return min(_WAIT_MAX_S, max(0.0, missing / self._rate))

    def learn(self, answer: Answer, now: float) -> None:
        """Read what is left in the bucket; an answer without it changes nothing."""
        cost = _cost_of(answer)
        status = cost.get("throttleStatus")
        if not isinstance(status, Mapping):
            return
        read = [
            _number(status.get(name))
            for name in ("currentlyAvailable", "maximumAvailable", "restoreRate")
        ]
        available, maximum, rate = read
        if available is None or maximum is None or not rate:
            return
        with self._lock:
            self._available, self._maximum, self._rate = available, maximum, rate
            self._read_at = now
            asked = _number(cost.get("requestedQueryCost"))
            self._cost = max(self._cost, asked or 0.0)

    def _fill(self, now: float) -> None:
        if self._available < self._maximum:
            restored = (now - self._read_at) * self._rate
            self._available = min(self._maximum, self._available + restored)
        self._read_at = now


def _cost_of(answer: Answer) -> Mapping[str, Any]:
    from ..errors import PlatformError

    try:
        extensions = answer.mapping().get("extensions")
    except PlatformError:
        return {}
    cost = extensions.get("cost") if isinstance(extensions, Mapping) else None
    return cost if isinstance(cost, Mapping) else {}


def _number(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type] # whatever it is, it is a number or not
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number >= 0 else None
