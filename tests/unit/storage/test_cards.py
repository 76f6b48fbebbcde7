"""The ledger of cards: one card per parcel, every step once, nothing readable after an erasure."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from retention_sdk.errors import StorageError, SubjectErased
from retention_sdk.storage import (
    CardChoice,
    CardPlace,
    CardState,
    CodeState,
    PrintJob,
    open_store,
    plain_number,
)

CHOICE = CardChoice(
    template="thank_you", locale="en", formality="neutral", variant=3, arm="warm", is_holdout=True
)


def place(card_id=7, order_id="1001", **changes):
    fields = {
        "card_id": card_id,
        "shop_id": "shop",
        "order_id": order_id,
        "fulfilment_id": f"{order_id}-1",
        "event_id": f"test:shop:order:{order_id}:paid",
    }
    return CardPlace(**(fields | changes))


@pytest.fixture
def owner(store, make_paid, now):
    with store.begin() as connection:
        return store.subjects.for_event(connection, make_paid())


@pytest.fixture
def assign(store, owner, now):
    def make(card_id=7, order_id="1001", *, payload=b"Dear Zenobia", **changes):
        with store.begin() as connection:
            return store.cards.assign(
                connection,
                place(card_id, order_id, **changes),
                CHOICE,
                payload,
                order_number=f"#{order_id}",
                subject_id=owner,
                now=now,
            )

    return make


def take(store, record, *states, now):
    with store.begin() as connection:
        return [store.cards.advance(connection, record, state, now=now) for state in states]


def newest(store, card_id=7):
    with store.reading() as connection:
        return store.cards.get(connection, card_id)


def test_a_new_card_is_assigned_in_its_first_copy(assign):
    record = assign()

    assert (7, 1, 1, None, "assigned") == (
        record.card_id,
        record.copy,
        record.version,
        record.reprint_of,
        record.state,
    )
    assert CHOICE == record.choice


def test_a_parcel_keeps_its_first_card(assign, store):
    first = assign(7, payload=b"first")
    again = assign(8, payload=b"second")

    with store.reading() as connection:
        assert b"first" == store.cards.payload(connection, again)
        assert store.cards.get(connection, 8) is None
    assert first.card_id == again.card_id


def test_two_parcels_cannot_share_a_card_number(assign):
    assign(7, "1001")

    with pytest.raises(StorageError, match="another parcel"):
        assign(7, "1002")


def test_the_same_step_twice_is_one(assign, store, now):
    record = assign()

    assert [True, False] == take(store, record, CardState.RENDERED, CardState.RENDERED, now=now)


@pytest.mark.parametrize(
    ("before", "after", "is_possible"),
    [
        (before, after, after.value in allowed.split())
        for (before, allowed), after in itertools.product(
            {
                CardState.ASSIGNED: "rendered voided reprinted",
                CardState.RENDERED: "printed voided reprinted",
                CardState.PRINTED: "packed voided reprinted",
                CardState.PACKED: "reprinted",
                CardState.VOIDED: "",
                CardState.REPRINTED: "",
            }.items(),
            CardState,
        )
    ],
)
def test_only_these_steps_are_possible(before, after, is_possible):
    assert is_possible == before.may_become(after)


def test_a_void_card_is_never_printed(assign, store, now):
    record = assign()

    assert [True, False, False] == take(
        store, record, CardState.VOIDED, CardState.RENDERED, CardState.PRINTED, now=now
    )
    assert CardState.VOIDED == newest(store).state


def test_a_reprint_keeps_number_and_version_and_a_change_counts_the_version_up(assign, store, now):
    record = assign()
    with store.begin() as connection:
        same = store.cards.replace(
            connection, record, CHOICE, b"same", is_changed=False, reason="torn", now=now
        )
        other = store.cards.replace(
            connection, same, CHOICE, b"new", is_changed=True, reason="address", now=now
        )
        steps = [(step.copy, step.state.value) for step in store.cards.history(connection, 7)]

    assert (7, 2, 1, 1) == (same.card_id, same.copy, same.version, same.reprint_of)
    assert (7, 3, 2, 2) == (other.card_id, other.copy, other.version, other.reprint_of)
    assert [
        (1, "assigned"),
        (1, "reprinted"),
        (2, "assigned"),
        (2, "reprinted"),
        (3, "assigned"),
    ] == steps


def test_a_packed_card_is_not_replaced_by_another(assign, store, now):
    record = assign()
    take(store, record, CardState.RENDERED, CardState.PRINTED, CardState.PACKED, now=now)

    packed = newest(store)

    with pytest.raises(StorageError, match="packed"), store.begin() as connection:
        store.cards.replace(connection, packed, CHOICE, b"", is_changed=True, reason="x", now=now)


@pytest.mark.parametrize("typed", ["1001", " #1001 ", "#１００１", "۱۰۰۱", "\u20661001\u2069"])
def test_an_order_number_is_found_however_it_is_typed(assign, store, typed):
    assign()

    with store.reading() as connection:
        found = store.cards.of_number(connection, "shop", typed)
        assert () == store.cards.of_number(connection, "another", typed)
    assert [7] == [record.card_id for record in found]


@given(st.text())
def test_no_space_and_no_hidden_sign_is_left_in_an_order_number(number):
    plain = plain_number(number)

    assert "" == "".join(char for char in plain if char.isspace() or char in "\u2066\u2069\u200e")
    assert not plain.startswith("#")


def test_waiting_cards_are_listed_once_oldest_first_over_many_pages(store, owner, now):
    with store.begin() as connection:
        for number in range(1203):
            store.cards.assign(
                connection,
                place(number, str(number)),
                CHOICE,
                b"x",
                order_number=str(number),
                subject_id=owner,
                now=now + timedelta(seconds=-(number // 3)),
            )
        for number in (0, 600):
            record = store.cards.get(connection, number)
            store.cards.advance(connection, record, CardState.VOIDED, now=now)
    with store.reading() as connection:
        found = list(store.cards.waiting(connection, "shop"))

    assert 1201 == len({record.card_id for record in found}) == len(found)
    assert sorted(found, key=lambda each: each.made_at) == found


def test_an_erased_person_leaves_a_card_that_nobody_can_read(assign, store, owner, now, path):
    record = assign(payload=b"Dear Zenobia Quillfeather")
    with store.begin() as connection:
        store.subjects.erase(connection, owner, now=now)
    store.scrub()

    with pytest.raises(SubjectErased), store.reading() as connection:
        store.cards.payload(connection, record)
    assert b"Zenobia" not in path.read_bytes()


@pytest.mark.parametrize("table", ["card", "card_copy", "card_step"])
def test_what_happened_to_a_card_can_be_neither_changed_nor_deleted(assign, store, table):
    assign()

    for statement in (f"UPDATE {table} SET card_id = 9", f"DELETE FROM {table}"):
        with pytest.raises(StorageError, match="append-only"), store.begin() as connection:
            connection.execute(text(statement))


def job(job_id="job-1", *cards):
    return PrintJob(
        id=job_id,
        shop_id="shop",
        batch_id="batch",
        channel="folder",
        format="a6",
        profile="digital_rgb",
        cards=cards,
    )


def test_a_copy_is_in_one_job_and_no_other(assign, store, now):
    assign()
    with store.begin() as connection:
        assert store.jobs.plan(connection, job("job-1", (7, 1)), now=now)
        assert not store.jobs.plan(connection, job("job-1", (7, 1)), now=now)

    with pytest.raises(StorageError, match=r"(?i)unique"), store.begin() as connection:
        store.jobs.plan(connection, job("job-2", (7, 1)), now=now)
    with store.reading() as connection:
        assert "job-1" == store.jobs.of_copy(connection, 7, 1).id
        assert store.jobs.of_copy(connection, 7, 2) is None


def test_a_planned_job_is_unfinished_and_keeps_the_order_of_its_cards(assign, store, now):
    assign(9, "1002")
    assign(7, "1001")
    with store.begin() as connection:
        store.jobs.plan(connection, job("job-1", (9, 1), (7, 1)), now=now)

    with store.reading() as connection:
        (found,) = store.jobs.unfinished(connection, "batch")
    assert ((9, 1), (7, 1)) == found.cards


def test_a_scan_keeps_the_hour_and_nothing_finer(store, now):
    moment = now.replace(hour=14, minute=37, second=12, microsecond=5)
    with store.begin() as connection:
        store.scans.record(connection, 7, variant=3, at=moment, ua_class="phone")
    with store.reading() as connection:
        (scan,) = store.scans.of_card(connection, 7)
        columns = connection.execute(text("SELECT * FROM card_scan")).keys()

    assert now.replace(hour=14, minute=0) == scan.at_hour
    assert ["seq", "card_id", "variant", "at_hour", "ua_class"] == list(columns)


def test_the_database_itself_refuses_a_scan_to_the_minute(store, now):
    with pytest.raises(StorageError, match="at_hour_is_whole"), store.begin() as connection:
        connection.execute(
            text("INSERT INTO card_scan (card_id, at_hour, ua_class) VALUES (1, 60000000, 'phone')")
        )


def test_scans_are_forgotten_when_their_time_is_over(store, now):
    with store.begin() as connection:
        for days in (0, 40):
            store.scans.record(
                connection, 7, variant=0, at=now - timedelta(days=days), ua_class="phone"
            )
        assert 1 == store.scans.forget(connection, before=now - timedelta(days=30))
        assert [now] == [scan.at_hour for scan in store.scans.since(connection, now)]


def test_a_code_is_redeemed_or_voided_but_not_both(store, now):
    with store.begin() as connection:
        assert store.codes.record(connection, 7, "promo-1", platform="vendure", now=now)
        assert not store.codes.record(connection, 7, "promo-1", platform="vendure", now=now)
        assert store.codes.mark(connection, 7, "promo-1", CodeState.REDEEMED, now=now)
        assert not store.codes.mark(connection, 7, "promo-1", CodeState.VOIDED, now=now)
        (code,) = store.codes.of_card(connection, 7)

    assert CodeState.REDEEMED == code.state


def test_codes_of_void_cards_wait_to_be_voided(assign, store, now):
    void, alive = assign(7, "1001"), assign(8, "1002")
    with store.begin() as connection:
        for record in (void, alive):
            code = f"promo-{record.card_id}"
            store.codes.record(connection, record.card_id, code, platform="vendure", now=now)
        store.cards.advance(connection, void, CardState.VOIDED, now=now)
        waiting = store.codes.to_void(connection)
        store.codes.mark(connection, 7, "promo-7", CodeState.VOIDED, now=now)
        left = store.codes.to_void(connection)

    assert ["promo-7"] == [code.code_id for code in waiting]
    assert () == left


def test_a_second_worker_gets_the_card_of_the_first(store_url, key, assign, owner, now):
    first = assign(7)
    with open_store(store_url, key=key) as other, other.begin() as connection:
        second = other.cards.assign(
            connection, place(99), CHOICE, b"", order_number="1001", subject_id=owner, now=now
        )

    assert first.card_id == second.card_id
