"""Deliveries that were verified and not read yet: kept at once, in one statement for many."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import accumulate
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from ..errors import StorageError
from ..model import WebhookRequest
from .crypto import Keyring, RandomBytes, seal, unseal
from .tables import arrival, subject, to_microseconds

_SEALS, _DIGESTS = "arrivals", "arrival-digests"
_BYTES_AT_ONCE = 8 * 1024 * 1024
_LENGTH_BYTES = 4
_COLUMNS = ("digest", "shop_id", "platform", "sealed", "received_at")
_INSERT = f"INSERT INTO arrival ({', '.join(_COLUMNS)}) VALUES"
# They prove who asks, and that is done: what is read later does without.
_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery that a platform's adapter has verified."""

    platform: str
    request: WebhookRequest

    @property
    def received_at(self) -> datetime:
        """When it came."""
        assert self.request.received_at, "set by whoever took it"
        return self.request.received_at


@dataclass(frozen=True, slots=True)
class KeptArrival:
    """One that is kept. ``request`` is None if nothing here opens it any more.

    ``digest`` names what came, word for word; SQLite gives the number of a row that is gone again.
    """

    digest: bytes
    platform: str
    request: WebhookRequest | None


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many deliveries wait to be read, since when, and how many could not be."""

    waiting: int
    oldest: datetime | None
    unreadable: int


class Arrivals:
    """Keeps deliveries under a key of the shop's: whose data they are is known once they are read.

    Header fields with credentials are not kept. NIST SP 800-38D section 8.3 allows 2^32 random
    nonces per key: a million deliveries a day for eleven years.
    """

    def __init__(self, keyring: Keyring, *, random_bytes: RandomBytes) -> None:
        self._keys, self._digest_key = keyring.derived(_SEALS), keyring.derived(_DIGESTS)[0]
        self._random_bytes = random_bytes

    def keep(self, connection: Connection, shop_id: str, arrivals: Sequence[Arrival]) -> None:
        """Keep deliveries, in their order. One that is there word for word is left as it is.

        Acknowledge them after the commit.
        """
        rows = [self._row(shop_id, each) for each in arrivals]
        mark = "%s" if connection.dialect.name == "postgresql" else "?"
        places = ", ".join([f"({', '.join([mark] * len(_COLUMNS))})"] * len(rows))
        # One statement with many rows. `executemany` lets go of the interpreter after each row,
        # and gets it back 5 ms later if the event loop is busy.
        query = f"{_INSERT} {places} ON CONFLICT DO NOTHING"
        connection.exec_driver_sql(query, tuple(value for row in rows for value in row))

    def waiting(
        self, connection: Connection, shop_id: str, *, limit: int
    ) -> tuple[KeptArrival, ...]:
        """Return the oldest that nobody has read: at least one, and about 8 MiB at most."""
        table = arrival.c
        query = select(table.seq, func.length(table.sealed).label("size"))
        query = query.where(table.state == "waiting", table.shop_id == shop_id)
        sizes = connection.execute(query.order_by(table.seq).limit(limit)).all()
        sums = accumulate(row.size for row in sizes)
        few = [row.seq for row, total in zip(sizes, sums, strict=True) if total <= _BYTES_AT_ONCE]
        chosen = few or [row.seq for row in sizes[:1]]
        rows = connection.execute(select(arrival).where(table.seq.in_(chosen)).order_by(table.seq))
        return tuple(KeptArrival(row.digest, row.platform, self._opened(row)) for row in rows)

    def drop(self, connection: Connection, digests: Sequence[bytes]) -> None:
        """Let go of deliveries whose events are stored, in the transaction that stores them."""
        connection.execute(delete(arrival).where(arrival.c.digest.in_(digests)))

    def put_aside(self, connection: Connection, digest: bytes, *, error: str) -> None:
        """Note why a delivery cannot be read; ``error`` must not hold personal data."""
        query = update(arrival).where(arrival.c.digest == digest)
        connection.execute(query.values(state="unreadable", error=error))

    def retry(self, connection: Connection, shop_id: str) -> None:
        """Let those that could not be read wait again: an adapter may have learnt it meanwhile."""
        query = update(arrival).where(arrival.c.state == "unreadable", arrival.c.shop_id == shop_id)
        connection.execute(query.values(state="waiting", error=""))

    def purge(self, connection: Connection, shop_id: str, *, before: datetime) -> int:
        """Delete those that could not be read and came until ``before``; return how many."""
        table = arrival.c
        query = delete(arrival).where(table.state == "unreadable", table.shop_id == shop_id)
        return connection.execute(query.where(table.received_at <= before)).rowcount

    def forget(self, connection: Connection, shop_id: str) -> None:
        """Delete what could not be read of a shop that is erased as a whole."""
        table = arrival.c
        query = delete(arrival).where(table.state == "unreadable", table.shop_id == shop_id)
        connection.execute(query)

    def forget_erased(self, connection: Connection, shop_id: str) -> int:
        """Delete what came before somebody was erased and could not be read; return how many.

        Whose data they are is not known, so all of them go.
        """
        since = select(func.max(subject.c.erased_at)).where(subject.c.shop_id == shop_id)
        table = arrival.c
        query = delete(arrival).where(table.state == "unreadable", table.shop_id == shop_id)
        query = query.where(table.received_at <= since.scalar_subquery())
        return connection.execute(query).rowcount

    def unreadable(self, connection: Connection, shop_id: str) -> int:
        """Return how many deliveries of a shop could not be read."""
        table = arrival.c
        query = select(func.count()).where(table.state == "unreadable", table.shop_id == shop_id)
        return int(connection.execute(query).scalar_one())

    def backlog(self, connection: Connection) -> Backlog:
        """Return how much is not read."""
        table = arrival.c
        query = select(table.state, func.count().label("count"), func.min(table.received_at))
        rows = connection.execute(query.group_by(table.state)).all()
        found = {state: (count, oldest) for state, count, oldest in rows}
        waiting, oldest = found.get("waiting", (0, None))
        unreadable, _ = found.get("unreadable", (0, None))
        return Backlog(waiting, oldest, unreadable)

    def _row(self, shop_id: str, kept: Arrival) -> tuple[object, ...]:
        """Return the values of ``_COLUMNS``."""
        headers, key = _headers(kept.request.headers), self._keys[0]
        plain = len(headers).to_bytes(_LENGTH_BYTES, "big") + headers + kept.request.body
        binding = _binding(shop_id, kept.platform)
        digest = hmac.digest(self._digest_key, binding + plain, sha256)
        sealed = seal(key, plain, bound_to=binding, random_bytes=self._random_bytes)
        received_at = to_microseconds(kept.received_at)
        return digest, shop_id, kept.platform, sealed, received_at

    def _opened(self, row: Any) -> WebhookRequest | None:
        """Open one under any key of the ring; the key of its time may have been retired."""
        binding = _binding(row.shop_id, row.platform)
        for key in self._keys:
            try:
                plain = unseal(key, row.sealed, bound_to=binding)
            except StorageError:
                continue
            body_at = _LENGTH_BYTES + int.from_bytes(plain[:_LENGTH_BYTES], "big")
            headers, body = json.loads(plain[_LENGTH_BYTES:body_at]), plain[body_at:]
            return WebhookRequest(headers=headers, body=body, received_at=row.received_at)
        return None


def _headers(headers: Mapping[str, str]) -> bytes:
    kept = {name: text for name, text in headers.items() if name.lower() not in _CREDENTIALS}
    return json.dumps(kept, sort_keys=True).encode()


def _binding(shop_id: str, platform: str) -> bytes:
    return f"retention-sdk/1\x00{shop_id}\x00{platform}\x00".encode()
