"""Who was erased stays away: requests, suppression list and the door."""

from __future__ import annotations

from datetime import timedelta

import pytest

from retention_sdk.errors import StorageError, SubjectErased
from retention_sdk.model import (
    AccessRequest,
    Address,
    ConsentChannel,
    ConsentState,
    CustomerErased,
    CustomerUpdated,
    DataRequested,
    Erasure,
    Money,
    Purpose,
)
from retention_sdk.storage import StoredStep, open_store, order_references
from retention_sdk.storage.references import plain_phone, postal_reference

DAY = timedelta(days=1)


def suppress(store, connection, *references, at):
    return store.suppressions.add(connection, "shop", references, reason="erasure", now=at)


# The suppression list ------------------------------------------------------------------------


def test_a_suppressed_reference_is_found_and_not_stored(store, path, now):
    with store.begin() as connection:
        assert 1 == suppress(store, connection, "email:zenobia@quill.example", at=now)
        assert 0 == suppress(store, connection, "email:zenobia@quill.example", at=now + DAY)
        found = store.suppressions.matching(connection, "shop", ["email:zenobia@quill.example"])
        elsewhere = store.suppressions.matching(
            connection, "other", ["email:zenobia@quill.example"]
        )
    store.scrub()

    assert [("email", "erasure", now + DAY)] == [(s.kind, s.reason, s.at) for s in found]
    assert () == elsewhere
    assert b"zenobia" not in path.read_bytes()


def test_an_order_of_before_the_erasure_is_refused_counted_once_and_kept_nowhere(
    store, make_paid, now
):
    with store.begin() as connection:
        suppress(store, connection, "email:zenobia@quill.example", at=now + DAY)
        for _ in range(3):
            assert () == store.inbox.receive(connection, [make_paid()], now=now + 2 * DAY)
        refused = store.suppressions.refused_count(connection, "shop")

        assert 1 == refused
        assert store.inbox.get(connection, make_paid().id) is None
        assert store.subjects.find(connection, "shop", "id:42") is None


def test_a_refused_refund_still_reaches_the_books(store, make_paid, make_order, now):
    paid, owner = make_paid(), "id:42"
    with store.begin() as connection:
        subject = store.subjects.subject_for(connection, "shop", owner, now=now)
        store.orders.record(connection, paid.order, shop_id="shop", subject_id=subject)
        suppress(store, connection, owner, at=now + DAY)
        refunded = make_order(refunded=Money(minor=890, currency="EUR"))
        with pytest.raises(SubjectErased):
            store.door.subject_for(
                connection, paid.model_copy(update={"order": refunded}), now=now + DAY
            )
        (fact,) = store.orders.of_subject(connection, subject)

    assert 890 == fact.refunded.minor


def test_a_new_order_of_the_same_person_is_a_contract_and_nothing_more(store, make_paid, now):
    fresh = make_paid("2002", placed_at=now + 2 * DAY, paid_at=now + 2 * DAY)
    with store.begin() as connection:
        suppress(store, connection, "email:zenobia@quill.example", at=now + DAY)
        assert (fresh.id,) == store.inbox.receive(connection, [fresh], now=now + 2 * DAY)
        owner = store.inbox.get(connection, fresh.id).subject_id
        answers = store.consents.current(connection, owner)

    assert {Purpose.MARKETING, Purpose.PROFILING, Purpose.THIRD_PARTY} == {
        answer.purpose for answer in answers
    }
    assert {(ConsentChannel.ANY, ConsentState.DENIED, "suppression list")} == {
        (answer.channel, answer.state, answer.source) for answer in answers
    }


def test_an_account_that_is_still_on_the_platform_brings_nobody_back(store, make_customer, now):
    event = CustomerUpdated(
        id="test:updated", shop_id="shop", occurred_at=now + 9 * DAY, customer=make_customer()
    )
    with store.begin() as connection:
        suppress(store, connection, "id:42", at=now)

        assert () == store.inbox.receive(connection, [event], now=now + 9 * DAY)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "43", "email": "ZENOBIA@quill.example"},
        {"id": "", "email": "new@quill.example", "phone": "+49 30 1234-567"},
        {"id": "", "email": "new@quill.example", "phone": "0049301234567"},
    ],
)
def test_another_account_or_address_does_not_help_an_old_order(
    store, make_paid, make_customer, now, changes
):
    with store.begin() as connection:
        suppress(
            store,
            connection,
            "email:zenobia@quill.example",
            "phone:+49301234567",
            at=now + DAY,
        )
        event = make_paid(customer=make_customer(**changes))

        assert () == store.inbox.receive(connection, [event], now=now + DAY)


def test_a_door_is_the_same_however_it_is_spelt_and_two_people_behind_it_are_two():
    one = Address(name="Zoë Quill", street=("Hauptstr. 1",), postcode="10 115", country="DE")
    same = Address(name="ZOË  QUILL", street=("HAUPTSTR 1",), postcode="10115", country="DE")
    other = Address(name="Max Quill", street=("Hauptstr. 1",), postcode="10115", country="DE")

    assert postal_reference(one) == postal_reference(same)
    assert postal_reference(one) != postal_reference(other)
    assert not postal_reference(Address(name="Zoë Quill", country="DE"))


def test_who_gets_a_present_is_not_who_ordered_it(make_order):
    friend = Address(name="Max Friend", street=("Elm 1",), postcode="1", country="DE", phone="+491")
    order = make_order(shipping_address=friend)

    assert not [each for each in order_references(order, read_phone=plain_phone) if "post" in each]


@pytest.mark.parametrize(
    ("typed", "read"),
    [("+49 (30) 12", "+493012"), ("0049 30 12", "+493012"), ("030 12", ""), ("+٤٩ ٣٠", "+4930")],
)
def test_a_number_without_a_country_is_no_reference(typed, read):
    assert read == plain_phone(typed, None)


# Whose request it is -------------------------------------------------------------------------


def test_somebody_nobody_knows_gets_a_key_of_their_own_to_destroy(store, now):
    """What a stranger asks is not sealed with the shop's own key, which is never destroyed."""
    asked = DataRequested(
        id="test:asked",
        shop_id="shop",
        occurred_at=now,
        request=AccessRequest(reference="1", email="stranger@quill.example"),
    )
    forget = CustomerErased(
        id="test:forget",
        shop_id="shop",
        occurred_at=now,
        erasure=Erasure(email="stranger@quill.example"),
    )
    with store.begin() as connection:
        store.inbox.receive(connection, [asked, forget], now=now)
        owners = {store.inbox.get(connection, each.id).subject_id for each in (asked, forget)}

        assert 1 == len(owners)
        assert store.subjects.for_shop(connection, "shop", now=now) not in owners


# Requests ------------------------------------------------------------------------------------


@pytest.fixture
def opened(store, now):
    """Somebody who asked, and the identifier of the request."""
    with store.begin() as connection:
        owner = store.subjects.subject_for(connection, "shop", "id:42", now=now)
        request_id = store.requests.open(
            connection,
            shop_id="shop",
            subject_id=owner,
            kind="access",
            origin="test:1",
            jurisdictions=("DE", "US-CA"),
            asked=b"Zenobia asks",
            received_at=now,
        )
        step = StoredStep(state="received", by="shop", at=now, reason="by letter from Zenobia")
        store.requests.add(connection, request_id, step, attachment=b"her letter")
    return owner, request_id


def test_a_request_is_read_back_with_its_steps(store, opened, now):
    _, request_id = opened
    with store.reading() as connection:
        found = store.requests.get(connection, request_id)
        asked = store.requests.asked(connection, request_id)
        attached = store.requests.attachments(connection, request_id)

    assert ("access", ("DE", "US-CA"), now) == (
        found.kind,
        found.jurisdictions,
        found.received_at,
    )
    assert ["by letter from Zenobia"] == [step.reason for step in found.steps]
    assert (b"Zenobia asks", (("received", b"her letter"),)) == (asked, attached)


def test_a_request_that_is_told_twice_is_one(store, opened, now):
    owner, request_id = opened
    with store.begin() as connection:
        again = store.requests.open(
            connection,
            shop_id="shop",
            subject_id=owner,
            kind="access",
            origin="test:1",
            jurisdictions=(),
            asked=b"",
            received_at=now,
        )

        assert request_id == again
        assert 1 == len(store.requests.all(connection, "shop"))


def test_after_an_erasure_the_request_stands_and_its_words_are_gone(store, opened, now):
    owner, request_id = opened
    with store.begin() as connection:
        store.subjects.erase(connection, owner, now=now)
        last = StoredStep(state="answered", by="software", at=now, report="{}", reason="to Zenobia")
        assert 2 == store.requests.add(connection, request_id, last, attachment=b"copy")
        found = store.requests.get(connection, request_id)

        assert found.is_erased
        assert [("received", ""), ("answered", "")] == [(s.state, s.reason) for s in found.steps]
        with pytest.raises(SubjectErased):
            store.requests.asked(connection, request_id)


@pytest.mark.parametrize("table", ["rights_request", "rights_step"])
@pytest.mark.parametrize("change", ["UPDATE {} SET shop_id = ''", "DELETE FROM {}"])
def test_requests_and_their_steps_are_append_only(store, opened, table, change):
    statement = change.format(table).replace("shop_id", "state" if "step" in table else "shop_id")

    with pytest.raises(StorageError, match="append-only"), store.begin() as connection:
        connection.exec_driver_sql(statement)


# Emptying the log ----------------------------------------------------------------------------


def test_an_erasure_killed_before_it_emptied_the_log_is_finished_at_the_next_start(path, key, now):
    """As after a kill between the commit and the checkpoint: the flag survives."""
    with open_store(f"sqlite:///{path}", key=key) as store, store.begin() as connection:
        owner = store.subjects.subject_for(connection, "shop", "id:42", now=now)
        store.subjects.erase(connection, owner, now=now)

    with open_store(f"sqlite:///{path}", key=key) as store, store.reading() as connection:
        assert not store.subjects.is_scrub_due(connection)


def test_only_sales_of_erased_people_whose_years_are_over_are_deleted(store, make_paid, now):
    with store.begin() as connection:
        for order_id, reference, age in (("1", "id:1", 10), ("2", "id:1", 1), ("3", "id:2", 10)):
            owner = store.subjects.subject_for(connection, "shop", reference, now=now)
            order = make_paid(order_id, placed_at=now - age * 365 * DAY).order
            store.orders.record(connection, order, shop_id="shop", subject_id=owner)
        erased = store.subjects.find(connection, "shop", "id:1")
        store.subjects.erase(connection, erased, now=now)

        assert 1 == store.orders.forget(connection, "shop", before=now - 5 * 365 * DAY)
        assert ["2"] == [fact.order_id for fact in store.orders.of_subject(connection, erased)]
