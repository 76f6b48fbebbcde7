"""Deliveries come twice, late and in any order; the shop ends where one told in order ends."""

from __future__ import annotations

import hmac
import json
import os
import random
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from starlette.testclient import TestClient

from retention_sdk.demo.derive import DATA, DEMO_SECRET
from retention_sdk.testing import a_shop
from retention_sdk.web import create_app

SEEDS = range(200) if os.environ.get("RETENTION_SOAK") else range(3)
RECORDED = json.loads((DATA / "deliveries/woocommerce-1003.raw").read_bytes())
HEADERS = json.loads((DATA / "deliveries/woocommerce-1003.headers.json").read_bytes())
IN_ORDER = 7000


def states(number):
    """Return what WooCommerce tells of one order from its first minute to its refunds."""
    euros = {"id": number, "number": str(number), "currency": "EUR", "customer_id": number}
    order = {
        **RECORDED,
        **euros,
        "billing": {**RECORDED["billing"], "email": f"{number}@x.example"},
    }
    unpaid = {"date_paid_gmt": None, "date_paid": None}
    paid = {"date_paid_gmt": "2026-11-20T10:27:00"}
    sent = {"date_completed_gmt": "2026-11-21T08:00:00"}
    refunds = [
        {"id": 1, "reason": "", "total": "-400000"},
        {"id": 2, "reason": "", "total": "-45000"},
    ]
    steps = [
        {"status": "pending", **unpaid},
        {"status": "processing", **paid},
        {"status": "completed", **paid, **sent},
        {"status": "completed", **paid, **sent, "refunds": refunds[:1]},
        {"status": "completed", **paid, **sent, "refunds": refunds},
    ]
    return [
        {**order, **step, "date_modified_gmt": f"2026-11-21T09:0{minute}:00"}
        for minute, step in enumerate(steps)
    ]


def request(body, *, delivery):
    """Sign a delivery: a repetition carries another identifier, so only the body tells it is one."""
    raw = json.dumps(body).encode()
    digest = hmac.digest(DEMO_SECRET.encode(), raw, sha256)
    own = {k: v for k, v in HEADERS.items() if k.lower() not in {"content-length", "host"}}
    signature = b64encode(digest).decode()
    return {**own, "X-WC-Webhook-Signature": signature, "X-WC-Webhook-Delivery-ID": delivery}, raw


@pytest.fixture
def shop(make_shop):
    return make_shop(
        shop=a_shop(),
        platforms={"woocommerce": {"webhook_secrets": [DEMO_SECRET]}},
        loyalty={"rates": {"EUR": {"points": 1, "per_minor": 1000}}},
    )


def deliver(shop, bodies):
    """Post all of them, four at a time, and let what follows be done."""
    with TestClient(create_app(shop, works=False)) as client, ThreadPoolExecutor(4) as pool:

        def post(numbered):
            headers, raw = request(numbered[1], delivery=str(numbered[0]))
            return client.post("/hooks/woocommerce", content=raw, headers=headers).status_code

        assert {202} == set(pool.map(post, enumerate(bodies)))
    for event, is_new in shop.intake.news():
        shop.intake.work(event.id, is_new=is_new)


def standing(shop, number):
    """Return all that is kept of an order and its customer, without names and moments of ours."""
    name = f"woocommerce:soap.example:order:{number}"
    books = """SELECT kind, src, dst, sum(amount) FROM txn JOIN posting ON txn_id = txn.id
        WHERE cause_id = ? GROUP BY kind, src, dst"""
    order = """SELECT placed_at, paid_at, cancelled_at, currency, total_minor, refunded_minor
        FROM order_fact WHERE order_id = ?"""
    queries = {
        "facts": ("SELECT id, type, state FROM event WHERE id LIKE ?", f"{name}:%"),
        "books": (books, f"soap.example:{number}"),
        "order": (order, str(number)),
    }
    with shop.store.reading() as connection:
        found = {
            what: sorted(map(str, connection.exec_driver_sql(query, (value,)).all()))
            for what, (query, value) in queries.items()
        }
        cards = connection.exec_driver_sql(
            "SELECT count(*) FROM card WHERE order_id = ?", (str(number),)
        ).scalar()
    return {
        what: [row.replace(name, "order") for row in rows] for what, rows in found.items()
    }, cards


def test_repetition_and_disorder_end_in_the_same_state(shop):
    """Five states, each told up to three times: one effect each, however they are mixed."""
    for body in states(IN_ORDER):
        deliver(shop, [body])
    wanted, _ = standing(shop, IN_ORDER)
    told = []
    for seed in SEEDS:
        chance, own = random.Random(seed), states(IN_ORDER + 1 + seed)
        told += [own[0], *own, *chance.choices(own, k=chance.randint(1, 6))]
    random.Random(len(told)).shuffle(told)
    deliver(shop, told)
    once_more = random.Random(0).choices(told, k=5)
    deliver(shop, once_more)

    facts = {row.partition("'")[2].partition("'")[0] for row in wanted["facts"]}
    assert {"placed", "paid", "fulfilled", "refunded-40000000", "refunded-44500000"} == {
        each.rpartition(":")[2] for each in facts
    }
    for seed in SEEDS:
        found, cards = standing(shop, IN_ORDER + 1 + seed)
        assert wanted == found
        # Whether there is a card depends on what was told first: none lies in a parcel that left.
        assert cards in {0, 1}
    with shop.store.reading() as connection:
        backlog = shop.store.arrivals.backlog(connection)
        assert (0, 0) == (backlog.waiting, backlog.unreadable)
        assert all(ledger.verify(connection).is_clean for ledger in shop.ledgers.values())
