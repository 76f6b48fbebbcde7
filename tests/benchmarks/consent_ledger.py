"""The state of one person among a million consent records, beside what sealing and chaining cost.

Run with `make bench`; `CONSENTS=100000` makes it smaller. Peers keep states in clear and do not
chain them: a view of the newest row of each channel and purpose, and a plain key-value of states.
All in one SQLite file each, settings as in the store; medians of the latency of one question.
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes

from sqlalchemy import insert

from retention_sdk.model import Consent, ConsentChannel, ConsentState, Purpose
from retention_sdk.storage import Store, open_store
from retention_sdk.storage.consents_chain import record_hash
from retention_sdk.storage.consents_head import ChainHeads
from retention_sdk.storage.consents_rows import (
    chained_fields,
    clear_columns,
    counts_from,
    seal_purpose,
)
from retention_sdk.storage.crypto import Keyring, seal
from retention_sdk.storage.tables import consent_record, subject

RECORDS = int(os.environ.get("CONSENTS", "1000000"))
PER_PERSON = 5
BATCH = 2_000
QUESTIONS = 2_000
RECORDED = 200
KEY = bytes(32)
NOW = datetime(2026, 3, 10, tzinfo=UTC)
SHOP = "shop"


def answers(person: int) -> tuple[Consent, ...]:
    """Return five answers of a person: four places, one of them twice."""
    chance = random.Random(person)
    channels = chance.sample(list(ConsentChannel), 4)
    places = [*channels, channels[0]]
    return tuple(
        Consent(
            channel=channel,
            state=chance.choice([ConsentState.GRANTED, ConsentState.DENIED]),
            recorded_at=NOW - timedelta(days=9 - number),
            source="checkout form",
            evidence_ref=f"form-{person}",
            purpose=Purpose.MARKETING,
        )
        for number, channel in enumerate(places)
    )


def record(store: Store, people: range) -> list[str]:
    """Record the answers of people as the pipeline does; return the subjects."""
    subjects = []
    with store.begin() as connection:
        for person in people:
            owner = store.subjects.subject_for(connection, SHOP, f"id:{person}", now=NOW)
            event_id = f"e{person}"
            store.consents.record(connection, owner, answers(person), event_id=event_id, now=NOW)
            subjects.append(owner)
    return subjects


def fill(store: Store, people: range) -> list[str]:
    """Write the same rows in bulk, chained, sealed and signed; `verify` shows that they are."""
    ring, subjects = Keyring(KEY), []
    heads = ChainHeads(ring)
    for start in people[::BATCH]:
        with store.begin() as connection:
            head = heads.lock(connection, SHOP)
            seq, last_hash, rows, keys = head.seq, head.hash, [], []
            for person in range(start, min(start + BATCH, people.stop)):
                subject_id, key = f"{person:032x}", token_bytes(32)
                bound_to = f"retention-sdk/1\0{subject_id}\0key".encode()
                wrapped = ring.wrap(key, bound_to=bound_to, random_bytes=token_bytes)
                keys.append(
                    {"id": subject_id, "shop_id": SHOP, "wrapped_key": wrapped, "created_at": NOW}
                )
                for place, answer in enumerate(answers(person)):
                    row = row_of(answer, subject_id, key, f"e{person}", place)
                    row |= {"seq": (seq := seq + 1), "prev_hash": last_hash}
                    last_hash = record_hash(chained_fields(row), last_hash)
                    rows.append({**row, "hash": last_hash})
                subjects.append(subject_id)
            connection.execute(insert(subject), keys)
            connection.execute(insert(consent_record), rows)
            heads.move(connection, head, seq=seq, last_hash=last_hash)
    return subjects


def row_of(
    answer: Consent, subject_id: str, key: bytes, event_id: str, place: int
) -> dict[str, object]:
    purpose = seal_purpose(event_id, place)
    bound_to = f"retention-sdk/1\0{subject_id}\0{purpose}".encode()
    plain = answer.model_dump_json().encode()
    return {
        **clear_columns(answer),
        "shop_id": SHOP,
        "kind": "answer",
        "event_id": event_id,
        "position": place,
        "subject_id": subject_id,
        "from_subject_id": None,
        "answered_at": counts_from(answer, now=NOW),
        "received_at": NOW,
        "sealed": seal(key, plain, bound_to=bound_to, random_bytes=token_bytes),
    }


def plain_file(path: Path, *statements: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", *statements):
        connection.execute(statement)
    return connection


def fill_view(path: Path, people: int) -> sqlite3.Connection:
    """Peer: every answer as a row, and a view that picks the newest of each place."""
    connection = plain_file(
        path,
        "CREATE TABLE answer (person INT, channel TEXT, purpose TEXT, state TEXT, at INT, body TEXT)",
        "CREATE INDEX by_person ON answer (person, channel, purpose, at)",
        "CREATE VIEW newest AS SELECT person, channel, purpose, state, body, max(at) AS at "
        "FROM answer GROUP BY person, channel, purpose",
    )
    for start in range(0, people, BATCH):
        rows = [
            (person, a.channel, a.purpose, a.state, number, a.model_dump_json())
            for person in range(start, min(start + BATCH, people))
            for number, a in enumerate(answers(person))
        ]
        connection.executemany("INSERT INTO answer VALUES (?, ?, ?, ?, ?, ?)", rows)
        connection.commit()
    return connection


def fill_states(path: Path, people: int) -> sqlite3.Connection:
    """Peer: one state for each place, overwritten; no history and no proof."""
    connection = plain_file(
        path,
        "CREATE TABLE state (person INT, channel TEXT, purpose TEXT, body TEXT, "
        "PRIMARY KEY (person, channel, purpose)) WITHOUT ROWID",
    )
    for start in range(0, people, BATCH):
        rows = [
            (person, a.channel, a.purpose, a.model_dump_json())
            for person in range(start, min(start + BATCH, people))
            for a in answers(person)
        ]
        connection.executemany("INSERT OR REPLACE INTO state VALUES (?, ?, ?, ?)", rows)
        connection.commit()
    return connection


def latencies(ask: Callable[[int], object], people: int) -> list[float]:
    """Return sorted microseconds of single questions about people at random."""
    chance, found = random.Random(7), []
    for _ in range(QUESTIONS):
        person = chance.randrange(people)
        start = time.perf_counter()
        ask(person)
        found.append((time.perf_counter() - start) * 1e6)
    return sorted(found)


def told(name: str, taken: float, found: list[float], records: int) -> Iterator[str]:
    median, worst = statistics.median(found), found[int(len(found) * 0.99)]
    yield f"  {name:<34}{median:>9.0f} us median {worst:>9.0f} us p99"
    yield f"    {records / taken:>9,.0f} records a second written"


def parsed(rows: list[tuple[str]]) -> list[Consent]:
    return [Consent.model_validate_json(body) for (body,) in rows]


def run(folder: Path) -> Iterator[str]:
    """Yield the report, a line at a time."""
    people = RECORDS // PER_PERSON
    yield f"{RECORDS:,} consent records of {people:,} people: the state of one person"
    with open_store(f"sqlite:///{folder / 'ledger.db'}", key=KEY) as store:
        subjects = fill(store, range(people))
        start = time.perf_counter()
        record(store, range(people, people + RECORDED))
        taken = time.perf_counter() - start
        with store.reading() as connection:
            found = latencies(
                lambda person: store.consents.current(connection, subjects[person]), people
            )
            yield from told("sealed and chained (current)", taken, found, RECORDED * PER_PERSON)
            size = (folder / "ledger.db").stat().st_size / RECORDS
            yield f"    {size:>9,.0f} bytes a record"
            start = time.perf_counter()
            report = store.consents.verify(connection, SHOP)
            taken = time.perf_counter() - start
            assert report.is_whole
            rate = report.records_count / taken
            yield f"    {rate:>9,.0f} records a second verified, contents included"
    for name, build, query in (
        ("peer: view of newest rows", fill_view, "SELECT body FROM newest WHERE person = ?"),
        ("peer: key-value of states", fill_states, "SELECT body FROM state WHERE person = ?"),
    ):
        start = time.perf_counter()
        plain = build(folder / f"{build.__name__}.db", people)
        taken = time.perf_counter() - start
        found = latencies(
            lambda person, plain=plain, query=query: parsed(  # type: ignore[misc]
                plain.execute(query, (person,)).fetchall()
            ),
            people,
        )
        yield from told(name, taken, found, RECORDS)
        plain.close()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for line in run(Path(folder)):
            print(line, flush=True)


if __name__ == "__main__":
    main()
