"""Signing requests by OAuth 1.0a, against the standard's own example and a shop that checks."""

import time

import pytest
from retention_woocommerce.adapter import WooCommerceAdapter
from retention_woocommerce.oauth import (
    OAuth1,
    base_address,
    base_string,
    escaped,
    normalized,
    signature,
)

from retention_sdk.errors import ConfigError, PlatformError, UnsupportedFeature
from retention_sdk.http import httpx

# RFC 5849, 3.4.1.1: the request of the example, its parameters decoded, and what is signed.
EXAMPLE = (
    ("b5", "=%3D"),
    ("a3", "a"),
    ("c@", ""),
    ("a2", "r b"),
    ("oauth_consumer_key", "9djdj82h48djs9d2"),
    ("oauth_token", "kkk9d7dh3k39sjv7"),
    ("oauth_signature_method", "HMAC-SHA1"),
    ("oauth_timestamp", "137131201"),
    ("oauth_nonce", "7d8f3e4a"),
    ("c2", ""),
    ("a3", "2 q"),
)
NORMALIZED = (
    "a2=r%20b&a3=2%20q&a3=a&b5=%3D%253D&c%40=&c2=&oauth_consumer_key=9djdj82h48djs9d2"
    "&oauth_nonce=7d8f3e4a&oauth_signature_method=HMAC-SHA1&oauth_timestamp=137131201"
    "&oauth_token=kkk9d7dh3k39sjv7"
)
SIGNED_TEXT = (
    "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D"
    "%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a"
    "%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3D"
    "kkk9d7dh3k39sjv7"
)


def test_parameters_are_normalized_as_in_the_standard():
    assert NORMALIZED == normalized(EXAMPLE)


def test_what_is_signed_is_that_of_the_standard():
    assert SIGNED_TEXT == base_string("post", "http://example.com/request", EXAMPLE)


@pytest.mark.parametrize(
    ("url", "site", "expected"),
    [
        ("http://EXAMPLE.COM:80/r%20v/X?id=123", "", "http://example.com/r%20v/X"),
        ("https://www.example.net:8080/?q=1", "", "https://www.example.net:8080/"),
        ("https://shop.example:443/a", "", "https://shop.example/a"),
        ("http://[::1]:8000/a", "", "http://[::1]:8000/a"),
        ("http://127.0.0.1:3000/a", "http://shop.local:8088", "http://shop.local:8088/a"),
        ("http://127.0.0.1:3000/b/a", "https://Shop.local/b/", "http://shop.local/b/a"),
    ],
)
def test_address_has_no_default_port_and_is_that_of_the_site(url, site, expected):
    """The first two are RFC 5849, 3.4.1.2; the last two are a shop behind a proxy."""
    assert expected == base_address(url, site=site)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AZaz09-._~", "AZaz09-._~"),
        (" +%&=*'", "%20%2B%25%26%3D%2A%27"),
        ("é☃", "%C3%A9%E2%98%83"),
    ],
)
def test_everything_but_the_unreserved_is_escaped(text, expected):
    assert expected == escaped(text)


def test_signature_is_the_hmac_of_that_text():
    """Computed with: printf %s "$TEXT" | openssl dgst -sha256 -hmac 'cs_secret&' -binary | base64."""
    pairs = (
        ("oauth_consumer_key", "ck_key"),
        ("oauth_nonce", "n1"),
        ("oauth_signature_method", "HMAC-SHA256"),
        ("oauth_timestamp", "1700000000"),
        ("page", "2"),
    )
    made = signature(
        "GET", "http://shop.example:8088/wp-json/wc/v3/orders", pairs, secret="cs_secret"
    )

    assert "dYu4SY96IgL7NETDHeSct0UiRysA7NgjkC5AhqiojDc=" == made


def test_signed_request_carries_no_secret_and_a_new_nonce_each_time():
    nonces = iter(("one", "two"))
    auth = OAuth1("ck_key", "cs_secret", clock=lambda: 17.9, nonce=lambda: next(nonces))
    queries = [
        str(auth(httpx.Request("GET", "http://shop.example/o?code=a%20b")).url) for _ in range(2)
    ]

    assert all("code=a%20b" in q and q.endswith("oauth_timestamp=17") for q in queries)
    assert ["oauth_nonce=one" in q for q in queries] == [True, False]
    assert "cs_secret" not in "".join(queries) + repr(auth)


def test_shop_accepts_our_signature_whatever_port_it_is_reached_at(shop, library):
    """The shop calls itself 127.0.0.1:8088 and is reached at another port."""
    adapter = shop.adapter(library)
    adapter.note_order("12", "Grüße & <b>more</b> + 100%")
    adapter.fetch_order("12")

    assert shop.woo.home == "http://127.0.0.1:8088" != shop.url.partition("/wp-json")[0]
    assert ["POST", "GET"] == [request["method"] for request in shop.woo.requests]
    assert not [r for r in shop.woo.requests if "authorization" in r["headers"]]


def test_signature_for_another_address_is_refused(shop):
    adapter = shop.adapter(store_url="https://127.0.0.1:9999")

    with pytest.raises(PlatformError, match="401") as caught:
        adapter.fetch_order("12")
    assert not caught.value.retryable


@pytest.mark.parametrize(
    "wrong", [{"consumer_secret": "cs_wrong"}, {"consumer_key": "ck_wrong"}], ids=["secret", "key"]
)
def test_wrong_key_is_refused_and_not_shown(shop, wrong):
    with pytest.raises(PlatformError, match="401") as caught:
        shop.adapter(**wrong).fetch_order("12")
    assert not [secret for secret in wrong.values() if secret in str(caught.value)]


def test_request_that_was_overheard_is_not_heard_twice(shop):
    """The shop itself refuses a nonce that it has seen, and a moment that is long ago."""
    shop.adapter().fetch_order("12")
    overheard = shop.woo.requests[0]["path"]
    host = shop.url.partition("/wp-json")[0]
    old = OAuth1(
        shop.settings()["consumer_key"],
        shop.settings()["consumer_secret"],
        site=shop.home,
        clock=lambda: time.time() - 16 * 60,
    )

    assert 401 == httpx.get(host + overheard).status_code
    assert 401 == httpx.get(f"{shop.url}/orders/12", auth=old).status_code
    assert 401 == httpx.get(f"{shop.url}/orders/12", auth=("ck", "cs")).status_code


def test_repeated_request_is_signed_anew(shop):
    """A nonce is taken once, so a second try with the first one would be refused."""
    shop.woo.failures = [(503, {}), (503, {})]

    assert "12" == shop.adapter().fetch_order("12").id
    assert 3 == len({request["path"] for request in shop.woo.requests})


def test_key_that_may_only_read_cannot_write(shop):
    shop.woo.permissions = "read"

    with pytest.raises(PlatformError, match="401"):
        shop.adapter().note_order("12", "hello")
    assert shop.woo.notes == []


class Script:
    """Answers over https that no loopback server gives, in place of the library's network."""

    def __init__(self, library):
        self.library, self.requests = library, []

    def __getattr__(self, name):
        return getattr(self.library, name)

    def Client(self, **options):
        transport = self.library.MockTransport(self._answer)
        return self.library.Client(**options, transport=transport)

    def _answer(self, request):
        self.requests.append(request)
        return self.library.Response(200, json=[])


def test_https_takes_basic_authentication_and_no_signature(library):
    script = Script(library)
    kind = type("Adapter", (WooCommerceAdapter,), {"http": script})
    values = {
        "webhook_secrets": ["s"],
        "store_url": "https://shop.example/",
        "consumer_key": "ck_1",
        "consumer_secret": "cs_2",
    }
    assert [()] == [
        page.items for page in kind.from_config(values, shop_id="s.example").order_pages()
    ]
    (request,) = script.requests

    assert "Basic Y2tfMTpjc18y" == request.headers["authorization"]
    assert "shop.example" == request.url.host
    assert "/wp-json/wc/v3/orders" == request.url.path
    assert "oauth" not in str(request.url)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"api_url": "http://shop.example/wp-json/wc/v3"}, "allow_http"),
        ({"api_url": "ftp://shop.example/"}, "not an address"),
        ({"api_url": "https://name@shop.example/"}, "holds no name"),
        ({"api_url": "https://shop.example/?rest_route=/wc/v3"}, "holds no name"),
        ({"api_url": "", "store_url": ""}, "store_url"),
        ({"consumer_secret": None}, "together"),
        ({"page_size": 101}, "page_size"),
    ],
)
def test_unsafe_or_incomplete_settings_are_refused(shop, changes, message):
    with pytest.raises(ConfigError, match=message):
        shop.adapter(**changes)


def test_plain_http_to_another_machine_has_to_be_allowed(library):
    script = Script(library)
    kind = type("Adapter", (WooCommerceAdapter,), {"http": script})
    values = {
        "webhook_secrets": ["s"],
        "store_url": "http://shop.example",
        "consumer_key": "ck_1",
        "consumer_secret": "cs_2",
        "allow_http": True,
    }
    list(kind.from_config(values, shop_id="s.example").order_pages())
    (request,) = script.requests

    assert "authorization" not in request.headers
    assert "oauth_signature=" in str(request.url)
    assert "cs_2" not in str(request.url)


def test_adapter_without_a_key_promises_webhooks_alone(shop):
    adapter = shop.adapter(consumer_key=None, consumer_secret=None)

    assert "CREATE_CODE" not in str(adapter.capabilities)
    assert "WEBHOOKS" in str(adapter.capabilities)
    with pytest.raises(UnsupportedFeature, match="consumer_key"):
        adapter.fetch_order("12")
    assert shop.woo.requests == []
