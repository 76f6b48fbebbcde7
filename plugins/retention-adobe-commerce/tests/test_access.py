"""Who asks: an integration that signs, or a bearer of its token."""

import hmac
import re
from base64 import b64encode
from hashlib import sha256
from urllib.parse import quote, unquote

import pytest
from retention_adobe_commerce.oauth import Keys, Signed, signature

from retention_sdk.errors import ConfigError, PlatformError
from retention_sdk.http import httpx
from tests.playing import reply

KEYS = {
    "consumer_key": "invented-key",
    "consumer_secret": "invented-secret",
    "access_token_secret": "invented-token-secret",
}


def server_side(request, url):
    """Check a request as RFC 5849 tells servers to: from what came in, by the secrets."""
    header = request["headers"]["authorization"]
    told = {n: unquote(v) for n, v in re.findall(r'(oauth_\w+)="([^"]*)"', header)}
    given = told.pop("oauth_signature")
    asked = [tuple(each.split("=", 1)) for each in url.query.split("&")] if url.query else []
    pairs = sorted([(unquote(n), unquote(v)) for n, v in asked] + list(told.items()))
    query = "&".join(f"{quote(n, safe='')}={quote(v, safe='')}" for n, v in pairs)
    address = f"http://{request['headers']['host']}{url.path}"
    base = "&".join(quote(each, safe="") for each in (request["method"], address, query))
    digest = hmac.digest(b"invented-secret&invented-token-secret", base.encode(), sha256)
    return given == b64encode(digest).decode() and told["oauth_token"] == "invented-token"


def test_signed_requests_are_taken_and_carry_no_secret(shop):
    shop.server.signed_by = server_side
    shop.add("orders", shop.goods.order())
    adapter = shop.adapter(**KEYS)

    assert "1" == adapter.fetch_order("1").id
    assert ["1"] == [order.id for order in adapter.fetch_orders()]
    adapter.note_order("1", "Card printed: thanks & goodbye")


def test_wrong_secret_makes_a_wrong_signature(shop):
    shop.server.signed_by = server_side
    with pytest.raises(PlatformError, match="401") as caught:
        shop.adapter(**{**KEYS, "consumer_secret": "another"}).fetch_order("1")

    assert not caught.value.retryable
    assert "another" not in str(caught.value)


def test_each_request_has_a_nonce_and_a_time():
    nonces = iter(("a", "b"))
    signed = Signed(Keys("k", "s", "t", "u"), clock=lambda: 1.9, nonce=lambda: next(nonces))
    first, second = (
        signed(httpx.Request("GET", "https://k.example/x?a=b%20c")).headers["authorization"]
        for _ in range(2)
    )

    assert first != second
    assert 'oauth_timestamp="1"' in first
    assert "oauth_nonce" in first
    assert "Keys('k'" not in repr(signed)


def test_signature_covers_method_address_and_parameters():
    keys = Keys("k", "s", "t", "u")
    pairs = [("a", "1"), ("b", "x y")]
    good = signature("GET", "https://k.example/x", pairs, keys=keys)

    assert good == signature("get", "https://k.example/x", pairs[::-1], keys=keys)
    for other in (
        signature("POST", "https://k.example/x", pairs, keys=keys),
        signature("GET", "https://k.example/y", pairs, keys=keys),
        signature("GET", "https://k.example/x", [("a", "1"), ("b", "x+y")], keys=keys),
        signature("GET", "https://k.example/x", pairs, keys=Keys("k", "s", "t", "v")),
    ):
        assert good != other


def test_bearer_is_sent_where_there_are_no_other_keys(shop):
    shop.add("orders", shop.goods.order())

    assert "1" == shop.adapter().fetch_order("1").id
    with pytest.raises(PlatformError, match="key is wrong"):
        shop.adapter(access_token="a-wrong-one").fetch_order("1")


def test_half_of_the_keys_is_a_wrong_setting(shop):
    with pytest.raises(ConfigError, match="consumer_secret and access_token_secret"):
        shop.adapter(consumer_key="invented-key")


@pytest.mark.parametrize("url", ["http://shop.example", "https://a:b@shop.example", "shop.example"])
def test_address_that_shows_keys_is_refused(shop, url):
    with pytest.raises(ConfigError):
        shop.adapter(url=url)


def test_busy_shop_is_asked_again(shop):
    shop.add("orders", shop.goods.order())
    refusals = [reply(503, Retry_After=3)]
    shop.server.before = lambda *_: refusals.pop() if refusals else None

    assert "1" == shop.adapter().fetch_order("1").id
    assert [3.0] == shop.slept


def test_page_of_a_web_server_is_no_shop(shop):
    shop.server.before = lambda *_: reply(200, b"<html>")
    with pytest.raises(PlatformError, match="not JSON"):
        shop.adapter().fetch_order("1")
