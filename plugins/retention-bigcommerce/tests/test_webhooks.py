"""Deliveries: who sent them, what they name, and what asking brings."""

import json
from datetime import timedelta

import pytest

from retention_sdk.adapter import Capability
from retention_sdk.errors import PayloadError, PlatformError, SignatureError, UnsupportedFeature
from retention_sdk.model import ConsentState, UnknownEvent

HOOKS = "https://retention.example/hooks/bigcommerce"


def changed(shop, scope, data, **changes):
    (event,) = shop.adapter().handle(shop.delivery(scope, data, **changes))
    return event


def told(shop, scope, data):
    return shop.adapter().complete(changed(shop, scope, data))


def test_signature_is_that_of_the_specifications_own_library(shop):
    """As BigCommerce's guide does it: the client secret as base64 is the library's secret."""
    from base64 import b64encode

    from standardwebhooks import Webhook

    secret = "an invented client secret, ü"
    body = shop.delivery("store/order/created", {"type": "order", "id": 118}).body
    theirs = Webhook(b64encode(secret.encode()).decode()).sign("msg_1", shop.NOON, body.decode())
    mine = shop.delivery("store/order/created", {"type": "order", "id": 118})

    assert theirs == mine.header("webhook-signature")


def test_delivery_of_another_store_is_refused(shop):
    """The secret of an app is the same in every store that installed it."""
    request = shop.delivery("store/order/created", {"id": 118}, producer="stores/other")

    with pytest.raises(PayloadError, match="another store"):
        shop.adapter().handle(request)


def test_without_a_client_secret_nothing_is_believed(shop):
    adapter = shop.adapter(client_secrets=[])

    assert not adapter.capabilities & (Capability.WEBHOOKS | Capability.REGISTER_WEBHOOKS)
    with pytest.raises(UnsupportedFeature):
        adapter.handle(shop.delivery("store/order/created", {"id": 118}))
    with pytest.raises(UnsupportedFeature):
        adapter.register_webhooks(HOOKS)


def test_old_delivery_is_a_replay(shop):
    late = shop.NOON - timedelta(minutes=6)

    with pytest.raises(SignatureError, match="too long ago"):
        shop.adapter().handle(shop.delivery("store/order/created", {"id": 118}, at=late))


@pytest.mark.parametrize(
    ("scope", "data", "record"),
    [
        ("store/order/created", {"id": 250}, ("order", "250")),
        ("store/order/updated", {"id": 250}, ("order", "250")),
        ("store/order/archived", {"id": 250}, ("order", "250")),
        ("store/order/refund/created", {"id": 250, "refund": {}}, ("order", "250")),
        ("store/shipment/created", {"id": 12, "orderId": 251}, ("order", "251")),
        ("store/shipment/deleted", {"id": 12, "orderId": 251}, ("order", "251")),
        ("store/customer/created", {"id": 32}, ("customer", "32")),
        ("store/subscriber/created", {"id": 5}, ("subscriber", "5")),
    ],
)
def test_delivery_names_a_record(shop, scope, data, record):
    event = changed(shop, scope, data)

    assert record == (event.kind, event.reference)
    assert shop.NOON == event.occurred_at


def test_redelivery_is_the_same_event_and_a_later_change_another(shop):
    first = changed(shop, "store/order/updated", {"id": 118})
    again = changed(shop, "store/order/updated", {"id": 118}, at=shop.NOON - timedelta(seconds=9))
    later = changed(shop, "store/order/updated", {"id": 118}, created_at=1795176009)
    other = changed(shop, "store/order/updated", {"id": 118}, hash="another")

    assert first.id == again.id
    assert 3 == len({first.id, later.id, other.id})


@pytest.mark.parametrize("created_at", [None, "", 10**30, -1, True])
def test_delivery_that_tells_no_moment_is_dated_by_its_signature(shop, created_at):
    event = changed(shop, "store/order/updated", {"id": 118}, created_at=created_at)

    assert shop.NOON == event.occurred_at


@pytest.mark.parametrize("data", [{}, {"id": "118"}, {"id": -1}, {"id": True}, {"id": 1.5}])
def test_record_without_a_number_is_refused(shop, data):
    with pytest.raises(PayloadError):
        shop.adapter().handle(shop.delivery("store/order/updated", data))


def test_scope_that_is_not_asked_for_is_unknown(shop):
    event = changed(shop, "store/cart/abandoned", {"id": "09346904"})

    assert (UnknownEvent, "store/cart/abandoned") == (type(event), event.topic)


def test_deleted_customer_is_to_be_forgotten(shop):
    assert "32" == changed(shop, "store/customer/deleted", {"id": 32}).erasure.customer_id


# What asking brings ------------------------------------------------------------------------


def test_order_is_fetched_and_told(shop):
    shop.store.orders[118]["is_email_opt_in"] = True
    events = told(shop, "store/order/created", {"id": 118})

    assert ["order_placed", "order_paid", "consent_changed"] == [event.type for event in events]


def test_polled_and_completed_facts_are_the_same(shop):
    adapter = shop.adapter()
    (order,) = adapter.fetch_orders()
    polled = {event.id for event in adapter.order_events(order)}

    assert polled == {event.id for event in told(shop, "store/order/updated", {"id": 118})}


@pytest.mark.parametrize("status", [0, 1])
def test_checkout_that_was_not_ended_tells_nothing(shop, status):
    shop.store.orders[118]["status_id"] = status

    assert () == told(shop, "store/order/created", {"id": 118})


@pytest.mark.parametrize(
    ("scope", "data"),
    [
        ("store/order/updated", {"id": 4711}),
        ("store/customer/updated", {"id": 4711}),
        ("store/subscriber/updated", {"id": 4711}),
    ],
)
def test_record_that_is_gone_tells_nothing(shop, scope, data):
    assert () == told(shop, scope, data)


def test_store_that_is_away_is_asked_later(shop):
    shop.store.failures = [(503, {}, b"")] * 5

    with pytest.raises(PlatformError) as caught:
        told(shop, "store/order/updated", {"id": 118})
    assert caught.value.retryable


def test_customer_is_told_with_what_they_agreed_to(shop):
    shop.store.subscribe("ada@example.com", "marketing_newsletter")
    updated, answer = told(shop, "store/customer/updated", {"id": 20})

    assert ("customer_updated", "20") == (updated.type, updated.customer.id)
    assert ("consent_changed", ConsentState.GRANTED) == (answer.type, answer.consent.state)


def test_subscriber_with_an_account_is_that_customer(shop):
    number = shop.store.subscribe("ADA@example.com")
    (answer,) = told(shop, "store/subscriber/updated", {"id": number})

    assert ("20", ConsentState.DENIED) == (answer.customer.id, answer.consent.state)


def test_subscriber_without_an_account_is_known_by_address(shop):
    number = shop.store.subscribe("bea@example.com", "marketing_newsletter")
    (answer,) = told(shop, "store/subscriber/created", {"id": number})

    assert ("", "bea@example.com") == (answer.customer.id, answer.customer.email)


def test_newer_answer_of_a_subscriber_is_another_event(shop):
    number = shop.store.subscribe("bea@example.com", "marketing_newsletter")
    (yes,) = told(shop, "store/subscriber/created", {"id": number})
    shop.store.subscribers[number] |= {"consents": [], "date_modified": "2026-11-04T08:00:00Z"}
    (no,) = told(shop, "store/subscriber/updated", {"id": number})

    assert yes.id != no.id
    assert no.occurred_at > yes.occurred_at


# Registering -------------------------------------------------------------------------------


def test_every_scope_is_registered_once(shop):
    adapter = shop.adapter()
    new = adapter.register_webhooks(HOOKS)

    assert set(new) == {hook["scope"] for hook in shop.store.hooks.values()}
    assert () == adapter.register_webhooks(HOOKS)
    assert () == adapter.missing_webhooks(HOOKS)
    assert set(new) == set(adapter.missing_webhooks("https://another.example/hooks"))


def test_scopes_that_are_registered_are_those_that_are_read(shop):
    new = shop.adapter().register_webhooks(HOOKS)
    seen = {scope: changed(shop, scope, {"id": 1, "orderId": 1}).type for scope in new}

    assert "unknown" not in seen.values()


def test_webhook_that_was_switched_off_is_switched_on(shop):
    adapter = shop.adapter()
    adapter.register_webhooks(HOOKS)
    first = next(iter(shop.store.hooks.values()))
    first["is_active"] = False

    assert (first["scope"],) == adapter.missing_webhooks(HOOKS)
    assert (first["scope"],) == adapter.register_webhooks(HOOKS)
    assert 10 == len(shop.store.hooks)
    assert first["is_active"]


@pytest.mark.parametrize(
    "address", ["http://retention.example/", "https://retention.example:8443/"]
)
def test_address_that_bigcommerce_does_not_call_is_refused(shop, address):
    with pytest.raises(PlatformError, match="443"):
        shop.adapter().register_webhooks(address)


# The description ---------------------------------------------------------------------------


def test_synthetic_records_have_published_fields_only(shop):
    """The server refuses operations and parameters by itself; these are the answers."""
    fields = {kind: set(names.split()) for kind, names in shop.make.published.FIELDS.items()}
    shop.store.subscribe("ada@example.com", "marketing_newsletter")
    order = shop.store.orders[118]
    (shipping,) = order["consignments"]["shipping"]
    shown = {
        "order": order,
        "billing": order["billing_address"],
        "product": shipping["line_items"][0],
        "coupon of an order": shop.store.coupons_of[118][0],
        "transaction": shop.store.transactions[118][0],
        "customer": shop.store.customers[20],
        "address": shop.store.customers[20]["addresses"][0],
        "subscriber": next(iter(shop.store.subscribers.values())),
        "store": shop.store.store,
        "catalogue product": shop.store.products[77],
    }

    assert {} == {
        kind: set(each) - fields[kind] for kind, each in shown.items() if set(each) - fields[kind]
    }
    assert json.dumps(shown)
