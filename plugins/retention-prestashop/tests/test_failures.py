"""Refusals in the webservice's words, errors that nobody can read, and secrets in none of them."""

import json
import logging
import traceback
from base64 import b64encode

import pytest
from pydantic import ValidationError
from retention_prestashop.adapter import PrestaShopAdapter
from retention_prestashop.settings import PrestaShopSettings
from retention_prestashop.webservice import SECRET_FIELDS, Webservice

from retention_sdk.errors import AdapterError, ConfigError, PlatformError
from retention_sdk.http import httpx
from retention_sdk.model import ConsentState
from retention_sdk.testing import a_code, a_consent
from tests.playing import playing, reply

KEY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ123456"
# As thirty bees answers when something breaks; the blob is shortened.
ENCRYPTED = {
    "errors": [
        {
            "notice": "You can decrypt error message in the back office",
            "encrypted_error": "def50200" + "0a" * 64,
            "message": "Internal server error",
            "code": 2,
        }
    ]
}
CALLS = {
    "order": lambda adapter: adapter.fetch_order("7"),
    "orders": lambda adapter: list(adapter.order_pages()),
    "customers": lambda adapter: list(adapter.customer_pages()),
    "consents": lambda adapter: adapter.fetch_consents("2"),
    "withdrawal": lambda adapter: adapter.write_consent("2", a_consent(ConsentState.DENIED)),
    "code": lambda adapter: adapter.create_code(a_code("SOAP-2026")),
    "void": lambda adapter: adapter.void_code(a_code("THANKS-ABC123")),
    "note": lambda adapter: adapter.note_order("9", "hello"),
    "products": lambda adapter: list(adapter.product_pages()),
    "shop": lambda adapter: adapter.fetch_shop(),
    "erasure": lambda adapter: adapter.erase_customer("3"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_error_that_nobody_can_read_may_pass_and_is_not_quoted(shop, call):
    shop.failures += [reply(500, ENCRYPTED)] * 5
    with pytest.raises(PlatformError, match="status 500") as caught:
        call(shop.adapter())
    assert caught.value.retryable
    assert "def50200" not in f"{caught.value!r}"


@pytest.mark.parametrize(
    ("status", "body", "is_retryable"),
    [
        (200, b"<html>Fatal error: ada@example.com</html>", True),
        (200, b"", True),
        (200, b'{"orders": {"id": 1}}', False),
        (200, b'{"errors": [{"message": "ada@example.com"}]}', False),
        (200, b'"ada@example.com"', False),
        (200, b'{"orders": [1]}', False),
        (400, b"<html>ada@example.com</html>", False),
        (403, b"ada@example.com", False),
        (404, b"", False),
    ],
)
def test_answer_that_is_no_list_is_refused_and_not_quoted(shop, status, body, is_retryable):
    shop.failures += [(status, {}, body)]
    with pytest.raises(AdapterError) as caught:
        list(shop.adapter(time_zone="UTC").order_pages())
    assert is_retryable == getattr(caught.value, "retryable", False)
    assert "ada" not in str(caught.value)


def test_wrong_key_says_so(shop):
    adapter = shop.adapter(webservice_key=KEY[::-1])
    with pytest.raises(PlatformError, match="error 18 of the webservice; that is no key") as caught:
        adapter.fetch_shop()
    assert not caught.value.retryable


def test_missing_permission_names_the_resource(shop):
    shop.forbidden.add("order_slip")
    with pytest.raises(PlatformError, match=r"order_slip was refused with status 401") as caught:
        list(shop.adapter().order_pages())
    assert "26" == caught.value.code


def test_page_of_a_web_server_is_not_taken_for_a_webservice(shop):
    shop.failures.append((404, {}, b"<h1>Not found</h1>"))
    with pytest.raises(PlatformError, match="not that of a webservice") as caught:
        shop.adapter().fetch_shop()
    assert "404" == caught.value.code


def test_shop_that_does_not_say_its_zone_is_refused_by_name(shop):
    rows = shop.tables["configurations"]
    shop.tables["configurations"] = {n: r for n, r in rows.items() if r["name"] != "PS_TIMEZONE"}
    with pytest.raises(AdapterError, match="PS_TIMEZONE"):
        shop.adapter().fetch_order("7")
    assert shop.adapter(time_zone="Europe/Berlin").fetch_order("7")


@pytest.mark.parametrize(
    "wrong",
    [
        {"store_url": "http://shop.example"},
        {"store_url": "https://name:word@shop.example"},
        {"store_url": "shop.example"},
        {"webservice_key": "short"},
        {"time_zone": "Berlin"},
        {"page_size": 0},
        {"shop_number": 0},
        {"passwd": "x"},
    ],
)
def test_wrong_settings_are_refused_without_the_key(wrong):
    values = {"store_url": "https://shop.example", "webservice_key": KEY, **wrong}
    with pytest.raises(ConfigError) as caught:
        PrestaShopAdapter.from_config(values, shop_id="soap.example")
    assert KEY not in str(caught.value)


def test_address_of_the_webservice_is_that_of_the_shop():
    settings = PrestaShopSettings(store_url="https://shop.example/fr/", webservice_key=KEY)

    assert "https://shop.example/fr/api" == settings.webservice_url
    with pytest.raises(ValidationError):
        PrestaShopSettings(store_url="https://shop.example")


def test_both_http_libraries_ask_the_same(shop, library):
    adapter = shop.adapter(library)
    adapter.write_consent("2", a_consent(ConsentState.DENIED))

    assert "DSEKEJZLD" == adapter.fetch_order("7").number
    assert "0" == shop.tables["customers"][2]["newsletter"]


# Secrets -----------------------------------------------------------------------------------


@pytest.fixture
def marked(shop):
    """A shop in which every secret of a customer can be recognised."""
    for rows in shop.tables.values():
        for row in rows.values():
            for name in SECRET_FIELDS & row.keys():
                row[name] = f"S3CR3T-{name}"
    return shop


def told_by(call, adapter):
    """All that a caller can see of a call: its result or its error, with everything behind it."""
    try:
        found = call(adapter)
    except AdapterError as error:
        return "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
    pages = found if isinstance(found, list) else [found]
    records = [each for page in pages for each in getattr(page, "items", (page,))]
    dumped = [each.model_dump_json() for each in records if hasattr(each, "model_dump_json")]
    return f"{found!r} {dumped}"


@pytest.mark.parametrize("is_failing", [False, True], ids=["good", "failing"])
def test_no_secret_of_a_customer_leaves_the_client(marked, caplog, is_failing):
    """Neither in values nor in errors, logs and reprs."""
    caplog.set_level(logging.DEBUG)
    if is_failing:
        every = [row for rows in marked.tables.values() for row in rows.values()]
        broken = reply(400, {"errors": [{"code": 85, "message": json.dumps(every)}]})
        marked.before_answer = lambda _request: marked.failures.append(broken)
    adapter = marked.adapter()
    told = "".join(told_by(call, adapter) for call in CALLS.values()) + repr(adapter)

    for secret in ("S3CR3T", KEY):
        assert secret not in told
        assert secret not in caplog.text


def test_secrets_are_asked_for_only_to_be_written_again(marked):
    """Lists name the fields they want, and none of these is secret."""
    adapter = marked.adapter()
    for name in CALLS.keys() - {"withdrawal", "void", "erasure"}:
        CALLS[name](adapter)
    lists = [path for path in marked.paths() if "display=" in path]

    assert lists
    assert not [path for path in lists for name in SECRET_FIELDS if name in path]
    whole = {path.split("?")[0] for path in marked.paths() if "display=full" in path}
    assert {"/api/languages"} == whole
    sent = b"".join(request["body"] for request in marked.requests)
    assert b"S3CR3T" not in sent


def test_whatever_is_answered_is_stripped():
    """Even where a shop ignores which fields were asked for."""
    row = {"id": 1, "passwd": "x", "more": [{"token": "y", "secure_key": "z", "name": "n"}]}
    with playing(reply(200, {"customers": [row]})) as play:
        settings = PrestaShopSettings(store_url=play.url, api_url=play.url, webservice_key=KEY)
        with Webservice(settings, http=httpx) as service:
            assert [{"id": 1, "more": [{"name": "n"}]}] == service.rows("customers", ("id",))
            assert KEY not in repr(service)


def test_key_goes_as_a_name_without_a_word_and_in_no_address(shop):
    shop.adapter().fetch_shop()

    name = f"Basic {b64encode(f'{KEY}:'.encode()).decode()}"
    assert {name} == {request["headers"]["authorization"] for request in shop.requests}
    assert not [path for path in shop.paths() if KEY in path]
