"""Who may tell us something."""

import pytest

from retention_sdk.errors import ConfigError, SignatureError


def test_either_secret_verifies_while_they_are_rotated(shopify):
    adapter = shopify.adapter()

    adapter.verify(shopify.request("orders_paid"))
    adapter.verify(shopify.request("orders_paid", secret="shpss-the-one-before"))
    with pytest.raises(SignatureError):
        adapter.verify(shopify.request("orders_paid", secret="shpss-somebody-else"))


def test_a_known_signature_verifies(shopify):
    """Computed apart from this code: openssl dgst -sha256 -hmac hush -binary | base64."""
    request = shopify.request(
        "shop_redact",
        b'{"shop_id":1}',
        **{"X-Shopify-Hmac-SHA256": "JoZ9cJbV2ZkBuBiZ+QhIvl6lNsgI2riOtkUxV1ZwGzQ="},
    )

    shopify.adapter(webhook_secrets=["hush"]).verify(request)


def test_delivery_from_another_shop_is_refused(shopify):
    request = shopify.request("orders_paid", **{"X-Shopify-Shop-Domain": "other.myshopify.com"})

    with pytest.raises(SignatureError, match="shop_domain"):
        shopify.adapter().handle(request)
    assert 2 == len(shopify.adapter(shop_domain="").handle(request))


def test_domain_is_compared_without_case(shopify):
    request = shopify.request(
        "orders_paid", **{"X-Shopify-Shop-Domain": "Kiln-and-Leaf.myshopify.com"}
    )

    assert 2 == len(shopify.adapter().handle(request))


def test_shop_without_a_secret_is_a_wrong_setting(shopify):
    with pytest.raises(ConfigError, match=r"platforms\.shopify\.webhook_secrets"):
        shopify.adapter(webhook_secrets=[])


def test_two_deliveries_of_one_change_are_one_fact(shopify):
    """orders/create and orders/updated tell the same sale under other delivery identifiers."""
    told = [
        {event.id for event in shopify.adapter().handle(request)}
        for request in (
            shopify.request("orders_paid", **{"X-Shopify-Webhook-Id": "1"}),
            shopify.request(
                "orders_paid",
                **{"X-Shopify-Topic": "orders/updated", "X-Shopify-Webhook-Id": "2"},
            ),
        )
    ]

    assert told[0] == told[1]
