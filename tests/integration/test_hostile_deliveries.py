"""Whatever a delivery holds, the pipeline ends in a state that can be told, and tells nobody's data."""

import hmac
import json
import os
from base64 import b64encode
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retention_sdk.demo.derive import DATA, DEMO_SECRET
from retention_sdk.errors import PayloadError, SignatureError
from retention_sdk.testing import a_shop

IS_SOAK = bool(os.environ.get("RETENTION_SOAK"))
RAW = (DATA / "deliveries/woocommerce-1003.raw").read_bytes()
HEADERS = json.loads((DATA / "deliveries/woocommerce-1003.headers.json").read_bytes())

NASTY = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            '#read("/etc/passwd") *b* $x$ <b onclick=x> ${7*7} {{7*7}} {% raw %}',
            "\u202eevil\u202c \u2066nested\u2068\u2069",
            "👩‍👩‍👧‍👦🇮🇷 Zalgo Z̸̢̛͔a̷l̶g̵o",
            "Subject: x\r\nBcc: everybody@example.com",
            "謝" * 200,
            "A" * 480,
            "=HYPERLINK(0)",
            "عليّ <علي> 12-34",
            "\x00\x1b[31m",
        ]
    ),
)
FIELDS = st.sampled_from(
    [
        ("billing", "first_name"),
        ("billing", "last_name"),
        ("billing", "email"),
        ("billing", "company"),
        ("shipping", "address_1"),
        ("line_items", 0, "name"),
        ("line_items", 0, "sku"),
        ("number",),
        ("customer_note",),
        ("meta_data", 0, "value"),
    ]
)


def signed(body):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    digest = hmac.digest(DEMO_SECRET.encode(), raw, sha256)
    return {**HEADERS, "X-WC-Webhook-Signature": b64encode(digest).decode()}, raw


def put(body, path, value):
    *parents, last = path
    for part in parents:
        body = body[part]
    body[last] = value


@pytest.fixture
def shop(make_shop):
    platforms = {"woocommerce": {"webhook_secrets": [DEMO_SECRET]}}
    return make_shop(platforms=platforms, shop=a_shop())


@settings(
    max_examples=400 if IS_SOAK else 25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(FIELDS, NASTY), min_size=1, max_size=4), st.integers(1, 10**9))
def test_hostile_text_prints_literally_or_fails_with_a_finding(shop, changes, order_id):
    body = json.loads(RAW)
    body["id"] = order_id
    for path, value in changes:
        put(body, path, value)
    headers, raw = signed(body)

    try:
        outcomes = shop.receive("woocommerce", headers=headers, body=raw)
    except PayloadError as error:
        told = [str(error)]
    else:
        assert {outcome.state for outcome in outcomes} <= {"done", "failed"}
        assert all(outcome.error for outcome in outcomes if outcome.state == "failed")
        told = [outcome.error for outcome in outcomes]
    for path, value in changes:
        if path[0] in {"billing", "shipping"} and len(value) > 12:
            assert not any(value in text for text in told)


@settings(
    max_examples=400 if IS_SOAK else 40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.integers(0, len(RAW) - 1), st.booleans())
def test_a_truncated_delivery_is_refused_signed_or_not(shop, length, is_signed):
    headers, raw = signed(RAW[:length]) if is_signed else (HEADERS, RAW[:length])

    with pytest.raises(PayloadError if is_signed else SignatureError):
        shop.receive("woocommerce", headers=headers, body=raw)

    with shop.store.reading() as connection:
        assert () == shop.store.inbox.pending(connection)


@pytest.mark.parametrize(
    "signature", ["", "AAAA", "ü" * 20, "=" * 10_000, b64encode(bytes(32)).decode()]
)
def test_an_unsigned_or_wrongly_signed_delivery_stores_nothing(shop, signature):
    with pytest.raises(SignatureError):
        shop.receive(
            "woocommerce", headers={**HEADERS, "X-WC-Webhook-Signature": signature}, body=RAW
        )

    with shop.store.reading() as connection:
        assert () == shop.store.inbox.pending(connection)
