"""Checks the chain of a shop from its first record to its end, whoever changed the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Row, text

from ..errors import StorageError
from ..model import Consent
from .consents_chain import ChainedFields, genesis, record_hash
from .consents_head import ChainHeads
from .consents_rows import clear_columns, counts_from, seal_purpose
from .crypto import Keyring
from .subjects import Opener, SubjectVault
from .tables import from_microseconds, to_microseconds

_PAGE = 1000
_OTHERWISE = "what is sealed in it says something else"
_CLEAR = tuple(name for name in ChainedFields._fields if name != "sealed_sha256")
# No types of ours: what somebody wrote into a column may be anything.
_PAGE_OF_RECORDS = text(
    f"SELECT {', '.join(_CLEAR)}, sealed, prev_hash, hash FROM consent_record "  # noqa: S608 - names
    "WHERE shop_id = :shop_id AND seq > :seq ORDER BY seq LIMIT :limit"
)
_MERGES = text(
    "SELECT m.absorbed_id FROM subject_merge m JOIN subject s ON s.id = m.absorbed_id "
    "WHERE s.shop_id = :shop_id"
)
_MERGE_RECORDS = text(
    "SELECT from_subject_id, seq FROM consent_record "
    "WHERE shop_id = :shop_id AND kind = 'merge' ORDER BY seq"
)


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """A record that is not as it was written. ``seq`` is its place in the chain, from 1."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What the check of one shop found, first place first; nothing, if all is as it was written.

    ``last_hash`` is the hash of the last record: whoever noted it earlier can compare.
    """

    shop_id: str
    records_count: int
    last_hash: bytes
    findings: tuple[ChainFinding, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


class ChainAudit:
    """Reads the raw rows of one shop and judges them."""

    def __init__(self, subjects: SubjectVault, keyring: Keyring) -> None:
        self._subjects = subjects
        self._heads = ChainHeads(keyring)

    def verify(self, connection: Connection, shop_id: str) -> ChainReport:
        """Check every record: hashes, order, the end, and that what is sealed says the same.

        Whoever changes rows without the shop's key is found out: at the first row that was
        touched, or, if everything behind it was computed anew, at the end. Whoever has the key
        can write another history, and whoever puts an older copy of the whole database in place
        can end it earlier; only exports that are kept elsewhere contradict them.
        """
        findings: list[ChainFinding] = []
        seq, last_hash, strays_count = 0, genesis(shop_id), 0
        with _any_text(connection):
            for page in _pages(connection, shop_id):
                openers = self._subjects.openers(connection, _subject_ids(page))
                for row in page:
                    if not isinstance(row.seq, int):
                        strays_count += 1
                        continue
                    if row.seq != seq + 1:
                        findings.append(ChainFinding(seq + 1, "the record is missing"))
                    seq = row.seq
                    what = _broken_link(row, last_hash) or _contradiction(row, openers)
                    findings += [ChainFinding(seq, what)] if what else []
                    last_hash = row.hash if isinstance(row.hash, bytes) else b""
            findings += _unrecorded_merges(connection, shop_id, seq)
        if strays_count:
            findings.append(ChainFinding(seq + 1, f"{strays_count} records have no place"))
        findings += self._end(connection, shop_id, seq, last_hash)
        ordered = tuple(sorted(findings, key=lambda each: each.seq))
        return ChainReport(shop_id, seq, last_hash, ordered)

    def _end(
        self, connection: Connection, shop_id: str, seq: int, last_hash: bytes
    ) -> list[ChainFinding]:
        head = self._heads.read(connection, shop_id)
        if head is None:
            what = "the end of the chain was removed" if seq else ""
        elif not head.is_genuine:
            what = "the end of the chain was not written with the shop's key"
        elif head.seq > seq:
            return [ChainFinding(seq + 1, f"{head.seq - seq} records are missing at the end")]
        elif head.seq < seq:
            return [ChainFinding(head.seq + 1, "it was not added with the shop's key")]
        else:
            what = "" if head.hash == last_hash else "the chain up to here was computed anew"
        return [ChainFinding(seq, what)] if what else []


def _pages(connection: Connection, shop_id: str) -> Iterator[Sequence[Row[Any]]]:
    seq: Any = 0
    while True:
        values = {"shop_id": shop_id, "seq": seq, "limit": _PAGE}
        page = connection.execute(_PAGE_OF_RECORDS, values).all()
        if not page:
            return
        yield page
        seq = page[-1].seq
        if not isinstance(seq, int | float):
            return  # text and bytes come behind all numbers: nothing that has a place is left


def _subject_ids(page: Sequence[Row[Any]]) -> tuple[str, ...]:
    """Return what may be asked for: ours are plain, whatever somebody else wrote there."""
    found = (row.subject_id for row in page)
    return tuple(each for each in found if isinstance(each, str) and each.isascii())


def _broken_link(row: Row[Any], last_hash: bytes) -> str:
    """Tell what is wrong with a record and its place, by hashes alone."""
    try:
        digest = sha256(row.sealed).hexdigest()
        fields = ChainedFields._make([*(getattr(row, name) for name in _CLEAR), digest])
        own_hash = record_hash(fields, row.prev_hash)
    except (TypeError, ValueError, AttributeError):
        return "the record was changed"
    if own_hash != row.hash:
        return "the record was changed"
    return "" if row.prev_hash == last_hash else "the record does not follow the one before it"


def _contradiction(row: Row[Any], openers: Mapping[str, Opener | None]) -> str:
    """Tell whether what is sealed says something else; nothing of people who are erased."""
    if row.subject_id not in openers:
        return "its person is missing"
    opened = openers[row.subject_id]
    if opened is None:
        return ""
    try:
        plain = opened(row.sealed, seal_purpose(row.event_id, row.position))
        if row.kind == "merge":
            return "" if plain == b"" else _OTHERWISE
        consent = Consent.model_validate_json(plain)
    except StorageError:
        return "what is sealed in it cannot be opened"
    except ValidationError:
        return _OTHERWISE
    told = {name: _plain(value) for name, value in clear_columns(consent).items()}
    arrived = from_microseconds(row.received_at)
    if row.kind == "answer":
        told["answered_at"] = _plain(counts_from(consent, now=arrived))
    return "" if all(getattr(row, name) == value for name, value in told.items()) else _OTHERWISE


def _plain(value: object) -> object:
    return to_microseconds(value) if isinstance(value, datetime) else value


def _unrecorded_merges(connection: Connection, shop_id: str, seq: int) -> list[ChainFinding]:
    """Compare what the chain says of merges with what people are looked up by."""
    made = frozenset(connection.execute(_MERGES, {"shop_id": shop_id}).scalars())
    rows = connection.execute(_MERGE_RECORDS, {"shop_id": shop_id}).all()
    recorded = {row.from_subject_id: row.seq for row in rows}
    undone = [place for absorbed, place in recorded.items() if absorbed not in made]
    findings = [ChainFinding(place, "the merge it records was undone") for place in undone]
    if made - recorded.keys():
        findings.append(ChainFinding(seq, "people were merged without a record"))
    return findings


@contextmanager
def _any_text(connection: Connection) -> Iterator[None]:
    """Let SQLite hand over text that is no text, instead of giving up on all rows."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):
        yield
        return
    before = driver.text_factory
    driver.text_factory = lambda raw: raw.decode(errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = before
