"""Twilio's answers, in the shape of its public documentation.

No account was used: the answers are synthetic.
"""

import json
import logging
from urllib.parse import parse_qs

import pytest
import requests
import responses
import retention_twilio
from retention_twilio.channel import TwilioChannel
from retention_twilio.codes import FINAL, LATER

from retention_sdk.errors import ConfigError, DeliveryError
from retention_sdk.model import Artifact, Delivery, ReceiptState
from retention_sdk.testing import NOON, assert_light_import, assert_plugin_conforms
from tests.ports import free_port

ACCOUNT = "AC" + "0123456789abcdef" * 2
SERVICE = "MG" + "0123456789abcdef" * 2
API_KEY = "SK" + "0123456789abcdef" * 2
TOKEN = "an invented token"
SID = "SM" + "0123456789abcdef" * 2
TEXT = "Your soap is on its way. Reply STOP to stop."
ADA = "+4915123456789"
ADDRESS = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


def delivery(recipient=ADA, text=TEXT):
    return Delivery(
        id="sms-1",
        event_id="event",
        decision_id="decision",
        surface="sms",
        channel="twilio",
        recipient=recipient,
        artifacts=(Artifact(name="sms.txt", media_type="text/plain", data=text.encode()),),
    )


def told(state="queued"):
    return {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": TEXT,
        "date_created": "Fri, 20 Nov 2026 12:00:00 +0000",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": "+15005550006",
        "num_segments": "1",
        "sid": SID,
        "status": state,
        "to": ADA,
    }


def channel(**options):
    sender = {} if "messaging_service_sid" in options else {"sender": "+15005550006"}
    return TwilioChannel(**{"account_sid": ACCOUNT, "token": TOKEN} | sender | options)


@pytest.fixture
def twilio():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def failure(twilio):
    def send(**answer):
        twilio.post(ADDRESS, **answer)
        with pytest.raises(DeliveryError) as caught:
            channel().send(delivery(), now=NOON)
        return caught.value

    return send


def test_a_text_is_sent_as_the_api_wants_it(twilio):
    twilio.post(ADDRESS, json=told(), status=201)
    receipt = channel().send(delivery(), now=NOON)

    (call,) = twilio.calls
    assert {
        "To": [ADA],
        "From": ["+15005550006"],
        "Body": [TEXT],
        "ValidityPeriod": ["14400"],
    } == parse_qs(call.request.body)
    assert (ReceiptState.ACCEPTED, f"twilio:{SID} queued") == (receipt.state, receipt.location)
    assert ("sms-1", "twilio", NOON) == (receipt.delivery_id, receipt.channel, receipt.at)


def test_a_messaging_service_chooses_the_number(twilio):
    twilio.post(ADDRESS, json=told("accepted"), status=201)
    channel(messaging_service_sid=SERVICE).send(delivery(), now=NOON)

    fields = parse_qs(twilio.calls[0].request.body)
    assert [SERVICE] == fields["MessagingServiceSid"]
    assert "From" not in fields


@pytest.mark.parametrize(("key", "user"), [("", ACCOUNT), (API_KEY, API_KEY)])
def test_an_api_key_signs_in_for_its_account(twilio, key, user):
    twilio.post(ADDRESS, json=told(), status=201)
    channel(api_key_sid=key).send(delivery(), now=NOON)

    given = twilio.calls[0].request.headers["Authorization"]
    assert requests.auth._basic_auth_str(user, TOKEN) == given


def test_the_environment_changes_nothing(twilio, monkeypatch):
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", "another")
    twilio.post(ADDRESS, json=told(), status=201)

    assert ReceiptState.ACCEPTED == channel().send(delivery(), now=NOON).state


@pytest.mark.parametrize("state", ["failed", "undelivered", "canceled"])
def test_a_message_that_never_arrives_is_rejected(twilio, state):
    twilio.post(ADDRESS, json=told(state), status=201)

    assert ReceiptState.REJECTED == channel().send(delivery(), now=NOON).state


@pytest.mark.parametrize(
    ("recipient", "text"),
    [
        ("", TEXT),
        ("0151 23456789", TEXT),
        ("ada", TEXT),
        ("+49", TEXT),
        (ADA, ""),
        (ADA, "x" * 1601),
    ],
)
def test_what_cannot_be_sent_is_refused_before(twilio, recipient, text):
    with pytest.raises(DeliveryError) as caught:
        channel().send(delivery(recipient, text), now=NOON)

    assert not caught.value.retryable
    assert 0 == len(twilio.calls)
    assert not recipient or recipient not in str(caught.value)


@pytest.mark.parametrize("code", sorted(FINAL | LATER))
def test_a_refusal_says_whether_to_come_back_and_quotes_nothing(failure, code):
    status = {20003: 401, 20429: 429}.get(code, 400)
    error = failure(
        json={"code": code, "message": f"The 'To' number {ADA} is bad", "status": status},
        status=status,
    )

    assert (code in LATER, False) == (error.retryable, error.is_uncertain)
    assert f"twilio: it answered {code}: " in str(error)
    assert ADA not in str(error)


@pytest.mark.parametrize(
    ("answer", "is_retryable", "is_uncertain"),
    [
        ({"json": {"code": 21999, "status": 400}, "status": 400}, False, False),
        ({"json": {"status": 404}, "status": 404}, False, False),
        ({"json": {"status": 403}, "status": 403}, True, False),
        ({"json": {"status": 429}, "status": 429}, True, False),
        ({"json": {"status": 503}, "status": 503}, True, True),
        ({"body": "<html>", "status": 502}, True, True),
        ({"body": "not json", "status": 201}, True, True),
        ({"json": [], "status": 201}, True, True),
        ({"json": {}, "status": 201}, True, True),
        ({"body": requests.exceptions.ReadTimeout("late")}, True, True),
        ({"body": requests.exceptions.ConnectionError("cut")}, True, True),
        ({"body": requests.exceptions.ConnectTimeout("away")}, True, False),
    ],
)
def test_other_answers(failure, twilio, answer, is_retryable, is_uncertain):
    error = failure(**answer)

    assert (is_retryable, is_uncertain) == (error.retryable, error.is_uncertain)
    assert 1 == len(twilio.calls)


def test_a_server_that_is_off_got_nothing():
    """A real refusal of a connection, through the library's own layers."""
    port = free_port()
    made = channel()
    made._client.http_client.proxy = {"https": f"http://127.0.0.1:{port}"}
    made._client.api.base_url = f"https://127.0.0.1:{port}"
    with pytest.raises(DeliveryError, match="no answer") as caught:
        made.send(delivery(), now=NOON)

    assert caught.value.retryable


@pytest.mark.parametrize("status", [201, 400, 500])
def test_secrets_and_people_are_in_no_log_error_or_repr(twilio, caplog, status):
    caplog.set_level(logging.DEBUG)
    answer = told() if status == 201 else {"code": 21211, "message": ADA, "status": status}
    twilio.post(ADDRESS, json=answer, status=status)
    made, shown = channel(), []
    try:
        shown.append(repr(made.send(delivery(), now=NOON)))
    except DeliveryError as error:
        shown += [str(error), repr(error), repr(error.__cause__)]
    shown += [repr(made), repr(made.settings), caplog.text]

    for private in (TOKEN, ADA, TEXT):
        assert not [text for text in shown if private in text]


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"account_sid": "me"}, "channels.twilio.account_sid"),
        ({"sender": ""}, "channels.twilio"),
        ({"messaging_service_sid": SERVICE, "sender": "+15005550006"}, "channels.twilio"),
        ({"sender": "Kiln & Leaf & Sons"}, "channels.twilio.sender"),
        ({"colour": 1}, "channels.twilio.colour"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_is(options, key):
    with pytest.raises(ConfigError) as caught:
        channel(**options)

    assert key == caught.value.key
    assert TOKEN not in str(caught.value)


def test_plugin_registers_its_channel():
    assert {"twilio"} == set(assert_plugin_conforms(retention_twilio).channels)


def test_import_is_cheap():
    assert_light_import("retention_twilio")


def whatsapp(locale="fa", variables=("1004",), template="thank_you"):
    told = {"locale": locale, "template": template, "text": "…", "variables": variables}
    data = json.dumps(told).encode()
    return delivery().model_copy(
        update={
            "surface": "whatsapp",
            "artifacts": (Artifact(name="w.json", media_type="application/json", data=data),),
        }
    )


def whatsapp_channel(**changes):
    approved = {"thank_you.fa": "HX" + "a" * 32, "thank_you.pt": "HX" + "b" * 32}
    settings = {"whatsapp_sender": "+15005550006", "whatsapp_templates": approved}
    return channel(**(settings | changes))


@responses.activate
@pytest.mark.parametrize(("locale", "letter"), [("fa", "a"), ("pt-BR", "b")])
def test_an_approved_whatsapp_text_is_asked_for_with_its_gaps(locale, letter):
    responses.post(ADDRESS, json=told())
    receipt = whatsapp_channel().send(whatsapp(locale), now=NOON)
    asked = parse_qs(responses.calls[0].request.body)

    assert ReceiptState.ACCEPTED is receipt.state
    assert {
        "To": [f"whatsapp:{ADA}"],
        "From": ["whatsapp:+15005550006"],
        "ContentSid": ["HX" + letter * 32],
        "ContentVariables": ['{"1": "1004"}'],
    } == asked


@responses.activate
@pytest.mark.parametrize(
    ("changes", "locale", "says"),
    [
        ({"whatsapp_sender": ""}, "fa", "whatsapp_sender"),
        ({}, "de", '"thank_you.de"'),
    ],
)
def test_what_is_not_set_up_is_named_and_can_be_mended(changes, locale, says):
    with pytest.raises(DeliveryError, match=says) as caught:
        whatsapp_channel(**changes).send(whatsapp(locale), now=NOON)

    assert caught.value.retryable
    assert 0 == len(responses.calls)
