"""The three topics that every app in Shopify's store has to answer, through the web app."""

import json

import pytest
from starlette.testclient import TestClient

from retention_sdk import Brand, Config, Retention, Sender
from retention_sdk.config import StoreConfig
from retention_sdk.hooks.manager import load
from retention_sdk.model import (
    CustomerErased,
    CustomersMerged,
    DataRequested,
    ShopErased,
    UnknownEvent,
)
from retention_sdk.testing import NOON, a_shop
from retention_sdk.web import create_app

COMPLIANCE = ("customers_data_request", "customers_redact", "shop_redact")


def test_request_for_data_says_whose_and_which_orders(shopify):
    (event,) = shopify.events("customers_data_request")

    assert DataRequested is type(event)
    assert "9901" == event.request.reference
    assert ("7001", "+493410000001") == (event.request.customer_id, event.request.phone)
    assert ("5501", "5502") == event.request.order_ids
    assert NOON == event.occurred_at


def test_redaction_names_account_address_phone_and_orders(shopify):
    (event,) = shopify.events("customers_redact")

    assert CustomerErased is type(event)
    erasure = event.erasure
    assert ("7001", "marlene.vogt@example.com") == (erasure.customer_id, erasure.email)
    assert ("+493410000001", ("5501", "5502")) == (erasure.phone, erasure.order_ids)


def test_redaction_of_a_guest_has_no_account(shopify):
    person = {"email": "guest@example.com", "phone": None}

    (event,) = shopify.events("customers_redact", customer=person)

    assert (None, "guest@example.com") == (event.erasure.customer_id, event.erasure.email)


def test_redaction_of_a_shop_is_about_all_of_it(shopify):
    (event,) = shopify.events("shop_redact")

    assert ShopErased is type(event)
    assert "shopify:kiln.example:shop:954001:redacted" == event.id


def test_merge_names_who_is_kept_and_who_is_gone(shopify):
    (event,) = shopify.events("customers_merge")

    assert CustomersMerged is type(event)
    assert ("7001", ("7002",)) == (event.customer.id, event.absorbed)


@pytest.mark.parametrize("status", ["failed", "in_progress", "requested", "new word"])
def test_merge_that_did_not_happen_changes_nothing(shopify, status):
    (event,) = shopify.events("customers_merge", status=status)

    assert UnknownEvent is type(event)


@pytest.fixture
def client(tmp_path, shopify):
    shop = Retention(
        Config(
            shop=a_shop(),
            brand=Brand(name="Soap & Sons", sender=Sender(name="Mary")),
            store=StoreConfig(url=f"sqlite:///{tmp_path}/shop.db", key="42" * 32),
            platforms={"shopify": {"webhook_secrets": ["shpss-invented-one"]}},
            directory=str(tmp_path),
        ),
        plugins=load(only=("shopify",)),
        clock=lambda: NOON,
        environ={},
    )
    with shop, TestClient(create_app(shop)) as client:
        yield client


@pytest.mark.parametrize("name", COMPLIANCE)
def test_unsigned_compliance_request_is_answered_with_401(client, shopify, name):
    good = shopify.request(name)
    forged = {**good.headers, "X-Shopify-Hmac-SHA256": "AAAA"}
    unsigned = {k: v for k, v in good.headers.items() if "Hmac" not in k}

    for headers in (forged, unsigned):
        answer = client.post("/hooks/shopify", content=good.body, headers=headers)
        assert 401 == answer.status_code
        assert "marlene" not in answer.text


@pytest.mark.parametrize("name", COMPLIANCE)
def test_signed_compliance_request_is_taken_and_a_repetition_too(client, shopify, name):
    request = shopify.request(name)

    for _ in range(2):
        answer = client.post("/hooks/shopify", content=request.body, headers=request.headers)
        assert 202 == answer.status_code


def test_signature_covers_every_byte(client, shopify):
    request = shopify.request("customers_redact")
    body = json.dumps(json.loads(request.body)).encode()

    answer = client.post("/hooks/shopify", content=body, headers=request.headers)

    assert 401 == answer.status_code
