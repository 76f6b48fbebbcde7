"""What Saleor sent, ways to sign it again, and a shop to ask."""

import hmac
import importlib.util
import json
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from retention_saleor.adapter import SaleorAdapter
from retention_saleor.values import base64url

from retention_sdk.http import httpx
from retention_sdk.model import OrderEvent, WebhookRequest
from retention_sdk.shop_api import Timing
from retention_sdk.testing import NOON
from tests.playing import shared_line

HERE = Path(__file__).parent
PAYLOADS = HERE / "payloads"


def _load(name):
    """Tests are no package: a helper beside them is loaded by its path."""
    spec = importlib.util.spec_from_file_location(
        f"saleor_{name.replace('/', '_')}", HERE / f"{name}.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


serving, selling = _load("api/server"), _load("api/shop")
making = _load("make_payloads")


@cache
def key(kid):
    """A key pair of the tests; made once, because that takes a while."""
    return generate_private_key(65537, 2048)


def jwk(kid):
    numbers = key(kid).public_key().public_numbers()
    return {"kid": kid, "n": base64url(numbers.n.to_bytes(256)), "e": "AQAB"}


def captured_key():
    (own,) = json.loads((PAYLOADS / "jwks.json").read_bytes())["keys"]
    return {name: own[name] for name in ("kid", "n", "e")}


def jws(body, kid="tests", **header):
    """Sign as Saleor does: RS256 over header, dot and raw body."""
    fields = {"alg": "RS256", "b64": False, "crit": ["b64"], "kid": kid, "typ": "JWT", **header}
    protected = base64url(json.dumps(fields, separators=(",", ":")).encode())
    content = protected.encode() + b"." + body
    return f"{protected}..{base64url(key(kid).sign(content, PKCS1v15(), SHA256()))}"


def hex_hmac(body, secret):
    return hmac.digest(secret.encode(), body, sha256).hex()


SETTINGS = {
    "url": "https://shop.example/graphql/",
    "token": serving.TOKEN,
    "channel": "default-channel",
    "consent_metadata": "public",
}


class Deliveries:
    """What Saleor sent and sends, and what it becomes."""

    jws, jwk, hex_hmac = staticmethod(jws), staticmethod(jwk), staticmethod(hex_hmac)
    captured_key = staticmethod(captured_key)

    def settings(self, **changes):
        return {**SETTINGS, "jwks": [jwk("tests"), captured_key()], **changes}

    def adapter(self, **changes):
        return SaleorAdapter.from_config(self.settings(**changes), shop_id="juice.example")

    def captured(self):
        return json.loads((PAYLOADS / "deliveries.json").read_bytes())

    def document(self, name="order_told"):
        return json.loads((PAYLOADS / f"{name}.json").read_bytes())

    def request(self, body, **headers):
        signed = {"Saleor-Signature": jws(body), **headers}
        return WebhookRequest(headers=signed, body=body, received_at=NOON)

    def events(self, document, **settings):
        return self.adapter(**settings).handle(self.request(json.dumps(document).encode()))

    def order(self, settings=None, /, **fields):
        """The order that the told one becomes when some of its fields are others."""
        document = self.document()
        document["order"] |= fields
        events = self.events(document, **(settings or {}))
        return next(event.order for event in events if isinstance(event, OrderEvent))


@pytest.fixture
def saleor():
    return Deliveries()


@pytest.fixture(scope="session")
def documents():
    """The part of Saleor's schema that is used, and each document that was checked against it."""
    return serving.Documents((HERE / "schema" / "used.graphql").read_text(encoding="utf-8"))


class Api:
    """A shop behind a server of its own, and adapters that speak to it."""

    def __init__(self, documents, play):
        self.play, self.home = play, play.url.removesuffix("/api")
        self.shop = selling.Shop(serving.connection)
        self.server = serving.Server(documents, self.shop)
        self.slept = []
        self.failed = serving.failed

    def settings(self, **changes):
        return Deliveries().settings(url=f"{self.home}/graphql/", **changes)

    def adapter(self, shop_id="juice.example", http=httpx, **changes):
        timing = Timing(sleep=self.slept.append, chance=lambda: 1.0)
        members = {"timing": timing, "http": http, "now": lambda: NOON}
        kind = type("Adapter", (SaleorAdapter,), members)
        return kind.from_config(self.settings(**changes), shop_id=shop_id)

    over_limit = staticmethod(serving.over_limit)

    def make_deliveries(self):
        """What our subscription would get, by name of file, as text."""
        made = making.deliveries(self.server.documents, self.shop, serving.resolve)
        return {name: making.text_of(body) for name, body in made.items()}

    def mutations(self):
        """The mutations that were sent, by name."""
        texts = (asked["query"] for asked in self.server.asked)
        return [text.split("done: ")[1].split("(")[0] for text in texts if "done: " in text]


SHOP_FILE = """
[shop]
id = "juice.example"
name = "Juice"
country = "US"
currency = "USD"

[platforms.saleor]
url = "{url}/graphql/"
token = "{token}"
channel = "default-channel"
webhook_secrets = ["s3cr3t"]

[[platforms.saleor.jwks]]
kid = "{kid}"
n = "{n}"
"""


@pytest.fixture
def shop_file(api, tmp_path):
    """The file of a shop that says where the server is, and who signs."""
    (tmp_path / "retention.key").write_text("42" * 32)
    (tmp_path / "brand.toml").write_text('name = "Juice"\n[sender]\nname = "Mary"\n')
    path = tmp_path / "retention.toml"
    path.write_text(SHOP_FILE.format(url=api.home, token=serving.TOKEN, **captured_key()))
    return path


@pytest.fixture(scope="session")
def _line():
    with shared_line() as line:
        yield line


@pytest.fixture
def api(documents, _line):
    return _line.begin(lambda play: Api(documents, play))
