"""The kit, run on payloads in the documented shape and a server that answers from the schema."""

import hmac
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

import pytest
import retention_shopify
from retention_shopify import graph
from retention_shopify.adapter import ShopifyAdapter
from retention_shopify.client import refused
from retention_shopify.documents import CUSTOMERS, ORDERS, PRODUCTS
from retention_shopify.read import read_customer

from retention_sdk.model import (
    ConsentChanged,
    CustomerCreated,
    CustomerErased,
    CustomersMerged,
    CustomerUpdated,
    DataRequested,
    OrderFulfilled,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    ShopErased,
    UnknownEvent,
)
from retention_sdk.testing import (
    AdapterConformance,
    Case,
    assert_light_import,
    assert_plugin_conforms,
)

PAYLOADS = Path(__file__).parent / "payloads"
SECRET, NEXT_SECRET = "shpss-invented-one", "shpss-the-next-one"
PLACED = "2026-11-20T09:15:02+01:00"


def payload(name, topic, *expect, total="", placed_at=""):
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": "kiln-and-leaf.myshopify.com",
        "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "X-Shopify-Event-Id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
        "X-Shopify-Triggered-At": "2026-11-20T08:15:06.000000000Z",
    }
    return Case(name, PAYLOADS / f"{name}.json", headers, expect, total, placed_at)


def signed(secret, headers, body):
    digest = hmac.digest(secret.encode(), body, sha256)
    return {**headers, "X-Shopify-Hmac-SHA256": b64encode(digest).decode()}


def nothing_more(*_, **__):
    """Lists of a mangled answer may say that they go on."""
    raise refused("there is nothing more")


def order(name, topic, *expect, total="43.90 EUR"):
    return payload(name, topic, OrderPlaced, *expect, total=total, placed_at=PLACED)


class TestShopify(AdapterConformance):
    adapter_class = ShopifyAdapter
    domain = "kiln-and-leaf.myshopify.com"
    rotated_settings: ClassVar = {"webhook_secrets": [NEXT_SECRET, SECRET]}
    delivery_headers: ClassVar = ("X-Shopify-Triggered-At",)
    # Every field of every case is broken in a dozen ways, so the fullest order is enough here.
    cases = (
        order(
            "orders_updated_refunded", "orders/updated", OrderPaid, OrderFulfilled, OrderRefunded
        ),
        payload("customers_create", "customers/create", CustomerCreated),
        payload("customers_update", "customers/update", CustomerUpdated),
        payload(
            "consent_email_confirmed", "customers_email_marketing_consent/update", ConsentChanged
        ),
        payload("consent_email_pending", "customers_email_marketing_consent/update", UnknownEvent),
        payload(
            "consent_email_withdrawn", "customers_email_marketing_consent/update", ConsentChanged
        ),
        payload("consent_sms", "customers_marketing_consent/update", ConsentChanged),
        payload("consent_whatsapp", "customers_whats_app_marketing_consent/update", ConsentChanged),
        payload("customers_merge", "customers/merge", CustomersMerged),
        payload("customers_data_request", "customers/data_request", DataRequested),
        payload("customers_redact", "customers/redact", CustomerErased),
        payload("shop_redact", "shop/redact", ShopErased),
    )

    @pytest.fixture(autouse=True)
    def _admin(self, admin):
        self.admin = admin
        admin.add_orders("orders_updated_refunded", "orders_paid_abroad")
        admin.shop.add_product(1401)
        admin.shop.add_product(1402)

    def make_adapter(self, shop_id="kit.example"):
        return self.admin.adapter(shop_id, shop_domain=self.domain)

    def listed(self):
        return {"#1001": "43.90 EUR", "#1002": "7420 JPY"}

    def customer_id(self):
        return "7001"

    def answers(self):
        documents = (ORDERS, CUSTOMERS, PRODUCTS)
        return [node for document in documents for node in self.admin.nodes(document)]

    def read_answer(self, adapter, answer):
        if "lineItems" in answer:
            return [adapter._order(nothing_more, answer)]
        if "productType" in answer:
            return [graph.read_product(answer)]
        return [read_customer(graph.customer_body(answer))]

    def erasable_customer_id(self):
        self.admin.shop.add_customer(7002)
        return "7002"

    def assert_erased(self, adapter, customer_id):
        """Shopify keeps somebody until its waiting time is over; the request has to be there."""
        assert f"gid://shopify/Customer/{customer_id}" in self.admin.shop.erasures

    def sign(self, headers, body):
        return signed(SECRET, headers, body)

    def sign_anew(self, headers, body):
        return signed(NEXT_SECRET, headers, body)


def test_plugin_registers_its_adapter():
    assert {"shopify"} == set(assert_plugin_conforms(retention_shopify).adapters)


def test_import_is_cheap():
    assert_light_import("retention_shopify")
