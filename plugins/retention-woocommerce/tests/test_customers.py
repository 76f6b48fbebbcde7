"""Accounts, and what they said about marketing."""

import json
from datetime import UTC, datetime

import pytest

from retention_sdk.errors import PayloadError
from retention_sdk.model import (
    ConsentChanged,
    ConsentState,
    CustomerErased,
    CustomerUpdated,
    UnknownEvent,
    WebhookRequest,
)

KEY = "email_marketing_consent"


def meta(**values):
    return [{"id": n, "key": key, "value": value} for n, (key, value) in enumerate(values.items())]


def answers(events):
    return [event.consent.state for event in events if isinstance(event, ConsentChanged)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("yes", [ConsentState.GRANTED]),
        ("Yes ", [ConsentState.GRANTED]),
        (True, [ConsentState.GRANTED]),
        (1, [ConsentState.GRANTED]),
        ("no", [ConsentState.DENIED]),
        (False, [ConsentState.DENIED]),
        ("", []),
        ("pending", []),
        (None, []),
        (["yes"], []),
    ],
)
def test_only_a_clear_answer_is_one(woo, value, expected):
    events = woo.events("customer.updated", meta_data=meta(**{KEY: value}))

    assert expected == answers(events)


def test_answer_is_not_read_unless_its_key_is_set(woo):
    """The recorded customer said yes in a field that nobody told us to trust."""
    events = woo.adapter(consent_meta_key="").handle(woo.delivery("customer.created"))

    assert answers(events) == []
    assert events[0].customer.consents == ()


def test_undated_answer_that_is_repeated_is_one_fact(woo):
    """An unrelated change of the account must not renew a yes that was taken back elsewhere."""
    first = woo.adapter().handle(woo.delivery("customer.created"))
    later = woo.adapter().handle(woo.delivery("customer.updated"))

    assert first[-1].id == "woocommerce:soap.example:customer:2:consent-email-granted"
    assert first[-1].id == later[-1].id


def test_dated_answers_are_facts_of_their_own(woo):
    adapter = woo.adapter(consent_at_meta_key="asked_at")
    dates = ("2026-01-01T00:00:00", "2026-02-01T00:00:00")
    events = [
        adapter.handle(
            woo.changed("customer.updated", meta_data=meta(**{KEY: "yes", "asked_at": d}))
        )
        for d in dates
    ]

    assert [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2)] == [
        told[-1].consent.recorded_at for told in events
    ]
    assert events[0][-1].id != events[1][-1].id


def test_box_at_the_checkout_was_ticked_when_the_order_was_placed(woo):
    events = woo.events("order.created", meta_data=meta(**{KEY: "yes"}))

    assert answers(events) == [ConsentState.GRANTED]
    assert events[-1].occurred_at == datetime(2026, 11, 21, 19, 58, 26, tzinfo=UTC)
    assert events[0].order.customer.consents == (events[-1].consent,)


def test_every_change_of_an_account_is_told_once(woo):
    once = woo.events("customer.updated", first_name="Grace")
    again = woo.events("customer.updated", first_name="Grace")
    other = woo.events("customer.updated", first_name="Mary")

    assert isinstance(once[0], CustomerUpdated)
    assert once[0].id == again[0].id
    assert once[0].id != other[0].id


def test_deleted_account_is_forgotten(woo):
    received_at = datetime(2026, 12, 1, tzinfo=UTC)
    topic = {"X-WC-Webhook-Topic": "customer.deleted"}
    signed = woo.signed("customer.updated", b'{"id":2}', **topic)
    request = WebhookRequest(headers=signed.headers, body=signed.body, received_at=received_at)
    (event,) = woo.adapter().handle(request)

    assert isinstance(event, CustomerErased)
    assert event.erasure.customer_id == "2"
    assert event.occurred_at == received_at


@pytest.mark.parametrize("body", [b"{}", b'{"id":null}', b'{"id":"2"}', b'{"id":true}'])
def test_deletion_of_nobody_is_refused(woo, body):
    topic = {"X-WC-Webhook-Topic": "customer.deleted"}

    with pytest.raises(PayloadError):
        woo.adapter().handle(woo.signed("customer.updated", body, **topic))


@pytest.mark.parametrize("topic", ["order.deleted", "coupon.created", "action.my_hook", ""])
def test_other_topics_are_kept_and_nothing_is_done(woo, topic):
    request = woo.signed("order.created", b'{"id":12}', **{"X-WC-Webhook-Topic": topic})
    (event,) = woo.adapter().handle(request)

    assert isinstance(event, UnknownEvent)
    assert topic == event.topic


def test_names_fall_back_on_the_billing_address(woo):
    billing = json.loads(woo.body("customer.created"))["billing"]
    events = woo.events("customer.created", first_name="", billing={**billing, "first_name": "Ada"})

    assert events[0].customer.given_name == "Ada"


@pytest.mark.parametrize("moment", ["1795291106", "yesterday", "2026-13-01", 7])
def test_date_of_a_plugin_that_makes_no_sense_leaves_the_answer_undated(woo, moment):
    """It must not cost us the account, nor a whole list of them."""
    adapter = woo.adapter(consent_at_meta_key="asked_at")
    changed = woo.changed("customer.updated", meta_data=meta(**{KEY: "no", "asked_at": moment}))
    (event,) = (e for e in adapter.handle(changed) if isinstance(e, ConsentChanged))

    assert (ConsentState.DENIED, None) == (event.consent.state, event.consent.recorded_at)
