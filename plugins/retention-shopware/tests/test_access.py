"""Tokens, versions, refusals: what stands between an adapter and its shop."""

import httpx as httpx_itself
import pytest

from retention_sdk.errors import ConfigError, PlatformError
from tests.playing import reply

ORDER = f"{10001:032x}"


def test_token_is_asked_for_once(shop):
    shop.add_order()
    adapter = shop.adapter()
    for _ in range(3):
        adapter.fetch_order(ORDER)

    assert 1 == shop.server.granted
    assert 1 == len(shop.asked("_info/version"))


def test_token_is_renewed_before_it_ends(shop):
    shop.add_order()
    adapter = shop.adapter()
    adapter.fetch_order(ORDER)
    shop.clock.seconds += 545  # of 600; less than a minute is left

    adapter.fetch_order(ORDER)
    assert 2 == shop.server.granted


def test_revoked_token_is_renewed_once(shop):
    shop.add_order()
    adapter = shop.adapter()
    adapter.fetch_order(ORDER)
    shop.server.tokens.clear()

    assert ORDER == adapter.fetch_order(ORDER).id
    assert 2 == shop.server.granted


def test_shop_that_takes_no_token_is_not_asked_for_ever(shop):
    shop.server.before = lambda method, path, body: (
        reply(401, {"errors": []}) if path.startswith("search/") else None
    )
    with pytest.raises(PlatformError, match="401") as caught:
        shop.adapter().fetch_order(ORDER)

    assert not caught.value.retryable
    assert 2 == shop.server.granted


def test_shops_do_not_share_tokens(shop):
    shop.add_order()
    shop.server.apps["SWIA-OTHER"] = "other-secret"
    shop.adapter().fetch_order(ORDER)
    shop.adapter("other.example", client_id="SWIA-OTHER", client_secret="other-secret").fetch_order(
        ORDER
    )

    assert 2 == shop.server.granted


def test_wrong_secret_is_refused_for_good_and_not_shown(shop):
    with pytest.raises(PlatformError, match="key is wrong") as caught:
        shop.adapter(client_secret="a-wrong-one").fetch_order(ORDER)

    assert not caught.value.retryable
    assert "a-wrong-one" not in f"{caught.value!r} {caught.value}"


@pytest.mark.parametrize("version", ["6.6.10.3", "6.8.0.0", "6.70.0.0", ""])
def test_other_version_is_refused(shop, version):
    shop.add_order()
    shop.server.version = version
    adapter = shop.adapter()
    for _ in "every time":
        with pytest.raises(PlatformError, match=r"this adapter knows 6\.7"):
            adapter.fetch_order(ORDER)


@pytest.mark.parametrize("version", ["6.7.0.0", "6.7.13.0", "6.7.9999999-dev"])
def test_every_version_of_the_line_is_taken(shop, version):
    shop.add_order()
    shop.server.version = version

    assert ORDER == shop.adapter().fetch_order(ORDER).id


def test_other_http_library_will_do(shop):
    shop.add_order()

    assert ORDER == shop.adapter(http=httpx_itself).fetch_order(ORDER).id


def test_busy_shop_is_asked_again(shop):
    shop.add_order()
    refusals = [reply(429, Retry_After=7)]
    shop.server.before = lambda method, path, body: (
        refusals.pop() if refusals and path.startswith("search/") else None
    )

    assert ORDER == shop.adapter().fetch_order(ORDER).id
    assert [7.0] == shop.clock.slept


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://shop.example", "plain http"),
        ("shop.example", "not an address"),
        ("https://me:pass@shop.example", "holds no name"),
        ("https://shop.example/?a=1", "holds no name"),
    ],
)
def test_address_that_shows_secrets_is_refused(shop, url, why):
    with pytest.raises(ConfigError, match=why):
        shop.adapter(url=url)
