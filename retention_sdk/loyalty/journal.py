"""One operation on one account: locks it, collects its transactions, writes them at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple

from ..storage import Connection, DueRow, Store
from ..storage import ledger as rows
from ..storage.ids import time_ordered_id
from .book import Book, settle
from .chain import canonical, members, txn_hash
from .notices import lot_rows
from .rules import Program

RULE_ID = "program"
_NOTHING: Mapping[str, Any] = MappingProxyType({})
_SOURCES = {"mature": "pending", "release": "held", "expire": "available"}


class Cause(NamedTuple):
    """Why something is posted: the kind of thing, and which one."""

    type: str
    id: str


class Entry(NamedTuple):
    """What a transaction says besides its postings. ``note`` may name people; it is sealed.

    ``texts`` are members of the body that are canonical text already.
    """

    kind: str
    key: str
    fingerprint: str
    cause: Cause
    occurred_at: datetime
    body: Mapping[str, Any] = _NOTHING
    texts: Mapping[str, str] = _NOTHING
    actor: str = "retention-sdk"
    note: Any = None


class Page(NamedTuple):
    """An account that is locked, with what can still move in it."""

    account: rows.Account
    lots: list[rows.Lot]
    holds: list[rows.Hold]
    policy_version: str


class Journal:
    """Opens an account, brings it up to ``now``, takes entries, and writes all of it on flush.

    ``page`` is the account where it was locked and read already.
    """

    def __init__(
        self,
        store: Store,
        connection: Connection,
        program: Program,
        subject_id: str,
        *,
        now: datetime,
        page: Page | None = None,
    ) -> None:
        self._store, self._connection, self._program = store, connection, program
        self.now = now
        page = page or _open_page(store, connection, program, subject_id, now)
        self.account, self.policy_version = page.account, page.policy_version
        self._version_before = self.account.version
        self._txns: list[rows.Txn] = []
        self.book = Book(page.lots, page.holds, debt=self.account.debt)
        self._settle()

    @property
    def has_entries(self) -> bool:
        """Whether something was posted that is not written yet."""
        return bool(self._txns)

    def next_id(self) -> str:
        """Return the identifier of the next transaction, and of the lot or hold it makes.

        Counted, not drawn: lots that tie in everything else are spent in the order of earning.
        """
        return f"{self.account.id}.{self.account.version + 1:09d}"

    def load(self, lots: Iterable[rows.Lot]) -> list[rows.Lot]:
        """Add lots to the book unless it has them; return them as the book knows them."""
        return [self.book.lots.setdefault(lot.id, lot) for lot in lots]

    def append(self, entry: Entry) -> rows.Txn:
        """Close what moved since the last entry into a transaction of the account's chain."""
        self._refresh_account()
        account = self.account
        note = None if entry.note is None else canonical(entry.note).encode()
        txn_id = self.next_id()
        txn = rows.Txn(
            id=txn_id,
            program_id=account.program_id,
            account_id=account.id,
            sequence=account.version + 1,
            kind=entry.kind,
            idem_key=entry.key,
            fingerprint=entry.fingerprint,
            cause_type=entry.cause.type,
            cause_id=entry.cause.id,
            policy_version=self.policy_version,
            occurred_at=entry.occurred_at,
            recorded_at=self.now,
            actor=entry.actor,
            body=_body(entry, account),
            sealed_note=None if note is None else self._seal(note, txn_id),
            prev_hash=account.head_hash,
            moves=self.book.take_moves(),
        )
        txn.hash = txn_hash(txn)
        account.version, account.head_hash = txn.sequence, txn.hash
        self._txns.append(txn)
        return txn

    def flush(self) -> None:
        """Write everything. Without entries, nothing is written."""
        flush_all(self._store, self._connection, [self])

    def take_changes(self) -> rows.Changes | None:
        """Return what is to be written, None without entries; from here on it counts as written."""
        if not self._txns:
            return None
        book = self.book
        new, touched = book.new, book.touched - book.new
        changes = rows.Changes(
            account=self.account,
            version_before=self._version_before,
            txns=self._txns,
            new_lots=[lot for name, lot in book.lots.items() if name in new],
            lots=[lot for name, lot in book.lots.items() if name in touched] if touched else [],
        )
        if book.holds:
            changes.new_holds = [hold for name, hold in book.holds.items() if name in new]
            changes.holds = [hold for name, hold in book.holds.items() if name in touched]
        self._txns, self._version_before = [], self.account.version
        book.new, book.touched = set(), set()
        return changes

    def due_rows(self, lots: Iterable[rows.Lot]) -> Iterator[DueRow]:
        """Yield what time will bring about for new lots."""
        who, zone = self.account.subject_id, self._program.time_zone
        for lot in lots:
            yield from lot_rows(lot, who, zone, now=self.now)

    def _settle(self) -> None:
        for due in settle(self.book, self.now):
            source = _SOURCES[due.kind]
            points = sum(move.points for move in self.book.moves if move.src == source)
            self.append(
                Entry(
                    kind=due.kind,
                    key=due.key,
                    fingerprint="",
                    cause=Cause("time", due.target_id),
                    occurred_at=due.at,
                    body={"points": points},
                )
            )

    def _refresh_account(self) -> None:
        account, book = self.account, self.book
        account.pending, account.available, account.held = book.balances
        account.debt = book.debt

    def _seal(self, note: bytes, txn_id: str) -> bytes:
        return self._store.subjects.seal(
            self._connection, self.account.subject_id, note, purpose=note_purpose(txn_id)
        )


def flush_all(store: Store, connection: Connection, journals: Iterable[Journal]) -> None:
    """Write what several journals took, and plan what time brings about, in the same commit."""
    taken = [(journal, journal.take_changes()) for journal in journals]
    made = [(journal, changes) for journal, changes in taken if changes]
    if made:
        rows.save_all(connection, [changes for _, changes in made])
        due = (row for journal, changes in made for row in journal.due_rows(changes.new_lots))
        store.due.plan(connection, due)


def open_pages(
    store: Store,
    connection: Connection,
    program: Program,
    subject_ids: Iterable[str],
    *,
    now: datetime,
) -> dict[str, Page]:
    """Lock and read the accounts of many people at once, those who have none included.

    New accounts get their identifiers in the order given.
    """
    people = tuple(dict.fromkeys(subject_ids))
    version = ensure_program(store, connection, program, now=now)
    accounts = rows.lock_accounts(
        connection,
        program.id,
        people,
        new_id=lambda: time_ordered_id(now, store.random_bytes),
    )
    lots = rows.live_lots_of(connection, [each.id for each in accounts.values()])
    return {
        each: _page(connection, accounts[each], lots[accounts[each].id], version) for each in people
    }


def note_purpose(txn_id: str) -> str:
    """Return what a sealed note is bound to."""
    return f"note:{txn_id}"


def balances(account: rows.Account) -> dict[str, int]:
    """Return the cached balances as they stand in every transaction's body."""
    return {
        "pending": account.pending,
        "available": account.available,
        "held": account.held,
        "debt": account.debt,
    }


def _body(entry: Entry, account: rows.Account) -> str:
    """Return the canonical text of a body: what the entry says, and the balances after it."""
    texts = {name: canonical(value) for name, value in entry.body.items()}
    texts |= entry.texts
    texts["after"] = (
        f'{{"available":{account.available},"debt":{account.debt},"held":{account.held},'
        f'"pending":{account.pending}}}'
    )
    return members(texts)


def ensure_program(store: Store, connection: Connection, program: Program, *, now: datetime) -> str:
    """Store the programme and its rules unless they are known; return the rules' version."""
    text = program.model_dump_json()
    if known := store.known_rules.version(text):
        return known
    body = canonical(program.model_dump(mode="json"))
    version_id = f"{program.id}:{_digest(body)}"
    if rows.has_rule_version(connection, version_id):
        store.known_rules.found(connection, text, version_id)
        return version_id
    values = {
        "id": program.id,
        "time_zone": program.time_zone,
        "unit": program.unit,
        "scale": 0,
        "rounding": "floor",
        "earning_basis": canonical(
            {"tax": program.tax, "counts_shipping": program.counts_shipping}
        ),
        "pending_policy": canonical({"matures_after_days": program.matures_after_days}),
        "expiry_policy": canonical({"expires_after_days": program.expires_after_days}),
        "clawback_policy": program.clawback,
    }
    rule_version = {
        "id": version_id,
        "program_id": program.id,
        "rule_id": RULE_ID,
        "valid_from": now,
        "body": body,
    }
    store.known_rules.written(connection)
    rows.save_program(connection, values, rule_version)
    return version_id


def read_body(body: str) -> dict[str, Any]:
    """Return the facts of a transaction."""
    facts: dict[str, Any] = json.loads(body)
    return facts


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


def _open_page(
    store: Store, connection: Connection, program: Program, subject_id: str, now: datetime
) -> Page:
    version = ensure_program(store, connection, program, now=now)
    account = rows.lock_account(
        connection,
        program.id,
        subject_id,
        new_id=lambda: time_ordered_id(now, store.random_bytes),
    )
    return _page(connection, account, rows.live_lots(connection, account.id), version)


def _page(
    connection: Connection, account: rows.Account, lots: list[rows.Lot], version: str
) -> Page:
    # What is held is held by open holds, in live lots.
    holds = (
        rows.find_holds(connection, account_id=account.id, only_open=True)
        if any(lot.held for lot in lots)
        else []
    )
    return Page(account, lots, holds, version)
