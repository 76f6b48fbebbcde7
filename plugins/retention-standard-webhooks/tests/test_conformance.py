"""The kit, run on events written by hand."""

from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import retention_standard_webhooks
from retention_standard_webhooks.adapter import StandardWebhooksAdapter
from retention_standard_webhooks.signing import read_secret

from retention_sdk.model import (
    ConsentChanged,
    CustomerErased,
    Engagement,
    OrderPaid,
    OrderPlaced,
)
from retention_sdk.signatures import make_signature
from retention_sdk.testing import (
    AdapterConformance,
    Case,
    assert_light_import,
    assert_plugin_conforms,
)

PAYLOADS = Path(__file__).parent / "payloads"
SECRET = "whsec_" + b64encode(b"an invented key, 24 bytes+").decode()
NEW_SECRET = "whsec_" + b64encode(b"another invented key of 32 bytes").decode()
PLACED = "2026-11-20T10:00:00+02:00"


def payload(name, kind, total="", placed_at=""):
    headers = {"Content-Type": "application/json", "Webhook-Id": f"msg-{name}"}
    return Case(name, PAYLOADS / f"{name}.json", headers, (kind,), total, placed_at)


class TestStandardWebhooks(AdapterConformance):
    adapter_class = StandardWebhooksAdapter
    settings: ClassVar = {"secrets": [SECRET]}
    rotated_settings: ClassVar = {"secrets": [NEW_SECRET, SECRET]}
    received_at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    cases = (
        payload("order_paid", OrderPaid, "38.90 EUR", PLACED),
        payload("order_placed_guest", OrderPlaced, "1200 JPY", "2026-11-20T08:05:00Z"),
        payload("consent_changed", ConsentChanged),
        payload("customer_erased", CustomerErased),
        payload("engagement", Engagement),
    )

    def sign_at(self, headers, body, at, secret=SECRET):
        moment = str(int(at.timestamp()))
        key = read_secret(secret)
        signature = make_signature(headers["Webhook-Id"], moment, body, key=key)
        return {**headers, "Webhook-Timestamp": moment, "Webhook-Signature": signature}

    def sign_anew(self, headers, body):
        return self.sign_at(headers, body, self.arrival(), NEW_SECRET)

    def unknown_request(self):
        body = b'{"type": "moon_landed", "id": "1", "occurred_at": "2026-11-20T12:00:00Z"}'
        return self.delivery(self.sign({"Webhook-Id": "msg-moon"}, body), body)


def test_plugin_registers_its_adapter():
    found = assert_plugin_conforms(retention_standard_webhooks, "standard-webhooks").adapters
    assert {"standard_webhooks"} == set(found)


def test_import_is_cheap():
    assert_light_import("retention_standard_webhooks")
