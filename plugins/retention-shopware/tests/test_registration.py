"""A shop and our app exchange secrets, and nobody else gets any."""

import json
import threading
import tomllib
from urllib.parse import urlencode

import pytest
from retention_shopware.__main__ import Desk, main, settings_of
from retention_shopware.registration import App, Registered, answer_registration, read_confirmation

from retention_sdk.errors import PayloadError, SignatureError
from retention_sdk.http import httpx

APP = App("RetentionSdk", "app-secret", "https://retention.example/shopware")
QUERY = "shop-id=KIPf0Fz6BUkN&shop-url=https%3A%2F%2Fkiln.example&timestamp=1795162503"
SHOP_SECRET, PREVIOUS = "n" * 96, "p" * 96
CONFIRMED = {
    "apiKey": "SWIAINVENTED",
    "secretKey": "invented",
    "timestamp": "1795162504",
    "shopUrl": "https://kiln.example",
    "shopId": "KIPf0Fz6BUkN",
}
BODY = json.dumps(CONFIRMED).encode()


def registration(headers, previous="", query=QUERY):
    return answer_registration(
        APP, query=query, headers=headers, shop_secret=SHOP_SECRET, previous=previous
    )


def confirmation(headers, body=BODY, previous=""):
    return read_confirmation(body=body, headers=headers, shop_secret=SHOP_SECRET, previous=previous)


def test_shop_gets_the_proof_it_expects(sign):
    answer = registration({"Shopware-App-Signature": sign(QUERY.encode(), "app-secret")})

    proved = b"KIPf0Fz6BUkNhttps://kiln.exampleRetentionSdk"
    assert (sign(proved, "app-secret"), SHOP_SECRET) == (answer["proof"], answer["secret"])
    assert "https://retention.example/shopware" == answer["confirmation_url"]


@pytest.mark.parametrize("signature", ["", "0" * 64, "\u2603"])
def test_stranger_learns_no_secret(signature):
    with pytest.raises(SignatureError):
        registration({"shopware-app-signature": signature})


def test_changed_query_is_refused(sign):
    headers = {"shopware-app-signature": sign(QUERY.encode(), "app-secret")}
    with pytest.raises(SignatureError):
        registration(headers, query=QUERY.replace("kiln", "evil"))


def test_query_without_a_shop_is_refused(sign):
    with pytest.raises(PayloadError):
        registration({"shopware-app-signature": sign(b"a=1", "app-secret")}, query="a=1")


def test_shop_that_comes_again_signs_with_its_old_secret_too(sign):
    headers = {"shopware-app-signature": sign(QUERY.encode(), "app-secret")}
    with pytest.raises(SignatureError, match="shopware-shop-signature"):
        registration(headers, PREVIOUS)
    headers["shopware-shop-signature"] = sign(QUERY.encode(), PREVIOUS)

    assert registration(headers, PREVIOUS)


def test_confirmation_is_read(sign):
    shop = confirmation({"shopware-shop-signature": sign(BODY, SHOP_SECRET)})

    assert ("https://kiln.example", "SWIAINVENTED", "invented") == (
        shop.shop_url,
        shop.client_id,
        shop.client_secret,
    )
    assert "invented" not in repr(shop)


def test_confirmation_that_comes_again_has_both_signatures(sign):
    headers = {"shopware-shop-signature": sign(BODY, SHOP_SECRET)}
    with pytest.raises(SignatureError, match="previous"):
        confirmation(headers, previous=PREVIOUS)
    headers["shopware-shop-signature-previous"] = sign(BODY, PREVIOUS)

    assert confirmation(headers, previous=PREVIOUS)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", json.dumps(CONFIRMED | {"apiKey": 1}).encode()]
)
def test_signed_rubbish_is_no_confirmation(sign, body):
    with pytest.raises(PayloadError):
        confirmation({"shopware-shop-signature": sign(body, SHOP_SECRET)}, body)


def test_settings_are_toml():
    table = tomllib.loads(settings_of(Registered("id", "https://k.example", "a", 'b"'), "n", "p"))

    assert {"client_secret": 'b"', "webhook_secrets": ["n", "p"]} == {
        name: table["platforms"]["shopware"][name] for name in ("client_secret", "webhook_secrets")
    }


def test_whole_registration_over_a_wire(tmp_path, sign, shop, monkeypatch):
    """A stranger, then the shop: what is written opens the shop."""
    secret, out = tmp_path / "app-secret.txt", tmp_path / "shopware.toml"
    secret.write_text("app-secret\n", encoding="utf-8")
    desks, ready = [], threading.Event()
    wait = Desk.wait

    def watched(desk):
        desks.append(desk)
        ready.set()
        return wait(desk)

    monkeypatch.setattr(Desk, "wait", watched)
    wishes = ["--app", "RetentionSdk", "--secret-file", str(secret), "--out", str(out)]
    wishes += ["--url", "https://retention.example/shopware", "--port", "0"]
    server = threading.Thread(target=main, args=(wishes,))
    server.start()
    assert ready.wait(20)
    url = f"http://127.0.0.1:{desks[0].server_port}/shopware"
    shop_url = shop.settings()["url"]
    query = urlencode({"shop-id": "KIPf", "shop-url": shop_url, "timestamp": "1795162503"})
    stranger = httpx.get(f"{url}?{query}")
    signed = {"shopware-app-signature": sign(query.encode(), "app-secret")}
    told = httpx.get(f"{url}?{query}", headers=signed).json()
    confirmed = {**CONFIRMED, "shopUrl": shop_url, "apiKey": "SWIA-INVENTED"}
    body = json.dumps(confirmed | {"secretKey": "invented-secret"}).encode()
    signed = {"shopware-shop-signature": sign(body, told["secret"])}
    done = httpx.post(url, content=body, headers=signed)
    server.join(20)
    table = tomllib.loads(out.read_text(encoding="utf-8"))["platforms"]["shopware"]

    assert (401, 200) == (stranger.status_code, done.status_code)
    assert [told["secret"]] == table["webhook_secrets"]
    assert 0o600 == out.stat().st_mode & 0o777
    assert "Kiln and Leaf" == shop.adapter(**table).fetch_shop().name
