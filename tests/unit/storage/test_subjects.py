"""People: found without being named, readable until erased."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.errors import StorageError, SubjectErased
from retention_sdk.model import CustomerErased, Erasure, UnknownEvent
from retention_sdk.storage import erasure_references, open_store
from retention_sdk.storage.crypto import seal, unseal


def files_of(path: Path) -> bytes:
    """Return every byte the database has on disk, the write-ahead log included."""
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*")))


def test_a_reference_leads_to_the_same_subject_every_time(store, now):
    with store.begin() as connection:
        first = store.subjects.subject_for(connection, "shop", "id:42", now=now)
        again = store.subjects.subject_for(connection, "shop", "id:42", now=now)

    assert first == again
    assert "42" != first


def test_two_shops_do_not_share_people(store, now):
    with store.begin() as connection:
        here = store.subjects.subject_for(connection, "shop", "id:42", now=now)
        there = store.subjects.subject_for(connection, "other", "id:42", now=now)

    assert here != there


def test_a_customer_is_found_by_account_and_by_address(store, make_customer, now):
    with store.begin() as connection:
        vault = store.subjects
        owner = vault.for_customer(connection, "shop", make_customer(), now=now)

        assert owner == vault.find(connection, "shop", "id:42")
        assert owner == vault.find(connection, "shop", "email:zenobia@quill.example")


def test_an_account_takes_over_the_guest_with_its_address(store, make_customer, now):
    with store.begin() as connection:
        guest = store.subjects.for_customer(connection, "shop", make_customer(id=""), now=now)
        account = store.subjects.for_customer(connection, "shop", make_customer(), now=now)

    assert guest == account


def test_a_second_account_with_the_same_address_is_somebody_else(store, make_customer, now):
    with store.begin() as connection:
        first = store.subjects.for_customer(connection, "shop", make_customer(), now=now)
        second = store.subjects.for_customer(connection, "shop", make_customer(id="43"), now=now)
        by_email = store.subjects.find(connection, "shop", "email:zenobia@quill.example")

    assert first != second
    assert first == by_email


def test_the_address_is_found_whatever_its_case(store, make_customer, now):
    with store.begin() as connection:
        small = store.subjects.for_customer(connection, "shop", make_customer(id=""), now=now)
        shouting = make_customer(id="", email="ZENOBIA@quill.example")

        assert small == store.subjects.for_customer(connection, "shop", shouting, now=now)


def test_a_guest_without_address_is_nobody(store, make_customer, now):
    with store.begin() as connection:
        nobody = make_customer(id="", email="")

        assert store.subjects.for_customer(connection, "shop", nobody, now=now) is None


@pytest.mark.parametrize("reference", ["", "email:", "42", ":42"])
def test_a_reference_that_would_be_everybody_is_refused(store, reference, now):
    with store.begin() as connection, pytest.raises(ValueError, match="kind:value"):
        store.subjects.subject_for(connection, "shop", reference, now=now)


def test_an_order_of_nobody_has_a_subject_of_its_own(store, make_paid):
    """So that even an anonymous order can be erased without touching the others."""
    with store.begin() as connection:
        one = store.subjects.for_event(connection, make_paid("1", customer=None))
        two = store.subjects.for_event(connection, make_paid("2", customer=None))

    assert one != two


def test_an_event_about_nobody_belongs_to_the_shop(store, now):
    event = UnknownEvent(id="e1", shop_id="shop", occurred_at=now, topic="app/uninstalled")
    with store.begin() as connection:
        owner = store.subjects.for_event(connection, event)

        assert owner == store.subjects.for_shop(connection, "shop", now=now)


def test_what_was_sealed_opens_again(store, now):
    with store.begin() as connection:
        owner = store.subjects.for_shop(connection, "shop", now=now)
        sealed = store.subjects.seal(connection, owner, b"plain", purpose="test")

        assert b"plain" == store.subjects.open(connection, owner, sealed, purpose="test")
        assert b"plain" not in sealed


def test_a_sealed_value_opens_only_where_it_belongs(store, now):
    with store.begin() as connection:
        vault = store.subjects
        one = vault.subject_for(connection, "shop", "id:1", now=now)
        two = vault.subject_for(connection, "shop", "id:2", now=now)
        sealed = vault.seal(connection, one, b"plain", purpose="event:1")

        for owner, purpose in ((one, "event:2"), (two, "event:1")):
            with pytest.raises(StorageError, match="cannot be opened"):
                vault.open(connection, owner, sealed, purpose=purpose)


@settings(deadline=None)
@given(plain=st.binary(max_size=64), position=st.integers(0), flip=st.integers(1, 255))
def test_a_single_changed_byte_is_noticed(plain, position, flip):
    key = bytes(range(32))
    sealed = bytearray(seal(key, plain, bound_to=b"here", random_bytes=lambda n: b"\7" * n))
    sealed[position % len(sealed)] ^= flip

    with pytest.raises(StorageError):
        unseal(key, bytes(sealed), bound_to=b"here")


def test_after_erasure_nothing_opens_and_nothing_leads_there(store, make_customer, now):
    with store.begin() as connection:
        vault = store.subjects
        owner = vault.for_customer(connection, "shop", make_customer(), now=now)
        sealed = vault.seal(connection, owner, b"plain", purpose="test")
        assert vault.erase(connection, owner, now=now)

        assert not vault.erase(connection, owner, now=now)
        assert vault.find(connection, "shop", "id:42") is None
        assert vault.find(connection, "shop", "email:zenobia@quill.example") is None
        with pytest.raises(SubjectErased):
            vault.open(connection, owner, sealed, purpose="test")
        with pytest.raises(SubjectErased):
            vault.seal(connection, owner, b"more", purpose="test")


def test_who_comes_back_after_erasure_is_somebody_new(store, make_customer, now):
    with store.begin() as connection:
        vault = store.subjects
        before = vault.for_customer(connection, "shop", make_customer(), now=now)
        vault.erase(connection, before, now=now)

        assert before != vault.for_customer(connection, "shop", make_customer(), now=now)


def test_an_erasure_request_finds_account_and_guest(store, make_customer, now):
    """The account and the address may lead to two subjects; both are to be forgotten."""
    request = CustomerErased(
        id="e",
        shop_id="shop",
        occurred_at=now,
        erasure=Erasure(customer_id="42", email="Other@quill.example"),
    )
    with store.begin() as connection:
        vault = store.subjects
        account = vault.for_customer(connection, "shop", make_customer(), now=now)
        guest = make_customer(id="", email="other@quill.example")
        other = vault.for_customer(connection, "shop", guest, now=now)

        found = vault.matching(connection, "shop", erasure_references(request))
        assert (account, other) == found
        assert account == vault.for_event(connection, request)


def test_nothing_that_names_a_person_is_on_the_disk(store, path, make_paid, now):
    """Raw bytes of database and write-ahead log, before and after a checkpoint."""
    secrets = ("Zenobia", "Quillfeather", "zenobia@quill.example", "Teapot", "id:42", "raw-body")
    event = make_paid(raw=b'{"raw-body": "Zenobia"}')
    with store.begin() as connection:
        store.inbox.receive(connection, [event], now=now)
        owner = store.subjects.for_event(connection, event)
        plain = event.model_dump_json().encode()
        store.stages.record(connection, event.id, "context", plain, subject_id=owner, now=now)

    for data in (files_of(path), store.scrub() and files_of(path)):
        assert [] == [word for word in secrets if word.encode() in data]
        assert event.id.encode() in data  # the scan does find what is in clear


def test_a_destroyed_key_is_gone_from_the_disk_after_scrubbing(store, path, now):
    with store.begin() as connection:
        owner = store.subjects.subject_for(connection, "shop", "id:42", now=now)
    raw = sqlite3.connect(path)
    (wrapped,) = raw.execute("SELECT wrapped_key FROM subject WHERE id = ?", (owner,)).fetchone()
    raw.close()
    assert wrapped in files_of(path)

    with store.begin() as connection:
        store.subjects.erase(connection, owner, now=now)

    assert store.scrub()
    assert wrapped not in files_of(path)


def test_keys_can_be_rotated_without_touching_what_they_seal(store_url, key, now):
    new = b"n" * 32
    with open_store(store_url, key=key) as store, store.begin() as connection:
        owner = store.subjects.subject_for(connection, "shop", "id:42", now=now)
        sealed = store.subjects.seal(connection, owner, b"plain", purpose="test")

    with open_store(store_url, key=new, previous_keys=(key,)) as store, store.begin() as connection:
        assert b"plain" == store.subjects.open(connection, owner, sealed, purpose="test")
        assert 2 == store.subjects.rewrap(connection)  # one person and the index key
        assert 0 == store.subjects.rewrap(connection)

    with open_store(store_url, key=new) as store, store.begin() as connection:
        assert b"plain" == store.subjects.open(connection, owner, sealed, purpose="test")
        assert owner == store.subjects.find(connection, "shop", "id:42")


def test_rotation_passes_over_the_erased(store_url, key, now):
    with open_store(store_url, key=key) as store, store.begin() as connection:
        owner = store.subjects.subject_for(connection, "shop", "id:42", now=now)
        store.subjects.erase(connection, owner, now=now + timedelta(days=1))

    rotated = open_store(store_url, key=b"n" * 32, previous_keys=(key,))
    with rotated as store, store.begin() as connection:
        assert 1 == store.subjects.rewrap(connection)  # the index key
