"""People behind a random identifier: found by a blind index, readable until they are erased."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from ..errors import StorageError, SubjectErased
from ..model import Customer, CustomerErased, DataRequested, OrderEvent, ShopEvent
from .consents_head import ChainHeads
from .crypto import KEY_BYTES, Keyring, RandomBytes, seal, unseal
from .ids import insert_new
from .references import SHOP, plain_phone, request_references
from .subject_merges import note_merge, same_person, survivor_of
from .tables import meta, subject, subject_link

Opener = Callable[[bytes, str], bytes]
"""Opens a sealed value, given what it was sealed for."""

Sealer = Callable[[bytes, str], bytes]
"""Seals a value for a purpose."""

_INDEX_KEY = "subject-index-key"
_SCRUB_DUE = "scrub-due"
# Built once: that takes longer than running them, and every event asks.
_LINKED = select(subject_link.c.subject_id).where(subject_link.c.blind_index == bindparam("index"))
_KEY = select(subject.c.wrapped_key).where(subject.c.id == bindparam("subject_id"))
_ACCOUNTS = select(func.count()).where(
    subject_link.c.subject_id == bindparam("subject_id"), subject_link.c.kind == "id"
)
_CREATED = insert(subject)
# SQLite takes 32,766 parameters at most.
_NAMES_PER_QUERY = 1000


class SubjectVault:
    """Finds people without storing who they are, and seals what is known of them.

    A *reference* is what a shop calls a person: ``id:42`` or ``email:ada@example.org`` (see
    ``Customer.reference``). Only its HMAC is stored. Each subject has a random key, wrapped
    under the shop's; erasing destroys it, and with it everything sealed for that person, in
    append-only tables and backups of them alike.
    """

    def __init__(self, keyring: Keyring, *, random_bytes: RandomBytes) -> None:
        self._keyring = keyring
        self._random_bytes = random_bytes
        # Opened once per store: a rotation changes how it is wrapped, never the key itself.
        self._index_key: bytes | None = None

    # Finding ---------------------------------------------------------------------------------

    def subject_for(
        self, connection: Connection, shop_id: str, reference: str, *, now: datetime
    ) -> str:
        """Return the subject of a reference, a new one if it was never seen.

        Raises:
            ValueError: the reference is not ``kind:value``; ``email:`` alone is everybody.
        """
        found = self.find(connection, shop_id, reference)
        return found or self._create(connection, shop_id, reference, now=now)

    def find(self, connection: Connection, shop_id: str, reference: str) -> str | None:
        """Return the subject of a reference, None if it was never seen or was erased."""
        index = self._blind_index(connection, shop_id, reference)
        return connection.execute(_LINKED, {"index": index}).scalar()

    def link(
        self,
        connection: Connection,
        subject_id: str,
        *,
        shop_id: str,
        reference: str,
        now: datetime,
    ) -> str:
        """Let a second reference lead to a subject; return the subject it leads to now.

        A reference that already leads to somebody else is left alone, and that one is returned.
        """
        if found := self.find(connection, shop_id, reference):
            return found
        values = {
            "blind_index": self._blind_index(connection, shop_id, reference),
            "subject_id": subject_id,
            "kind": _kind(reference),
            "created_at": now,
        }
        if connection.execute(insert_new(connection, subject_link), values).rowcount == 1:
            return subject_id
        return self.find(connection, shop_id, reference) or subject_id

    def for_customer(
        self, connection: Connection, shop_id: str, customer: Customer, *, now: datetime
    ) -> str | None:
        """Return the subject of a customer with account and e-mail address linked, None if neither.

        An account takes over the guest with its e-mail address, once. A second account with the
        same address is somebody else.
        """
        account = f"id:{customer.id}" if customer.id else ""
        email = f"email:{customer.email.casefold()}" if customer.email else ""
        if not account and not email:
            return None
        owner = self.find(connection, shop_id, account) if account else None
        if owner is None and email:
            owner = self.find(connection, shop_id, email)
            if owner and account and self._has_account(connection, owner):
                owner = None
        if owner is None:
            owner = self._create(connection, shop_id, account or email, now=now)
        for reference in filter(None, (account, email)):
            self.link(connection, owner, shop_id=shop_id, reference=reference, now=now)
        return owner

    def for_event(self, connection: Connection, event: ShopEvent) -> str:
        """Return whose data an event is: the customer's, else the order's, else the shop's own."""
        now, shop_id = event.occurred_at, event.shop_id
        if isinstance(event, CustomerErased):
            return self.who_asks(connection, shop_id, erasure_references(event), now=now)
        if isinstance(event, DataRequested):
            asking = request_references(event.request, read_phone=plain_phone)
            return self.who_asks(connection, shop_id, asking, now=now)
        customer = event.order.customer if isinstance(event, OrderEvent) else None
        customer = customer or getattr(event, "customer", None)
        if customer and (owner := self.for_customer(connection, shop_id, customer, now=now)):
            return owner
        if isinstance(event, OrderEvent):
            return self.subject_for(connection, shop_id, f"order:{event.order.id}", now=now)
        return self.for_shop(connection, shop_id, now=now)

    def for_shop(self, connection: Connection, shop_id: str, *, now: datetime) -> str:
        """Return the subject that stands for nobody in particular."""
        return self.subject_for(connection, shop_id, SHOP, now=now)

    def who_asks(
        self, connection: Connection, shop_id: str, references: Sequence[str], *, now: datetime
    ) -> str:
        """Return whose request it is; somebody nobody knows gets a key of their own to destroy."""
        if found := self.matching(connection, shop_id, references):
            return found[0]
        if not references:
            return self.for_shop(connection, shop_id, now=now)
        return self._create(connection, shop_id, references[0], now=now)

    def of_shop(self, connection: Connection, shop_id: str) -> tuple[str, ...]:
        """Return all subjects of a shop that are not erased, the shop's own included."""
        query = select(subject.c.id).where(subject.c.shop_id == shop_id)
        rows = connection.execute(query.where(subject.c.erased_at.is_(None)).order_by(subject.c.id))
        return tuple(rows.scalars())

    def matching(
        self, connection: Connection, shop_id: str, references: Sequence[str]
    ) -> tuple[str, ...]:
        """Return all subjects that any of the references leads to, each once."""
        found = (self.find(connection, shop_id, reference) for reference in references)
        return tuple(dict.fromkeys(owner for owner in found if owner))

    def merge(
        self, connection: Connection, survivor_id: str, absorbed_id: str, *, now: datetime
    ) -> bool:
        """Let two subjects be one person; return False if they are.

        What leads to the absorbed one leads to the survivor from now on. Each keeps its key, and
        both go when either is erased. ``Store.consents.merge`` calls this; answers go with it.
        """
        survivor = survivor_of(connection, survivor_id)
        absorbed = survivor_of(connection, absorbed_id)
        if survivor == absorbed:
            return False
        query = update(subject_link).where(subject_link.c.subject_id == absorbed)
        connection.execute(query.values(subject_id=survivor))
        note_merge(connection, survivor, absorbed, now=now)
        return True

    def index(self, connection: Connection, shop_id: str, reference: str) -> bytes:
        """Return what stands for a reference where it must be found and not be read."""
        return self._blind_index(connection, shop_id, reference)

    # Sealing ---------------------------------------------------------------------------------

    def seal(self, connection: Connection, subject_id: str, plain: bytes, *, purpose: str) -> bytes:
        """Encrypt for a subject. ``purpose`` is bound in: a value opens only where it belongs.

        Raises:
            SubjectErased: nothing more may be kept of this person.
        """
        return self.sealer(connection, subject_id)(plain, purpose)

    def sealer(self, connection: Connection, subject_id: str) -> Sealer:
        """Return what seals many values for one subject, given each value and its purpose.

        Raises:
            SubjectErased: nothing more may be kept of this person.
        """
        return self._sealer(subject_id, self._wrapped_key(connection, subject_id))

    def sealers(self, connection: Connection, subject_ids: Iterable[str]) -> dict[str, Sealer]:
        """Return what seals for each of many subjects that are known.

        Raises:
            SubjectErased: nothing more may be kept of one of them.
        """
        asked, found = list(dict.fromkeys(subject_ids)), dict[str, Sealer]()
        for start in range(0, len(asked), _NAMES_PER_QUERY):
            names = asked[start : start + _NAMES_PER_QUERY]
            query = select(subject.c.id, subject.c.wrapped_key).where(subject.c.id.in_(names))
            for row in connection.execute(query).all():
                found[row.id] = self._sealer(row.id, row.wrapped_key)
        return found

    def open(
        self, connection: Connection, subject_id: str, sealed: bytes, *, purpose: str
    ) -> bytes:
        """Return what was sealed.

        Raises:
            SubjectErased: the key was destroyed.
            StorageError: the bytes were changed, or sealed for another subject or purpose.
        """
        return self.opener(connection, subject_id)(sealed, purpose)

    def opener(self, connection: Connection, subject_id: str) -> Opener:
        """Return what opens many values of one subject, given each value and its purpose.

        Raises:
            SubjectErased: the key was destroyed.
        """
        return self.opener_of(subject_id, self._wrapped_key(connection, subject_id))

    def opener_of(self, subject_id: str, wrapped_key: bytes | None) -> Opener:
        """Return what opens the values of a subject whose row is at hand.

        Raises:
            SubjectErased: the key was destroyed.
        """
        key = self._unwrapped(subject_id, wrapped_key)
        return lambda sealed, purpose: unseal(key, sealed, bound_to=_binding(subject_id, purpose))

    def openers(
        self, connection: Connection, subject_ids: Sequence[str]
    ) -> dict[str, Opener | None]:
        """Return what opens the values of many subjects: None for the erased, nothing for unknown.

        At most as many as a page of rows has.
        """
        query = select(subject.c.id, subject.c.wrapped_key)
        rows = connection.execute(query.where(subject.c.id.in_(frozenset(subject_ids)))).all()
        return {
            row.id: self._wrapped_opener(row.id, row.wrapped_key) if row.wrapped_key else None
            for row in rows
        }

    def _wrapped_opener(self, subject_id: str, wrapped: bytes) -> Opener:
        def opened(sealed: bytes, purpose: str) -> bytes:
            key = self._keyring.unwrap(wrapped, bound_to=_binding(subject_id, "key"))
            return unseal(key, sealed, bound_to=_binding(subject_id, purpose))

        return opened

    def hold(self, connection: Connection, subject_id: str) -> bool:
        """Keep the key of a subject until the transaction ends; False if it is destroyed.

        Whatever an erasure has to undo outside of the store is written under it: either ``lock``
        finds it, or this finds the key gone. Take it before any other lock.
        """
        query = select(subject.c.erased_at).where(subject.c.id == subject_id)
        row = connection.execute(query.with_for_update(read=True)).one_or_none()
        return row is not None and row.erased_at is None

    def lock(self, connection: Connection, subjects: Sequence[str]) -> None:
        """Wait for whoever holds the keys of subjects, and let nobody hold them any more."""
        ordered = sorted(subjects)
        for start in range(0, len(ordered), _NAMES_PER_QUERY):
            some = subject.c.id.in_(ordered[start : start + _NAMES_PER_QUERY])
            query = select(subject.c.id).where(some).order_by(subject.c.id)
            connection.execute(query.with_for_update(key_share=True)).all()

    def erase(self, connection: Connection, subject_id: str, *, now: datetime) -> bool:
        """Destroy the key of a subject and all that leads to it; return False if it was done.

        Subjects that were merged go together. Rows stay, as ciphertext of a key that is gone;
        points keep adding up. Call ``Store.scrub`` after the commit to empty the write-ahead log
        too.
        """
        person = same_person(connection, subject_id)
        query = (
            update(subject)
            .where(subject.c.id.in_(person), subject.c.erased_at.is_(None))
            .values(wrapped_key=None, erased_at=now)
        )
        is_first = connection.execute(query).rowcount > 0
        mark = insert_new(connection, meta)
        connection.execute(mark, {"name": _SCRUB_DUE, "value": b"1"})
        connection.execute(delete(subject_link).where(subject_link.c.subject_id.in_(person)))
        return is_first

    def person(self, connection: Connection, subject_id: str) -> tuple[str, ...]:
        """Return all subjects that became one with a subject, itself included."""
        return same_person(connection, subject_id)

    def is_erased(self, connection: Connection, subject_id: str) -> bool:
        """Whether the key of a subject was destroyed."""
        query = select(subject.c.erased_at).where(subject.c.id == subject_id)
        return connection.execute(query).scalar() is not None

    def is_scrub_due(self, connection: Connection) -> bool:
        """Whether keys were destroyed and the log file was not emptied since."""
        query = select(meta.c.value).where(meta.c.name == _SCRUB_DUE)
        return connection.execute(query).scalar() is not None

    def note_scrubbed(self, connection: Connection) -> None:
        """Say that the log file holds no destroyed key any more."""
        connection.execute(delete(meta).where(meta.c.name == _SCRUB_DUE))

    # The shop's keys -------------------------------------------------------------------------

    def is_ready(self, connection: Connection) -> bool:
        """Whether the store has its index key, and ours opens it.

        Raises:
            StorageError: the store was written with another key.
        """
        if self._read_index_key(connection) is None:
            return False
        self._open_index_key(connection)
        return True

    def prepare(self, connection: Connection) -> None:
        """Give a new store its index key; a store that has one keeps it."""
        wrapped = self._wrap(self._random_bytes(KEY_BYTES), _INDEX_KEY)
        query = insert_new(connection, meta)
        connection.execute(query, {"name": _INDEX_KEY, "value": wrapped})

    def rewrap(self, connection: Connection) -> int:
        """Wrap all keys under the current shop key after a rotation; return how many changed."""
        changed = 0
        index_key = self._read_index_key(connection) or b""
        if not self._keyring.is_current(index_key):
            again = self._wrap(self._open_index_key(connection), _INDEX_KEY)
            connection.execute(update(meta).where(meta.c.name == _INDEX_KEY).values(value=again))
            changed += 1
        query = select(subject.c.id, subject.c.wrapped_key).where(subject.c.erased_at.is_(None))
        for subject_id, wrapped in connection.execute(query).all():
            if self._keyring.is_current(wrapped):
                continue
            key = self._keyring.unwrap(wrapped, bound_to=_binding(subject_id, "key"))
            values = {"wrapped_key": self._wrap(key, subject_id)}
            connection.execute(update(subject).where(subject.c.id == subject_id).values(values))
            changed += 1
        ChainHeads(self._keyring).rewrap(connection)
        return changed

    def _create(
        self, connection: Connection, shop_id: str, reference: str, *, now: datetime
    ) -> str:
        subject_id = self._random_bytes(16).hex()
        wrapped = self._wrap(self._random_bytes(KEY_BYTES), subject_id)
        values = {"id": subject_id, "shop_id": shop_id, "wrapped_key": wrapped, "created_at": now}
        connection.execute(_CREATED, values)
        owner = self.link(connection, subject_id, shop_id=shop_id, reference=reference, now=now)
        if owner != subject_id:  # another worker was faster (PostgreSQL only)
            connection.execute(delete(subject).where(subject.c.id == subject_id))
        return owner

    def _has_account(self, connection: Connection, subject_id: str) -> bool:
        return bool(connection.execute(_ACCOUNTS, {"subject_id": subject_id}).scalar())

    def _sealer(self, subject_id: str, wrapped_key: bytes | None) -> Sealer:
        key, random_bytes = self._unwrapped(subject_id, wrapped_key), self._random_bytes
        return lambda plain, purpose: seal(
            key, plain, bound_to=_binding(subject_id, purpose), random_bytes=random_bytes
        )

    def _wrapped_key(self, connection: Connection, subject_id: str) -> bytes | None:
        row = connection.execute(_KEY, {"subject_id": subject_id}).one_or_none()
        if row is None:
            raise StorageError(f"there is no subject {subject_id}")
        wrapped: bytes | None = row.wrapped_key
        return wrapped

    def _unwrapped(self, subject_id: str, wrapped_key: bytes | None) -> bytes:
        if wrapped_key is None:
            raise SubjectErased(f"the data of subject {subject_id} were erased")
        return self._keyring.unwrap(wrapped_key, bound_to=_binding(subject_id, "key"))

    def _wrap(self, key: bytes, name: str) -> bytes:
        binding = _binding(name, "key")
        return self._keyring.wrap(key, bound_to=binding, random_bytes=self._random_bytes)

    def _read_index_key(self, connection: Connection) -> bytes | None:
        return connection.execute(select(meta.c.value).where(meta.c.name == _INDEX_KEY)).scalar()

    def _open_index_key(self, connection: Connection) -> bytes:
        if self._index_key is None:
            wrapped = self._read_index_key(connection)
            if wrapped is None:
                raise StorageError("the store lost its index key; restore a backup")
            binding = _binding(_INDEX_KEY, "key")
            self._index_key = self._keyring.unwrap(wrapped, bound_to=binding)
        return self._index_key

    def _blind_index(self, connection: Connection, shop_id: str, reference: str) -> bytes:
        _kind(reference)
        message = f"{shop_id}\x00{reference}".encode()
        return hmac.digest(self._open_index_key(connection), message, sha256)


def erasure_references(event: CustomerErased) -> tuple[str, ...]:
    """Return every reference by which the person to be forgotten may be known."""
    return request_references(event.erasure, read_phone=plain_phone)


def _kind(reference: str) -> str:
    kind, _, value = reference.partition(":")
    if not kind or not value:
        raise ValueError("a reference is kind:value, for example id:42")
    return kind


def _binding(name: str, purpose: str) -> bytes:
    return f"retention-sdk/1\x00{name}\x00{purpose}".encode()
