"""The recorded deliveries, and ways to change them one field at a time."""

import hmac
import importlib.util
import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from retention_woocommerce.adapter import WooCommerceAdapter

from retention_sdk.http import httpx
from retention_sdk.model import OrderEvent, WebhookRequest
from retention_sdk.shop_api import Timing

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


def _load_server():
    """Tests are no package: the server beside them is loaded by its path."""
    path = Path(__file__).parent / "server" / "woo.py"
    spec = importlib.util.spec_from_file_location("woocommerce_server", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


server = _load_server()


class Shop(server.Server):
    """A running shop, and adapters for it that note their waits in ``slept``."""

    home = "https://127.0.0.1:8088"

    def __init__(self, woo):
        super().__init__(woo)
        self.slept = []

    def settings(self, **changes):
        return {
            "webhook_secrets": [SECRET],
            "store_url": self.home,
            "api_url": self.url,
            "consumer_key": server.KEY,
            "consumer_secret": server.SECRET,
            "consent_meta_key": "email_marketing_consent",
            "consent_at_meta_key": "email_marketing_consent_at",
            **changes,
        }

    def adapter(self, library=httpx, **changes):
        """An adapter that does not sleep between tries."""
        timing = Timing(sleep=self.slept.append)
        kind = type("Adapter", (WooCommerceAdapter,), {"http": library, "timing": timing})
        return kind.from_config(self.settings(**changes), shop_id="soap.example")


@pytest.fixture
def shop():
    """A new shop with one order, one account and one product, on a server of its own."""
    running = Shop(server.Woo())
    yield running
    running.close()


@pytest.fixture(params=["httpx", "httpx2"])
def library(request):
    """Each of the two HTTP libraries that the SDK accepts."""
    return pytest.importorskip(request.param, reason=f"{request.param} is not installed")
