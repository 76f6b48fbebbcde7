"""Who may tell us something."""

import pytest

from retention_sdk.errors import ConfigError, SignatureError
from retention_sdk.model import WebhookRequest

NAMES = (
    "customer.created",
    "customer.updated",
    "order.created",
    "order.updated",
    "order.updated_later",
    "product.updated",
)


@pytest.mark.parametrize("name", NAMES)
def test_recorded_signature_verifies(woo, name):
    """WooCommerce's own signature, made with a secret that is not ASCII."""
    woo.adapter().verify(woo.delivery(name))


def test_either_secret_verifies_while_they_are_rotated(woo):
    adapter = woo.adapter(webhook_secrets=["the next one", "s3cr3t-ü"])
    body = woo.body("order.created")

    adapter.verify(woo.delivery("order.created"))
    adapter.verify(woo.signed("order.created", body, secret="the next one"))
    with pytest.raises(SignatureError):
        adapter.verify(woo.signed("order.created", body, secret="the one before"))


def test_secret_in_another_encoding_does_not_verify(woo):
    """The key is the secret in UTF-8; as Latin-1 it is another key."""
    adapter = woo.adapter(webhook_secrets=["s3cr3t-\u00c3\u00bc"])

    with pytest.raises(SignatureError):
        adapter.verify(woo.delivery("order.created"))


def test_delivery_from_another_shop_is_refused(woo):
    body = woo.body("order.created")
    request = woo.signed("order.created", body, **{"X-WC-Webhook-Source": "https://other.example/"})

    with pytest.raises(SignatureError, match="store_url"):
        woo.adapter().handle(request)
    assert len(woo.adapter(store_url="").handle(request)) == 3


def test_ping_is_heard_and_not_believed(woo):
    assert woo.adapter().handle(woo.delivery("ping")) == ()


@pytest.mark.parametrize(
    "body", [b"webhook_id=1&order=2", b"webhook_id=x", b"", b'{"id": 1}', b"webhook_id=1\n"]
)
def test_form_that_is_no_ping_needs_a_signature(woo, body):
    request = WebhookRequest(headers=woo.headers("ping"), body=body)

    with pytest.raises(SignatureError):
        woo.adapter().handle(request)


def test_ping_that_claims_to_be_signed_is_checked(woo):
    headers = {**woo.headers("ping"), "X-WC-Webhook-Signature": "AAAA"}

    with pytest.raises(SignatureError):
        woo.adapter().handle(WebhookRequest(headers=headers, body=b"webhook_id=1"))


def test_shop_without_a_secret_is_a_wrong_setting(woo):
    with pytest.raises(ConfigError, match=r"platforms\.woocommerce\.webhook_secrets"):
        woo.adapter(webhook_secrets=[])
