"""A small loopback server that answers as WooCommerce's REST API does, from recorded answers.

It enforces what was met on a running WooCommerce 11 or reads in its source: who may come in over
plain http, the cap of pages, codes in small letters that are taken once, what is ignored. It is
no WooCommerce: nothing is sold here.
"""

import copy
import hmac
import json
import random
import re
import threading
import time
from base64 import b64encode
from datetime import datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlsplit

CAPTURES = Path(__file__).parents[1] / "captures"
KEY, SECRET = "ck_0123456789abcdef", "cs_fedcba9876543210"
HOME = "http://127.0.0.1:8088"
BASE = "/wp-json/wc/v3/"
ZONE = timedelta(hours=1)  # the shop's clock is an hour ahead of UTC
WINDOW_S = 15 * 60


def capture(name):
    return json.loads((CAPTURES / f"{name}.json").read_text(encoding="utf-8"))


class RefusedError(Exception):
    """An answer that WordPress gives as an error."""

    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


class Woo:
    """The shop behind the server. ``orders`` and its neighbours are tables by number."""

    def __init__(self, home=HOME):
        self.home, self.lock = home, threading.RLock()
        self.orders = {12: capture("order")}
        self.customers = {2: capture("customer_get")}
        self.products = {10: capture("product")}
        self.coupons, self.webhooks, self.notes, self.pings = {}, {}, [], []
        self.settings = {entry["id"]: entry["value"] for entry in capture("settings_general")}
        self.tax = {
            "woocommerce_prices_include_tax": "no",
            "woocommerce_tax_display_cart": "excl",
        }
        self.permissions, self.nonces, self.requests, self.failures = "read_write", set(), [], []
        self.after_answer = lambda _request: None
        self.number = 100

    def next_number(self):
        self.number += 1
        return self.number

    def add_order(self, modified, **changes):
        """Put a copy of the recorded order in, changed at a moment of UTC."""
        with self.lock:
            order_id = self.next_number()
            dates = {"date_modified_gmt": modified, "date_modified": local(modified)}
            made = {"id": order_id, "number": str(order_id), **dates, **changes}
            self.orders[order_id] = {**copy.deepcopy(capture("order")), **made}
            return order_id

    def touch(self, order_id, modified):
        """Change an order now."""
        with self.lock:
            dates = {"date_modified_gmt": modified, "date_modified": local(modified)}
            self.orders[order_id] |= dates

    def add_customer(self, **changes):
        with self.lock:
            number = self.next_number()
            made = {"id": number, "email": f"c{number}@example.com", **changes}
            self.customers[number] = {**copy.deepcopy(capture("customer_get")), **made}
            return number

    def add_product(self, **changes):
        with self.lock:
            number = self.next_number()
            self.products[number] = {**capture("product"), "id": number, **changes}
            return number

    # The way in ----------------------------------------------------------------------------

    def let_in(self, method, path, query, headers):
        """As WC_REST_Authentication does over plain http: a signature, and nothing else."""
        given = dict(query)
        wanted = ("oauth_consumer_key", "oauth_timestamp", "oauth_nonce", "oauth_signature")
        if not any(name in given for name in wanted):
            raise RefusedError(401, "woocommerce_rest_cannot_view")
        if not all(given.get(name) for name in (*wanted, "oauth_signature_method")):
            raise RefusedError(401, "woocommerce_rest_authentication_missing_parameter")
        claimed = given.pop("oauth_signature")
        joined = "%26".join(
            raw(f"{raw(name)}={raw(value)}") for name, value in sorted(given.items())
        )
        text = f"{method}&{raw(self.home + path)}&{joined}"
        made = hmac.digest(f"{SECRET}&".encode(), text.encode(), sha256)
        is_known = given["oauth_consumer_key"] == KEY and "authorization" not in headers
        if not is_known or not hmac.compare_digest(b64encode(made).decode(), claimed):
            raise RefusedError(401, "woocommerce_rest_authentication_error")
        is_fresh = abs(int(given["oauth_timestamp"]) - time.time()) <= WINDOW_S
        if not is_fresh or given["oauth_nonce"] in self.nonces:
            raise RefusedError(401, "woocommerce_rest_authentication_error")
        self.nonces.add(given["oauth_nonce"])
        if method != "GET" and self.permissions == "read":
            raise RefusedError(401, "woocommerce_rest_authentication_error")

    # Answers -------------------------------------------------------------------------------

    def answer(self, method, path, query, body):
        """Return status, headers and what is answered."""
        wishes = {name: value for name, value in query if not name.startswith("oauth_")}
        kind, _, rest = path.removeprefix(BASE).partition("/")
        handler = getattr(self, f"{method.lower()}_{kind}", None)
        if not path.startswith(BASE) or handler is None:
            raise RefusedError(404, "rest_no_route")
        return handler(rest, wishes, body)

    def get_orders(self, rest, wishes, _body):
        if rest:
            return 200, {}, find(self.orders, rest, "woocommerce_rest_shop_order_invalid_id")
        is_gmt = wishes.get("dates_are_gmt") == "true"
        field = "date_modified_gmt" if is_gmt else "date_modified"
        after, before = wishes.get("modified_after", ""), wishes.get("modified_before", "9")
        chosen = [o for o in self.orders.values() if after < o[field] < before]
        # The database promises nothing about what has the same date.
        random.shuffle(chosen)
        by = {"modified": "date_modified_gmt", "id": "id"}[wishes.get("orderby", "id")]
        return page(sorted(chosen, key=lambda o: o[by]), wishes)

    def post_orders(self, rest, _wishes, body):
        order_id, _, what = rest.partition("/")
        find(self.orders, order_id, "woocommerce_rest_order_invalid_id")
        assert what == "notes"
        note = {**capture("order_note"), "id": self.next_number(), **body}
        self.notes.append((int(order_id), note))
        return 201, {}, note

    def put_orders(self, rest, _wishes, body):
        order = find(self.orders, rest, "woocommerce_rest_shop_order_invalid_id")
        assert {"meta_data"} == body.keys()
        self._write_meta(order, body)
        return 200, {}, order

    def get_customers(self, rest, wishes, _body):
        if rest:
            return 200, {}, find(self.customers, rest, "woocommerce_rest_invalid_id")
        role = wishes.get("role", "customer")
        chosen = [c for c in self.customers.values() if role in ("all", c["role"])]
        assert wishes["orderby"] == "id"
        return page(sorted(chosen, key=lambda c: c["id"]), wishes)

    def put_customers(self, rest, _wishes, body):
        customer = find(self.customers, rest, "woocommerce_rest_invalid_id")
        self._write_meta(customer, body)
        return 200, {}, customer

    def _write_meta(self, thing, body):
        for entry in body.get("meta_data", ()):
            kept = [e for e in thing["meta_data"] if e["key"] != entry["key"]]
            thing["meta_data"] = [*kept, {"id": self.next_number(), **entry}]

    def delete_customers(self, rest, wishes, _body):
        customer = find(self.customers, rest, "woocommerce_rest_invalid_id")
        if wishes.get("force") != "true":
            raise RefusedError(501, "woocommerce_rest_trash_not_supported")
        if customer["role"] not in ("customer", "subscriber"):
            raise RefusedError(403, "woocommerce_rest_cannot_delete")
        del self.customers[customer["id"]]
        for order in self.orders.values():
            if order["customer_id"] == customer["id"]:
                order["customer_id"] = 0
        return 200, {}, customer

    def get_products(self, _rest, wishes, _body):
        chosen = [p for p in self.products.values() if p["status"] == wishes.get("status")]
        return page(sorted(chosen, key=lambda p: p["id"]), wishes)

    def get_settings(self, rest, _wishes, _body):
        if rest == "general":
            entries = capture("settings_general")
            return 200, {}, [{**e, "value": self.settings[e["id"]]} for e in entries]
        group, _, name = rest.partition("/")
        values = {"general": self.settings, "tax": self.tax}[group]
        if name not in values:
            raise RefusedError(404, "rest_setting_setting_invalid")
        return 200, {}, {"id": name, "value": values[name]}

    def get_coupons(self, _rest, wishes, _body):
        name = wishes["code"].lower()
        return page([c for c in self.coupons.values() if c["code"] == name], wishes)

    def post_coupons(self, _rest, _wishes, body):
        name = body["code"].lower()
        if any(c["code"] == name for c in self.coupons.values()):
            raise RefusedError(400, "woocommerce_rest_coupon_code_already_exists")
        blank = {
            "description": "",
            "usage_limit": None,
            "usage_limit_per_user": None,
            "individual_use": False,
            "minimum_amount": "0.00",
            "email_restrictions": [],
            "date_expires": None,
            "date_expires_gmt": None,
        }
        made = {**capture("coupon"), **blank, "id": self.next_number()}
        self.coupons[made["id"]] = made
        return 201, {}, self.write_coupon(made, {**body, "code": name})

    def put_coupons(self, rest, _wishes, body):
        coupon = find(self.coupons, rest, "woocommerce_rest_shop_coupon_invalid_id")
        return 200, {}, self.write_coupon(coupon, body)

    def write_coupon(self, coupon, body):
        """Amounts come back with two decimals; ``date_expires_gmt`` is not written."""
        given = {name: value for name, value in body.items() if name in coupon}
        given.pop("date_expires_gmt", None)
        for name in {"amount", "minimum_amount"} & given.keys():
            given[name] = f"{float(given[name]):.2f}"
        if text := given.pop("date_expires", None):
            gmt = datetime.fromisoformat(text)
            gmt = gmt.replace(tzinfo=None) if gmt.tzinfo else gmt - ZONE
            given |= {"date_expires_gmt": gmt.isoformat(), "date_expires": local(gmt.isoformat())}
        coupon |= given
        return coupon

    def get_webhooks(self, _rest, wishes, _body):
        chosen = [w for w in self.webhooks.values() if wishes["status"] in ("all", w["status"])]
        return page(sorted(chosen, key=lambda w: w["id"]), wishes)

    def post_webhooks(self, _rest, _wishes, body):
        number = self.next_number()
        self.webhooks[number] = {**capture("webhook_object"), "id": number}
        self.pings.append(f"webhook_id={number}".encode())
        return 201, {}, self.write_webhook(number, body)

    def put_webhooks(self, rest, _wishes, body):
        find(self.webhooks, rest, "woocommerce_rest_shop_webhook_invalid_id")
        return 200, {}, self.write_webhook(int(rest), body)

    def write_webhook(self, number, body):
        """The secret is kept, and shown to nobody."""
        shown = {name: value for name, value in body.items() if name != "secret"}
        self.webhooks[number] |= shown
        return self.webhooks[number]


def raw(text):
    """PHP's rawurlencode."""
    return quote(text, safe="")


def local(gmt):
    return (datetime.fromisoformat(gmt) + ZONE).isoformat()


def find(table, identifier, code):
    number = int(identifier) if re.fullmatch(r"\d+", identifier) else 0
    if number not in table:
        raise RefusedError(404, code)
    return table[number]


def page(items, wishes):
    """One page of a list, as WordPress caps and counts it."""
    size = int(wishes.get("per_page", 10))
    if not 1 <= size <= 100:
        raise RefusedError(400, "rest_invalid_param")
    start = int(wishes.get("offset") or (int(wishes.get("page", 1)) - 1) * size)
    counts = {"X-WP-Total": len(items), "X-WP-TotalPages": -(-len(items) // size)}
    return 200, counts, items[start : start + size]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __getattr__(self, name):
        """Whatever the method is, it is answered in one place."""
        if name.startswith("do_"):
            return self.handle_one
        raise AttributeError(name)

    def handle_one(self):
        woo, parts = self.server.woo, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = {"method": self.command, "path": self.path, "headers": headers, "body": body}
        with woo.lock:
            woo.requests.append(request)
            status, more, told = self.answer_to(woo, parts, headers, body)
            data = json.dumps(told).encode()
            woo.after_answer(request)
        self.send_response(status)
        for name, value in {**more, "Content-Length": len(data)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def answer_to(self, woo, parts, headers, body):
        if woo.failures:
            status, more = woo.failures.pop(0)
            return status, more, {"code": "oops", "message": "ada@example.com", "data": {}}
        query = parse_qsl(parts.query, keep_blank_values=True)
        try:
            woo.let_in(self.command, parts.path, query, headers)
            return woo.answer(self.command, parts.path, query, json.loads(body) if body else None)
        except RefusedError as refused:
            told = {"code": refused.code, "message": "No.", "data": {"status": refused.status}}
            return refused.status, {}, told

    def log_message(self, *_):
        """Say nothing."""


class Server:
    """The running server; ``url`` is the address of the API, at another port than the shop's."""

    def __init__(self, woo):
        self.woo = woo
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.woo = woo
        self.url = f"http://127.0.0.1:{self._server.server_port}{BASE.rstrip('/')}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
