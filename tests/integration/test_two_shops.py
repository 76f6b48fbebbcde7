"""Two shops of one platform in one process, asked by twenty threads: nothing of one reaches the other."""

from __future__ import annotations

import itertools
import json
from base64 import b64decode
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from retention_medusa.adapter import MedusaAdapter
from retention_vendure.adapter import VendureAdapter

from retention_sdk.shop_api import ApiClient
from tests.playing import playing, reply

THREADS, CALLS = 20, 60
SHOPS = ("north", "south")
KEYS = {f"sk_{shop}_0123456789": shop for shop in SHOPS}


class House:
    """A server for both shops, at one address: whoever asks gets what the credentials are for.

    It hands out a session to each login, and a cookie with each answer, as shops behind one
    domain do.
    """

    def __init__(self):
        self.sessions, self.numbers = {}, itertools.count()
        self.asked = Counter()

    def __call__(self, request):
        shop = request["path"].split("/")[1]
        asks = _vendure_body(request)
        if asks and "login(" in asks["query"]:
            owner = KEYS.get(asks["variables"]["password"])
            token = f"session-{next(self.numbers)}"
            self.sessions[token] = owner
            self.asked[shop, owner, "login", "cookie" in request["headers"]] += 1
            body = {"data": {"login": {"__typename": "CurrentUser"}}}
            return reply(200, body, vendure_auth_token=token, set_cookie=f"session={shop}; Path=/")
        owner = self._owner(request["headers"].get("authorization", ""))
        self.asked[shop, owner, "read", "cookie" in request["headers"]] += 1
        return reply(200, _answer(owner), set_cookie=f"session={shop}; Path=/")

    def _owner(self, authorization):
        scheme, _, given = authorization.partition(" ")
        if scheme == "Basic":
            return KEYS.get(b64decode(given).decode().partition(":")[0])
        return self.sessions.get(given)


def _vendure_body(request):
    return json.loads(request["body"]) if request["path"].endswith("/admin-api") else None


def _answer(owner):
    channel = {"defaultLanguageCode": "de", "defaultCurrencyCode": "EUR", "seller": {"name": owner}}
    currencies = [{"currency_code": "eur", "is_default": True}]
    stores = [{"id": "1", "name": owner, "supported_currencies": currencies}]
    return {"data": {"activeChannel": channel}, "stores": stores}


def vendure(url, shop):
    values = {
        "url": f"{url}/{shop}/admin-api",
        "username": "superadmin",
        "password": f"sk_{shop}_0123456789",
        "country": "DE",
    }
    return VendureAdapter.from_config(values, shop_id=f"{shop}.example")


def medusa(url, shop):
    values = {"url": f"{url}/{shop}", "api_key": f"sk_{shop}_0123456789", "country": "DE"}
    return MedusaAdapter.from_config(values, shop_id=f"{shop}.example")


@pytest.fixture
def house():
    with playing() as play:
        play.house = House()
        play.answers[:] = [play.house]
        yield play


def by_twenty_threads(ask):
    """Ask for one shop and the other in turn; return whose answer each got."""
    with ThreadPoolExecutor(THREADS) as pool:
        shops = [SHOPS[number % 2] for number in range(CALLS)]
        return list(zip(shops, pool.map(ask, shops), strict=True))


@pytest.mark.parametrize(
    ("adapter", "kinds"),
    [(vendure, ("login", "read")), (medusa, ("read",))],
    ids=["vendure", "medusa"],
)
def test_every_call_is_made_with_the_credentials_of_its_shop_and_no_cookie(house, adapter, kinds):
    """Threads share the two adapters. Vendure gives out sessions, Medusa takes keys."""
    address = house.url.removesuffix("/api")
    adapters = {shop: adapter(address, shop) for shop in SHOPS}

    found = by_twenty_threads(lambda shop: adapters[shop].fetch_shop())

    assert [(shop, f"{shop}.example") for shop, _ in found] == [
        (each.name, each.id) for _, each in found
    ]
    assert {
        (shop, shop, kind, False): CALLS // 2 for shop in SHOPS for kind in kinds
    } == house.house.asked


def test_threads_may_share_a_client_of_each_shop(house):
    """One open conversation per shop, to the same host, which sets cookies all the time."""
    address = house.url.removesuffix("/api")
    clients = {
        shop: ApiClient(f"{address}/{shop}", adapter="mine", auth=(key, ""))
        for key, shop in KEYS.items()
    }

    found = by_twenty_threads(lambda shop: clients[shop].get("stores").mapping())
    for each in clients.values():
        each.close()

    assert [shop for shop, _ in found] == [each["stores"][0]["name"] for _, each in found]
    assert {(shop, shop, "read", False): CALLS // 2 for shop in SHOPS} == house.house.asked
