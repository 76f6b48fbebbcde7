"""A synthetic store on a real loopback server, and deliveries as BigCommerce describes them."""

import importlib.util
import json
from pathlib import Path

import pytest
from retention_bigcommerce.adapter import BigCommerceAdapter

from retention_sdk.http import httpx
from retention_sdk.model import WebhookRequest
from retention_sdk.shop_api import Timing
from retention_sdk.signatures import make_signature
from tests.playing import playing

SECRET = "an invented client secret, ü"


def _load_store():
    """Tests are no package: the store beside them is loaded by its path."""
    path = Path(__file__).parent / "server" / "store.py"
    spec = importlib.util.spec_from_file_location("bigcommerce_store", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


selling = _load_store()


class Shop:
    """A running store, and adapters for it that note their waits in ``slept``."""

    NOON = selling.NOON
    make = selling

    def __init__(self, url, store):
        self.url, self.store, self.slept = url, store, []

    def settings(self, **changes):
        return {
            "store_hash": selling.HASH,
            "access_token": selling.TOKEN,
            "client_secrets": [SECRET],
            "api_url": self.url,
            "gift_from_name": "Kiln & Leaf",
            "gift_from_email": "hello@soap.example",
            **changes,
        }

    def adapter(self, library=httpx, *, shop_id="soap.example", **changes):
        """An adapter that does not sleep between tries."""
        timing = Timing(sleep=self.slept.append)
        kind = type("Adapter", (BigCommerceAdapter,), {"http": library, "timing": timing})
        return kind.from_config(self.settings(**changes), shop_id=shop_id)

    def order(self, number=118, /, **changes):
        """The order that the synthetic one becomes when some fields are different."""
        self.store.orders[number].update(changes)
        return self.adapter().fetch_order(str(number))

    def delivery(self, scope, data, *, secret=SECRET, at=selling.NOON, **changes):
        told = {"created_at": int(selling.NOON.timestamp()), "hash": "dd70c0976e06b67a"}
        producer = f"stores/{selling.HASH}"
        body = {"producer": producer, **told, "store_id": "1025646", "scope": scope, "data": data}
        content = json.dumps({**body, **changes}).encode()
        stamp = str(int(at.timestamp()))
        signature = make_signature("msg_1", stamp, content, key=secret.encode())
        headers = {
            "webhook-id": "msg_1",
            "webhook-timestamp": stamp,
            "webhook-signature": signature,
        }
        return WebhookRequest(headers=headers, body=content, received_at=selling.NOON)


@pytest.fixture
def shop():
    """A new store with one order, one customer and one product, on a server of its own."""
    store = selling.Store()
    with playing(store.play) as play:
        yield Shop(play.url, store)


@pytest.fixture(params=["httpx", "httpx2"])
def library(request):
    """Each of the two HTTP libraries that the SDK accepts."""
    return pytest.importorskip(request.param, reason=f"{request.param} is not installed")
