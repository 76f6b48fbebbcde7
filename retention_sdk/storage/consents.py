"""What people agreed to and objected to: every answer, with its proof, for as long as they stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, insert, select

from ..errors import StorageError, SubjectErased
from ..model import Consent, ConsentState
from .consents_audit import ChainAudit, ChainReport
from .consents_chain import genesis, record_hash
from .consents_head import ChainHead, ChainHeads
from .consents_rows import (
    ConsentEntry,
    chained_fields,
    clear_columns,
    counts_from,
    entry,
    newest,
    seal_purpose,
)
from .crypto import Keyring
from .subject_merges import same_person, survivor_of
from .subjects import Opener, Sealer, SubjectVault
from .tables import consent_record as records_table
from .tables import subject as subjects_table
from .tables import subject_merge

_PAGE = 500
_MERGE: dict[str, Any] = {
    "kind": "merge",
    **dict.fromkeys(("channel", "purpose", "state", "act"), ""),
    **dict.fromkeys(("recorded_at", "answered_at", "confirmed_at", "expires_at")),
    "consent": None,
}


# One question for all that ``current`` needs, built once: it is asked before every message.
_STANDING = (
    select(
        subject_merge.c.survivor_id,
        subjects_table.c.wrapped_key,
        *(
            records_table.c[name]
            for name in (
                *("shop_id", "seq", "event_id", "position", "channel", "purpose", "state", "act"),
                *("answered_at", "sealed"),
            )
        ),
    )
    .select_from(
        subjects_table.outerjoin(
            subject_merge, subject_merge.c.absorbed_id == subjects_table.c.id
        ).outerjoin(
            records_table,
            and_(records_table.c.subject_id == subjects_table.c.id, records_table.c.state != ""),
        )
    )
    .where(subjects_table.c.id == bindparam("subject_id"))
)


class ConsentLog:
    """Append-only and chained per shop. GDPR art. 7(1) puts the burden of proof on the shop."""

    def __init__(self, subjects: SubjectVault, keyring: Keyring) -> None:
        self._subjects = subjects
        self._heads = ChainHeads(keyring)
        self._audit = ChainAudit(subjects, keyring)

    def record(
        self,
        connection: Connection,
        subject_id: str,
        consents: Sequence[Consent],
        *,
        event_id: str,
        now: datetime,
    ) -> int:
        """Append the answers an event brought; return how many were news.

        UNKNOWN is silence, not an answer, and is not kept; nor is an answer that every order
        repeats. The same event twice adds nothing.

        Raises:
            SubjectErased: the person is forgotten.
        """
        answers = [
            (position, each)
            for position, each in enumerate(consents)
            if each.state is not ConsentState.UNKNOWN
        ]
        if not answers:
            return 0
        owner = survivor_of(connection, subject_id)
        head = self._heads.lock(connection, self._shop_of(connection, owner))
        seen = self._seen(connection, head.shop_id, event_id)
        known, read = self._answers(connection, owner), self._reader(connection, owner)
        rows: list[dict[str, Any]] = []
        for position, each in answers:
            is_told = any(each == row["consent"] for row in rows)
            if position in seen or is_told or _is_repeated(each, known, read):
                continue
            place = {"event_id": event_id, "position": position, "subject_id": owner}
            rows.append({**place, **_answer(each, at=counts_from(each, now=now), now=now)})
        return self._append(connection, head, rows)

    def merge(
        self,
        connection: Connection,
        survivor_id: str,
        absorbed_id: str,
        *,
        at: datetime,
        now: datetime,
    ) -> bool:
        """Let two subjects be one person who keeps the strictest of both; False if they are.

        What the absorbed one refused is refused from ``at`` on; what only the absorbed one
        granted is not granted: it was given under another account, perhaps for another address.
        No record is changed.

        Raises:
            SubjectErased: one of them is forgotten.
            StorageError: they belong to two shops.
        """
        survivor = survivor_of(connection, survivor_id)
        absorbed = survivor_of(connection, absorbed_id)
        shop_id = self._shop_of(connection, survivor)
        if shop_id != self._shop_of(connection, absorbed):
            raise StorageError("people of two shops cannot be one: each shop answers for its own")
        if survivor == absorbed:
            return False
        head = self._heads.lock(connection, shop_id)
        refused = self._refusals(connection, absorbed)
        refused_already = {
            (each.channel, each.purpose) for each in self._refusals(connection, survivor)
        }
        rows = [_MERGE | {"received_at": now}]
        rows += [
            _answer(each, at=min(at, now), now=now) | {"kind": "carried"}
            for each in refused
            if (each.channel, each.purpose) not in refused_already
        ]
        ends = {
            "event_id": f"merge:{absorbed}",
            "subject_id": survivor,
            "from_subject_id": absorbed,
        }
        placed = [row | ends | {"position": place} for place, row in enumerate(rows)]
        self._append(connection, head, placed)
        return self._subjects.merge(connection, survivor, absorbed, now=now)

    def current(self, connection: Connection, subject_id: str) -> tuple[Consent, ...]:
        """Return the newest answer per channel and purpose, in the order of the enums.

        Newest by when the person answered; ``recorded_at`` is the moment from which it counts,
        which for what a merge carried over is the merge. Of two at one instant the no counts. A
        yes without a time is older than any answer with one.

        Raises:
            SubjectErased: the person is forgotten.
        """
        rows = connection.execute(_STANDING, {"subject_id": subject_id}).all()
        if not rows:
            raise StorageError(f"there is no subject {subject_id}")
        if survivor := rows[0].survivor_id:
            return self.current(connection, survivor)
        opened = self._subjects.opener_of(subject_id, rows[0].wrapped_key)
        counting = newest(row for row in rows if row.seq is not None)
        return tuple(
            _read(row, opened).model_copy(update={"recorded_at": row.answered_at})
            for row in counting
        )

    def history(self, connection: Connection, subject_id: str) -> tuple[Consent, ...]:
        """Return every answer of a person in the order in which it reached us.

        Raises:
            SubjectErased: the person is forgotten.
        """
        entries = self.entries(connection, subject_id)
        return tuple(each.consent for each in entries if each.consent is not None)

    def entries(self, connection: Connection, subject_id: str) -> tuple[ConsentEntry, ...]:
        """Return every record of a person and of those that were merged into them, in order.

        Raises:
            SubjectErased: the person is forgotten.
        """
        person = same_person(connection, subject_id)
        readers = {each: self._reader(connection, each) for each in person}
        query = select(records_table).where(records_table.c.subject_id.in_(person))
        rows = connection.execute(query.order_by(records_table.c.seq)).all()
        return tuple(
            entry(row, None if row.kind == "merge" else readers[row.subject_id](row))
            for row in rows
        )

    def ledger(self, connection: Connection, shop_id: str) -> Iterator[ConsentEntry]:
        """Yield every record of a shop in order; what erased people said is not in it."""
        seq, table = 0, records_table.c
        while True:
            query = select(records_table).where(table.shop_id == shop_id, table.seq > seq)
            page = connection.execute(query.order_by(table.seq).limit(_PAGE)).all()
            if not page:
                return
            openers = self._subjects.openers(connection, [row.subject_id for row in page])
            for row in page:
                opened = openers.get(row.subject_id)
                is_told = opened is not None and row.kind != "merge"
                yield entry(row, _read(row, opened) if opened and is_told else None)
            seq = page[-1].seq

    def end(self, connection: Connection, shop_id: str) -> tuple[int, bytes]:
        """Return how many records the chain of a shop has, and the hash of the last one."""
        head = self._heads.read(connection, shop_id)
        return (head.seq, head.hash) if head else (0, genesis(shop_id))

    def hashes(
        self, connection: Connection, shop_id: str, places: Iterable[int]
    ) -> dict[int, bytes]:
        """Return the hashes at these places of a chain, as far as there are any."""
        table, found, wanted = records_table.c, dict[int, bytes](), sorted(places)
        for start in range(0, len(wanted), _PAGE):
            some = table.seq.in_(wanted[start : start + _PAGE])
            query = select(table.seq, table.hash).where(table.shop_id == shop_id, some)
            found.update((row.seq, row.hash) for row in connection.execute(query))
        return found

    def shops(self, connection: Connection) -> tuple[str, ...]:
        """Return every shop of which something is recorded."""
        return self._heads.shops(connection)

    def verify(self, connection: Connection, shop_id: str) -> ChainReport:
        """Check the whole chain of a shop; see ``ChainAudit.verify``."""
        return self._audit.verify(connection, shop_id)

    def sign_chains(self, connection: Connection) -> None:
        """Authenticate the chains that a migration made of what was recorded before."""
        self._heads.sign(connection)

    def _append(self, connection: Connection, head: ChainHead, rows: list[dict[str, Any]]) -> int:
        """Seal, chain and write rows of one subject behind the end of a chain; return how many."""
        if not rows:
            return 0
        prev_hash, linked = head.hash, []
        seal = self._subjects.sealer(connection, rows[0]["subject_id"])
        for seq, row in enumerate(rows, start=head.seq + 1):
            whole = {**row, "shop_id": head.shop_id, "seq": seq}
            whole["sealed"] = _sealed(whole.pop("consent"), row, seal)
            own_hash = record_hash(chained_fields(whole), prev_hash)
            linked.append({**whole, "prev_hash": prev_hash, "hash": own_hash})
            prev_hash = own_hash
        connection.execute(insert(records_table), linked)
        self._heads.move(connection, head, seq=head.seq + len(rows), last_hash=prev_hash)
        return len(rows)

    def _shop_of(self, connection: Connection, subject_id: str) -> str:
        query = select(subjects_table.c.shop_id, subjects_table.c.erased_at)
        row = connection.execute(query.where(subjects_table.c.id == subject_id)).one_or_none()
        if row is None:
            raise StorageError(f"there is no subject {subject_id}")
        if row.erased_at is not None:
            raise SubjectErased(f"the data of subject {subject_id} were erased")
        return str(row.shop_id)

    def _refusals(self, connection: Connection, subject_id: str) -> tuple[Consent, ...]:
        read = self._reader(connection, subject_id)
        rows = newest(self._answers(connection, subject_id))
        return tuple(read(row) for row in rows if row.state == ConsentState.DENIED.value)

    def _seen(self, connection: Connection, shop_id: str, event_id: str) -> frozenset[int]:
        table = records_table.c
        query = select(table.position).where(table.shop_id == shop_id, table.event_id == event_id)
        return frozenset(connection.execute(query).scalars())

    def _answers(self, connection: Connection, subject_id: str) -> Sequence[Row[Any]]:
        table = records_table.c
        query = select(records_table).where(table.subject_id == subject_id, table.kind != "merge")
        return connection.execute(query.order_by(table.seq)).all()

    def _reader(self, connection: Connection, subject_id: str) -> Callable[[Row[Any]], Consent]:
        opened = self._subjects.opener(connection, subject_id)
        return lambda row: _read(row, opened)


def _read(row: Row[Any], opened: Opener) -> Consent:
    """Return a sealed answer.

    Raises:
        StorageError: what stands beside it in clear says something else.
    """
    plain = opened(row.sealed, seal_purpose(row.event_id, row.position))
    consent = Consent.model_validate_json(plain)
    told = (consent.channel, consent.purpose, consent.state)
    if told != (row.channel, row.purpose, row.state):
        where = f"consent record {row.seq} of {row.shop_id}"
        raise StorageError(f"{where} was changed; `retention consent verify` tells more")
    return consent


def _sealed(consent: Consent | None, row: dict[str, Any], seal: Sealer) -> bytes:
    plain = b"" if consent is None else consent.model_dump_json().encode()
    return seal(plain, seal_purpose(row["event_id"], row["position"]))


def _answer(consent: Consent, *, at: datetime | None, now: datetime) -> dict[str, Any]:
    return {
        **clear_columns(consent),
        "kind": "answer",
        "from_subject_id": None,
        "answered_at": at,
        "received_at": now,
        "consent": consent,
    }


def _is_repeated(
    consent: Consent, known: Sequence[Row[Any]], read: Callable[[Row[Any]], Consent]
) -> bool:
    """Whether a person has said exactly this before.

    A no without a time may be a new one whenever the answer that counts is another.
    """
    place = (consent.channel, consent.purpose)
    rows = [row for row in known if place == (row.channel, row.purpose)]
    if consent.recorded_at is None and consent.state is ConsentState.DENIED:
        rows = list(newest(rows))
    alike = (
        row for row in rows if (row.state, row.recorded_at) == (consent.state, consent.recorded_at)
    )
    return any(read(row) == consent for row in alike)
