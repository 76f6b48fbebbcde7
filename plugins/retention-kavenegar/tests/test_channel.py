"""Kavenegar's answers, played by a real server on loopback.

No account was used: the answers are synthetic, in the shape that Kavenegar publishes.
"""

import logging
from contextlib import contextmanager
from urllib.parse import parse_qs

import pytest
import retention_kavenegar
from hypothesis import given
from hypothesis import strategies as st
from retention_kavenegar.answers import FINAL, LATER, read_code, read_entry
from retention_kavenegar.channel import KavenegarChannel, local_id

from retention_sdk.errors import ConfigError, DeliveryError
from retention_sdk.model import Artifact, Delivery, ReceiptState
from retention_sdk.testing import NOON, assert_light_import, assert_plugin_conforms
from tests import playing as plays
from tests.playing import good, reply
from tests.ports import free_port

KEY = "4B6F2D7A invented+key/4C"
ESCAPED = "4B6F2D7A%20invented%2Bkey%2F4C"
TEXT = "صابون شما فرستاده شد. لغو ۱۱"
RECEPTOR = "09121234567"


def delivery(name="sms-1", recipient="+989121234567", text=TEXT, media_type="text/plain"):
    return Delivery(
        id=name,
        event_id="event",
        decision_id="decision",
        surface="sms",
        channel="kavenegar",
        recipient=recipient,
        artifacts=(Artifact(name="sms.txt", media_type=media_type, data=text.encode()),),
    )


def told(state=1, receptor=RECEPTOR, number=8792343):
    entry = {
        "messageid": number,
        "message": TEXT,
        "status": state,
        "statustext": "در صف ارسال",
        "sender": "10004346",
        "receptor": receptor,
        "date": 1356619709,
        "cost": 120,
    }
    return good({"return": {"status": 200, "message": "تایید شد"}, "entries": [entry]})


def refused(code, status=None):
    body = {"return": {"status": code, "message": f"نه: {RECEPTOR}"}, "entries": None}
    return reply(status or code, body)


def channel(play, **options):
    url = play.url.removesuffix("/api")
    return KavenegarChannel(api_key=KEY, url=url, timeout_s=120, **options)


@pytest.fixture(scope="module")
def server():
    with plays.playing(told()) as play:
        yield play


@pytest.fixture
def playing(server):
    """Let the one server give other answers."""

    @contextmanager
    def play(*answers):
        server.answers[:], server.seen[:] = answers, []
        yield server

    return play


@pytest.fixture
def failure(playing):
    def send(*answers, **changes):
        with playing(*answers) as play, pytest.raises(DeliveryError) as caught:
            channel(play).send(delivery(**changes), now=NOON)
        return caught.value

    return send


def test_a_text_is_sent_as_the_api_wants_it(playing):
    with playing(told()) as play:
        receipt = channel(play, sender="10004346").send(delivery(), now=NOON)

    (request,) = play.seen
    assert ("POST", f"/v1/{ESCAPED}/sms/send.json") == (request["method"], request["path"])
    assert {
        "receptor": [RECEPTOR],
        "message": [TEXT],
        "sender": ["10004346"],
        "localid": [str(local_id("sms-1"))],
    } == parse_qs(request["body"].decode(), strict_parsing=True)
    assert (ReceiptState.ACCEPTED, "kavenegar:8792343 queued") == (receipt.state, receipt.location)
    assert ("sms-1", "kavenegar", NOON) == (receipt.delivery_id, receipt.channel, receipt.at)


def test_the_default_line_is_the_accounts(playing):
    with playing(told()) as play:
        channel(play).send(delivery(), now=NOON)

    assert "sender" not in parse_qs(play.seen[0]["body"].decode())


@pytest.mark.parametrize(
    "recipient",
    ["+989121234567", "00989121234567", "09121234567", "0912 123 4567", "۰۹۱۲۱۲۳۴۵۶۷"],
)
def test_iranian_numbers_are_written_one_way(playing, recipient):
    with playing(told()) as play:
        channel(play).send(delivery(recipient=recipient), now=NOON)

    assert [RECEPTOR] == parse_qs(play.seen[0]["body"].decode())["receptor"]


@pytest.mark.parametrize("recipient", ["", "ada@example.com", "+4915112345678", "+982112345678"])
def test_other_numbers_are_refused_before_anything_is_sent(playing, recipient):
    with playing(told()) as play, pytest.raises(DeliveryError, match="no Iranian") as caught:
        channel(play).send(delivery(recipient=recipient), now=NOON)

    assert [] == play.seen
    assert not caught.value.retryable
    assert not recipient or recipient not in str(caught.value)


@pytest.mark.parametrize("text", ["", "x" * 901])
def test_a_text_that_cannot_be_sent_is_refused_before(failure, text):
    error = failure(told(), text=text)

    assert not error.retryable
    assert "1 to 900 characters" in str(error)


def test_a_picture_is_no_text(failure):
    assert "exactly one text" in str(failure(told(), media_type="image/png"))


def test_a_repetition_has_the_same_localid_and_another_delivery_another(playing):
    with playing(told()) as play:
        for name in ("sms-1", "sms-1", "sms-2"):
            channel(play).send(delivery(name), now=NOON)

    first, again, other = (parse_qs(r["body"].decode())["localid"][0] for r in play.seen)
    assert first == again != other


@given(st.text(min_size=1))
def test_a_localid_is_a_positive_long(name):
    assert 0 <= local_id(name) < 2**63


@pytest.mark.parametrize(
    ("state", "word"),
    [(6, "failed"), (11, "undelivered"), (13, "cancelled"), (14, "blocked"), (100, "unknown")],
)
def test_a_message_that_never_arrives_is_rejected(playing, state, word):
    with playing(told(state)) as play:
        receipt = channel(play).send(delivery(), now=NOON)

    assert (ReceiptState.REJECTED, word) == (receipt.state, receipt.location.split()[1])


@pytest.mark.parametrize("state", [1, 2, 4, 5, 10, 3])
def test_a_message_on_its_way_is_accepted(playing, state):
    with playing(told(state)) as play:
        assert ReceiptState.ACCEPTED == channel(play).send(delivery(), now=NOON).state


def test_a_localid_of_a_message_to_somebody_else_is_noticed(failure):
    error = failure(told(receptor="09120000000"))

    assert not error.retryable
    assert "somebody else" in str(error)


@pytest.mark.parametrize("code", sorted(FINAL | LATER))
def test_a_refusal_says_whether_to_come_back_and_quotes_nothing(failure, code):
    for answer in (refused(code), refused(code, status=200)):
        error = failure(answer)

        assert (code in LATER, False) == (error.retryable, error.is_uncertain)
        assert f"kavenegar: it answered {code}: " in str(error)
        assert RECEPTOR not in str(error)


@pytest.mark.parametrize(
    ("answer", "is_retryable", "is_uncertain"),
    [
        (reply(500, b"<html>"), True, True),
        (reply(503), True, True),
        (reply(410), False, False),
        (reply(302, location="https://elsewhere.example/"), False, False),
        (good({"return": {"status": 200}, "entries": []}), True, True),
        (good(b"not json"), True, True),
        (None, True, True),
    ],
)
def test_other_answers(failure, answer, is_retryable, is_uncertain):
    error = failure(answer)

    assert (is_retryable, is_uncertain) == (error.retryable, error.is_uncertain)


def test_a_server_that_is_off_got_nothing():
    closed = KavenegarChannel(api_key=KEY, url=f"http://127.0.0.1:{free_port()}")
    with pytest.raises(DeliveryError, match="no connection") as caught:
        closed.send(delivery(), now=NOON)

    assert caught.value.retryable
    assert not caught.value.is_uncertain


@pytest.mark.parametrize("answer", [told(), refused(403), reply(500), None])
def test_the_key_and_the_recipient_are_in_no_log_error_or_repr(playing, answer, caplog):
    """The library logs addresses, and Kavenegar wants the key in them."""
    caplog.set_level(logging.DEBUG)
    shown = []
    with playing(answer) as play:
        made = channel(play)
        try:
            shown.append(repr(made.send(delivery(), now=NOON)))
        except DeliveryError as error:
            shown += [str(error), repr(error), str(error.__cause__)]
    shown += [repr(made), repr(made.settings), caplog.text]

    assert "/sms/send.json" in play.seen[0]["path"]
    for secret in (KEY, ESCAPED, "invented", RECEPTOR, "9121234567"):
        assert not [text for text in shown if secret in text]


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({}, "channels.kavenegar.api_key"),
        ({"api_key": KEY, "sender": "Kiln & Leaf"}, "channels.kavenegar.sender"),
        ({"api_key": KEY, "url": "http://api.kavenegar.com"}, "channels.kavenegar.url"),
        ({"api_key": KEY, "colour": 1}, "channels.kavenegar.colour"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_is(options, key):
    with pytest.raises(ConfigError) as caught:
        KavenegarChannel(**options)

    assert key == caught.value.key
    assert KEY not in str(caught.value)


@given(st.binary(max_size=200), st.integers(100, 599))
def test_any_body_is_read(body, status):
    assert isinstance(read_code(status, body), int)
    assert read_entry(body) is None


def test_plugin_registers_its_channel():
    assert {"kavenegar"} == set(assert_plugin_conforms(retention_kavenegar).channels)


def test_import_is_cheap():
    assert_light_import("retention_kavenegar")
