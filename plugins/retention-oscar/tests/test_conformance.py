"""The kit, run against a real oscar shop: with our companion in it, and without."""

import hmac
from hashlib import sha256
from pathlib import Path

import pytest
import retention_oscar
from retention_oscar.adapter import OscarAdapter

from retention_sdk.adapter import Capability
from retention_sdk.model import OrderCancelled, OrderPaid, OrderPlaced, OrderRefunded
from retention_sdk.testing import (
    AdapterConformance,
    Case,
    assert_light_import,
    assert_plugin_conforms,
)

PAYLOADS = Path(__file__).parent / "payloads"
SECRET = "companion-secret-2026"


def recorded(name, *expect, total, at):
    headers = {"Content-Type": "application/json", "X-Retention-Topic": name.partition("_")[0]}
    placed_at = f"2026-11-22T{at}+01:00"
    return Case(name, PAYLOADS / f"{name}.json", headers, expect, total, placed_at)


class Alone(OscarAdapter):
    """What the adapter declares in a shop without the companion."""

    capabilities = (
        Capability.FETCH_ORDER
        | Capability.LIST_ORDERS
        | Capability.LIST_CUSTOMERS
        | Capability.LIST_PRODUCTS
    )


class TestOscarWithCompanion(AdapterConformance):
    adapter_class = OscarAdapter
    cases = (
        recorded("order.placed", OrderPlaced, total="25.98 EUR", at="10:14:57.338803"),
        recorded("order.placed_ja", OrderPlaced, total="73.50 EUR", at="10:15:01.468390"),
        recorded(
            "order.changed_refunded",
            OrderPlaced,
            OrderPaid,
            OrderRefunded,
            total="37.49 EUR",
            at="10:14:58.904570",
        ),
        recorded(
            "order.changed_cancelled",
            OrderPlaced,
            OrderCancelled,
            total="8.00 EUR",
            at="10:15:00.107289",
        ),
    )

    @pytest.fixture(autouse=True)
    def _shop(self, shop):
        self.shop = shop

    def make_adapter(self, shop_id="kit.example"):
        settings = self.shop.settings(webhook_secrets=[SECRET])
        return OscarAdapter.from_config(settings, shop_id=shop_id)

    def sign(self, headers, body):
        digest = hmac.digest(SECRET.encode(), body, sha256).hex()
        return {**headers, "X-Retention-Signature": digest}

    def listed(self):
        return self.shop.totals

    def customer_id(self):
        return self.shop.new_customer()

    def erasable_customer_id(self):
        return self.shop.new_customer()

    def product_id(self):
        return str(self.shop.soap)


class TestOscarAlone(AdapterConformance):
    adapter_class = Alone

    @pytest.fixture(autouse=True)
    def _shop(self, shop):
        self.shop = shop

    def make_adapter(self, shop_id="kit.example"):
        return Alone.from_config(self.shop.settings(companion=False), shop_id=shop_id)

    def listed(self):
        return self.shop.totals


def test_plugin_registers_its_adapter():
    assert {"oscar"} == set(assert_plugin_conforms(retention_oscar).adapters)


def test_import_is_cheap():
    assert_light_import("retention_oscar")
