"""The chain of consent records notices every change, and says which record it is."""

from __future__ import annotations

import hmac
import os
import random
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.model import (
    Consent,
    ConsentChannel,
    ConsentState,
    OptInLevel,
    Purpose,
    Wording,
)
from retention_sdk.storage import open_store
from retention_sdk.storage.consents_chain import ChainedFields, head_message, record_hash
from retention_sdk.storage.crypto import Keyring

KEY = bytes(range(32))
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
RECORDS = 8
SOAK = bool(os.environ.get("RETENTION_SOAK"))
COLUMNS = (
    *(name for name in ChainedFields._fields if name != "sealed_sha256"),
    "sealed",
    "prev_hash",
    "hash",
)


def answers():
    """Return eight answers of two people; the last is a merge of them."""
    wording = Wording(text_sha256="a" * 64, locale="de-DE", version="3")
    yes = Consent(
        channel=ConsentChannel.EMAIL,
        state=ConsentState.GRANTED,
        recorded_at=NOW,
        source="checkout",
        opt_in_level=OptInLevel.CONFIRMED,
        wording=wording,
        confirmed_at=NOW + timedelta(minutes=5),
        expires_at=NOW + timedelta(days=700),
        platform="shopify",
    )
    no = Consent(channel=ConsentChannel.SMS, state=ConsentState.DENIED)
    changes = ({}, {"purpose": Purpose.REVIEWS}, {"channel": ConsentChannel.POST})
    return [each.model_copy(update=change) for change in changes for each in (yes, no)]


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A file with eight records of one shop, closed."""
    path = tmp_path_factory.mktemp("chain") / "shop.db"
    with open_store(f"sqlite:///{path}", key=KEY) as store, store.begin() as connection:
        log = store.consents
        one = store.subjects.subject_for(connection, "shop", "id:1", now=NOW)
        two = store.subjects.subject_for(connection, "shop", "id:2", now=NOW)
        for number, each in enumerate(answers()):
            owner = one if number % 2 else two
            log.record(connection, owner, [each], event_id=f"e{number}", now=NOW)
        log.merge(connection, one, two, at=NOW, now=NOW)
        refusal = answers()[0].model_copy(update={"state": ConsentState.DENIED})
        log.record(connection, one, [refusal], event_id="last", now=NOW + timedelta(days=1))
        assert RECORDS == log.verify(connection, "shop").records_count
    return path


@pytest.fixture
def path(original, tmp_path):
    return shutil.copy(original, tmp_path / "shop.db")


def tamper(path, *statements):
    """Change the file as somebody would who has it, and neither our code nor the key."""
    raw = sqlite3.connect(path)
    triggers = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for (name,) in triggers:
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("PRAGMA ignore_check_constraints = ON")
    for statement, *values in statements:
        raw.execute(statement, values)
    raw.commit()
    raw.close()


def verified(path, shop_id="shop", key=KEY):
    with open_store(f"sqlite:///{path}", key=key) as store, store.reading() as connection:
        return store.consents.verify(connection, shop_id)


def first_broken(path):
    report = verified(path)
    return report.findings[0].seq if report.findings else None


def test_an_untouched_chain_is_whole(path):
    report = verified(path)

    assert report.is_whole
    assert (RECORDS, 32) == (report.records_count, len(report.last_hash))


def changed(value):
    """Return a value of the same kind that is not the same."""
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:] if value else b"x"
    if isinstance(value, int):
        return value + 1
    if value is None:
        return 5
    return value[:-1] + chr(ord(value[-1]) + 50) if value else "x"


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("seq", [1, 7])
def test_a_changed_byte_in_any_column_names_its_record(path, seq, column):
    raw = sqlite3.connect(path)
    query = f"SELECT {column} FROM consent_record WHERE seq = ?"
    (value,) = raw.execute(query, (seq,)).fetchone()
    raw.close()
    # A number that is taken would be refused by the database itself.
    new = 100 + seq if column == "seq" else changed(value)
    tamper(path, (f"UPDATE consent_record SET {column} = ? WHERE seq = ?", new, seq))

    assert seq == first_broken(path)


@pytest.mark.parametrize("value", [b"\xff\xfe", 1.5, "", 2**62])
@pytest.mark.parametrize("column", COLUMNS)
def test_values_that_no_column_should_hold_name_their_record(path, column, value):
    tamper(path, (f"UPDATE consent_record SET {column} = ? WHERE seq = 3", value))

    assert 3 == first_broken(path)


@pytest.mark.parametrize("column", COLUMNS)
def test_text_that_is_no_text_names_its_record(path, column):
    tamper(path, (f"UPDATE consent_record SET {column} = CAST(x'ff' AS TEXT) WHERE seq = 3",))

    assert 3 == first_broken(path)


@pytest.mark.parametrize("seq", range(1, RECORDS + 1))
def test_a_deleted_record_is_named(path, seq):
    tamper(path, ("DELETE FROM consent_record WHERE seq = ?", seq))

    report = verified(path)
    assert seq == report.findings[0].seq
    assert "missing" in report.findings[0].what


@pytest.mark.parametrize("count", range(1, RECORDS + 1))
def test_a_cut_tail_is_noticed_at_the_first_record_that_is_gone(path, count):
    tamper(path, ("DELETE FROM consent_record WHERE seq > ?", RECORDS - count))

    report = verified(path)
    assert [RECORDS - count + 1] == [each.seq for each in report.findings if "missing" in each.what]
    assert not report.is_whole


def test_a_cut_tail_with_the_end_moved_is_not_what_the_key_vouches_for(path):
    tamper(
        path,
        ("DELETE FROM consent_record WHERE seq > 6",),
        (
            "UPDATE consent_head SET (seq, hash) = (SELECT seq, hash FROM consent_record WHERE seq = 6)",
        ),
    )

    assert "not written with the shop's key" in verified(path).findings[-1].what


def test_two_records_that_changed_places_are_named_at_the_first(path):
    tamper(
        path,
        ("UPDATE consent_record SET seq = 99 WHERE seq = 2",),
        ("UPDATE consent_record SET seq = 2 WHERE seq = 5",),
        ("UPDATE consent_record SET seq = 5 WHERE seq = 99",),
    )

    assert 2 == first_broken(path)


def test_a_record_added_behind_the_end_is_named(path):
    raw = sqlite3.connect(path)
    row = dict(
        zip(
            COLUMNS,
            raw.execute(
                f"SELECT {', '.join(COLUMNS)} FROM consent_record WHERE seq = 8"
            ).fetchone(),
            strict=True,
        )
    )
    raw.close()
    row |= {"seq": 9, "event_id": "forged", "prev_hash": row["hash"]}
    row["hash"] = hash_of(row)
    places = ", ".join("?" * len(row))
    tamper(
        path, (f"INSERT INTO consent_record ({', '.join(row)}) VALUES ({places})", *row.values())
    )

    assert 9 == first_broken(path)


def hash_of(row):
    values = [row[name] for name in COLUMNS[:-3]]
    return record_hash(ChainedFields(*values, sha256(row["sealed"]).hexdigest()), row["prev_hash"])


def recomputed(path, seq, column, value):
    """Change a column and make every hash from there on fit, the end's too."""
    raw = sqlite3.connect(path)
    rows = [
        dict(zip(COLUMNS, row, strict=True))
        for row in raw.execute(f"SELECT {', '.join(COLUMNS)} FROM consent_record ORDER BY seq")
    ]
    raw.close()
    rows[seq - 1][column] = value
    rows[seq - 1]["hash"] = hash_of(rows[seq - 1])
    for before, row in pairwise(rows[seq - 1 :]):
        row["prev_hash"] = before["hash"]
        row["hash"] = hash_of(row)
    updates = [
        (
            f"UPDATE consent_record SET {column} = ?, prev_hash = ?, hash = ? WHERE seq = ?",
            row[column],
            row["prev_hash"],
            row["hash"],
            row["seq"],
        )
        for row in rows
    ]
    tamper(path, *updates, ("UPDATE consent_head SET hash = ?", rows[-1]["hash"]))


@pytest.mark.parametrize(
    ("column", "value"),
    [("state", "granted"), ("purpose", "offers"), ("channel", "any"), ("answered_at", 5)],
)
def test_a_chain_computed_anew_contradicts_what_is_sealed_and_its_end(path, column, value):
    """Record 2 is a no; who has no key can change neither the sealed answer nor sign the end."""
    recomputed(path, 2, column, value)

    report = verified(path)
    assert (2, "what is sealed in it says something else") == (
        report.findings[0].seq,
        report.findings[0].what,
    )
    assert "not written with the shop's key" in report.findings[-1].what


def test_facts_that_are_not_sealed_are_protected_by_the_end_alone(path):
    """Where everything is computed anew and nothing sealed speaks against it, the end does."""
    recomputed(path, 1, "received_at", 1_772_366_400_000_001)

    report = verified(path)
    assert not report.is_whole
    assert {"the end of the chain was not written with the shop's key"} <= {
        each.what for each in report.findings
    }


def test_what_was_cut_stays_missing_when_more_is_recorded(path):
    tamper(path, ("DELETE FROM consent_record WHERE seq = 8",))
    record_one_more(path)

    assert 8 == first_broken(path)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_head SET mac = x'00'",
        "UPDATE consent_head SET seq = 3",
        "UPDATE consent_head SET seq = 300",
        "UPDATE consent_head SET hash = 'text'",
        "DELETE FROM consent_head",
    ],
)
def test_a_forged_end_never_becomes_genuine_and_loses_no_withdrawal(path, statement):
    tamper(path, (statement,))
    assert not verified(path).is_whole

    record_one_more(path)

    with open_store(f"sqlite:///{path}", key=KEY) as store, store.reading() as connection:
        owner = store.subjects.find(connection, "shop", "id:1")
        current = {each.channel: each.state for each in store.consents.current(connection, owner)}
        assert not store.consents.verify(connection, "shop").is_whole
    assert ConsentState.DENIED is current[ConsentChannel.PHONE]


def record_one_more(path):
    withdrawal = Consent(channel=ConsentChannel.PHONE, state=ConsentState.DENIED)
    with open_store(f"sqlite:///{path}", key=KEY) as store, store.begin() as connection:
        owner = store.subjects.find(connection, "shop", "id:1")
        store.consents.record(connection, owner, [withdrawal], event_id="more", now=NOW)


def test_a_merge_that_was_undone_is_noticed(path):
    tamper(path, ("DELETE FROM subject_merge",))

    assert (7, "the merge it records was undone") == (
        verified(path).findings[0].seq,
        verified(path).findings[0].what,
    )


def test_a_merge_without_a_record_is_noticed(path):
    with open_store(f"sqlite:///{path}", key=KEY) as store, store.begin() as connection:
        one = store.subjects.find(connection, "shop", "id:1")
        other = store.subjects.subject_for(connection, "shop", "id:3", now=NOW)
        store.subjects.merge(connection, one, other, now=NOW)

        report = store.consents.verify(connection, "shop")
    assert ["people were merged without a record"] == [each.what for each in report.findings]


def test_the_chain_verifies_after_everybody_was_erased(path):
    with open_store(f"sqlite:///{path}", key=KEY) as store, store.begin() as connection:
        owner = store.subjects.find(connection, "shop", "id:1")
        store.subjects.erase(connection, owner, now=NOW)

        assert store.consents.verify(connection, "shop").is_whole
        keys = connection.exec_driver_sql("SELECT count(wrapped_key) FROM subject").scalar()
    assert 0 == keys


def test_after_a_rotation_the_chain_is_still_whole_without_the_old_key(path):
    new = bytes(32)
    opened = open_store(f"sqlite:///{path}", key=new, previous_keys=(KEY,))
    with opened as store, store.begin() as connection:
        assert store.consents.verify(connection, "shop").is_whole
        store.subjects.rewrap(connection)

    assert verified(path, key=new).is_whole


def test_whoever_has_the_key_can_write_another_history(path):
    """The honest limit: the chain proves nothing against the shop itself; exports kept outside do."""
    recomputed(path, 1, "received_at", 1_772_366_400_000_001)
    raw = sqlite3.connect(path)
    seq, last = raw.execute("SELECT seq, hash FROM consent_head").fetchone()
    raw.close()
    key = Keyring(KEY).derived("consent-head")[0]
    mac = hmac.digest(key, head_message("shop", seq, last), sha256)
    tamper(path, ("UPDATE consent_head SET mac = ?", mac))

    assert verified(path).is_whole


@settings(max_examples=500 if SOAK else 25, deadline=None)
@given(data=st.data())
def test_no_tampering_at_random_goes_unnoticed(original, tmp_path_factory, data):
    """One to three changes of any kind; the first finding is never behind the first change."""
    path = shutil.copy(original, tmp_path_factory.mktemp("random") / "shop.db")
    chance = random.Random(data.draw(st.integers(0, 2**32)))
    touched = [damage(path, chance) for _ in range(chance.randint(1, 3))]

    report = verified(path)

    assert not report.is_whole
    assert report.findings[0].seq <= min(touched)


def damage(path, chance):
    """Do one thing to one record that is left; return its place."""
    raw = sqlite3.connect(path)
    left = [seq for (seq,) in raw.execute("SELECT seq FROM consent_record ORDER BY seq")]
    seq, column = chance.choice(left), chance.choice(COLUMNS)
    query = f"SELECT {column} FROM consent_record WHERE seq = ?"
    (value,) = raw.execute(query, (seq,)).fetchone()
    raw.close()
    if chance.random() < 0.3 and len(left) > 1:
        tamper(path, ("DELETE FROM consent_record WHERE seq = ?", seq))
    elif column == "seq":
        tamper(path, ("UPDATE consent_record SET seq = seq + 1000 WHERE seq = ?", seq))
    else:
        new = flipped(value, chance)
        tamper(path, (f"UPDATE consent_record SET {column} = ? WHERE seq = ?", new, seq))
    return seq


def flipped(value, chance):
    """Return a value that differs in one bit or one character."""
    if isinstance(value, bytes) and value:
        place = chance.randrange(len(value))
        return value[:place] + bytes([value[place] ^ 1 << chance.randrange(8)]) + value[place + 1 :]
    if isinstance(value, int):
        return value ^ 1 << chance.randrange(40)
    if isinstance(value, str) and value:
        place = chance.randrange(len(value))
        return value[:place] + chr(ord(value[place]) + 50) + value[place + 1 :]
    return "x" if isinstance(value, str) else 5
