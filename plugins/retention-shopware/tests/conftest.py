"""Shopware's own description of its API, a small shop behind it, and signed deliveries."""

import fcntl
import hashlib
import hmac
import importlib.util
import json
import os
import subprocess
from pathlib import Path

import pytest
from retention_shopware.adapter import ShopwareAdapter

from retention_sdk.http import httpx
from retention_sdk.model import WebhookRequest
from retention_sdk.shop_api import Timing
from retention_sdk.testing import NOON
from tests.playing import Clock, shared_line

HERE = Path(__file__).parent
SCHEMAS = HERE / "schemas"
SECRET, OLD_SECRET = "s3cr3t-of-the-shop", "the-one-before"


def _load(name):
    """Tests are no package: a helper beside them is loaded by its path."""
    spec = importlib.util.spec_from_file_location(f"shopware_{name}", HERE / "shop" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


comparing, serving, selling = _load("schema"), _load("server"), _load("goods")


@pytest.fixture(scope="session")
def packages():
    """Shopware's descriptions, by npm; of several test processes, one installs."""
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
    return SCHEMAS / "node_modules" / "@shopware" / "api-client" / "api-types"


def _description(packages, name):
    return comparing.Schema(json.loads((packages / name).read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def schema(packages):
    """The Admin API of 6.7.10.1."""
    return _description(packages, "adminApiSchema.json")


@pytest.fixture(scope="session")
def storefront(packages):
    """The Store API of 6.7.13.0: what of an entity stands in a webhook."""
    return _description(packages, "storeApiSchema.json")


class Shop:
    """A shop with one sales channel behind a server of its own, and adapters that speak to it."""

    def __init__(self, schema, play):
        self.clock = Clock()
        self.server = serving.Server(schema, self.clock)
        self.goods = selling.Goods(schema)
        self._url = play.url
        self.server.add("sales-channel", self.goods.channel())
        self.server.add("currency", self.goods.currency())
        self.server.add("currency", self.goods.currency("CHF", 0.9))

    def settings(self, **changes):
        values = {
            "url": self._url,
            "client_id": "SWIA-INVENTED",
            "client_secret": "invented-secret",
            "webhook_secrets": [SECRET, OLD_SECRET],
        }
        return {**values, **changes}

    def adapter(self, shop_id="kiln.example", http=httpx, **settings):
        timing = Timing(sleep=self.clock.sleep, clock=self.clock.now, chance=lambda: 1.0)
        adapter_class = type("Adapter", (ShopwareAdapter,), {"http": http, "timing": timing})
        return adapter_class.from_config(self.settings(**settings), shop_id=shop_id)

    def add_order(self, *arguments, **fields):
        return self.server.add("order", self.goods.order(*arguments, **fields))

    def add_customer(self, *arguments, **fields):
        return self.server.add("customer", self.goods.customer(*arguments, **fields))

    def add_recipient(self, *arguments, **fields):
        return self.server.add("newsletter-recipient", self.goods.recipient(*arguments, **fields))

    def order(self, **fields):
        """Return how an order with some fields is read."""
        made = self.add_order(**fields)
        return self.adapter().fetch_order(made["id"])

    def asked(self, path):
        return [body for _, there, body in self.server.asked if there.startswith(path)]


@pytest.fixture(scope="session")
def _line():
    with shared_line() as line:
        yield line


@pytest.fixture
def shop(schema, _line):
    shop = _line.begin(lambda play: Shop(schema, play))
    yield shop
    assert [] == shop.server.faults


@pytest.fixture(scope="session")
def sign():
    def sign(body, secret=SECRET):
        return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()

    return sign


@pytest.fixture(scope="session")
def delivery(sign):
    """Signed deliveries: a file by name, with changed fields of ``data``."""

    def delivery(name, secret=SECRET, **data):
        document = json.loads((HERE / "payloads" / f"{name}.json").read_text(encoding="utf-8"))
        document["data"] |= data
        body = json.dumps(document).encode()
        headers = {"shopware-shop-signature": sign(body, secret)}
        return WebhookRequest(headers=headers, body=body, received_at=NOON)

    return delivery
