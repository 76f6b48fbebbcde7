"""A synthetic store on a real loopback server; nobody here exists."""

import json
import re
from urllib.parse import parse_qsl, urlsplit

import pytest
from retention_zid.adapter import ZidAdapter

from retention_sdk.http import httpx
from retention_sdk.shop_api import Timing
from tests.playing import playing

PARTNER, MANAGER = "an-invented-partner", "an-invented-manager"
# What the methods of Zid's library send.
PARAMETERS = {
    "/v1/managers/store/orders": {"payload_type", "sort_by", "date_from", "page", "per_page"},
    "/v1/managers/store/customers": {"page", "per_page"},
}


def an_order(number, **changes):
    """An order in the shape of ``payload_type=default``."""
    city = {"id": 1, "name": "Riyadh", "country_id": 184}
    address = {
        "formatted_address": "Olaya St, Riyadh",
        "street": "Olaya St",
        "district": "Al Olaya",
        "meta": {"postcode": "12211"},
        "city": city,
        "country": {"id": 184, "name": "Saudi Arabia", "code": "SA"},
    }
    tracking = {"number": None, "status": None, "url": None}
    product = {
        "id": "6a1f-77",
        "order_product_id": number * 10,
        "product_id": "6a1f-77",
        "name": "Rose soap",
        "sku": "SOAP-1",
        "quantity": 2,
        "price": 50,
        "total": "100.00000000000000",
        "downloadables": [],
        "vouchers": [],
    }
    fields = {
        "id": number,
        "invoice_number": number,
        "code": f"C{number}",
        "currency_code": "SAR",
        "order_status": {"name": "New", "code": "new"},
        "customer": {
            "id": 20,
            "name": "Sara Example",
            "email": "sara@example.com",
            "mobile": "966500000000",
        },
        "has_different_consignee": 0,
        "is_guest_customer": 0,
        "is_gift_order": 0,
        "consignee": {"name": "Sara Example", "mobile": "966500000000"},
        "order_total": "115.00000000000000",
        "payment_status": "paid",
        "source": "Catalog",
        "source_code": "catalog",
        "created_at": "2026-11-20 15:00:00",
        "updated_at": "2026-11-20 15:05:00",
        "requires_shipping": True,
        "tags": [{"id": "t1", "name": "first order"}],
        "shipping": {
            "method": {"id": 1, "name": "SMSA", "code": "smsa", "tracking": tracking},
            "address": address,
        },
        "payment": {"method": {"id": 1, "name": "Mada", "code": "zid_mada"}, "invoice": []},
        "coupon": {"id": 3, "code": "SOAP-2"},
        "gift_message": None,
        "customer_note": "",
        "products": [product],
    }
    return {**fields, **changes}


def a_customer(number, **changes):
    fields = {
        "id": number,
        "name": "Sara Example",
        "email": f"c{number}@example.com",
        "mobile": "966500000000",
        "business_name": None,
        "verified": True,
        "is_active": True,
        "is_cod_enabled": True,
        "type": "individual",
        "order_total_payments": "0",
        "created_at": "2026-11-01 10:00:00",
        "updated_at": "2026-11-01 10:00:00",
        "nickname": "Sara",
        "pivotEmail": None,
        "pivotMobile": "966500000000",
        "order_counts": 1,
        "tags": [],
    }
    return {**fields, **changes}


PROFILE = {
    "status": "object",
    "user": {
        "id": 1,
        "store": {
            "id": 7,
            "title": "Kiln & Leaf",
            "url": "https://soap.example",
            "email": "hello@soap.example",
            "currency": {"id": 4, "code": "SAR"},
            "language": {"id": 1, "code": "ar"},
        },
    },
}


class Store:
    """What a test fills and looks at."""

    def __init__(self):
        self.orders, self.customers = {118: an_order(118)}, {20: a_customer(20)}
        self.seen, self.failures = [], []

    def add(self, **changes):
        number = max(self.orders) + 1
        self.orders[number] = an_order(number, **changes)
        return str(number)

    def play(self, request):
        """Answer one request, as ``tests.playing`` asks."""
        self.seen.append(request)
        if self.failures:
            return self.failures.pop(0)
        parts, sent = urlsplit(request["path"]), request["headers"]
        path, wishes = parts.path.removeprefix("/api"), dict(parse_qsl(parts.query))
        assert (f"Bearer {PARTNER}", MANAGER) == (sent["authorization"], sent["x-manager-token"])
        assert set(wishes) <= PARAMETERS.get(path, set()), path
        status, body = self.answer(path, wishes)
        return status, {}, json.dumps(body).encode()

    def answer(self, path, wishes):
        if path == "/v1/managers/account/profile":
            return 200, PROFILE
        if path == "/v1/managers/store/customers":
            return 200, {"status": "object", "customers": page(self.customers, wishes)}
        if path == "/v1/managers/store/orders":
            assert ("default", "asc") == (wishes["payload_type"], wishes["sort_by"])
            since = wishes.get("date_from", "")
            chosen = {n: o for n, o in self.orders.items() if o["created_at"] >= since}
            return 200, {"status": "object", "orders": page(chosen, wishes)}
        number = int(re.fullmatch(r"/v1/managers/store/orders/(\d+)/view", path)[1])
        if number not in self.orders:
            return 404, {"status": "error", "message": {"description": "not found"}}
        return 200, {"status": "object", "order": self.orders[number]}


def page(table, wishes):
    number, size = int(wishes["page"]), int(wishes["per_page"])
    return [table[name] for name in sorted(table)][(number - 1) * size : number * size]


class Shop:
    """A running store, and adapters for it that note their waits in ``slept``."""

    make_order, make_customer = staticmethod(an_order), staticmethod(a_customer)
    profile = PROFILE

    def __init__(self, url, store):
        self.url, self.store, self.slept = url, store, []

    def settings(self, **changes):
        tokens = {"authorization": PARTNER, "manager_token": MANAGER}
        return {**tokens, "api_url": self.url, **changes}

    def adapter(self, library=httpx, *, shop_id="soap.example", **changes):
        """An adapter that does not sleep between tries."""
        timing = Timing(sleep=self.slept.append)
        kind = type("Adapter", (ZidAdapter,), {"http": library, "timing": timing})
        return kind.from_config(self.settings(**changes), shop_id=shop_id)

    def order(self, /, **changes):
        """The order that the synthetic one becomes when some fields are different."""
        self.store.orders[118].update(changes)
        return self.adapter().fetch_order("118")


@pytest.fixture
def shop():
    """A new store with one order and one customer, on a server of its own."""
    store = Store()
    with playing(store.play) as play:
        yield Shop(play.url, store)
