"""Where the chain of each shop ends, authenticated with a key that only the shop has."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, select, update

from ..errors import StorageError
from .consents_chain import genesis, head_message
from .crypto import Keyring
from .ids import insert_into
from .tables import consent_head as heads_table

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
        query = select(heads_table).where(heads_table.c.shop_id == shop_id)
        row = connection.execute(query).one_or_none()
        return self._head(row.shop_id, row.seq, row.hash, row.mac) if row else None

    def lock(self, connection: Connection, shop_id: str) -> ChainHead:
        """Return the end of a chain that nobody else can move until the transaction ends.

        On SQLite the transaction holds the only write lock; on PostgreSQL the row is locked.
        """
        query = select(heads_table).where(heads_table.c.shop_id == shop_id).with_for_update()
        row = connection.execute(query).one_or_none()
        if row is None:
            start = genesis(shop_id)
            values = {"shop_id": shop_id, "seq": 0, "hash": start}
            values["mac"] = self._mac(shop_id, 0, start)
            insertion = insert_into(connection, heads_table).on_conflict_do_nothing()
            connection.execute(insertion, values)
            row = connection.execute(query).one()
        return self._head(row.shop_id, row.seq, row.hash, row.mac)

    def move(self, connection: Connection, head: ChainHead, *, seq: int, last_hash: bytes) -> None:
        """Let a chain end further on.

        Raises:
            StorageError: somebody else moved it meanwhile; nothing is kept.
        """
        mac = self._mac(head.shop_id, seq, last_hash) if head.is_genuine else b""
        query = (
            update(heads_table)
            .where(heads_table.c.shop_id == head.shop_id, heads_table.c.seq == head.seq)
            .values(seq=seq, hash=last_hash, mac=mac)
        )
        if connection.execute(query).rowcount != 1:
            raise StorageError(f"consents of {head.shop_id}: somebody else wrote; try again")

    def sign(self, connection: Connection) -> None:
        """Authenticate all ends as they are. Only for chains that a migration just made."""
        for row in connection.execute(select(heads_table)).all():
            self._sign(connection, row.shop_id, row.seq, row.hash)

    def rewrap(self, connection: Connection) -> None:
        """Authenticate all genuine ends under the current key, after a rotation."""
        for row in connection.execute(select(heads_table)).all():
            if self._head(row.shop_id, row.seq, row.hash, row.mac).is_genuine:
                self._sign(connection, row.shop_id, row.seq, row.hash)

    def _sign(self, connection: Connection, shop_id: str, seq: int, last_hash: bytes) -> None:
        mac = self._mac(shop_id, seq, last_hash)
        query = update(heads_table).where(heads_table.c.shop_id == shop_id)
        connection.execute(query.values(mac=mac))

    def _head(self, shop_id: str, seq: int, last_hash: bytes, mac: bytes) -> ChainHead:
        message = head_message(shop_id, seq, last_hash)
        is_genuine = any(
            hmac.compare_digest(mac, hmac.digest(key, message, sha256)) for key in self._keys
        )
        return ChainHead(shop_id, seq, last_hash, is_genuine)

    def _mac(self, shop_id: str, seq: int, last_hash: bytes) -> bytes:
        return hmac.digest(self._keys[0], head_message(shop_id, seq, last_hash), sha256)
