"""A synthetic store that answers in the shapes BigCommerce publishes; nobody lives here.

It refuses what the published description does not know: operations, parameters and fields. What
the description leaves open is said where it is decided. It is no BigCommerce.
"""

import base64
import importlib.util
import json
import re
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit


def _load(name):
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"bigcommerce_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


published = _load("published")

TOKEN, HASH = "an-invented-token", "abc123"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
QUOTA = {"X-Rate-Limit-Requests-Left": "100", "X-Rate-Limit-Time-Reset-Ms": "15000"}


def mail(moment):
    return format_datetime(moment)


def an_address(**changes):
    fields = {
        "first_name": "Ada",
        "last_name": "Example",
        "company": "",
        "street_1": "Hauptstr. 1",
        "street_2": "",
        "city": "Berlin",
        "state": "Berlin",
        "zip": "10115",
        "country": "Germany",
        "country_iso2": "DE",
        "phone": "+49 30 5550100",
        "email": "ada@example.com",
    }
    return {**fields, **changes}


def a_product(number, **changes):
    fields = {
        "id": number,
        "product_id": 77,
        "order_pickup_method_id": 0,
        "order_address_id": 51,
        "name": "Rose soap",
        "sku": "SOAP-1",
        "type": "physical",
        "brand": "Kiln & Leaf",
        "price_inc_tax": "12.9500",
        "total_inc_tax": "25.9000",
        "discounted_total_inc_tax": "23.9000",
        "quantity": 2,
        "quantity_shipped": 0,
        "wrapping_id": 0,
        "wrapping_name": "",
        "wrapping_message": "",
    }
    return {**fields, **changes}


def a_shipment(*items, **changes):
    fields = {
        "id": 6,
        "order_id": 118,
        "date_created": "Fri, 20 Nov 2026 09:00:00 +0000",
        "tracking_number": "EJ958083578US",
        "tracking_carrier": "",
        "shipping_provider": "usps",
        "shipping_provider_display_name": "USPS",
        "items": [{"order_product_id": line, "quantity": count} for line, count in items],
    }
    return {**fields, **changes}


def an_order(number, changed=NOON, products=None, **changes):
    products = [a_product(number * 10)] if products is None else products
    shipping = {"id": 51, **an_address(), "line_items": products}
    fields = {
        "id": number,
        "customer_id": 20,
        "date_created": mail(NOON - timedelta(days=1)),
        "date_modified": mail(changed),
        "date_shipped": "",
        "status_id": 11,
        "status": "Awaiting Fulfillment",
        "total_inc_tax": "28.8000",
        "total_tax": "4.6000",
        "shipping_cost_inc_tax": "4.9000",
        "handling_cost_inc_tax": "0.0000",
        "discount_amount": "0.0000",
        "coupon_discount": "2.0000",
        "items_total": sum(each["quantity"] for each in products),
        "items_shipped": 0,
        "payment_method": "Credit Card",
        "payment_status": "captured",
        "currency_code": "EUR",
        "default_currency_code": "EUR",
        "staff_notes": "",
        "customer_message": "",
        "customer_locale": "de",
        "billing_address": {**an_address(), "form_fields": []},
        "is_email_opt_in": False,
        "order_source": "www",
        "consignments": {
            "pickups": [],
            "shipping": [shipping],
            "downloads": [],
            "email": {"gift_certificates": []},
        },
        "fees": [],
    }
    return {**fields, **changes}


class RefusedError(Exception):
    """An answer with an error status."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class Store:
    """What a test fills and looks at: tables by number, and the requests that came."""

    def __init__(self):
        self.lock, self.seen, self.last = threading.RLock(), [], 900
        self.now = NOON + timedelta(hours=1)
        self.orders = {118: an_order(118)}
        self.coupons_of = {118: [{"id": 3, "coupon_id": 1, "order_id": 118, "code": "SOAP-2"}]}
        self.shipments, self.refunds, self.transactions = {}, {}, {}
        captured = {"event": "capture", "status": "ok", "date_created": "2026-11-19T12:00:05+00:00"}
        self.transactions[118] = [{"id": 1, "order_id": "118", **captured}]
        self.customers = {20: self.a_customer(20)}
        self.subscribers, self.coupons, self.certificates, self.hooks = {}, {}, {}, {}
        self.products = {77: self.a_listed(77)}
        self.store = {
            "id": HASH,
            "name": "Kiln & Leaf",
            "country_code": "DE",
            "currency": "EUR",
            "language": "de",
            "timezone": {"name": "Europe/Berlin"},
            "secure_url": "https://soap.example",
            "order_email": "orders@soap.example",
            "admin_email": "ada@soap.example",
            "is_price_entered_with_tax": True,
        }
        self.failures, self.after_answer = [], lambda _request: None

    def number(self):
        with self.lock:
            self.last += 1
            return self.last

    def add_order(self, changed=NOON, **changes):
        number = self.number()
        self.orders[number] = an_order(number, changed, **changes)
        return number

    def a_customer(self, number, **changes):
        address = {
            "id": 1,
            "first_name": "Ada",
            "last_name": "Example",
            "company": "",
            "address1": "Hauptstr. 1",
            "address2": "",
            "city": "Berlin",
            "state_or_province": "Berlin",
            "postal_code": "10115",
            "country_code": "DE",
            "phone": "",
        }
        fields = {
            "id": number,
            "email": "ada@example.com" if number == 20 else f"c{number}@example.com",
            "first_name": "Ada",
            "last_name": "Example",
            "company": "",
            "phone": "+49 30 5550100",
            "date_created": "2026-11-01T08:00:00Z",
            "date_modified": "2026-11-20T11:00:00Z",
            "addresses": [address],
        }
        return {**fields, **changes}

    def add_customer(self, **changes):
        number = self.number()
        self.customers[number] = self.a_customer(number, **changes)
        return number

    def a_listed(self, number, **changes):
        fields = {
            "id": number,
            "name": "Rose soap",
            "sku": "SOAP-1",
            "gtin": "4006381-333931",
            "upc": "",
            "description": "<p>Rose &amp; clay.</p>",
            "custom_url": {"url": "/rose-soap/", "is_customized": False},
            "is_visible": True,
        }
        return {**fields, **changes}

    def subscribe(self, email="ada@example.com", *consents, **changes):
        number = self.number()
        fields = {
            "id": number,
            "email": email,
            "first_name": "Ada",
            "last_name": "Example",
            "source": "storefront",
            "order_id": None,
            "channel_id": 1,
            "consents": list(consents),
            "date_created": "2026-11-02T08:00:00Z",
            "date_modified": "2026-11-03T08:00:00Z",
        }
        self.subscribers[number] = {**fields, **changes}
        return number

    # Requests ------------------------------------------------------------------------------

    def play(self, request):
        """Answer one request, as ``tests.playing`` asks."""
        with self.lock:
            self.seen.append(request)
            if self.failures and (failure := self.failures.pop(0)):
                return failure(request) if callable(failure) else failure
            try:
                status, body = self.answer(request)
            except RefusedError as refused:
                status, body = refused.status, {"status": refused.status, "title": "no"}
            self.after_answer(request)
        data = b"" if body is None else json.dumps(body).encode()
        return status, dict(QUOTA), data

    def answer(self, request):
        assert request["headers"]["x-auth-token"] == TOKEN
        parts = urlsplit(request["path"])
        path = parts.path.removeprefix("/api/")
        numbers = [int(each) for each in re.findall(r"(?<=/)\d+", path)]
        operation = f"{request['method']} {re.sub(r'/[0-9]+', '/N', path)}"
        assert operation in published.OPERATIONS, f"{operation} is not published"
        wishes = dict(parse_qsl(parts.query))
        assert set(wishes) <= set(published.OPERATIONS[operation].split()), operation
        body = json.loads(request["body"]) if request["body"] else None
        if body is not None:
            assert set(body) <= set(published.WRITTEN[operation].split()), operation
            assert set(published.REQUIRED.get(operation, "").split()) <= set(body), operation
        name = re.sub(r"\W+", "_", operation.lower())
        return getattr(self, name)(*numbers, wishes=wishes, body=body)

    # Orders

    def get_v2_orders(self, wishes, body):
        chosen = [o for o in self.orders.values() if self._is_within(o, wishes)]
        field = {"date_modified:asc": lambda o: parsedate_to_datetime(o["date_modified"])}
        chosen.sort(key=field.get(wishes["sort"], lambda o: o["id"]))
        assert wishes["include"] == "consignments.line_items"
        return bare(page(chosen, wishes))

    def _is_within(self, order, wishes):
        at = parsedate_to_datetime(order["date_modified"])
        low, high = (wishes.get(f"{name}_date_modified") for name in ("min", "max"))
        is_after = not low or self.is_in(at, datetime.fromisoformat(low))
        is_before = not high or at <= datetime.fromisoformat(high)
        return is_after and is_before and order["id"] >= int(wishes.get("min_id", 0))

    def is_in(self, moment, bound):
        """Whether a minimum belongs to the list; the description says "minimum" and no more."""
        return moment >= bound

    def get_v2_orders_n(self, number, wishes, body):
        return 200, found(self.orders, number)

    def put_v2_orders_n(self, number, wishes, body):
        order = found(self.orders, number)
        order.update(body)
        return 200, order

    def get_v2_orders_n_coupons(self, number, wishes, body):
        return bare(page(self.coupons_of.get(number, []), wishes))

    def get_v2_orders_n_products(self, number, wishes, body):
        (shipping,) = self.orders[number]["consignments"]["shipping"]
        return bare(page(self.orders[number].get("x_products", shipping["line_items"]), wishes))

    def get_v2_orders_n_shipments(self, number, wishes, body):
        return bare(page(self.shipments.get(number, []), wishes))

    def get_v3_orders_payment_actions_refunds(self, wishes, body):
        wanted = [int(each) for each in wishes["order_id:in"].split(",")]
        return whole(page([r for n in wanted for r in self.refunds.get(n, [])], wishes))

    def get_v3_orders_n_transactions(self, number, wishes, body):
        return (
            whole(self.transactions.get(number, [])) if number in self.transactions else (204, None)
        )

    # People

    def get_v3_customers(self, wishes, body):
        chosen = sorted(self.customers.values(), key=lambda c: c["id"])
        if ids := wishes.get("id:in"):
            chosen = [c for c in chosen if str(c["id"]) in ids.split(",")]
        if email := wishes.get("email:in"):
            chosen = [c for c in chosen if c["email"].lower() == email.lower()]
        if since := wishes.get("date_modified:min"):
            chosen = [c for c in chosen if c["date_modified"] > since]
        after = json.loads(base64.b64decode(wishes["after"]))["id"] if "after" in wishes else 0
        chosen = [c for c in chosen if c["id"] > after][: int(wishes.get("limit", 50))]
        last = chosen[-1]["id"] if chosen else after
        cursor = base64.b64encode(json.dumps({"id": last}).encode()).decode()
        return 200, {"data": chosen, "meta": {"cursor_pagination": {"end_cursor": cursor}}}

    def delete_v3_customers(self, wishes, body):
        self.customers.pop(int(wishes["id:in"]), None)
        return 204, None

    def get_v3_customers_subscribers(self, wishes, body):
        chosen = list(self.subscribers.values())
        if "email" in wishes:
            chosen = [s for s in chosen if s["email"].lower() == wishes["email"].lower()]
        return whole(page(chosen, wishes))

    def post_v3_customers_subscribers(self, wishes, body):
        if any(s["email"].lower() == body["email"].lower() for s in self.subscribers.values()):
            raise RefusedError(409)
        stamp = f"{self.now:%Y-%m-%dT%H:%M:%SZ}"
        number = self.subscribe(**{**body, "date_created": stamp, "date_modified": stamp})
        return 200, {"data": self.subscribers[number], "meta": {}}

    def get_v3_customers_subscribers_n(self, number, wishes, body):
        return 200, {"data": found(self.subscribers, number), "meta": {}}

    def put_v3_customers_subscribers_n(self, number, wishes, body):
        subscriber = found(self.subscribers, number)
        self.now += timedelta(hours=1)
        subscriber.update(body, date_modified=f"{self.now:%Y-%m-%dT%H:%M:%SZ}")
        return 200, {"data": subscriber, "meta": {}}

    def delete_v3_customers_subscribers_n(self, number, wishes, body):
        self.subscribers.pop(number, None)
        return 204, None

    # Codes

    def get_v2_coupons(self, wishes, body):
        chosen = [c for c in self.coupons.values() if c["code"].lower() == wishes["code"].lower()]
        return bare(page(chosen, wishes))

    def post_v2_coupons(self, wishes, body):
        if any(
            c["code"] == body["code"] or c["name"] == body["name"] for c in self.coupons.values()
        ):
            raise RefusedError(409)
        number = self.number()
        blank = {"num_uses": 0, "restricted_to": {}, "shipping_methods": [], "expires": ""}
        self.coupons[number] = {"id": number, **blank, **body}
        for name in ("amount", "min_purchase"):
            self.coupons[number][name] = f"{float(body[name]):.4f}"
        return 201, self.coupons[number]

    def put_v2_coupons_n(self, number, wishes, body):
        coupon = found(self.coupons, number)
        coupon.update(body)
        return 200, coupon

    def get_v2_gift_certificates(self, wishes, body):
        chosen = [c for c in self.certificates.values() if c["code"] == wishes["code"]]
        return bare(page(chosen, wishes))

    def post_v2_gift_certificates(self, wishes, body):
        number = self.number()
        ends = body.pop("expiry_date", None)
        seconds = int(parsedate_to_datetime(ends).timestamp()) if ends else 0
        self.certificates[number] = {
            "id": number,
            "order_id": 0,
            **body,
            "expiry_date": str(seconds),
        }
        self.certificates[number]["amount"] = f"{float(body['amount']):.4f}"
        return 201, self.certificates[number]

    def put_v2_gift_certificates_n(self, number, wishes, body):
        certificate = found(self.certificates, number)
        certificate.update(body)
        return 200, certificate

    # The rest

    def get_v3_hooks(self, wishes, body):
        return whole(page(list(self.hooks.values()), wishes))

    def post_v3_hooks(self, wishes, body):
        number = self.number()
        self.hooks[number] = {"id": number, "store_hash": HASH, "headers": None, **body}
        return 200, {"data": self.hooks[number], "meta": {}}

    def put_v3_hooks_n(self, number, wishes, body):
        found(self.hooks, number).update(body)
        return 200, {"data": self.hooks[number], "meta": {}}

    def get_v2_store(self, wishes, body):
        return 200, self.store

    def get_v3_catalog_products(self, wishes, body):
        after = int(wishes["id:greater"])
        chosen = [p for p in self.products.values() if p["id"] > after and p["is_visible"]]
        assert (wishes["sort"], wishes["direction"]) == ("id", "asc")
        return whole(sorted(chosen, key=lambda p: p["id"])[: int(wishes["limit"])])


def found(table, number):
    if number not in table:
        raise RefusedError(404)
    return table[number]


def page(items, wishes):
    size, number = int(wishes.get("limit", 50)), int(wishes.get("page", 1))
    return items[(number - 1) * size : number * size]


def bare(items):
    """A v2 list; where there is nothing, no content, as orders' shipments are described."""
    return (200, items) if items else (204, None)


def whole(items):
    """A v3 list."""
    return 200, {"data": items, "meta": {}}
