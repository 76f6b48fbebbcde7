"""A shop's web app on a real server, and what visitors and platforms ask of it."""

from __future__ import annotations

import hmac
import json
import time
from base64 import b64encode
from contextlib import contextmanager
from hashlib import sha256
from threading import Thread

import httpx
import uvicorn

from retention_sdk.demo.derive import DATA, DEMO_SECRET
from retention_sdk.inserts.codes import human_code, make_token
from retention_sdk.storage import CardChoice, CardPlace
from retention_sdk.testing import NOON

HOME = "https://soap.example/"
THANKS = "https://soap.example/thanks"
OLD_KEY, NEW_KEY = "the old secret of the shop", "the new secret of the shop"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
TAGS = "?utm_source=parcel&utm_medium=card&utm_campaign=thank_you&utm_content=v3"
CARD = 0x123456789A


class Seconds:
    """A clock of seconds that the test moves."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@contextmanager
def served(app):
    """Run the app on a real server on a free port of this machine."""
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_level="error", access_log=False, ws="none")
    )
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server stopped"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=120
        ) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(timeout=120)
        assert not thread.is_alive()


def put_card(
    shop, card_id, *, shop_id="soap.example", order="1001", variant=3, template="thank_you"
):
    place = CardPlace(card_id=card_id, shop_id=shop_id, order_id=order, fulfilment_id=order, event_id=f"e-{card_id}")  # fmt: skip
    choice = CardChoice(template=template, locale="de", formality="formal", variant=variant)
    with shop.store.begin() as connection:
        subject = shop.store.subjects.subject_for(connection, shop_id, "id:42", now=NOON)
        return shop.store.cards.assign(
            connection, place, choice, b"{}", order_number=order, subject_id=subject, now=NOON
        )


def token(card_id=CARD, variant=3, *, key=NEW_KEY, number=1):
    return make_token(card_id, variant, key=key.encode(), key_number=number)


def typed(card_id=CARD, key=NEW_KEY):
    return human_code(card_id, key=key.encode())


def scan(client, code, agent=PHONE, **options):
    headers = {"user-agent": agent, **options.pop("headers", {})}
    return client.request(options.pop("method", "GET"), f"/t/{code}", headers=headers)


def scans_of(shop, card_id=CARD):
    with shop.store.reading() as connection:
        return shop.store.scans.of_card(connection, card_id)


RAW = (DATA / "deliveries/woocommerce-1003.raw").read_bytes()
RECORDED = json.loads((DATA / "deliveries/woocommerce-1003.headers.json").read_bytes())
HEADERS = {k: v for k, v in RECORDED.items() if k.lower() not in {"content-length", "host"}}


SIGNATURE = "X-WC-Webhook-Signature"


def signature(body, secret=DEMO_SECRET):
    return b64encode(hmac.digest(secret.encode(), body, sha256)).decode()


def post(client, body=RAW, *, secret=DEMO_SECRET, platform="woocommerce"):
    headers = {**HEADERS, SIGNATURE: signature(body, secret)}
    return client.post(f"/hooks/{platform}", content=body, headers=headers)


def states(shop):
    """Return the state of each event that was received."""
    with shop.store.reading() as connection:
        pending = {each.event.id for each in shop.store.inbox.pending(connection)}
        events = {each.event.id: each for each in pending_and_done(shop, connection)}
    return {name: "pending" if name in pending else each.state for name, each in events.items()}


def pending_and_done(shop, connection):
    for fact in ("placed", "paid"):
        if found := shop.store.inbox.get(connection, f"woocommerce:soap.example:order:1003:{fact}"):
            yield found


def unread(shop):
    """Return how many deliveries wait to be read, and how many could not be."""
    with shop.store.reading() as connection:
        backlog = shop.store.arrivals.backlog(connection)
    return backlog.waiting, backlog.unreadable


def wait_until_done(shop):
    deadline = time.monotonic() + 300
    while unread(shop)[0] or {"done"} != set(states(shop).values()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def numbered(number):
    return json.dumps({**json.loads(RAW), "id": number, "number": str(number)}).encode()
