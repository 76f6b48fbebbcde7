"""Whoever changes the books behind the ledger's back is found out."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from retention_sdk.errors import StorageError
from retention_sdk.loyalty.chain import canonical, fingerprint

DAY = timedelta(days=1)


# Forging needs ways around triggers and constraints that each database has of its own; finding it
# does not.
on_sqlite = pytest.mark.parametrize("open_empty", ["sqlite"], indirect=True)


@pytest.fixture
def books(desk):
    """Two people, four orders, a refund, a redemption and an open hold; triggers are gone."""
    desk.earn(3890, order="1", who="ada")
    desk.earn(5000, order="2", who="ada")
    desk.earn(9900, order="3", who="bob")
    desk.refund("1/2", order="2")
    desk.spend(10)
    desk.hold(5, key="open")
    assert desk.verify().is_clean
    return desk


def drop_triggers(desk):
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    for name in desk.connection.exec_driver_sql(query).scalars().all():
        desk.connection.exec_driver_sql(f"DROP TRIGGER {name}")


def tamper(desk, statement):
    drop_triggers(desk)
    desk.connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    desk.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    changed = desk.connection.exec_driver_sql(statement).rowcount
    assert changed > 0
    return desk.verify()


@on_sqlite
@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE account SET available = available + 100", "account"),
        ("UPDATE account SET debt = 5, available = 0", "account"),
        ("UPDATE account SET version = version + 1", "account"),
        ("UPDATE account SET head_hash = ''", "account"),
        ("UPDATE txn SET occurred_at = occurred_at + 1 WHERE kind = 'earn'", "txn"),
        ("UPDATE txn SET recorded_at = 0 WHERE kind = 'capture'", "txn"),
        ("UPDATE txn SET actor = 'nobody'", "txn"),
        ("UPDATE txn SET idem_key = idem_key || 'x'", "txn"),
        ("UPDATE txn SET cause_id = 'shop:9' WHERE kind = 'clawback'", "txn"),
        ("UPDATE txn SET policy_version = 'other'", "txn"),
        ("UPDATE txn SET body = json_set(body, '$.points', 99) WHERE kind = 'earn'", "txn"),
        ("UPDATE txn SET prev_hash = hash", "txn"),
        ("UPDATE txn SET hash = prev_hash WHERE sequence > 1", "txn"),
        ("UPDATE txn SET sequence = sequence + 100", "txn"),
        ("UPDATE posting SET amount = amount + 1", "txn"),
        ("UPDATE posting SET dst = 'expired' WHERE dst = 'redeemed'", "txn"),
        ("UPDATE posting SET lot_id = NULL WHERE src = 'available'", "txn"),
        ("DELETE FROM posting WHERE seq > 0", "txn"),
        ("UPDATE lot SET available = available + 1, earned = earned + 1", "lot"),
        ("UPDATE lot SET expires_at = 4102444800000000", "lot"),
        ("UPDATE lot SET matures_at = matures_at + 1", "lot"),
        ("UPDATE lot SET source_order = 'shop:9'", "lot"),
        ("UPDATE lot SET rule_breakdown = '{}'", "lot"),
        ("UPDATE lot SET clawed = 0 WHERE clawed > 0", "lot"),
        ("UPDATE hold SET state = 'released' WHERE state = 'open'", "hold"),
        ("UPDATE hold SET captured = captured - 1 WHERE captured > 0", "hold"),
        ("UPDATE hold SET expires_at = expires_at + 1", "hold"),
        ("UPDATE hold_allocation SET amount = amount - 1", "hold"),
        ("DELETE FROM hold_allocation", "hold"),
    ],
)
def test_a_changed_row_is_found(books, statement, place):
    findings = tamper(books, statement).findings

    assert place in {finding.place.split()[0] for finding in findings}


@on_sqlite
def test_a_transaction_cut_off_the_end_is_found(books):
    cut = (
        "DELETE FROM posting WHERE txn_id IN (SELECT id FROM txn ORDER BY recorded_at DESC, "
        "sequence DESC LIMIT 1)"
    )
    tamper(books, cut)
    books.connection.exec_driver_sql("DELETE FROM txn WHERE id NOT IN (SELECT txn_id FROM posting)")

    assert "account" in {finding.place for finding in books.verify().findings}


@on_sqlite
def test_a_consistent_rewrite_of_postings_and_caches_breaks_the_chain(books):
    """The forger keeps every sum right, and still cannot keep the hashes."""
    drop_triggers(books)
    books.connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    for statement in (
        (
            "UPDATE posting SET amount = amount + 7 WHERE txn_id IN "
            "(SELECT id FROM txn WHERE kind = 'earn' AND cause_id = 'shop:3')"
        ),
        (
            "UPDATE lot SET earned = earned + 7, available = available + 7 "
            "WHERE source_order = 'shop:3'"
        ),
        (
            "UPDATE account SET available = available + 7 WHERE id IN "
            "(SELECT account_id FROM lot WHERE source_order = 'shop:3')"
        ),
        (
            "UPDATE txn SET body = json_set(body, '$.points', 106, '$.after.available', 106, "
            "'$.lot.earned', 106) WHERE kind = 'earn' AND cause_id = 'shop:3'"
        ),
    ):
        books.connection.exec_driver_sql(statement)

    messages = [finding.message for finding in books.verify().findings]
    assert ["was changed: its hash does not fit"] == messages


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE txn SET actor = 'x'",
        "DELETE FROM txn",
        "UPDATE posting SET amount = 1",
        "DELETE FROM posting",
        "UPDATE lot SET expires_at = NULL",
        "UPDATE lot SET earned = earned + 1, available = available + 1",
        "DELETE FROM lot",
        "UPDATE hold SET expires_at = 0",
        "DELETE FROM hold",
        "UPDATE account SET subject_id = 'x'",
        "DELETE FROM account",
        "UPDATE rule_version SET body = ''",
    ],
)
def test_with_triggers_in_place_history_cannot_be_changed(
    store, make_program, make_paid, statement
):
    from retention_sdk.loyalty import PointsLedger

    ledger = PointsLedger(store, make_program())
    event = make_paid(3890)
    with store.begin() as connection:
        owner = store.subjects.for_event(connection, event)
        now = event.occurred_at
        ledger.earn(connection, event, subject_id=owner, now=now)
        ledger.holds.place(connection, owner, 5, key="h", now=now, expires_at=now + DAY)

    with pytest.raises(StorageError, match="append-only"), store.begin() as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE account SET available = -1",
        "UPDATE account SET debt = 1",
        "UPDATE lot SET available = available - 1",
        "UPDATE lot SET available = -1, held = held + available + 1",
        "UPDATE lot SET clawed = earned + 1",
        "UPDATE hold SET captured = amount + 1",
    ],
)
def test_the_database_itself_refuses_impossible_balances(store, make_program, make_paid, statement):
    """The last line, should the code above it ever be wrong."""
    from retention_sdk.loyalty import PointsLedger

    ledger = PointsLedger(store, make_program())
    event = make_paid(3890)
    with store.begin() as connection:
        owner = store.subjects.for_event(connection, event)
        now = event.occurred_at
        ledger.earn(connection, event, subject_id=owner, now=now)
        ledger.holds.place(connection, owner, 5, key="h", now=now, expires_at=now + DAY)

    with (
        pytest.raises(StorageError, match=r"CHECK constraint failed|CheckViolation 23514 ck_"),
        store.begin() as connection,
    ):
        connection.exec_driver_sql(statement)


def test_canonical_text_does_not_depend_on_order_or_locale():
    assert '{"a":[1,2],"b":"\\u00e9"}' == canonical({"b": "é", "a": [1, 2]})
    assert json.loads(canonical({"b": "é"})) == {"b": "é"}
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": float("nan")})
