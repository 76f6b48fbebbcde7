"""One operation on one account: locks it, collects its transactions, writes them at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from ..storage import Connection, Store
from ..storage import ledger as rows
from ..storage.ids import time_ordered_id
from .book import Book, settle
from .chain import canonical, txn_hash
from .notices import lot_rows
from .rules import Program

RULE_ID = "program"
_SOURCES = {"mature": "pending", "release": "held", "expire": "available"}


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something is posted: the kind of thing, and which one."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a transaction says besides its postings. ``note`` may name people; it is sealed."""

    kind: str
    key: str
    fingerprint: str
    cause: Cause
    occurred_at: datetime
    body: Mapping[str, Any]
    actor: str = "retention-sdk"
    note: Any = None


class Journal:
    """Opens an account, brings it up to ``now``, takes entries, and writes all of it on flush."""

    def __init__(
        self,
        store: Store,
        connection: Connection,
        program: Program,
        subject_id: str,
        *,
        now: datetime,
    ) -> None:
        self._store, self._connection, self._program = store, connection, program
        self.now = now
        self.policy_version = ensure_program(connection, program, now=now)
        self.account = rows.lock_account(
            connection,
            program.id,
            subject_id,
            new_id=lambda: time_ordered_id(now, store.random_bytes),
        )
        self._version_before = self.account.version
        self._txns: list[rows.Txn] = []
        self.book = Book(
            rows.live_lots(connection, self.account.id),
            rows.find_holds(connection, account_id=self.account.id, only_open=True),
            debt=self.account.debt,
        )
        self._settle()

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
            body=canonical({**entry.body, "after": balances(account)}),
            sealed_note=None if note is None else self._seal(note, txn_id),
            prev_hash=account.head_hash,
            moves=self.book.take_moves(),
        )
        txn = replace(txn, hash=txn_hash(txn))
        account.version, account.head_hash = txn.sequence, txn.hash
        self._txns.append(txn)
        return txn

    def flush(self) -> None:
        """Write everything. Without entries, nothing is written."""
        book = self.book
        touched = [lot for lot in book.lots.values() if lot.id in book.touched - book.new]
        holds = [hold for hold in book.holds.values() if hold.id in book.touched - book.new]
        changes = rows.Changes(
            account=self.account,
            version_before=self._version_before,
            txns=self._txns,
            new_lots=[lot for lot in book.lots.values() if lot.id in book.new],
            lots=touched,
            new_holds=[hold for hold in book.holds.values() if hold.id in book.new],
            holds=holds,
        )
        if self._txns:
            rows.save(self._connection, changes)
            self._plan(changes.new_lots)

    def _plan(self, lots: Iterable[rows.Lot]) -> None:
        """Plan what time will bring about for new lots, in the commit that credits them."""
        who, zone = self.account.subject_id, self._program.time_zone
        for lot in lots:
            self._store.due.plan(self._connection, lot_rows(lot, who, zone, now=self.now))

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
        account.pending, account.available = book.pending, book.available
        account.held, account.debt = book.held, book.debt

    def _seal(self, note: bytes, txn_id: str) -> bytes:
        return self._store.subjects.seal(
            self._connection, self.account.subject_id, note, purpose=note_purpose(txn_id)
        )


def note_purpose(txn_id: str) -> str:
    """Return what a sealed note is bound to."""
    return f"note:{txn_id}"


def balances(account: rows.Account) -> dict[str, int]:
    """Return the cached balances as they go into every transaction's body."""
    return {
        "pending": account.pending,
        "available": account.available,
        "held": account.held,
        "debt": account.debt,
    }


def ensure_program(connection: Connection, program: Program, *, now: datetime) -> str:
    """Store the programme and its rules unless they are known; return the rules' version."""
    body = canonical(program.model_dump(mode="json"))
    version_id = f"{program.id}:{_digest(body)}"
    if rows.has_rule_version(connection, version_id):
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
    rows.save_program(connection, values, rule_version)
    return version_id


def read_body(body: str) -> dict[str, Any]:
    """Return the facts of a transaction."""
    facts: dict[str, Any] = json.loads(body)
    return facts


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
