"""The kit, run against a real Medusa server and deliveries that its companion posted."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import pytest
import retention_medusa
from retention_medusa.adapter import MedusaAdapter

from retention_sdk.model import (
    ConsentChanged,
    CustomerErased,
    CustomerUpdated,
    OrderDelivered,
    OrderFulfilled,
    OrderPaid,
    OrderPlaced,
    OrderRefunded,
    WebhookRequest,
)
from retention_sdk.testing import (
    AdapterConformance,
    Case,
    a_code,
    assert_light_import,
    assert_plugin_conforms,
)

PAYLOADS = Path(__file__).parent / "payloads"
# Base64 of invented sentences.
OLD = "whsec_c2VjcmV0LW9mLXRoZS10ZXN0cy1vbmx5"
NEW = "whsec_dGhlLW5leHQtc2VjcmV0LW9mLXRoZS10ZXN0cw=="


def case(name, *expect):
    """A recorded delivery. By hand: (1215 + 500) * 1.1 is 1886.5 yen, and a tie goes to 1886."""
    moment = "2026-11-22T09:11:54.632+00:00"
    order = {"total": "1886 JPY", "placed_at": moment} if OrderPlaced in expect else {}
    headers = {"webhook-id": "msg_51f00646122d27bac843e10b"}
    return Case(name, PAYLOADS / f"{name}.json", headers, expect, **order)


def signed(secret, headers, body, at):
    stamp = str(int(at.timestamp()))
    content = f"{headers['webhook-id']}.{stamp}.".encode() + body
    key = b64decode(secret.removeprefix("whsec_"))
    digest = b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    return {**headers, "webhook-timestamp": stamp, "webhook-signature": f"v1,{digest}"}


class TestMedusa(AdapterConformance):
    adapter_class = MedusaAdapter
    received_at = datetime(2026, 11, 22, 9, 12, tzinfo=UTC)
    cases = (
        case("captured", OrderPlaced, OrderPaid),
        case("delivered", OrderPlaced, OrderPaid, OrderFulfilled, OrderDelivered, OrderRefunded),
        case("customer_updated", CustomerUpdated, ConsentChanged),
        case("customer_deleted", CustomerErased),
    )
    rotated_settings = MappingProxyType(
        {
            "url": "https://shop.example",
            "api_key": "sk_0123456789",
            "webhook_secrets": [NEW, OLD],
        }
    )

    @pytest.fixture(autouse=True)
    def _shop(self, shop):
        self.shop = shop

    def make_adapter(self, shop_id="kit.example"):
        return self.adapter_class.from_config(self.shop.settings(), shop_id=shop_id)

    def sign_at(self, headers, body, at):
        return signed(OLD, headers, body, at)

    def sign_anew(self, headers, body):
        return signed(NEW, headers, body, self.received_at)

    def unknown_request(self):
        body = b'{"type":"moon.landed","timestamp":"2026-11-22T09:12:00.000Z","data":{"id":"m_1"}}'
        headers = self.sign({"webhook-id": "msg_moon"}, body)
        return WebhookRequest(headers=headers, body=body, received_at=self.received_at)

    def listed(self):
        return self.shop.totals

    def customer_id(self):
        return self.shop.new_account()["id"]

    def erasable_customer_id(self):
        return self.shop.new_account()["id"]

    def product_id(self):
        return self.shop.product

    def code(self):
        return a_code("KIT-2026-AB")


def test_plugin_registers_its_adapter():
    assert {"medusa"} == set(assert_plugin_conforms(retention_medusa).adapters)


def test_import_is_cheap():
    assert_light_import("retention_medusa")
