"""What ``retention x`` prints for a shop, read from its file."""

import tomllib

import pytest

from retention_sdk.cli import main


@pytest.fixture
def run(shop_file, capsys):
    """Run a command for a shop; return what it printed."""

    def run(name):
        assert 0 == main(["x", name, "-c", str(shop_file)])
        return capsys.readouterr().out

    return run


def test_keys_are_printed_as_the_settings_want_them(run, saleor):
    printed = tomllib.loads(run("saleor-keys"))["platforms"]["saleor"]["jwks"]

    assert [saleor.captured_key()] == printed
    saleor.adapter(jwks=printed)


def test_keys_of_another_kind_are_left_out(run, api):
    api.shop.jwks = {"keys": [{"kty": "EC", "kid": "x"}]}

    assert "" == run("saleor-keys")


def test_subscription_is_the_one_that_is_registered(run, api):
    printed = run("saleor-subscription")

    assert api.adapter(consent_metadata="private").subscription == printed.removesuffix("\n")
