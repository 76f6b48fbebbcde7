"""The web app on a real server: codes lead on, scans are counted, webhooks are taken."""

from __future__ import annotations

import hmac
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from hashlib import sha256
from threading import Event, Thread
from urllib.parse import quote

import httpx
import pytest
import uvicorn
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount

from retention_sdk import Retention, WebhookRequest
from retention_sdk.demo.derive import DATA, DEMO_SECRET
from retention_sdk.errors import ConfigError
from retention_sdk.inserts.codes import human_code, make_token
from retention_sdk.storage import CardChoice, CardPlace
from retention_sdk.storage.card_records import CardState
from retention_sdk.testing import NOON, FrozenClock, a_customer, a_shop, an_order
from retention_sdk.web import create_app

KILLS = 40 if os.environ.get("RETENTION_SOAK") else 3
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
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(timeout=30)
        assert not thread.is_alive()


@pytest.fixture
def clock():
    return FrozenClock()


@pytest.fixture
def seconds():
    return Seconds()


@pytest.fixture
def shop(make_shop, clock):
    return make_shop(
        clock=clock,
        shop=a_shop(url=HOME),
        codes={
            "base_url": "https://soap.example/t/",
            "keys": {"0": OLD_KEY, "1": NEW_KEY},
            "current": 1,
            "targets": {"thank_you/3": THANKS},
        },
        platforms={"woocommerce": {"webhook_secrets": [DEMO_SECRET]}},
    )


@pytest.fixture
def app(shop, seconds):
    return create_app(shop, clock=seconds)


@pytest.fixture
def card(shop):
    """A card in the ledger, of the third variant."""
    return put_card(shop, CARD)


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


def test_a_scan_leads_on_and_is_counted_without_who_it_was(shop, app, card, clock):
    clock.advance(timedelta(minutes=17, seconds=5))
    with served(app) as client:
        answer = scan(client, token())

    assert 302 == answer.status_code
    assert THANKS + TAGS == answer.headers["location"]
    (counted,) = scans_of(shop)
    assert (CARD, 3, NOON, "phone") == (
        counted.card_id, counted.variant, counted.at_hour, counted.ua_class,
    )  # fmt: skip


def test_a_card_for_friends_leads_to_the_page_of_the_member_s_own_code(make_shop, clock, seconds):
    rule = {"referrer_points": 5, "link": "https://soap.example/friends?r={code}"}
    shop = make_shop(
        clock=clock,
        shop=a_shop(url=HOME),
        loyalty={"rates": {"EUR": {"points": 1, "per_minor": 100}}, "referral": rule},
        codes={"base_url": "https://soap.example/t/", "keys": {"0": NEW_KEY}},
    )
    put_card(shop, CARD, template="referral")
    put_card(shop, CARD + 1, order="1002")
    member = a_customer(id="42", address=None)
    unknown = put_card(shop, CARD + 2, order="1003", template="referral")
    with shop.store.begin() as connection:
        for order in ("1001", "1002"):
            who = shop.store.subjects.for_customer(connection, "soap.example", member, now=NOON)
            bought = an_order(id=order, customer=member)
            shop.store.orders.record(connection, bought, shop_id="soap.example", subject_id=who)
    code = shop.loyalty.referrals.code_of(member)
    numbers = (CARD, CARD + 1, unknown.card_id)
    with served(create_app(shop, clock=seconds)) as client:
        answers = [scan(client, token(each, 0, number=0)) for each in numbers]

    assert [f"https://soap.example/friends?r={code}", HOME, HOME] == [
        each.headers["location"].partition("?utm")[0] for each in answers
    ]


def test_a_typed_code_is_a_scan_like_any_other(shop, app, card):
    with served(app) as client:
        answer = scan(client, typed().lower().replace("-", ""))

    assert THANKS + TAGS == answer.headers["location"]
    assert [CARD] == [each.card_id for each in scans_of(shop)]


def test_cards_of_a_retired_key_still_lead_on(shop, app, card):
    with served(app) as client:
        first = scan(client, token(key=OLD_KEY, number=0))
        second = scan(client, typed(key=OLD_KEY))

    assert [THANKS + TAGS] * 2 == [first.headers["location"], second.headers["location"]]


def test_a_genuine_code_without_a_card_in_the_store_is_counted_all_the_same(shop, app):
    with served(app) as client:
        answer = scan(client, token(7, 0))

    assert f"{HOME}?utm_source=parcel&utm_medium=card" == answer.headers["location"]
    assert 1 == len(scans_of(shop, 7))


@pytest.mark.parametrize(
    "code",
    [
        token(key="somebody else's secret", number=1),
        token(key=OLD_KEY, number=1),
        token(number=3),
        token()[:-1],
        token() + "0",
        typed(99),
        "BCDF-GHJK",
        "",
        "//elsewhere.example",
        "https://elsewhere.example/",
        "..%2F..%2Fhealth",
        "%00",
        "x" * 3000,
    ],
)
def test_what_is_no_good_leads_home_with_the_same_answer(shop, app, card, code):
    with served(app) as client:
        answer = scan(client, code)

    assert (302, HOME) == (answer.status_code, answer.headers["location"])
    assert () == scans_of(shop)


def test_no_path_is_an_error_or_leads_elsewhere(shop, seconds):
    places = {HOME, f"{HOME}?utm_source=parcel&utm_medium=card"}
    with served(create_app(shop, clock=seconds)) as client:

        @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
        @example(code="\n0")
        @example(code="0\n")
        @given(
            code=st.one_of(
                st.text(max_size=80), st.from_regex(r"[0-9A-Za-z-]{0,20}", fullmatch=True)
            )
        )
        def every_path_leads_home(code):
            seconds.now += 100
            answer = scan(client, quote(code, safe="/", errors="replace"))

            assert 302 == answer.status_code
            assert answer.headers["location"] in places

        every_path_leads_home()


def test_an_expired_or_voided_card_leads_home(shop, app, card, clock):
    other = put_card(shop, CARD + 64, order="1002")
    with shop.store.begin() as connection:
        shop.store.cards.advance(connection, other, CardState.VOIDED, reason="cancelled", now=NOON)
    foreign = put_card(shop, CARD + 128, shop_id="other.example", order="1003")
    with served(app) as client:
        voided, elsewhere = scan(client, token(CARD + 64)), scan(client, token(foreign.card_id))
        clock.advance(timedelta(days=730))
        expired = scan(client, token())

    assert [HOME] * 3 == [each.headers["location"] for each in (voided, elsewhere, expired)]
    assert [()] * 3 == [scans_of(shop, number) for number in (CARD, CARD + 64, CARD + 128)]


def test_machines_are_led_on_and_not_counted(shop, app, card, seconds):
    with served(app) as client:
        answers = [
            scan(client, token(), method="HEAD"),
            scan(client, token(), agent="WhatsApp/2.23.20.0 A"),
            scan(client, token(), headers={"sec-purpose": "prefetch;prerender"}),
        ]

    assert [THANKS + TAGS] * 3 == [each.headers["location"] for each in answers]
    assert () == scans_of(shop)


def test_repeats_within_a_minute_are_one_scan(shop, app, card, seconds):
    with served(app) as client:
        for second in (0, 5, 59, 61):
            seconds.now = second
            scan(client, token())

    assert 2 == len(scans_of(shop))


def test_many_at_once_are_each_counted_once(shop, seconds):
    """Forty cards, each scanned twice, from eight threads: nothing is lost or double."""
    app = create_app(shop, clock=seconds, random_bytes=lambda size: bytes(size))
    codes = [token(number, 0) for number in range(40)] * 2
    with served(app) as client, ThreadPoolExecutor(8) as pool:
        forwarded = [{"x-forwarded-for": f"192.0.2.{number}"} for number in range(80)]
        answers = list(
            pool.map(
                lambda pair: scan(client, pair[0], headers=pair[1]),
                zip(codes, forwarded, strict=True),
            )
        )

    assert {302} == {answer.status_code for answer in answers}
    assert 40 == sum(len(scans_of(shop, number)) for number in range(40))


def test_who_asks_too_often_is_led_home(shop, app, seconds):
    with served(app) as client:
        places = [scan(client, token(number, 0)).headers["location"] for number in range(33)]
        seconds.now += 4
        later = scan(client, token(99, 0)).headers["location"]

    tagged = f"{HOME}?utm_source=parcel&utm_medium=card"
    assert [tagged] * 30 + [HOME] * 3 == places
    assert tagged == later


def test_no_answer_sets_a_cookie_or_loads_anything(app, card):
    with served(app) as client:
        answers = [
            scan(client, token()),
            client.get("/health"),
            client.get("/nowhere"),
            client.post("/hooks/x"),
        ]

    assert [302, 200, 404, 404] == [answer.status_code for answer in answers]
    for answer in answers:
        assert "set-cookie" not in answer.headers
        assert "no-store" == answer.headers["cache-control"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "nosniff" == answer.headers["x-content-type-options"]
        assert "no-referrer" == answer.headers["referrer-policy"]


def test_no_header_of_the_visitor_becomes_part_of_where_it_leads(app, card):
    hostile = {
        "host": "evil.example",
        "x-forwarded-host": "evil.example",
        "referer": "https://evil.example",
    }
    with served(app) as client:
        answers = [scan(client, code, headers=hostile) for code in (token(), "nothing", "")]
        without_slash = client.get("/t", headers=hostile)

    assert "evil" not in " ".join(answer.headers["location"] for answer in answers)
    assert 404 == without_slash.status_code


def test_a_store_that_is_away_does_not_show(shop, app, card, tmp_path):
    """Its file is replaced by rubbish: the visitor is led on, health says so."""
    shop.store.close()
    for name in ("shop.db", "shop.db-wal", "shop.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "shop.db").write_bytes(b"this is not a database" * 500)
    with served(app) as client:
        answers = [scan(client, token()), scan(client, typed())]
        health = client.get("/health")

    assert [f"{HOME}?utm_source=parcel&utm_medium=card", HOME] == [
        answer.headers["location"] for answer in answers
    ]
    assert 503 == health.status_code


def test_a_visitor_does_not_wait_while_somebody_writes(shop, app, card):
    """The store has one writer at a time; a batch of cards may hold it for long."""
    with served(app) as client, shop.store.begin():
        answer = scan(client, token())
        assert () == scans_of(shop)

    assert THANKS + TAGS == answer.headers["location"]
    assert 1 == len(scans_of(shop))


def test_the_app_works_mounted_in_another_one(shop, app, card):
    """Scans are written when the other app's lifespan ends ours."""

    @asynccontextmanager
    async def lifespan(_):
        async with app.router.lifespan_context(app):
            yield

    with served(Starlette(routes=[Mount("/cards", app=app)], lifespan=lifespan)) as client:
        answer = client.get(f"/cards/t/{token()}", headers={"user-agent": PHONE})

    assert THANKS + TAGS == answer.headers["location"]
    assert 1 == len(scans_of(shop))


# Webhooks ------------------------------------------------------------------------------------

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
    deadline = time.monotonic() + 60
    while unread(shop)[0] or {"done"} != set(states(shop).values()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_delivery_is_stored_before_the_answer_and_worked_on_after_it(shop, app, tmp_path):
    with served(app) as client:
        answer = post(client)
        wait_until_done(shop)
        again = post(client)

    assert (202, 202) == (answer.status_code, again.status_code)
    assert {"done"} == set(states(shop).values())
    assert (0, 0) == unread(shop)
    assert 1 == len(list((tmp_path / "out").rglob("*.pdf")))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"secret": "somebody else's"}, 401),
        ({"platform": "vendure"}, 404),
        ({"platform": "nowhere"}, 404),
        ({"body": b"[1, 2"}, 400),
        ({"body": b" " * (4 * 1024 * 1024 + 1)}, 413),
    ],
)
def test_a_delivery_that_is_no_good_is_refused_by_number(shop, app, changes, status):
    with served(app) as client:
        answer = post(client, **changes)

    assert (status, b"") == (answer.status_code, answer.content)
    assert {} == states(shop)


def test_monitoring_reads_what_was_taken_and_refused(shop, seconds, clock):
    events = shop.adapter("woocommerce").handle(
        WebhookRequest(headers={**HEADERS, SIGNATURE: signature(RAW)}, body=RAW)
    )
    with served(create_app(shop, clock=seconds, has_metrics=True)) as client:
        answers = [post(client), post(client), post(client, secret="x"), post(client, b"{")]
        answers += [post(client, b'{"id": []}'), post(client, platform="nowhere")]
        wait_until_done(shop)
        shop.accept([each.model_copy(update={"id": f"{each.id}:2"}) for each in events])
        clock.advance(timedelta(seconds=90))
        told = client.get("/metrics")

    assert [202, 202, 401, 400, 202, 404] == [each.status_code for each in answers]
    assert "text/plain; version=0.0.4; charset=utf-8" == told.headers["content-type"]
    lines = told.text.splitlines()
    assert {
        'retention_deliveries_total{platform="woocommerce",status="202"} 3',
        'retention_deliveries_total{platform="woocommerce",status="401"} 1',
        'retention_deliveries_total{platform="woocommerce",status="400"} 1',
        'retention_deliveries_total{platform="",status="404"} 1',
        "retention_deliveries_waiting 0",
        "retention_deliveries_unread 0",
        "retention_deliveries_unread_oldest_seconds 0.0",
        "retention_deliveries_unreadable 1",
        f"retention_events_pending {len(events)}",
        "retention_events_pending_oldest_seconds 90.0",
    } <= set(lines)
    assert told.text.endswith("\n")


def test_nobody_reads_the_numbers_unless_that_is_asked_for(app):
    with served(app) as client:
        assert 404 == client.get("/metrics").status_code


def test_what_another_process_left_open_is_finished(shop, app):
    events = shop.adapter("woocommerce").handle(
        WebhookRequest(headers={**HEADERS, SIGNATURE: signature(RAW)}, body=RAW)
    )
    shop.accept(events)
    assert {"pending"} == set(states(shop).values())

    with served(app):
        wait_until_done(shop)

    assert {"done"} == set(states(shop).values())


def test_without_work_deliveries_wait_for_another_process(shop, seconds):
    with served(create_app(shop, clock=seconds, works=False)) as client:
        assert [202, 202] == [post(client).status_code for _ in range(2)]
    assert ({}, (1, 0)) == (states(shop), unread(shop))

    outcomes = shop.resume()

    assert {"done"} == {each.state for each in outcomes}
    assert set(states(shop)) == {each.event_id for each in outcomes}
    assert (0, 0) == unread(shop)


def test_what_cannot_be_read_is_put_aside_and_tried_again(shop, app, clock):
    """It was proven to be the platform's: that an adapter stumbles must not lose it."""
    odd = json.dumps({**json.loads(RAW), "line_items": "none"}).encode()
    with served(app) as client:
        assert [202, 202] == [post(client, odd).status_code, post(client).status_code]
        wait_until_done(shop)
    assert (0, 1) == unread(shop)

    shop.resume()
    assert (0, 1) == unread(shop)
    clock.advance(timedelta(days=31))
    shop.resume()
    assert (0, 0) == unread(shop)


def test_a_locked_store_is_answered_with_503_and_nothing_is_lost(shop, seconds):
    app = create_app(shop, clock=seconds, works=False)
    with served(app) as client, ThreadPoolExecutor(1) as pool:
        with shop.store.begin():
            first = pool.submit(post, client)
            deadline = time.monotonic() + 30
            while not (health := client.get("/health")).is_error:
                assert time.monotonic() < deadline
                seconds.now += 3
            refused = post(client, numbered(7))
        assert 202 == first.result(timeout=60).status_code
        assert 200 == client.get("/health").status_code

    assert (503, "60") == (refused.status_code, refused.headers["retry-after"])
    assert 503 == health.status_code
    assert (1, 0) == unread(shop)


def test_scans_are_forgotten_when_their_time_is_over(shop, app, card, clock):
    with served(app) as client:
        scan(client, token())
    clock.advance(timedelta(days=400))
    shop.resume()
    kept = len(scans_of(shop))
    clock.advance(timedelta(hours=1))
    shop.resume()

    assert [1, 0] == [kept, len(scans_of(shop))]


# Start ---------------------------------------------------------------------------------------


def test_a_shop_without_an_address_has_nowhere_to_lead(make_shop):
    shop = make_shop(shop=a_shop(url=""), codes={"base_url": "https://soap.example/t/"})

    with pytest.raises(ConfigError, match=r"shop\.url"):
        create_app(shop)


def test_without_short_links_there_are_no_codes(make_shop):
    with served(create_app(make_shop())) as client:
        assert 404 == scan(client, token()).status_code


@pytest.fixture
def settings_file(tmp_path):
    (tmp_path / "retention.key").write_text("42" * 32)
    (tmp_path / "brand.toml").write_text('name = "Soap"\n[sender]\nname = "Mary"\n')
    file = tmp_path / "retention.toml"
    file.write_text(
        '[shop]\nid = "soap.example"\nname = "Soap"\ncountry = "DE"\ncurrency = "EUR"\n'
        f'url = "{HOME}"\n[codes]\nbase_url = "https://soap.example/t/"\nkey = "{NEW_KEY}"\n'
        f'[platforms.woocommerce]\nwebhook_secrets = ["{DEMO_SECRET}"]\n'
    )
    return file


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextmanager
def command(settings_file, log):
    """Run ``retention serve`` in a process of its own; yield it and its address once it answers."""
    port = free_port()
    code = "from retention_sdk.cli import main; main()"
    arguments = [sys.executable, "-c", code, "serve", "--port", str(port), "-c", str(settings_file)]
    with log.open("wb") as output:
        process = subprocess.Popen(arguments, stdout=output, stderr=subprocess.STDOUT)
    url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 60
    try:
        while True:
            try:
                assert 200 == httpx.get(f"{url}/health", trust_env=False).status_code
                break
            except httpx.TransportError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
        yield process, url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def test_the_command_serves_until_it_is_told_to_stop(settings_file, tmp_path):
    """Scans that were counted are in the store after an orderly stop; no address is in the log."""
    log, code = tmp_path / "log", make_token(5, key=NEW_KEY.encode())
    with command(settings_file, log) as (process, url):
        answer = httpx.get(f"{url}/t/{code}", headers={"user-agent": PHONE}, trust_env=False)

    assert 302 == answer.status_code
    assert "server" not in answer.headers
    assert process.returncode in {0, -signal.SIGTERM}
    assert code not in log.read_text()
    assert {url.rpartition(":")[2]} >= set(re.findall(r"127\.0\.0\.1:(\d+)", log.read_text()))
    with Retention.from_file(settings_file) as shop:
        assert 1 == len(scans_of(shop, 5))


def numbered(number):
    return json.dumps({**json.loads(RAW), "id": number, "number": str(number)}).encode()


def deliver_until_killed(settings_file, log, numbers, enough):
    """Let four senders deliver, each number twice, and kill the server amid that.

    Returns what was answered with 202.
    """
    acknowledged, is_enough = [], Event()

    def send(client, part):
        for number in [each for each in part for _ in range(2)]:
            try:
                answer = post(client, numbered(number))
            except httpx.TransportError:
                return
            assert 202 == answer.status_code
            acknowledged.append(number)
            if len(acknowledged) == enough:
                is_enough.set()

    with command(settings_file, log) as (process, url):
        with (
            httpx.Client(base_url=url, trust_env=False, timeout=120) as client,
            ThreadPoolExecutor(4) as pool,
        ):
            jobs = [pool.submit(send, client, numbers[start::4]) for start in range(4)]
            assert is_enough.wait(timeout=180)
            process.kill()
        for job in jobs:
            job.result()
    assert -signal.SIGKILL == process.returncode
    return acknowledged


def test_no_acknowledged_delivery_is_lost_however_often_the_process_is_killed(
    settings_file, tmp_path
):
    """Whatever was answered with 202 is in the store, and nothing is there or done twice."""
    acknowledged, chance = set(), random.Random(20261122)
    for kill in range(KILLS):
        first = 2000 + 150 * kill  # half of them are new, half were on their way when it died
        numbers, enough = range(first, first + 300), chance.randint(30, 120)
        acknowledged |= {*deliver_until_killed(settings_file, tmp_path / "log", numbers, enough)}

    with Retention.from_file(settings_file) as shop:
        for _ in shop.intake.news():
            pass  # it is read, and the work is left
        assert (0, 0) == unread(shop)
        with shop.store.reading() as connection:
            stored = connection.exec_driver_sql("SELECT id FROM event").scalars().all()
            queries = (
                "SELECT order_id FROM card",
                "SELECT cause_id FROM txn WHERE kind = 'earn'",
            )
            done = [connection.exec_driver_sql(query).scalars().all() for query in queries]
    expected = {f"woocommerce:soap.example:order:{number}:paid" for number in acknowledged}
    assert set() == expected - set(stored)
    assert 20 * KILLS <= len(expected)
    for names in (stored, *done):
        assert sorted(set(names)) == sorted(names)


def test_the_command_says_what_to_install(settings_file):
    """Without Starlette, as in an installation without the extra."""
    code = (
        "import sys; sys.modules['starlette'] = None\n"
        "from retention_sdk.cli import main\n"
        f"sys.exit(main(['serve', '-c', {str(settings_file)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert 3 == done.returncode
    assert "pip install 'retention-sdk[web]'" in done.stderr
