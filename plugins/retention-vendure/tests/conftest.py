"""A real Vendure server, installed from npm and started once per run, with a small shop in it."""

import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest
from retention_vendure.adapter import VendureAdapter

from retention_sdk._http import httpx

SERVER = Path(__file__).parent / "server"
NEEDS = (
    "a Vendure server needs Node 20 or newer with npm: install it from your system's packages, "
    "or with nvm"
)
START_S = 120
# By hand, tax rounded per line: 12.99, 25.98 and 38.97 become 15.46, 30.92 and 46.37 with 19 %,
# shipping at 5.00 becomes 5.95, and 1200 yen become 1428.
TOTALS = {
    ("post", 1, "EUR"): "21.41 EUR",
    ("post", 2, "EUR"): "36.87 EUR",
    ("post", 3, "EUR"): "52.32 EUR",
    ("pickup", 1, "EUR"): "15.46 EUR",
    ("pickup", 1, "JPY"): "1428 JPY",
}
ERROR = "... on ErrorResult { errorCode message }"


@pytest.fixture(scope="session")
def vendure(tmp_path_factory):
    """The Admin API of a running server with a password that exists for this run only."""
    _require_node()
    _install()
    password, port = secrets.token_hex(12), _free_port()
    log = tmp_path_factory.mktemp("vendure") / "server.log"
    environment = {**os.environ, "PORT": str(port), "ADMIN_PASSWORD": password}
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["node", "server.js"],
            cwd=SERVER,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_ready(process, log)
            yield Server(f"http://127.0.0.1:{port}", password)
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture(scope="session")
def shop(vendure):
    """A shop that sells one soap, and five orders in it."""
    return Shop(vendure)


@pytest.fixture(scope="session", params=["httpx", "httpx2"])
def library(request):
    """Each of the two HTTP libraries that the SDK accepts."""
    return pytest.importorskip(request.param, reason=f"{request.param} is not installed")


@pytest.fixture
def adapter_class(library):
    return type("Adapter", (VendureAdapter,), {"http": library})


class Server:
    """Two GraphQL endpoints, asked without cookies."""

    def __init__(self, url, password):
        self.admin_url, self.shop_url = f"{url}/admin-api", f"{url}/shop-api"
        self.password = password
        _, self.token = self.ask(
            self.admin_url,
            'mutation ($p: String!) { login(username: "superadmin", password: $p) { __typename } }',
            {"p": password},
        )
        key = self.admin(
            """mutation { createApiKey(input: { roleIds: ["1"],
                translations: [{ languageCode: en, name: "tests" }] }) { apiKey } }"""
        )
        self.api_key = key["createApiKey"]["apiKey"]

    def ask(self, url, query, variables=None, token=None):
        headers = {"authorization": f"Bearer {token}"} if token else {}
        with httpx.Client(timeout=60) as client:
            payload = {"query": query, "variables": variables or {}}
            response = client.post(url, json=payload, headers=headers)
        answer = response.json()
        assert "errors" not in answer, answer["errors"]
        for result in answer["data"].values():
            assert not (isinstance(result, dict) and result.get("errorCode")), result
        return answer["data"], response.headers.get("vendure-auth-token", token)

    def admin(self, query, **variables):
        return self.ask(self.admin_url, query, variables, self.token)[0]

    def create(self, kind, **fields):
        """Run ``createKind`` and return the new identifier."""
        query = f"mutation ($i: Create{kind}Input!) {{ r: create{kind}(input: $i) {{ id }} }}"
        return self.admin(query, i=fields)["r"]["id"]


class Shop:
    """Rose soap at 12.99 EUR (15.46 with 19 % tax) or 1200 JPY (1428), and its buyers."""

    def __init__(self, server):
        self.server = server
        self._configure()
        self.soap = self._stock()
        self.totals = {}
        self.orders = {
            "two soaps, shipped by post, in German": self.buy(quantity=2, language="de"),
            "one soap, picked up": self.buy(method="pickup"),
            "a gift": self.buy(gift="Happy birthday!"),
            "yen": self.buy(method="pickup", currency="JPY"),
        }

    def settings(self, **changes):
        return {
            "url": self.server.admin_url,
            "api_key": self.server.api_key,
            "consent_field": "emailMarketingConsent",
            "consent_at_field": "emailMarketingConsentAt",
            "language_field": "languageCode",
            "gift_message_field": "giftMessage",
            "pickup_methods": ["pickup"],
            "country": "DE",
            **changes,
        }

    def buy(self, *, quantity=1, language="en", currency="EUR", method="post", gift=None, pay=True):
        """Go through a checkout; return the order's ``id`` and ``code``.

        Totals of placed orders are written down: the kit compares the whole list.
        """
        url = f"{self.server.shop_url}?languageCode={language}&currencyCode={currency}"
        token = None

        def step(call, declared="", **variables):
            nonlocal token
            query = f"mutation {declared} {{ r: {call} {{ __typename ... on Order {{ id code }} {ERROR} }} }}"
            data, token = self.server.ask(url, query, variables, token)
            return data["r"]

        step(
            "addItemToOrder(productVariantId: $v, quantity: $q)",
            "($v: ID!, $q: Int!)",
            v=self.soap,
            q=quantity,
        )
        step(
            "setCustomerForOrder(input: $i)",
            "($i: CreateCustomerInput!)",
            i={"firstName": "Ada", "lastName": "Lovelace", "emailAddress": "ada@example.com"},
        )
        step(
            "setOrderShippingAddress(input: $i)",
            "($i: CreateAddressInput!)",
            i={
                "fullName": "Ada Lovelace",
                "streetLine1": "Hauptstr. 1",
                "city": "Berlin",
                "postalCode": "10115",
                "countryCode": "DE",
            },
        )
        step(
            "setOrderShippingMethod(shippingMethodId: $i)", "($i: [ID!]!)", i=[self.methods[method]]
        )
        if gift:
            step(
                "setOrderCustomFields(input: $i)",
                "($i: UpdateOrderInput!)",
                i={"customFields": {"giftMessage": gift}},
            )
        order = step('transitionOrderToState(state: "ArrangingPayment")')
        if pay:
            order = step('addPaymentToOrder(input: { method: "card", metadata: {} })')
            self.totals[order["code"]] = TOTALS[method, quantity, currency]
        return {"id": order["id"], "code": order["code"]}

    def line_id(self, order):
        query = (
            "query ($id: ID!) { order(id: $id) { lines { id } payments { id } customer { id } } }"
        )
        return self.server.admin(query, id=order["id"])["order"]

    def ship(self, order, *, quantity, state="Shipped"):
        line = self.line_id(order)["lines"][0]["id"]
        handler = {
            "code": "manual-fulfillment",
            "arguments": [
                {"name": "method", "value": "DHL"},
                {"name": "trackingCode", "value": "T-1"},
            ],
        }
        made = self.server.admin(
            f"mutation ($i: FulfillOrderInput!) {{ r: addFulfillmentToOrder(input: $i) {{ ... on Fulfillment {{ id }} {ERROR} }} }}",
            i={"lines": [{"orderLineId": line, "quantity": quantity}], "handler": handler},
        )
        if state:
            self.server.admin(
                f"mutation ($id: ID!, $s: String!) {{ r: transitionFulfillmentToState(id: $id, state: $s) {{ __typename {ERROR} }} }}",
                id=made["r"]["id"],
                s=state,
            )

    def refund(self, order, *, quantity):
        known = self.line_id(order)
        lines = [{"orderLineId": known["lines"][0]["id"], "quantity": quantity}]
        made = self.server.admin(
            f"mutation ($i: RefundOrderInput!) {{ r: refundOrder(input: $i) {{ ... on Refund {{ id }} {ERROR} }} }}",
            i={
                "lines": lines,
                "shipping": 0,
                "adjustment": 0,
                "paymentId": known["payments"][0]["id"],
                "reason": "broken",
            },
        )
        self.server.admin(
            f"mutation ($i: SettleRefundInput!) {{ r: settleRefund(input: $i) {{ __typename {ERROR} }} }}",
            i={"id": made["r"]["id"], "transactionId": "r-1"},
        )

    def cancel(self, order):
        self.server.admin(
            f"mutation ($i: CancelOrderInput!) {{ r: cancelOrder(input: $i) {{ __typename {ERROR} }} }}",
            i={"orderId": order["id"], "reason": "changed mind", "cancelShipping": True},
        )

    def new_customer(self, name="Grace"):
        query = f"mutation ($i: CreateCustomerInput!) {{ r: createCustomer(input: $i) {{ ... on Customer {{ id }} {ERROR} }} }}"
        email = f"{name.lower()}-{secrets.token_hex(4)}@example.com"
        return self.server.admin(
            query, i={"firstName": name, "lastName": "Hopper", "emailAddress": email}
        )["r"]["id"]

    def set_prices_include_tax(self, is_gross):
        self.server.admin(
            f"mutation ($i: UpdateChannelInput!) {{ r: updateChannel(input: $i) {{ __typename {ERROR} }} }}",
            i={"id": self.channel, "pricesIncludeTax": is_gross},
        )

    def _configure(self):
        server = self.server
        zone = server.create("Zone", name="Home")
        names = [{"languageCode": "en", "name": "Germany"}]
        country = server.create("Country", code="DE", enabled=True, translations=names)
        server.admin(
            "mutation ($z: ID!, $c: [ID!]!) { addMembersToZone(zoneId: $z, memberIds: $c) { id } }",
            z=zone,
            c=[country],
        )
        category = server.create("TaxCategory", name="standard", isDefault=True)
        server.create(
            "TaxRate", name="VAT", enabled=True, value=19, categoryId=category, zoneId=zone
        )
        server.admin(
            "mutation { updateGlobalSettings(input: { availableLanguages: [en, de, fa] }) { __typename } }"
        )
        self.channel = server.admin("{ activeChannel { id } }")["activeChannel"]["id"]
        server.admin(
            f"mutation ($i: UpdateChannelInput!) {{ r: updateChannel(input: $i) {{ __typename {ERROR} }} }}",
            i={
                "id": self.channel,
                "defaultTaxZoneId": zone,
                "defaultShippingZoneId": zone,
                "defaultCurrencyCode": "EUR",
                "availableCurrencyCodes": ["EUR", "JPY"],
                "defaultLanguageCode": "en",
                "availableLanguageCodes": ["en", "de", "fa"],
            },
        )
        self.methods = {"post": self._shipping("post", 500), "pickup": self._shipping("pickup", 0)}
        handler = {
            "code": "dummy-payment-handler",
            "arguments": [{"name": "automaticSettle", "value": "true"}],
        }
        server.create(
            "PaymentMethod", code="card", enabled=True, handler=handler, translations=_named("Card")
        )

    def _shipping(self, code, rate):
        values = {"rate": str(rate), "taxRate": "19", "includesTax": "auto"}
        calculator = [{"name": name, "value": value} for name, value in values.items()]
        checker = [{"name": "orderMinimum", "value": "0"}]
        return self.server.create(
            "ShippingMethod",
            code=code,
            fulfillmentHandler="manual-fulfillment",
            checker={"code": "default-shipping-eligibility-checker", "arguments": checker},
            calculator={"code": "default-shipping-calculator", "arguments": calculator},
            translations=_named(code),
        )

    def _stock(self):
        translations = [
            {"languageCode": "en", "name": "Rose soap", "slug": "rose-soap", "description": ""}
        ]
        product = self.server.create("Product", translations=translations)
        variant = {
            "productId": product,
            "sku": "SOAP-1",
            "price": 1299,
            "stockOnHand": 1000,
            "translations": [{"languageCode": "en", "name": "Rose soap"}],
        }
        query = "mutation ($i: [CreateProductVariantInput!]!) { r: createProductVariants(input: $i) { id } }"
        soap = self.server.admin(query, i=[variant])["r"][0]["id"]
        prices = [{"currencyCode": "EUR", "price": 1299}, {"currencyCode": "JPY", "price": 120000}]
        query = "mutation ($i: [UpdateProductVariantInput!]!) { r: updateProductVariants(input: $i) { id } }"
        self.server.admin(query, i=[{"id": soap, "prices": prices}])
        return soap


class CuttingProxy:
    """A TCP relay that hangs up after so many bytes of an answer."""

    def __init__(self, port, *, after):
        self._target, self._after = port, after
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=10)

    def _serve(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client, socket.create_connection(("127.0.0.1", self._target)) as server:
                server.sendall(_whole_request(client))
                left = self._after
                while left and (part := server.recv(min(left, 4096))):
                    client.sendall(part)
                    left -= len(part)


def _whole_request(client):
    data = b""
    while b"\r\n\r\n" not in data:
        data += client.recv(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    (length,) = (
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length")
    )
    while len(body) < length:
        body += client.recv(65536)
    return head + b"\r\n\r\n" + body


@pytest.fixture
def cutting_proxy(vendure):
    """Make a proxy in front of the server that cuts answers after some bytes."""
    port = int(vendure.admin_url.split(":")[2].split("/")[0])
    proxies = []

    def make(after):
        proxies.append(CuttingProxy(port, after=after))
        return f"http://127.0.0.1:{proxies[-1].port}/admin-api"

    yield make
    for proxy in proxies:
        proxy.close()


class Script:
    """Answers that a real server cannot be made to give, in place of the HTTP library's network."""

    def __init__(self, *answers):
        self._answers, self.requests = list(answers), []

    def __getattr__(self, name):
        return getattr(httpx, name)

    def Client(self, **options):
        return httpx.Client(**options, transport=httpx.MockTransport(self._answer))

    def _answer(self, request):
        self.requests.append(request)
        status, content, headers = self._answers.pop(0)
        return httpx.Response(status, content=content, headers=headers)


@pytest.fixture
def scripted():
    """Return an adapter to which a server answers as the test says, and what it was asked."""

    def make(*answers, **settings):
        script = Script(*answers)
        adapter_class = type("Adapter", (VendureAdapter,), {"http": script})
        values = {"url": "https://shop.example/admin-api", "api_key": "key-0123456789", **settings}
        return adapter_class.from_config(values, shop_id="soap.example"), script

    return make


def _named(name):
    return [{"languageCode": "en", "name": name, "description": ""}]


def _require_node():
    node = shutil.which("node")
    major = subprocess.check_output([node, "--version"], text=True)[1:].split(".")[0] if node else 0
    if node and shutil.which("npm") and int(major) >= 20:
        return
    if os.environ.get("CI") or os.environ.get("RETENTION_REQUIRE_SERVERS"):
        pytest.fail(NEEDS)
    pytest.skip(NEEDS)


def _install():
    """Install once for each lock file."""
    stamp = SERVER / "node_modules" / ".installed-from"
    wanted = hashlib.sha256((SERVER / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=SERVER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"npm ci failed:\n{done.stderr[-3000:]}"
    stamp.write_text(wanted)


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _wait_until_ready(process, log):
    deadline = time.monotonic() + START_S
    while "READY" not in log.read_text(errors="replace"):
        assert process.poll() is None, f"the server stopped:\n{log.read_text()[-3000:]}"
        assert time.monotonic() < deadline, f"no READY in {START_S} s:\n{log.read_text()[-3000:]}"
        time.sleep(0.1)
