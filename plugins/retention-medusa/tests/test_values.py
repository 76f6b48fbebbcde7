"""Amounts, settings and refusals, without a server."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retention_medusa.adapter import MedusaAdapter
from retention_medusa.promotions import number
from retention_medusa.values import amount

from retention_sdk.errors import ConfigError, PayloadError, PlatformError, SignatureError
from retention_sdk.model import Money, WebhookRequest
from retention_sdk.testing import money
from tests.playing import good, reply

SECRET = "whsec_c2VjcmV0LW9mLXRoZS10ZXN0cy1vbmx5"
GOOD = {"url": "https://shop.example", "api_key": "sk_0123456789"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("36.8662", "36.87 EUR"),
        ("0.125", "0.12 EUR"),
        ("0.135", "0.14 EUR"),
        ("-0.125", "-0.12 EUR"),
        ("1886.5", "1886 JPY"),
        ("1887.5", "1888 JPY"),
        ("5.38125", "5.381 KWD"),
        ("36.866200000000006", "36.87 EUR"),
        ("1e2", "100.00 EUR"),
    ],
)
def test_amounts_are_rounded_to_the_even_minor_unit(value, expected):
    assert money(expected) == amount(Decimal(value), expected.split()[1])


@pytest.mark.parametrize("value", [1.5, "1.50", None, True, Decimal("NaN"), Decimal("Infinity")])
def test_what_is_no_amount_is_refused(value):
    with pytest.raises((TypeError, ArithmeticError, ValueError)):
        amount(value, "EUR")


def test_order_that_cannot_be_read_does_not_stop_the_list(scripted):
    broken = {"id": "order_1", "status": "pending", "updated_at": "2026-11-20T10:00:00Z"}
    adapter, _ = scripted(good({"orders": [broken], "count": 1, "offset": 0, "limit": 50}))
    (page,) = adapter.order_pages()

    assert ((), "") == (page.items, page.cursor)
    assert page.refused[0].startswith("order_1: medusa: cannot be read")


@given(
    minor=st.integers(min_value=1, max_value=10**15 - 1),
    currency=st.sampled_from(["EUR", "JPY", "KWD", "CLF"]),
)
def test_amount_that_is_sent_is_the_one_that_is_meant(minor, currency):
    """Up to 15 digits: a float of them is written as it was read."""
    wanted = Money(minor=minor, currency=currency)

    assert wanted == amount(Decimal(repr(number(wanted))), currency)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"url": "http://shop.example"}, "url"),
        ({"url": "https://name:word@shop.example"}, "url"),
        ({"url": "shop.example"}, "url"),
        ({"api_key": "pk_0123456789"}, "api_key"),
        ({"webhook_secrets": ["whsec_dGlueQ=="]}, "webhook_secrets.0"),
        ({"webhook_secrets": ["not base64 at all, is it?"]}, "webhook_secrets.0"),
        ({"consent_field": "a field"}, "consent_field"),
    ],
)
def test_wrong_setting_is_named_and_not_shown(changes, key):
    with pytest.raises(ConfigError) as caught:
        MedusaAdapter.from_config({**GOOD, **changes}, shop_id="soap.example")

    assert f"platforms.medusa.{key}" == caught.value.key
    assert "0123456789" not in str(caught.value)


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1e9", "٣", "9" * 11])
def test_time_that_is_none_is_refused(stamp):
    adapter = MedusaAdapter.from_config(
        {**GOOD, "webhook_secrets": [SECRET]}, shop_id="soap.example"
    )
    headers = {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": "v1,x"}

    with pytest.raises(SignatureError):
        adapter.handle(WebhookRequest(headers=headers, body=b"{}"))


def test_without_a_secret_nothing_is_believed():
    adapter = MedusaAdapter.from_config(GOOD, shop_id="soap.example")
    headers = {"webhook-id": "m", "webhook-timestamp": "1795338716", "webhook-signature": "v1,"}

    with pytest.raises(SignatureError):
        adapter.handle(WebhookRequest(headers=headers, body=b"{}"))


@pytest.mark.parametrize(("status", "is_retryable"), [(401, False), (404, False), (503, True)])
def test_refusal_says_whether_to_come_again_and_shows_no_key(scripted, status, is_retryable):
    body = b"sk_0123456789 ada@example.com"
    adapter, play = scripted(reply(status, body, retry_after=0))

    with pytest.raises(PlatformError, match=str(status)) as caught:
        adapter.fetch_order("order_1")

    assert is_retryable is caught.value.retryable
    assert "0123456789" not in str(caught.value)
    assert "ada" not in str(caught.value)
    assert play.seen[0]["headers"]["authorization"].startswith("Basic ")


@pytest.mark.parametrize("body", [{"order": {}}, {"order": None}, {"order": {"status": "pending"}}])
def test_answer_of_another_shape_is_named(scripted, body):
    adapter, _ = scripted(good(body))

    with pytest.raises(PayloadError):
        adapter.fetch_order("order_1")


def test_draft_is_no_order_yet(scripted):
    adapter, _ = scripted(good({"order": {"status": "draft"}}))

    with pytest.raises(PlatformError, match="not placed"):
        adapter.fetch_order("order_1")


def test_credit_is_not_sent_again_when_nobody_knows_what_became_of_it(scripted):
    """The answer is lost after the server may have paid."""
    account = good({"store_credit_accounts": [{"id": "sc_acc_1"}]})
    adapter, play = scripted(account, good({"transactions": []}), None, loyalty_plugin=True)

    with pytest.raises(PlatformError) as caught:
        adapter.give_credit("cus_1", money("5.00 EUR"), key="k-1")

    assert caught.value.retryable
    assert ["GET", "GET", "POST"] == [each["method"] for each in play.seen]
