"""Codes of cards on a real server: they lead on, and scans are counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount

from retention_sdk.errors import ConfigError
from retention_sdk.storage.card_records import CardState
from retention_sdk.testing import NOON, a_customer, a_shop, an_order
from retention_sdk.web import create_app
from tests.integration.web.serving import (
    CARD,
    HOME,
    NEW_KEY,
    OLD_KEY,
    PHONE,
    TAGS,
    THANKS,
    put_card,
    scan,
    scans_of,
    served,
    token,
    typed,
)


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


def test_scans_are_forgotten_when_their_time_is_over(shop, app, card, clock):
    with served(app) as client:
        scan(client, token())
    clock.advance(timedelta(days=400))
    shop.resume()
    kept = len(scans_of(shop))
    clock.advance(timedelta(hours=1))
    shop.resume()

    assert [1, 0] == [kept, len(scans_of(shop))]


def test_a_shop_without_an_address_has_nowhere_to_lead(make_shop):
    shop = make_shop(shop=a_shop(url=""), codes={"base_url": "https://soap.example/t/"})

    with pytest.raises(ConfigError, match=r"shop\.url"):
        create_app(shop)


def test_without_short_links_there_are_no_codes(make_shop):
    with served(create_app(make_shop())) as client:
        assert 404 == scan(client, token()).status_code
