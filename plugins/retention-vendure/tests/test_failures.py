"""What goes wrong between two machines, and whether trying again may help."""

import json
import socket

import pytest
from retention_vendure.adapter import VendureAdapter

from retention_sdk.errors import ConfigError, PayloadError, PlatformError, UnsupportedFeature
from retention_sdk.shop_api.client import ANSWER_BYTES_MAX
from retention_sdk.testing import a_code, a_consent
from tests.playing import good, playing
from tests.ports import free_port

KEY = "key-0123456789"


def make(adapter_class, shop, **changes):
    return adapter_class.from_config(shop.settings(**changes), shop_id="soap.example")


def failure(call):
    with pytest.raises(PlatformError) as caught:
        call()
    assert KEY not in f"{caught.value} {caught.value!r}"
    return caught.value


def test_order_that_cannot_be_read_does_not_stop_the_list():
    broken = {"id": "1", "type": "Regular", "updatedAt": "2026-11-20T10:00:00Z"}
    settings = {"serverConfig": {"moneyStrategyPrecision": 2}}
    data = {"globalSettings": settings, "orders": {"items": [broken], "totalItems": 1}}
    with playing(good({"data": data})) as play:
        values = {"url": play.url, "api_key": KEY}
        (page,) = VendureAdapter.from_config(values, shop_id="soap.example").order_pages()

    assert ((), "") == (page.items, page.cursor)
    assert page.refused[0].startswith("order 1: vendure: cannot be read")


def test_wrong_key_is_forbidden(shop, adapter_class):
    """Vendure says so with status 200."""
    adapter = make(adapter_class, shop, api_key=KEY)
    error = failure(lambda: list(adapter.fetch_orders()))

    assert not error.retryable
    assert "FORBIDDEN" in str(error)


def test_wrong_password_is_refused(shop, adapter_class):
    adapter = make(adapter_class, shop, api_key=None, username="superadmin", password=KEY)

    assert not failure(adapter.fetch_shop).retryable


def test_field_that_the_shop_does_not_have_is_named(shop, adapter_class):
    adapter = make(adapter_class, shop, language_field="lingua")
    error = failure(lambda: adapter.fetch_order("1"))

    assert not error.retryable
    assert "lingua" in str(error)


def test_address_that_is_not_the_admin_api_is_recognised(shop, adapter_class):
    adapter = make(adapter_class, shop, url=shop.server.admin_url.replace("admin-api", "nothing"))

    assert not failure(adapter.fetch_shop).retryable


@pytest.mark.parametrize("after", [0, 1, 100, 300])
def test_answer_that_is_cut_off_may_be_asked_again(shop, adapter_class, cutting_proxy, after):
    adapter = make(adapter_class, shop, url=cutting_proxy(after))

    assert failure(lambda: list(adapter.fetch_orders())).retryable


def test_server_that_is_down_may_be_up_later(shop, adapter_class):
    adapter = make(adapter_class, shop, url=f"http://127.0.0.1:{free_port()}/admin-api")

    assert failure(adapter.fetch_shop).retryable


def test_server_that_is_silent_may_answer_later(shop, adapter_class):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/admin-api"
        adapter = make(adapter_class, shop, url=url, timeout_s=0.2)

        assert failure(adapter.fetch_shop).retryable


@pytest.mark.parametrize(
    ("status", "body", "is_retryable"),
    [
        (500, b"oops", True),
        (502, b"<html>Bad Gateway</html>", True),
        (503, b"", True),
        (429, b"slow down", True),
        (401, b"", False),
        (404, b"<!DOCTYPE html>", False),
        (302, b"", False),
        (200, b"<html>busy</html>", True),
        (200, b"", True),
        (200, b'{"data": {"activeCh', True),
        (200, b"[]", False),
        (200, b'{"data": null}', False),
        (200, b"[" * 100_000, True),
        (200, b'{"errors": [{"extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}', True),
        (200, b'{"errors": ["what"]}', False),
        (200, b'{"errors": [{"message": "ada@example.com is wrong"}]}', False),
    ],
)
def test_refusals_are_sorted(scripted, status, body, is_retryable):
    adapter, _ = scripted((status, body, {}), country="DE")
    error = failure(adapter.fetch_shop)

    assert is_retryable == error.retryable
    assert "ada@example.com" not in str(error)


def test_endless_answer_is_not_read_to_the_end(scripted):
    adapter, _ = scripted((200, b" " * (ANSWER_BYTES_MAX + 1), {}), country="DE")

    assert "smaller pages" in str(failure(adapter.fetch_shop))


def test_redirect_does_not_carry_the_key_elsewhere(scripted):
    elsewhere = {"location": "https://elsewhere.example/admin-api"}
    adapter, script = scripted((307, b"", elsewhere), country="DE")
    failure(adapter.fetch_shop)

    assert ["shop.example"] == [request.url.host for request in script.requests]


def test_cookies_are_not_kept(scripted):
    """A session cookie would outrank the key: Vendure takes it first."""
    login = json.dumps({"data": {"login": {"__typename": "CurrentUser"}}}).encode()
    headers = {"set-cookie": "session=abc; Path=/", "vendure-auth-token": "token-1"}
    adapter, script = scripted(
        (200, login, headers),
        (503, b"", {}),
        api_key=None,
        username="ada",
        password=KEY,
        country="DE",
    )
    failure(adapter.fetch_shop)

    assert "cookie" not in script.requests[1].headers
    assert script.requests[1].headers["authorization"] == "Bearer token-1"


def test_channel_is_chosen_by_its_token(scripted):
    adapter, script = scripted((503, b"", {}), channel_token="channel-1", country="DE")
    failure(adapter.fetch_shop)

    assert script.requests[0].headers["vendure-token"] == "channel-1"


def test_answer_that_lacks_a_field_cannot_be_read(scripted):
    answer = {"data": {"globalSettings": None, "order": {"orderPlacedAt": "2026-11-20T12:00:00Z"}}}
    adapter, _ = scripted((200, json.dumps(answer).encode(), {}))

    with pytest.raises(PayloadError, match="vendure"):
        adapter.fetch_order("1")


def test_shop_without_a_country_has_no_profile(scripted):
    adapter, script = scripted()

    with pytest.raises(UnsupportedFeature, match="country"):
        adapter.fetch_shop()
    assert script.requests == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"url": "http://shop.example/admin-api"}, "https"),
        ({"url": "shop.example"}, "not an address"),
        ({"url": "https://ada:secret@shop.example/"}, "api_key"),
        ({"api_key": None}, "username and password"),
        ({"username": "ada", "password": "x"}, "username and password"),
        ({"consent_field": "a } b {"}, "pattern"),
        ({"page_size": 5000}, "1000"),
    ],
)
def test_wrong_settings_name_their_way_out(changes, message):
    values = {"url": "https://shop.example/admin-api", "api_key": KEY, **changes}

    with pytest.raises(ConfigError, match=message) as caught:
        VendureAdapter.from_config(values, shop_id="soap.example", file="retention.toml")
    assert "retention.toml: platforms.vendure" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_role_in_the_readme_is_enough(shop):
    """A key with only the permissions that the README names can do everything."""
    permissions = [
        *("ReadOrder", "UpdateOrder", "ReadCustomer", "UpdateCustomer", "ReadCatalog"),
        *("ReadPromotion", "CreatePromotion", "UpdatePromotion"),
    ]
    key = shop.server.new_api_key("retention", permissions)
    adapter = VendureAdapter.from_config(shop.settings(api_key=key), shop_id="soap.example")
    customer_id = shop.new_customer()
    adapter.write_consent(customer_id, a_consent())

    assert set(shop.totals) <= {order.number for order in adapter.fetch_orders()}
    assert len(adapter.fetch_consents(customer_id)) == 1
    assert adapter.fetch_shop().currency == "EUR"
    assert customer_id in {each.id for page in adapter.customer_pages() for each in page.items}
    assert any(page.items for page in adapter.product_pages())
    adapter.note_order(shop.orders["a gift"]["id"], "a card was printed")
    adapter.void_code(adapter.create_code(a_code("ROLE-TEST-1")))
