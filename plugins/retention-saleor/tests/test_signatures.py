"""Who may tell us something."""

import base64
import json

import pytest
from retention_saleor.values import base64url, unbase64url

from retention_sdk.errors import ConfigError, SignatureError
from retention_sdk.model import WebhookRequest

SECRET = "s3cr3t"  # of the throwaway shop
HEADERS = ("Saleor-Signature", "X-Saleor-Signature")


def signed(body, signature, header=HEADERS[0]):
    return WebhookRequest(headers={header: signature}, body=body)


def refused(adapter, request, match="signature missing or wrong"):
    with pytest.raises(SignatureError, match=match):
        adapter.verify(request)


def as_request(delivery, **changes):
    values = {"headers": delivery["headers"], "body": delivery["body"].encode(), **changes}
    return WebhookRequest(**values)


def test_every_captured_delivery_verifies(saleor):
    """Saleor's own signatures: 19 by its key, and 2 by the secret of a webhook."""
    adapter = saleor.adapter(jwks=[saleor.captured_key()], webhook_secrets=[SECRET])
    deliveries = saleor.captured()
    for delivery in deliveries:
        adapter.verify(as_request(delivery))

    keyed = [d for d in deliveries if ".." in d["headers"]["Saleor-Signature"]]
    assert (21, 19) == (len(deliveries), len(keyed))


@pytest.mark.parametrize("header", HEADERS)
def test_both_families_of_headers_are_read(saleor, header):
    adapter = saleor.adapter(webhook_secrets=[SECRET])
    for delivery in saleor.captured():
        only = {name: value for name, value in delivery["headers"].items() if name == header}
        adapter.verify(as_request(delivery, headers=only))


@pytest.mark.parametrize("number", [3, 5], ids=["by key", "by secret"])
def test_every_flipped_byte_of_a_body_is_refused(saleor, number):
    adapter = saleor.adapter(webhook_secrets=[SECRET])
    delivery = saleor.captured()[number]
    body = bytearray(delivery["body"].encode())
    for position in range(len(body)):
        body[position] ^= 1
        refused(adapter, as_request(delivery, body=bytes(body)))
        body[position] ^= 1
    adapter.verify(as_request(delivery, body=bytes(body)))


@pytest.mark.parametrize("number", [3, 5], ids=["by key", "by secret"])
def test_every_changed_letter_of_a_signature_is_refused(saleor, number):
    """Even the last one, whose lowest bits are padding: a signature has one spelling."""
    adapter = saleor.adapter(webhook_secrets=[SECRET])
    delivery = saleor.captured()[number]
    given = delivery["headers"]["Saleor-Signature"]
    for position, letter in enumerate(given):
        other = "B" if letter == "A" else "A"
        changed = given[:position] + other + given[position + 1 :]
        with pytest.raises(SignatureError):
            adapter.verify(signed(delivery["body"].encode(), changed))


def test_last_letter_has_one_spelling(saleor):
    signature = saleor.jws(b"{}")
    last = signature[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twins = [c for c in alphabet if alphabet.index(c) ^ alphabet.index(last) in range(1, 4)]

    assert twins
    for twin in twins:
        refused(saleor.adapter(), signed(b"{}", signature[:-1] + twin))


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "PS256"},
        {"b64": True},
        {"b64": 0},
        {"b64": None},
        {"crit": []},
        {"crit": ["b64", "exp"]},
        {"crit": "b64"},
    ],
)
def test_header_that_asks_for_something_else_is_refused(saleor, header):
    """Each of them well signed over the same content."""
    refused(saleor.adapter(), signed(b"{}", saleor.jws(b"{}", **header)))


@pytest.mark.parametrize("kid", ["somebody else's", None, 7, ["tests"]])
def test_key_that_is_not_in_the_settings_is_named_with_the_way_out(saleor, kid):
    signature = saleor.jws(b"{}")
    fields = {"alg": "RS256", "b64": False, "crit": ["b64"], "kid": kid}
    header = base64url(json.dumps(fields).encode())

    refused(
        saleor.adapter(), signed(b"{}", f"{header}..{signature.partition('..')[2]}"), "saleor-keys"
    )


def test_another_key_under_a_known_name_is_refused(saleor):
    forged = saleor.jwk("mallory") | {"kid": "tests"}

    refused(saleor.adapter(jwks=[forged]), signed(b"{}", saleor.jws(b"{}")))


def test_public_key_is_no_secret_to_sign_with(saleor):
    """A body that is signed by HMAC with what everybody can read."""
    public = saleor.captured_key()["n"]

    refused(saleor.adapter(), signed(b"{}", saleor.hex_hmac(b"{}", public)))
    refused(saleor.adapter(webhook_secrets=[SECRET]), signed(b"{}", saleor.hex_hmac(b"{}", public)))


def test_hmac_without_a_secret_in_the_settings_is_refused(saleor):
    refused(saleor.adapter(), signed(b"{}", saleor.hex_hmac(b"{}", "")))


def test_either_secret_is_good_while_they_are_rotated(saleor):
    adapter = saleor.adapter(webhook_secrets=["the next one", SECRET])

    for secret in ("the next one", SECRET):
        adapter.verify(signed(b"{}", saleor.hex_hmac(b"{}", secret)))
    refused(adapter, signed(b"{}", saleor.hex_hmac(b"{}", "the one before")))


@pytest.mark.parametrize(
    "signature",
    ["..", "x..", "..x", "e30..e30", "☃..☃", "." * 9_999, f"{'e30' * 4_000}..e30", "e30..e30..e30"],
)
def test_rubbish_is_refused_before_anything_is_made_of_it(saleor, signature):
    refused(saleor.adapter(), signed(b"{}", signature))


def test_deep_header_is_refused(saleor):
    deep = base64url(b"[" * 1_400)

    refused(saleor.adapter(), signed(b"{}", f"{deep}..{base64url(b'x' * 256)}"))


def test_payload_in_the_middle_is_no_detached_signature(saleor):
    """The whole form of a JWS carries its own payload, which nobody may put for the body."""
    header, _, signature = saleor.jws(b"{}").partition("..")

    refused(saleor.adapter(), signed(b"{}", f"{header}.e30.{signature}"))


@pytest.mark.parametrize("text", ["", "AQAB", "AQ", "AAAA"])
def test_base64url_reads_its_own_spelling(text):
    assert text == base64url(unbase64url(text))


@pytest.mark.parametrize("text", ["AQ==", "AR", "A", "AQAB\n", "A Q", "AQ+/", "ä"])
def test_base64url_reads_no_other(text):
    assert unbase64url(text) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"n": base64.urlsafe_b64encode(b"\xff" * 128).rstrip(b"=").decode()},
        {"n": ""},
        {"n": "not base64"},
        {"e": "AQ"},
        {"e": "AA"},
        {"kid": ""},
    ],
    ids=["1024 bits", "empty", "not a number", "exponent 1", "exponent 0", "no name"],
)
def test_weak_or_broken_key_is_a_wrong_setting(saleor, changes):
    with pytest.raises(ConfigError, match=r"platforms\.saleor\.jwks\.0"):
        saleor.adapter(jwks=[saleor.jwk("tests") | changes])


def test_even_modulus_is_a_wrong_setting(saleor):
    even = base64url(b"\xff" * 255 + b"\xfe")

    with pytest.raises(ConfigError, match="not an RSA key of 2048 bits"):
        saleor.adapter(jwks=[saleor.jwk("tests") | {"n": even}])


@pytest.mark.parametrize(
    "url",
    ["http://shop.example/graphql/", "shop.example/graphql/", "https://a:b@shop.example/graphql/"],
)
def test_address_that_would_show_the_token_is_a_wrong_setting(saleor, url):
    with pytest.raises(ConfigError, match=r"platforms\.saleor\.url"):
        saleor.adapter(url=url)


def test_token_and_secrets_are_not_shown(saleor):
    adapter = saleor.adapter(webhook_secrets=[SECRET])

    assert SECRET not in repr(adapter.settings)
    assert "app-token-invented" not in repr(adapter.settings)
