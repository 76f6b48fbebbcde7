"""Where the chain of each shop ends, authenticated with a key that only the shop has."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from hashlib import sha256

from sqlalchemy import Connection, select, text, union, update

from ..errors import StorageError
from .consents_chain import genesis, head_message
from .crypto import Keyring
from .ids import insert_into
from .tables import consent_head as heads_table
from .tables import consent_record as records_table

_DOMAIN = "consent-head"


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The number of records of a shop and the hash of the last one.

    ``is_genuine`` tells whether a holder of the shop's key wrote it.
    """

    shop_id: str
    seq: int
    hash: bytes
    is_genuine: bool


class ChainHeads:
    """Reads and moves the ends of chains.

    An end that was not genuine stays so: what was added behind it is kept, because a withdrawal
    must never be lost, and ``verify`` goes on telling that something happened.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keys = keyring.derived(_DOMAIN)

    def read(self, connection: Connection, shop_id: str) -> ChainHead | None:
        """Return the end of a shop's chain, None if nothing was ever recorded."""
        return self._find(connection, shop_id, "")

    def lock(self, connection: Connection, shop_id: str) -> ChainHead:
        """Return the end of a chain that nobody else can move until the transaction ends.

        On SQLite the transaction holds the only write lock; on PostgreSQL the row is locked.
        """
        lock = "" if connection.dialect.name == "sqlite" else " FOR UPDATE"
        found = self._find(connection, shop_id, lock)
        if found is None:
            self._start(connection, shop_id)
            found = self._find(connection, shop_id, lock)
        if found is None:
            raise StorageError(f"consents of {shop_id}: the end of the chain cannot be kept")
        if found.is_genuine:
            return found
        # Whoever lowered the number must not keep what comes next from being recorded.
        return replace(found, seq=max(found.seq, self._last(connection, shop_id)[0]))

    def move(self, connection: Connection, head: ChainHead, *, seq: int, last_hash: bytes) -> None:
        """Let a chain end further on.

        Raises:
            StorageError: somebody else moved it meanwhile; nothing is kept.
        """
        mac = self._mac(head.shop_id, seq, last_hash) if head.is_genuine else b""
        query = (
            update(heads_table)
            .where(heads_table.c.shop_id == head.shop_id, heads_table.c.seq <= head.seq)
            .values(seq=seq, hash=last_hash, mac=mac)
        )
        if connection.execute(query).rowcount != 1:
            raise StorageError(f"consents of {head.shop_id}: somebody else wrote; try again")

    def shops(self, connection: Connection) -> tuple[str, ...]:
        """Return every shop that has a chain, or the end of one."""
        table = records_table.c
        query = union(select(table.shop_id), select(heads_table.c.shop_id))
        return tuple(sorted(str(each) for each in connection.execute(query).scalars()))

    def sign(self, connection: Connection) -> None:
        """Authenticate all ends as they are. Only for chains that a migration just made."""
        for shop_id in self.shops(connection):
            self._sign(connection, self._find(connection, shop_id, ""))

    def rewrap(self, connection: Connection) -> None:
        """Authenticate all genuine ends under the current key, after a rotation."""
        for shop_id in self.shops(connection):
            found = self._find(connection, shop_id, "")
            self._sign(connection, found if found and found.is_genuine else None)

    def _sign(self, connection: Connection, head: ChainHead | None) -> None:
        if head is not None:
            mac = self._mac(head.shop_id, head.seq, head.hash)
            query = update(heads_table).where(heads_table.c.shop_id == head.shop_id)
            connection.execute(query.values(mac=mac))

    def _start(self, connection: Connection, shop_id: str) -> None:
        """Begin a chain; one whose end was removed goes on, and is not genuine."""
        seq, last_hash = self._last(connection, shop_id)
        mac = self._mac(shop_id, seq, last_hash) if seq == 0 else b""
        values = {"shop_id": shop_id, "seq": seq, "hash": last_hash, "mac": mac}
        connection.execute(insert_into(connection, heads_table).on_conflict_do_nothing(), values)

    def _last(self, connection: Connection, shop_id: str) -> tuple[int, bytes]:
        table = records_table.c
        query = select(table.seq, table.hash).where(table.shop_id == shop_id)
        row = connection.execute(query.order_by(table.seq.desc()).limit(1)).one_or_none()
        return (row.seq, row.hash) if row else (0, genesis(shop_id))

    def _find(self, connection: Connection, shop_id: str, lock: str) -> ChainHead | None:
        # No types of ours: what somebody wrote into a column may be anything.
        query = text(f"SELECT seq, hash, mac FROM consent_head WHERE shop_id = :shop_id{lock}")  # noqa: S608 - a constant
        row = connection.execute(query, {"shop_id": shop_id}).one_or_none()
        if row is None:
            return None
        if not (isinstance(row.seq, int) and {type(row.hash), type(row.mac)} == {bytes}):
            return ChainHead(shop_id, 0, b"", is_genuine=False)
        message = head_message(shop_id, row.seq, row.hash)
        is_genuine = any(
            hmac.compare_digest(row.mac, hmac.digest(key, message, sha256)) for key in self._keys
        )
        return ChainHead(shop_id, row.seq, row.hash, is_genuine)

    def _mac(self, shop_id: str, seq: int, last_hash: bytes) -> bytes:
        return hmac.digest(self._keys[0], head_message(shop_id, seq, last_hash), sha256)
