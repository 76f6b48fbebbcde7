"""When to try again, and how long to wait before. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

TRY_LATER = frozenset({408, 425, 429, 503})
"""Statuses by which a server says that it did nothing (RFC 9110, RFC 6585, RFC 8470)."""
_SERVER_FAILED = range(500, 600)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most ``tries`` in all, waiting ``first_s`` doubled each time up to ``longest_s`` seconds.

    Waits are spread over their whole length, so that clients that failed together do not come
    back together. What the server asks for in Retry-After is waited instead, if it is at most
    ``patience_s``; whoever asks for more is told to the caller.
    """

    tries: int = 5
    first_s: float = 0.5
    longest_s: float = 20.0
    patience_s: float = 60.0

    def wait_s(self, tried: int, random: Callable[[], float]) -> float:
        """Return the seconds before the next try, after ``tried`` of them (1 or more).

        ``random`` returns a number from 0 to 1.
        """
        longest: float = min(self.longest_s, self.first_s * 2 ** (tried - 1))
        return longest * random()


def may_repeat(status: int, *, is_repeatable: bool) -> bool:
    """Whether a request that was answered so may be sent again.

    A failure of the server tells nothing about what it did, so only repeatable requests are.
    """
    return status in TRY_LATER or (is_repeatable and status in _SERVER_FAILED)


def is_temporary(status: int) -> bool:
    """Whether a later call may succeed without anybody changing anything."""
    return status in TRY_LATER or status in _SERVER_FAILED


def asked_wait_s(retry_after: str, *, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for; None without one that can be read.

    Source: RFC 9110, 10.2.3: seconds, or an HTTP date.
    """
    text = retry_after.strip()
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
