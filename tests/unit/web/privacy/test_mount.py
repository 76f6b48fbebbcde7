"""The pages in other people's apps: below any path, beside any framework, with no lifespan."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from retention_sdk.config import StoreConfig
from retention_sdk.errors import ConfigError
from retention_sdk.model import ConsentChannel, ConsentState
from retention_sdk.testing import a_shop
from retention_sdk.web import create_app
from retention_sdk.web.privacy import create_privacy_app

EMAIL = ConsentChannel.EMAIL


def in_starlette(app):
    home = Route("/", lambda _: PlainTextResponse("home"))
    return Starlette(routes=[home, Mount("/privacy", app=app)])


def by_hand(app):
    """A plain ASGI app that hands on what is below a path, as the specification says."""

    async def host(scope, receive, send):
        path = scope["path"]
        assert path.startswith("/privacy/")
        below = {**scope, "root_path": scope.get("root_path", "") + "/privacy"}
        await app(below, receive, send)

    return host


@pytest.mark.parametrize("mount", [in_starlette, by_hand])
def test_pages_work_below_a_path_of_another_app(shop, person, mount):
    client = TestClient(mount(create_privacy_app(shop)), follow_redirects=False)
    path = "/privacy" + person.unsubscribe_path()
    shown, done = client.get(path), client.post(path, data={"do": "unsubscribe"})

    assert "Unsubscribe" in shown.text
    assert "You are unsubscribed" in done.text
    assert ConsentState.DENIED is person.answer(EMAIL).state
    assert 404 == client.get("/privacy/u/x").status_code
    assert "frame-ancestors 'none'" in client.get("/privacy/u/x").headers["content-security-policy"]


def test_the_shops_own_app_serves_them_where_their_address_says(shop, person):
    with TestClient(create_app(shop), follow_redirects=False) as client:
        path = "/privacy" + person.preferences_path()

        assert "Your preferences" in client.get(path).text
        assert 404 == client.get(person.preferences_path()).status_code
        assert "This link no longer works" in client.get("/privacy/c/x").text
        assert {"status": "ok"} == client.get("/health").json()


def test_links_between_pages_stay_below_the_path(shop, person):
    client = TestClient(in_starlette(create_privacy_app(shop)))
    page = client.get("/privacy" + person.unsubscribe_path())
    way = page.text.split('class="anchors"><a href="')[1].partition('"')[0]

    assert way.startswith("../p/")
    assert "Your preferences" in client.get(str(page.url.join(way)).replace("&amp;", "&")).text


def test_without_an_address_there_is_nothing_to_serve(make_shop):
    shop = make_shop(shop=a_shop())

    with pytest.raises(ConfigError, match=r"consent\.base_url"):
        create_privacy_app(shop)
    with TestClient(create_app(shop)) as client:
        assert 404 == client.get("/u/x").status_code


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_do_nothing(client, person, method):
    answer = client.request(method, person.unsubscribe_path())

    assert 405 == answer.status_code
    assert ConsentState.GRANTED is person.answer(EMAIL).state


def test_links_that_were_sent_outlive_the_key_that_signed_them(make_shop, clock):
    """The shop changes its key; the store, and a link in an older e-mail, still open."""
    old, new = "11" * 32, "22" * 32
    url = make_shop().config.store.url
    pages = {"shop": a_shop(), "consent": {"base_url": "https://soap.example/privacy/"}}
    before = make_shop(clock=clock, store=StoreConfig(url=url, key=old), **pages)
    with before.store.begin() as connection:
        who = before.store.subjects.subject_for(connection, "soap.example", "id:42", now=clock())
    path = urlsplit(before.links.preferences_url(who, now=clock())).path.removeprefix("/privacy")
    store = StoreConfig(url=url, key=new, previous_keys=(old,))
    after = make_shop(clock=clock, store=store, **pages)

    assert 200 == TestClient(create_privacy_app(after)).get(path).status_code
    forgotten = make_shop(clock=clock, store=StoreConfig(url="sqlite://", key=new), **pages)
    assert 404 == TestClient(create_privacy_app(forgotten)).get(path).status_code


def test_a_previous_key_that_is_none_is_named(make_shop):
    shop = make_shop(store=StoreConfig(url="sqlite://", key="11" * 32, previous_keys=("22",)))

    with pytest.raises(ConfigError, match=r"store\.previous_keys"):
        _ = shop.store
