"""What ``retention x`` prints for a shop."""

import tomllib
from contextlib import contextmanager

import pytest
from retention_saleor import command


@pytest.fixture
def shop(api, monkeypatch):
    """A shop whose file says where the server is."""

    class Opened:
        @classmethod
        @contextmanager
        def from_file(cls, _):
            yield cls()

        def adapter(self, _):
            return api.adapter()

    monkeypatch.setattr(command, "Retention", Opened)
    return api


def test_keys_are_printed_as_the_settings_want_them(shop, saleor, capsys):
    assert 0 == command.keys()
    printed = tomllib.loads(capsys.readouterr().out)

    assert [saleor.captured_key()] == printed["platforms"]["saleor"]["jwks"]
    saleor.adapter(jwks=printed["platforms"]["saleor"]["jwks"])


def test_keys_of_another_kind_are_left_out(shop, capsys):
    shop.shop.jwks = {"keys": [{"kty": "EC", "kid": "x"}]}
    command.keys()

    assert "" == capsys.readouterr().out


def test_subscription_is_the_one_that_is_registered(shop, capsys):
    assert 0 == command.subscription()

    assert shop.adapter().subscription == capsys.readouterr().out.removesuffix("\n")
