"""Accounts, and what they said about marketing."""

import json
from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PayloadError, UnsupportedFeature
from retention_sdk.model import (
    ConsentChanged,
    ConsentChannel,
    ConsentState,
    CustomerCreated,
    CustomerErased,
    CustomerUpdated,
    OptInLevel,
    Purpose,
    RecordChanged,
    UnknownEvent,
)
from retention_sdk.testing import a_consent

ADA = "VXNlcjo0Nw=="
KEY = "email_marketing_consent"
PRIVATE = {"consent_metadata": "private"}


@pytest.fixture
def told(saleor):
    """Return what a change of an account becomes when some of its fields are others."""

    def tell(topic="CustomerUpdated", settings=None, /, **fields):
        document = saleor.document("customer_told") | {"__typename": topic}
        document["user"] |= fields
        return saleor.events(document, **(settings or {}))

    return tell


def answer(**fields):
    return json.dumps({"state": "subscribed", **fields})


def answers(events):
    return [event.consent for event in events if isinstance(event, ConsentChanged)]


# Accounts ----------------------------------------------------------------------------------


def test_new_account_was_opened_when_it_joined(told):
    created = told("CustomerCreated")[0]

    assert CustomerCreated is type(created)
    assert "saleor:juice.example:customer:VXNlcjo0Nw==:created" == created.id
    assert datetime(2026, 11, 21, 20, 39, 9, 445855, tzinfo=UTC) == created.occurred_at


def test_every_change_of_an_account_is_told_once(told):
    """Saleor tells a change of metadata by two topics, and each of them to every webhook."""
    first, again = told("CustomerUpdated")[0], told("CustomerMetadataUpdated")[0]
    later = told(updatedAt="2026-11-22T00:00:00+00:00")[0]

    assert CustomerUpdated is type(first)
    assert first.id == again.id != later.id


def test_address_is_the_one_that_is_sent_to(saleor, told):
    address = saleor.document()["order"]["shippingAddress"]
    by_default = told(defaultShippingAddress=address)[0].customer
    instead = told(defaultBillingAddress=address | {"city": "Leipzig"})[0].customer

    assert ("NEW YORK", "+12025550123") == (by_default.address.city, by_default.phone)
    assert "Leipzig" == instead.address.city


@pytest.mark.parametrize("topic", ["CustomerDeleted", "AccountDeleted"])
def test_deleted_account_is_forgotten(saleor, topic):
    """Whoever deleted it: the shop, or the customer."""
    document = saleor.document("customer_deleted") | {"__typename": topic}
    (event,) = saleor.events(document)

    assert CustomerErased is type(event)
    assert (ADA, "ada2@example.com") == (event.erasure.customer_id, event.erasure.email)


@pytest.mark.parametrize("user", [None, {}, {"id": None}, {"id": ""}, {"id": 7}, "x"])
def test_deletion_of_nobody_is_refused(saleor, user):
    with pytest.raises(PayloadError):
        saleor.events(saleor.document("customer_deleted") | {"user": user})


def test_change_of_an_account_that_is_not_shown_is_kept_and_nothing_is_done(saleor):
    """Without the permission to see customers, Saleor sends null."""
    (event,) = saleor.events(saleor.document("customer_told") | {"user": None})

    assert UnknownEvent is type(event)


def test_account_that_is_told_in_part_is_asked_for(saleor, api):
    (found,) = [d for d in saleor.captured() if d["name"].startswith("18_")]
    api.shop.add_user()
    adapter = api.adapter()
    (event,) = adapter.handle(saleor.request(found["body"].encode()))
    updated, answered = adapter.complete(event)

    assert (RecordChanged, "customer") == (type(event), event.kind)
    assert (CustomerUpdated, ConsentChanged) == (type(updated), type(answered))
    api.shop.users.clear()
    assert () == adapter.complete(event)


# What they said ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("subscribed", [ConsentState.GRANTED]),
        (" Subscribed ", [ConsentState.GRANTED]),
        ("true", [ConsentState.GRANTED]),
        ("unsubscribed", [ConsentState.DENIED]),
        ("false", [ConsentState.DENIED]),
        (answer(), [ConsentState.GRANTED]),
        (answer(state="unsubscribed"), [ConsentState.DENIED]),
        (answer(state=True), [ConsentState.GRANTED]),
        ("pending", []),
        ("yes", []),
        ("", []),
        (None, []),
        ("{", []),
        ("[]", []),
        ("{}", []),
        ('{"state": ["subscribed"]}', []),
        ('{"state": "subscribed"', []),
        ('{"a":' * 390, []),
        ("{" + " " * 2_000 + '"state": "subscribed"}', []),
    ],
)
def test_only_a_clear_answer_is_one(told, value, expected):
    assert expected == [each.state for each in answers(told(consent=value))]


def test_date_and_proof_are_read(told):
    value = answer(level="confirmed_opt_in", at="2026-11-20T10:00:00Z")
    (consent,) = answers(told("CustomerUpdated", PRIVATE, consent=value))

    assert OptInLevel.CONFIRMED is consent.opt_in_level
    assert datetime(2026, 11, 20, 10, tzinfo=UTC) == consent.recorded_at


def test_what_customers_can_write_themselves_proves_no_double_opt_in(told):
    (consent,) = answers(told(consent=answer(level="confirmed_opt_in")))

    assert (ConsentState.GRANTED, OptInLevel.UNKNOWN) == (consent.state, consent.opt_in_level)


@pytest.mark.parametrize("at", ["yesterday", "2026-11-20T10:00:00", 7, None, ["2026"], {}])
def test_date_that_makes_no_sense_leaves_the_answer_undated(told, at):
    (consent,) = answers(told(consent=answer(at=at)))

    assert consent.recorded_at is None


def test_undated_yes_is_one_fact_and_an_undated_no_counts_each_time(told):
    """Another change of the account must not renew a yes; that it repeats a no does no harm."""
    later = {"updatedAt": "2026-11-22T00:00:00+00:00"}
    yes = {told(consent="subscribed", **more)[-1].id for more in ({}, later)}
    no = {told(consent="unsubscribed", **more)[-1].id for more in ({}, later)}

    assert (1, 2) == (len(yes), len(no))


def test_dated_answers_are_facts_of_their_own(told):
    dates = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
    names = {told(consent=answer(at=date))[-1].id for date in (*dates, *dates)}

    assert 2 == len(names)


def test_answer_is_asked_for_under_the_key_of_the_settings(api):
    api.shop.add_user(metadata={KEY: "subscribed", "own": "unsubscribed"})

    assert ConsentState.DENIED is api.adapter(consent_field="own").fetch_consents(ADA)[0].state
    assert () == api.adapter(consent_field="another").fetch_consents(ADA)
    with pytest.raises(UnsupportedFeature, match="consent_field"):
        api.adapter(consent_field="").fetch_consents(ADA)


def test_answers_in_public_are_not_read_where_private_ones_count(api):
    """A customer must not grant themselves what the shop keeps for itself."""
    api.shop.add_user()

    assert () == api.adapter(consent_metadata="private").fetch_consents(ADA)


@pytest.mark.parametrize("metadata", ["private", "public"])
def test_answer_is_written_beside_what_is_there(api, metadata):
    user = api.shop.add_user(metadata={"a": "1"}, privateMetadata={"b": "2"})
    adapter = api.adapter(consent_metadata=metadata)
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    given = a_consent(recorded_at=at, opt_in_level=OptInLevel.CONFIRMED)
    adapter.write_consent(ADA, given)
    (consent,) = adapter.fetch_consents(ADA)

    assert (ConsentState.GRANTED, at) == (consent.state, consent.recorded_at)
    assert (OptInLevel.CONFIRMED if metadata == "private" else OptInLevel.UNKNOWN) is (
        consent.opt_in_level
    )
    kept, other = ("privateMetadata", "metadata")[:: 1 if metadata == "private" else -1]
    assert {"state": "subscribed", "level": "confirmed_opt_in", "at": at.isoformat()} == (
        json.loads(user[kept][KEY])
    )
    assert 2 == len(user[kept])
    assert 1 == len(user[other])


@pytest.mark.parametrize("metadata", ["private", "public"])
def test_unknown_takes_the_answer_out(api, metadata):
    user = api.shop.add_user(privateMetadata={KEY: "subscribed"})
    adapter = api.adapter(consent_metadata=metadata)
    adapter.write_consent(ADA, a_consent(ConsentState.UNKNOWN))

    assert () == adapter.fetch_consents(ADA)
    assert (KEY in user["metadata"]) == (metadata == "private")


def test_answer_about_something_else_is_not_written(api):
    adapter = api.adapter(consent_channel="any")
    for consent in (a_consent(), a_consent(channel=ConsentChannel.ANY, purpose=Purpose.PROFILING)):
        with pytest.raises(UnsupportedFeature, match="marketing by any"):
            adapter.write_consent(ADA, consent)

    assert [] == api.server.asked
