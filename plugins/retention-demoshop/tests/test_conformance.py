"""The kit, run on DemoShop's payloads."""

import hmac
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import ClassVar

import retention_demoshop
from retention_demoshop.adapter import DemoShopAdapter

from retention_sdk.model import OrderPaid, OrderPlaced
from retention_sdk.testing import (
    AdapterConformance,
    Case,
    assert_evidence,
    assert_light_import,
    assert_plugin_conforms,
)

PAYLOADS = Path(__file__).parent / "payloads"
HEADERS = {"X-DemoShop-Topic": "orders/paid", "X-DemoShop-Delivery": "d-1"}
SECRET, NEXT_SECRET = "test-secret-1", "test-secret-2"
FACTS = (OrderPlaced, OrderPaid)


def signed(secret, headers, body):
    digest = hmac.digest(secret.encode(), body, sha256)
    return {**headers, "X-DemoShop-Hmac": b64encode(digest).decode()}


class TestDemoShop(AdapterConformance):
    adapter_class = DemoShopAdapter
    settings: ClassVar = {"webhook_secrets": [SECRET]}
    rotated_settings: ClassVar = {"webhook_secrets": [NEXT_SECRET, SECRET]}
    cases = (
        Case(
            "paid",
            PAYLOADS / "paid.json",
            HEADERS,
            FACTS,
            total="38.90 EUR",
            placed_at="2026-11-20T10:00:00+02:00",
        ),
        Case(
            "guest",
            PAYLOADS / "guest.json",
            HEADERS,
            FACTS,
            total="1200 JPY",
            placed_at="2026-11-20T10:05:00Z",
        ),
    )

    def sign(self, headers, body):
        return signed(SECRET, headers, body)

    def sign_anew(self, headers, body):
        return signed(NEXT_SECRET, headers, body)


def test_plugin_registers_its_adapter():
    assert {"demoshop"} == set(assert_plugin_conforms(retention_demoshop).adapters)


def test_import_is_cheap():
    assert_light_import("retention_demoshop")


def test_readme_says_what_is_proved():
    assert_evidence(Path(__file__).parents[1])
