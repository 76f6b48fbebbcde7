"""Secrets go over https, or stay on this machine; who writes the settings is told what to do."""

import pytest

from retention_sdk.shop_api import safe_address


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example",
        "https://shop.example:8443/api/",
        "http://localhost:3000/admin-api",
        "http://127.0.0.1",
        "http://[::1]:8000/",
    ],
)
def test_https_and_this_machine_are_safe_and_stay_as_they_are(url):
    assert url == safe_address(url)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://shop.example", "a key must not travel over plain http; use https"),
        ("http://localhost.shop.example", "plain http"),
        ("shop.example", "not an address such as https://shop.example"),
        ("ftp://shop.example", "not an address"),
        ("https:///api", "not an address"),
        ("", "not an address"),
        ("https://ada@shop.example", "a key belongs into a setting of its own"),
        ("https://:sesame@shop.example", "no name, password"),
        ("https://shop.example/?key=sesame", "query"),
        ("https://shop.example/#sesame", "fragment"),
    ],
)
def test_anything_else_is_refused_and_not_quoted(url, message):
    with pytest.raises(ValueError, match=message) as caught:
        safe_address(url)
    assert "sesame" not in str(caught.value)


def test_plain_http_can_be_allowed():
    assert "http://shop.example" == safe_address("http://shop.example", allow_http=True)


def test_message_has_the_words_of_the_platform():
    words = {"what": "a password", "way_out": "set allow_http"}

    with pytest.raises(ValueError, match=r"a password must not travel .* set allow_http"):
        safe_address("http://shop.example", **words)
    with pytest.raises(ValueError, match="a password belongs into password"):
        safe_address("https://ada@shop.example", what="a password", setting="password")
    with pytest.raises(ValueError, match=r"such as https://shop\.example/api"):
        safe_address("api", example="https://shop.example/api")
