"""The recorded deliveries, and ways to change them one field at a time."""

import hmac
import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from retention_woocommerce.adapter import WooCommerceAdapter

from retention_sdk.model import OrderEvent, WebhookRequest

PAYLOADS = Path(__file__).parent / "payloads"
SECRET = "s3cr3t-ü"
SETTINGS = {
    "webhook_secrets": [SECRET],
    "store_url": "https://127.0.0.1:8088",
    "consent_meta_key": "email_marketing_consent",
}


class Recording:
    """What WooCommerce sent, and what it becomes."""

    def adapter(self, **settings):
        return WooCommerceAdapter.from_config({**SETTINGS, **settings}, shop_id="soap.example")

    def headers(self, name):
        return json.loads((PAYLOADS / f"{name}.headers.json").read_text(encoding="utf-8"))

    def body(self, name):
        return (PAYLOADS / f"{name}.raw").read_bytes()

    def delivery(self, name):
        """A delivery exactly as it was signed and sent."""
        return WebhookRequest(headers=self.headers(name), body=self.body(name))

    def signed(self, name, body, *, secret=SECRET, **headers):
        """Another body under the headers of a delivery, signed again."""
        digest = hmac.digest(secret.encode(), body, sha256)
        signature = {"X-WC-Webhook-Signature": b64encode(digest).decode()}
        return WebhookRequest(headers={**self.headers(name), **headers, **signature}, body=body)

    def changed(self, name, /, **fields):
        """A delivery with some fields replaced, signed again."""
        return self.signed(name, json.dumps({**json.loads(self.body(name)), **fields}).encode())

    def events(self, name, /, **fields):
        return self.adapter().handle(self.changed(name, **fields))

    def order(self, settings=None, /, **fields):
        """The order that the recorded one becomes when some fields are different."""
        events = self.adapter(**(settings or {})).handle(self.changed("order.created", **fields))
        return next(event.order for event in events if isinstance(event, OrderEvent))


@pytest.fixture
def woo():
    return Recording()
