"""The kit, run on what WooCommerce really sent, and on a server that answers from recordings."""

import hmac
import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

import pytest
import retention_woocommerce
from retention_woocommerce.adapter import WooCommerceAdapter
from retention_woocommerce.read import read_customer, read_order

from retention_sdk.model import (
    ConsentChanged,
    CustomerCreated,
    CustomerUpdated,
    OrderFulfilled,
    OrderPaid,
    OrderPlaced,
    UnknownEvent,
)
from retention_sdk.testing import (
    AdapterConformance,
    Case,
    assert_light_import,
    assert_plugin_conforms,
)

PAYLOADS = Path(__file__).parent / "payloads"
CAPTURES = Path(__file__).parent / "captures"
SECRET, NEXT_SECRET = "s3cr3t-ü", "the-next-one-ß"


def signed(secret, headers, body):
    digest = hmac.digest(secret.encode(), body, sha256)
    return {**headers, "X-WC-Webhook-Signature": b64encode(digest).decode()}


def recorded(name, *expect, total="", placed_at=""):
    headers = json.loads((PAYLOADS / f"{name}.headers.json").read_text(encoding="utf-8"))
    del headers["X-WC-Webhook-Signature"]
    return Case(name, PAYLOADS / f"{name}.raw", headers, expect, total, placed_at)


class TestWooCommerce(AdapterConformance):
    adapter_class = WooCommerceAdapter
    rotated_settings = MappingProxyType({"webhook_secrets": [NEXT_SECRET, SECRET]})
    cases = (
        recorded(
            "order.created",
            OrderPlaced,
            OrderPaid,
            OrderFulfilled,
            total="28.38 EUR",
            placed_at="2026-11-21T19:58:26Z",
        ),
        recorded(
            "order.updated_later",
            OrderPlaced,
            OrderPaid,
            OrderFulfilled,
            total="28.38 EUR",
            placed_at="2026-11-21T20:52:34Z",
        ),
        recorded("customer.created", CustomerCreated, ConsentChanged),
        recorded("customer.updated", CustomerUpdated, ConsentChanged),
        recorded("product.updated", UnknownEvent),
    )

    @pytest.fixture(autouse=True)
    def _shop(self, shop):
        """Two orders, of an account and a guest; the answers come from recordings."""
        self.shop = shop
        self.rotated_settings = shop.settings(**type(self).rotated_settings)
        guest = {"customer_id": 0, "total": "12.99", "currency": "USD"}
        shop.woo.add_order("2026-11-21T19:59:00", number="13-A", **guest)

    def make_adapter(self, shop_id="kit.example"):
        return WooCommerceAdapter.from_config(self.shop.settings(), shop_id=shop_id)

    def listed(self):
        return {"12": "28.38 EUR", "13-A": "12.99 USD"}

    def customer_id(self):
        return "2"

    def answers(self):
        names = ("order", "customer_get")
        return [json.loads((CAPTURES / f"{name}.json").read_text("utf-8")) for name in names]

    def read_answer(self, adapter, answer):
        if "email" in answer and "line_items" not in answer:
            return [read_customer(answer, adapter.settings)]
        return [read_order(answer, adapter.settings)]

    def erasable_customer_id(self):
        return str(self.shop.woo.add_customer())

    def sign(self, headers, body):
        return signed(SECRET, headers, body)

    def sign_anew(self, headers, body):
        return signed(NEXT_SECRET, headers, body)


def test_plugin_registers_its_adapter():
    assert {"woocommerce"} == set(assert_plugin_conforms(retention_woocommerce).adapters)


def test_import_is_cheap():
    assert_light_import("retention_woocommerce")
