"""Signatures, against the specification's own library."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retention_standard_webhooks.adapter import StandardWebhooksAdapter
from retention_standard_webhooks.signing import read_secret
from standardwebhooks import Webhook, WebhookVerificationError

from retention_sdk.errors import ConfigError, PayloadError, SignatureError
from retention_sdk.model import WebhookRequest
from retention_sdk.signatures import is_signed, make_signature

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECRET = "whsec_" + b64encode(b"an invented key, 24 bytes+").decode()
KEYS = st.binary(min_size=24, max_size=64)
IDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 - as the library


def secret_of(key):
    return "whsec_" + b64encode(key).decode()


def adapter(*secrets, shop_id="shop.example"):
    settings = {"secrets": list(secrets or (SECRET,))}
    return StandardWebhooksAdapter.from_config(settings, shop_id=shop_id)


def request(body, *signatures, moment=NOW, message_id="msg_1", received_at=NOW):
    return WebhookRequest(
        headers={
            "webhook-id": message_id,
            "webhook-timestamp": str(int(moment.timestamp())),
            "webhook-signature": " ".join(signatures),
        },
        body=body,
        received_at=received_at,
    )


def signed(event, **options):
    body = json.dumps(event).encode()
    moment = str(int(options.get("moment", NOW).timestamp()))
    return request(body, make_signature("msg_1", moment, body, key=read_secret(SECRET)), **options)


def visit(**changes):
    event = {
        "type": "engagement",
        "id": "visit-1",
        "occurred_at": "2026-11-20T12:00:00Z",
        "customer": {"id": "77"},
        "kind": "visit",
        "reference": "2026-11-20",
    }
    return {**event, **changes}


@given(KEYS, IDS, MOMENTS, st.text(st.characters(exclude_categories=["Cs"])))
def test_signatures_are_those_of_the_library(key, message_id, moment, text):
    theirs = Webhook(secret_of(key)).sign(message_id, moment, text)
    seconds = str(int(moment.replace(tzinfo=UTC).timestamp()))

    assert theirs == make_signature(message_id, seconds, text.encode(), key=key)


@given(KEYS, IDS, st.text(st.characters(exclude_categories=["Cs"])))
def test_the_library_believes_our_signatures(key, message_id, text):
    """Its clock cannot be set, so this one is signed now."""
    moment, body = str(int(datetime.now(UTC).timestamp())), text.encode()
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": moment,
        "webhook-signature": make_signature(message_id, moment, body, key=key),
    }

    Webhook(secret_of(key)).verify(body, headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_of(key)).verify(body + b" ", headers, json_parse=False)


def test_the_example_of_the_specification():
    """The values are those of the specification's test of its libraries."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    signature = make_signature(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        b'{"test": 2432232314}',
        key=read_secret(secret),
    )

    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == signature


@given(st.binary(max_size=200), st.text(max_size=100), st.text(max_size=30), st.text(max_size=60))
def test_nothing_unsigned_is_believed_or_breaks_anything(body, given_id, moment, signature):
    delivery = WebhookRequest(
        headers={
            "webhook-id": given_id,
            "webhook-timestamp": moment,
            "webhook-signature": signature,
        },
        body=body,
        received_at=NOW,
    )

    with pytest.raises(SignatureError):
        adapter().handle(delivery)


@pytest.mark.parametrize("moment", ["", "soon", "-1", "1.5", "９", "9" * 400, "99999999999999"])
def test_a_moment_that_is_none_is_refused_even_signed(moment):
    body = json.dumps(visit()).encode()
    signature = make_signature("msg_1", moment, body, key=read_secret(SECRET))
    delivery = request(body, signature)
    headers = {**delivery.headers, "webhook-timestamp": moment}

    with pytest.raises(SignatureError):
        adapter().handle(delivery.model_copy(update={"headers": headers}))


def test_one_good_signature_among_several_is_enough():
    good = signed(visit())
    others = f"v1a,abc v1,{b64encode(bytes(32)).decode()} {good.header('webhook-signature')} v2,x"
    delivery = good.model_copy(update={"headers": {**good.headers, "webhook-signature": others}})

    assert 1 == len(adapter().handle(delivery))


@pytest.mark.parametrize("given", ["", " ", "v1", "v1,", "v1 ,", "v2,{}", "v1a,{}", "{}", "V1,{}"])
def test_what_only_looks_like_a_signature_is_none(given):
    expected = make_signature("m", "1", b"", key=bytes(24))

    assert is_signed(expected, [expected])
    assert not is_signed(given.format(expected.removeprefix("v1,")), [expected])


def test_no_signature_is_good_without_an_identifier():
    body = json.dumps(visit()).encode()
    moment = str(int(NOW.timestamp()))
    signature = make_signature("", moment, body, key=read_secret(SECRET))

    with pytest.raises(SignatureError):
        adapter().handle(request(body, signature, message_id=""))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_clock_that_is_wrong_by_six_minutes_is_refused(minutes):
    with pytest.raises(SignatureError, match="too long ago, or in the future"):
        adapter().handle(signed(visit(), moment=NOW + timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_abc",
        "whsec_" + "A" * 24,
        "whsec_" + "A" * 100,
        SECRET[6:],
        SECRET + "!",
    ],
)
def test_a_secret_that_is_none_is_a_wrong_setting_and_not_shown(secret):
    with pytest.raises(ConfigError, match="whsec_ and 24 to 64 bytes") as caught:
        adapter(secret)

    assert "platforms.standard_webhooks.secrets" in str(caught.value)
    assert len(secret) < 10 or secret not in str(caught.value)


def test_the_shop_of_an_event_is_ours_or_not_said():
    (event,) = adapter().handle(signed(visit()))
    assert ("shop.example", "standard_webhooks:shop.example:visit-1") == (event.shop_id, event.id)

    assert (event.id,) == tuple(
        e.id for e in adapter().handle(signed(visit(shop_id="shop.example")))
    )
    for other in ("other.example", "", None, 7, "SHOP.example"):
        with pytest.raises(PayloadError, match="another shop"):
            adapter().handle(signed(visit(shop_id=other)))
    with pytest.raises(PayloadError, match="another shop"):
        adapter().handle(signed({"type": "moon_landed", "shop_id": "other.example"}))


@pytest.mark.parametrize("event_id", ["", None, 7, "two words", "x" * 190])
def test_an_event_without_a_name_is_refused(event_id):
    with pytest.raises(PayloadError, match="id"):
        adapter().handle(signed(visit(id=event_id)))
