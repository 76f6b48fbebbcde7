"""Requests end in an answer or in an error that says what to do, and nothing is done twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import PlatformError
from retention_sdk.shop_api import (
    Answer,
    ApiClient,
    CostThrottle,
    GraphQL,
    HeaderThrottle,
    RetryPolicy,
    Timing,
)
from retention_sdk.shop_api.retry import asked_wait_s
from tests.playing import good, playing, reply

SECRET = "shpat_do_not_show_me"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self):
        self.now, self.slept = 0.0, []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def timing(self, chance=1.0):
        return Timing(self.sleep, lambda: self.now, lambda: chance)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ask(clock):
    """Return what opens a client on a play; all are closed afterwards."""
    opened = []

    def open_client(play, **wishes):
        settings = {"adapter": "mine", "timing": clock.timing(), **wishes}
        settings.setdefault("headers", {"x-access-token": SECRET})
        opened.append(ApiClient(play.url, **settings))
        return opened[-1]

    yield open_client
    for client in opened:
        client.close()


@pytest.mark.parametrize("http", [httpx, httpx2])
def test_an_answer_has_exact_decimals_and_the_secret_went_along(ask, http):
    with playing(good({"total": 0.1})) as play:
        assert {"total": Decimal("0.1")} == ask(play, http=http).get("orders/1").json()
    assert SECRET == play.seen[0]["headers"]["x-access-token"]
    assert "/api/orders/1" == play.seen[0]["path"]


@pytest.mark.parametrize("status", [408, 425, 429, 503])
def test_what_the_server_did_not_do_is_asked_again(ask, clock, status):
    with playing(reply(status), reply(status), good({})) as play:
        assert ask(play).post("orders", json={"a": 1}).is_good
    assert 3 == len(play.seen)
    assert [0.5, 1.0] == clock.slept


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_failure_is_asked_again_only_where_that_is_safe(ask, status):
    with playing(reply(status), good({})) as play:
        assert ask(play).get("orders").is_good
    with playing(reply(status), good({})) as play:
        with pytest.raises(PlatformError, match=str(status)) as caught:
            ask(play).post("orders", json={})
        assert caught.value.retryable
    assert 1 == len(play.seen)
    with playing(reply(status), good({})) as play:
        assert ask(play).post("search", json={}, is_repeatable=True).is_good


def test_a_cut_connection_is_tried_again_where_that_is_safe(ask):
    with playing(None, None, good({})) as play:
        assert ask(play).get("orders").is_good
    with playing(None, good({})) as play, pytest.raises(PlatformError) as caught:
        ask(play).post("orders", json={})
    assert caught.value.retryable


def test_a_cut_answer_is_tried_again(ask):
    short = reply(200, b'{"orders": [', content_length=100)
    with playing(short, good({"orders": []})) as play:
        assert {"orders": []} == ask(play, timeout_s=1).get("orders").json()


def test_nobody_listening_is_told_as_temporary(ask):
    with playing(good({})) as play:
        pass
    with pytest.raises(PlatformError, match="could not be reached") as caught:
        ask(play).post("orders", json={})
    assert caught.value.retryable
    assert "unreachable" == caught.value.code


def test_what_the_server_asks_for_is_waited(ask, clock):
    with playing(reply(429, retry_after=7), good({})) as play:
        ask(play).get("orders")
    assert [7.0] == clock.slept


def test_who_asks_for_too_long_a_wait_is_told_at_once(ask, clock):
    with playing(reply(429, retry_after=3600)) as play:
        with pytest.raises(PlatformError, match="come again in 3600 s") as caught:
            ask(play).get("orders")
        assert caught.value.retryable
    assert [] == clock.slept


def test_it_gives_up_in_the_end(ask):
    with playing(reply(503)) as play, pytest.raises(PlatformError, match="503"):
        ask(play, retry=RetryPolicy(tries=3)).get("orders")
    assert 3 == len(play.seen)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 301])
def test_a_refusal_is_final_and_shows_neither_secret_nor_body(ask, status):
    said = b"ada@example.org may not do this"
    refusal = reply(status, said, location="https://elsewhere.example/")
    with playing(refusal) as play, pytest.raises(PlatformError, match=str(status)) as caught:
        ask(play).get("customers/1")
    assert 1 == len(play.seen)
    assert not caught.value.retryable
    assert str(status) == caught.value.code
    assert "ada" not in str(caught.value)
    assert SECRET not in str(caught.value)


def test_not_there_may_be_an_answer(ask):
    with playing(reply(404, {})) as play:
        assert 404 == ask(play).get("orders/9", also_good=(404,)).status


def test_cookies_are_not_kept(ask):
    with playing(good({}, set_cookie="session=of-somebody-else; Path=/")) as play:
        client = ask(play)
        client.get("orders")
        client.get("orders")
    assert "cookie" not in play.seen[1]["headers"]


def test_another_version_of_the_api_is_refused(ask):
    version = ("x-shopify-api-version", "2026-10")
    with playing(good({}, x_shopify_api_version="2026-10")) as play:
        assert ask(play, version=version).get("orders").is_good
    newer = good({}, x_shopify_api_version="2027-01")
    with playing(newer) as play, pytest.raises(PlatformError, match="2027-01 answered"):
        ask(play, version=version).get("orders")


def test_secrets_go_to_no_other_host(ask):
    with playing(good({})) as play, pytest.raises(PlatformError, match="another host"):
        ask(play).get("https://attacker.example/api/orders?page=2")
    assert [] == play.seen


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/api",
        "https://name:sesame@shop.example/",
        "https://shop.example/?key=sesame",
        "ftp://shop.example",
        "shop.example",
        "",
    ],
)
def test_secrets_are_sent_over_https_only(url):
    with pytest.raises(PlatformError, match="the address of the API: ") as caught:
        ApiClient(url, adapter="mine")
    assert "sesame" not in str(caught.value)


def test_something_else_than_json_is_told_without_showing_it(ask):
    page = reply(200, b"<html>Ada Lovelace</html>", content_type="text/html")
    with playing(page) as play, pytest.raises(PlatformError, match="not JSON") as caught:
        ask(play).get("orders").json()
    assert "Ada" not in str(caught.value)


def test_a_repr_tells_no_secret(ask):
    with playing(good({"email": "ada@example.org"})) as play:
        client = ask(play)
        shown = f"{client!r} {client.get('customers')!r}"
    assert SECRET not in shown
    assert "example.org" not in shown


def test_two_shops_in_twenty_threads_never_mix():
    def echo(request):
        token = request["headers"]["x-access-token"]
        return good({"token": token}, set_cookie=f"who={token}")

    with playing(echo) as play:
        shops = {
            name: ApiClient(play.url, adapter="mine", headers={"x-access-token": name})
            for name in ("one", "two")
        }
        gate = threading.Barrier(20)

        def work(number):
            name = ("one", "two")[number % 2]
            gate.wait()
            return {(name, shops[name].get("me").json()["token"]) for _ in range(20)}

        with ThreadPoolExecutor(20) as pool:
            seen = set().union(*pool.map(work, range(20)))
        for client in shops.values():
            client.close()
    assert {("one", "one"), ("two", "two")} == seen
    assert not [request for request in play.seen if "cookie" in request["headers"]]


def test_requests_wait_before_the_limit_is_reached(ask, clock):
    throttle = HeaderThrottle("x-left", "x-reset-ms", per_second=1000)
    with playing(good({}, x_left=1, x_reset_ms=4000)) as play:
        client = ask(play, throttle=throttle)
        client.get("a")
        client.get("b")
    assert [4.0] == clock.slept


def test_queries_wait_until_the_bucket_holds_their_cost(ask, clock):
    status = {"currentlyAvailable": 10, "maximumAvailable": 2000, "restoreRate": 100}
    cost = {"requestedQueryCost": 510, "throttleStatus": status}
    with playing(good({"data": {}, "extensions": {"cost": cost}})) as play:
        graphql = GraphQL(ask(play, throttle=CostThrottle()), "graphql", adapter="mine")
        graphql.run("query { shop { name } }")
        graphql.run("query { shop { name } }")
    assert [5.0] == clock.slept


@pytest.mark.parametrize("cost", [None, {}, {"throttleStatus": {"restoreRate": "often"}}, 7])
def test_costs_that_make_no_sense_change_nothing(cost):
    throttle = CostThrottle()
    throttle.learn(Answer(200, {}, f'{{"extensions": {{"cost": {_text(cost)}}}}}'.encode()), 0.0)
    assert 0.0 == throttle.wait_s(0.0)


def _text(value):
    return (
        {None: "null"}.get(value, "7")
        if not isinstance(value, dict)
        else str(value).replace("'", '"')
    )


def test_a_throttled_mutation_is_sent_again_and_a_failed_one_is_not(ask):
    throttled = good({"errors": [{"extensions": {"code": "THROTTLED"}}]})
    with playing(throttled, good({"data": {"done": True}})) as play:
        graphql = GraphQL(ask(play), "graphql", adapter="mine", sleep=lambda _: None)
        assert {"done": True} == graphql.run("mutation { pay }")
    failed = good({"errors": [{"extensions": {"code": "INTERNAL_SERVER_ERROR"}}]})
    with playing(failed) as play:
        with pytest.raises(PlatformError) as caught:
            GraphQL(ask(play), "graphql", adapter="mine").run("mutation { pay }")
        assert caught.value.retryable
        assert "INTERNAL_SERVER_ERROR" == caught.value.code
    assert 1 == len(play.seen)


@pytest.mark.parametrize(
    "answer",
    [{"data": None}, {"data": []}, {}, {"errors": "Invalid API key"}, {"errors": [{}]}, []],
)
def test_graphql_without_data_is_refused(ask, answer):
    with playing(good(answer)) as play, pytest.raises(PlatformError) as caught:
        GraphQL(ask(play), "graphql", adapter="mine").run("query { shop { name } }")
    assert not caught.value.retryable


def test_only_what_speaks_of_our_query_is_shown(ask):
    def errors(code):
        message = "Field 'x' does not exist; ada@example.org"
        return good({"errors": [{"message": message, "extensions": {"code": code}}]})

    shown = {}
    for code in ("GRAPHQL_VALIDATION_FAILED", "USER_INPUT_ERROR"):
        with playing(errors(code)) as play, pytest.raises(PlatformError) as caught:
            GraphQL(ask(play), "graphql", adapter="mine").run("query { x }")
        shown[code] = str(caught.value)
    assert "Field 'x'" in shown["GRAPHQL_VALIDATION_FAILED"]
    assert "ada" not in shown["USER_INPUT_ERROR"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("-5", 0.0),
        ("Fri, 20 Nov 2026 12:00:30 GMT", 30.0),
        ("Fri, 20 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text, expected):
    assert expected == asked_wait_s(text, now=NOON)


@given(st.text(max_size=40))
def test_any_retry_after_is_a_wait_or_nothing(text):
    wait_s = asked_wait_s(text, now=NOON)
    assert wait_s is None or wait_s >= 0


@given(st.integers(1, 30), st.floats(0, 1))
def test_waits_are_spread_and_bounded(tried, chance):
    policy = RetryPolicy()
    assert 0 <= policy.wait_s(tried, lambda: chance) <= policy.longest_s


def test_graphql_finds_the_code_where_the_platform_puts_it(ask):
    refused = good({"errors": [{"extensions": {"exception": {"code": "Missing"}}}]})
    hints = {"Missing": "; ask for it"}
    with playing(refused) as play:
        own = GraphQL(
            ask(play), "graphql", adapter="mine", code_at=("exception", "code"), hints=hints
        )
        with pytest.raises(PlatformError, match="refused with Missing; ask for it"):
            own.run("query { x }")
