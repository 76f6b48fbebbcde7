"""Browsers ask for push messages with a link that their page was given, and for nothing else."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from retention_sdk.config import ConsentConfig, DeliveryConfig
from retention_sdk.testing import (
    NOON,
    FrozenClock,
    MemoryChannel,
    a_customer,
    a_paid_event,
    an_order,
)
from retention_sdk.web import create_app
from retention_sdk.web.devices import BODY_BYTES_MAX, CALLS_AT_ONCE, _device

POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SUBSCRIPTION = {
    "endpoint": "https://push.example/desk",
    "expirationTime": None,
    "keys": {"p256dh": POINT, "auth": "BTBZMqHH6r4Tts7J_aSIgg"},
}
ADA = a_customer()


class Browsers(MemoryChannel):
    """Takes the devices of one push service."""

    takes_devices = True

    def takes(self, device):
        return device.host == "push.example"


@pytest.fixture
def clock():
    return FrozenClock(NOON)


@pytest.fixture
def shop(make_shop, clock):
    shop = make_shop(
        clock=clock,
        delivery=DeliveryConfig(push="memory"),
        consent=ConsentConfig(base_url="https://soap.example/privacy/"),
    )
    shop._channels["memory"] = Browsers()
    shop.ingest([a_paid_event(an_order("40.00 EUR", customer=ADA))])
    return shop


@pytest.fixture
def browser(shop):
    with TestClient(create_app(shop), base_url="https://soap.example") as browser:
        yield browser


@pytest.fixture
def link(shop):
    return shop.devices.link(ADA)


def endpoints(shop):
    return [each.endpoint for each in shop.devices.of(ADA)]


def test_a_browser_registers_and_goes_again(shop, browser, link):
    made = browser.post(link, json=SUBSCRIPTION)
    registered = endpoints(shop)
    gone = browser.request("DELETE", link, json=SUBSCRIPTION)

    assert (204, ["https://push.example/desk"]) == (made.status_code, registered)
    assert (204, []) == (gone.status_code, endpoints(shop))


def test_any_page_may_ask_because_the_link_is_the_permission(browser, link):
    asked = browser.options(link, headers={"origin": "https://shop.example"})

    assert 204 == asked.status_code
    assert "*" == asked.headers["access-control-allow-origin"]
    assert "DELETE" in asked.headers["access-control-allow-methods"]
    assert "access-control-allow-credentials" not in asked.headers


def test_links_of_another_kind_and_damaged_ones_open_nothing(shop, browser, link):
    token = link.rpartition("/")[2]
    other = shop.links.preferences_token(_subject(shop), now=shop.clock())
    base = link.removesuffix(token)
    for wrong in ("", "x" * 64, token[:-1] + ("A" if token[-1] != "A" else "B"), other, "a%0Ab"):
        assert 404 == browser.post(base + wrong, json=SUBSCRIPTION).status_code

    assert [] == endpoints(shop)


def _subject(shop):
    references = shop.store.references_of_customer(ADA)
    with shop.store.reading() as connection:
        return shop.store.people_of(connection, "soap.example", references)[0]


def test_links_are_good_for_a_day(browser, link, clock):
    clock.now += timedelta(days=1, seconds=1)

    assert 404 == browser.post(link, json=SUBSCRIPTION).status_code


def test_push_services_that_nobody_knows_are_refused(shop, browser, link):
    wrong = SUBSCRIPTION | {"endpoint": "https://metadata.example/x"}

    assert 403 == browser.post(link, json=wrong).status_code
    assert [] == endpoints(shop)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 4000,
        json.dumps(SUBSCRIPTION | {"endpoint": "http://push.example/x"}).encode(),
        json.dumps(SUBSCRIPTION | {"keys": {"p256dh": POINT[:-4], "auth": "AA"}}).encode(),
        json.dumps(SUBSCRIPTION | {"keys": None}).encode(),
    ],
)
def test_what_is_no_subscription_is_refused(browser, link, body):
    assert 400 == browser.post(link, content=body).status_code


def test_long_bodies_are_not_read_to_the_end(browser, link):
    assert 413 == browser.post(link, content=b" " * (BODY_BYTES_MAX + 1)).status_code


def test_one_person_cannot_ask_without_end(browser, link):
    answers = [browser.post(link, json=SUBSCRIPTION).status_code for _ in range(CALLS_AT_ONCE + 1)]

    assert (204, 429) == (answers[0], answers[-1])


def test_shops_without_push_have_no_such_door(make_shop):
    shop = make_shop(consent=ConsentConfig(base_url="https://soap.example/privacy/"))
    with TestClient(create_app(shop), base_url="https://soap.example") as browser:
        answer = browser.post("https://soap.example/privacy/d/x", json=SUBSCRIPTION)

    assert 404 == answer.status_code


@settings(max_examples=200)
@given(
    st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=30),
        lambda inner: (
            st.dictionaries(
                st.sampled_from(["endpoint", "keys", "p256dh", "auth"]), inner, max_size=4
            )
            | st.lists(inner, max_size=3)
        ),
        max_leaves=6,
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_body_is_more_than_refused(body):
    assert _device(body) is None
