"""What the companion posts from a real server, verified and read."""

import time
from datetime import UTC, datetime

import pytest
from retention_medusa.adapter import MedusaAdapter

from retention_sdk.errors import SignatureError
from retention_sdk.model import CustomerCreated, OrderPaid, OrderPlaced, WebhookRequest
from retention_sdk.testing import a_consent

PATIENCE_S = 60


def delivered(hooks, topic, identifier):
    """Wait for the delivery of a topic about something, as it came in."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        for seen in tuple(hooks.seen):
            if f'"type":"{topic}"'.encode() in seen["body"] and identifier.encode() in seen["body"]:
                return WebhookRequest(
                    headers=seen["headers"], body=seen["body"], received_at=datetime.now(UTC)
                )
        assert time.monotonic() < deadline, f"no {topic} in {PATIENCE_S} s"
        time.sleep(0.1)


def test_paid_order_is_told_and_is_the_one_that_is_fetched(shop, adapter, hooks):
    placed = shop.buy("kw")

    first = adapter.handle(delivered(hooks, "order.placed", placed["id"]))
    paid = adapter.handle(delivered(hooks, "payment.captured", placed["id"]))

    assert [OrderPlaced] == [type(event) for event in first]
    assert [OrderPlaced, OrderPaid] == [type(event) for event in paid]
    assert adapter.fetch_order(placed["id"]) == paid[1].order
    polled = adapter.order_events(adapter.fetch_order(placed["id"]))
    assert [event.id for event in polled] == [event.id for event in paid]


def test_consent_and_deletion_are_told(shop, adapter, hooks):
    customer = shop.new_account()["id"]
    created = adapter.handle(delivered(hooks, "customer.created", customer))
    assert [CustomerCreated] == [type(event) for event in created]
    adapter.write_consent(customer, a_consent())
    adapter.erase_customer(customer)

    told = adapter.handle(delivered(hooks, "customer.deleted", customer))

    assert [customer] == [event.erasure.customer_id for event in told]
    assert [f"medusa:soap.example:customer:{customer}:erased"] == [event.id for event in told]
    assert adapter.handle(delivered(hooks, "customer.updated", customer))


def test_delivery_for_another_secret_is_refused(shop, hooks):
    settings = shop.settings(webhook_secrets=["whsec_" + "QUJD" * 12])
    stranger = MedusaAdapter.from_config(settings, shop_id="soap.example")

    with pytest.raises(SignatureError):
        stranger.handle(delivered(hooks, "order.placed", shop.orders["fr"]["id"]))
