"""PrintNode, against synthetic answers in the shape of its public documentation.

No account was used: the answers below were written by hand, none was recorded.
"""

import base64
import json

import pytest
from retention_printnode.channel import PrintNodeChannel

from retention_sdk.errors import ConfigError, DeliveryError
from retention_sdk.http import httpx
from retention_sdk.model import Artifact, Delivery, ReceiptState
from retention_sdk.testing import NOON, assert_light_import

KEY = "0123456789abcdef0123456789abcdef01234567"
JOBS = "/printers/34/printjobs"
PDF = b"%PDF-1.7 card"


def delivery(name="card-1", data=PDF, media_type="application/pdf"):
    return Delivery(
        id=name,
        event_id="event",
        decision_id="decision",
        surface="card",
        channel="printnode",
        artifacts=(Artifact(name="card.pdf", media_type=media_type, data=data),),
    )


def a_job(number, title="card-1", state="done"):
    """A job as ``GET /printjobs`` lists it."""
    return {
        "id": number,
        "printer": {"id": 34, "name": "Desk", "state": "online"},
        "title": title,
        "contentType": "pdf_base64",
        "source": "retention-sdk",
        "expireAt": None,
        "createTimestamp": "2026-11-20T12:00:00.000Z",
        "state": state,
    }


class Api:
    """Answers requests by method and path; a list of answers is used up one by one."""

    def __init__(self):
        self.requests = []
        self.answers = {
            ("GET", JOBS): httpx.Response(200, json=[]),
            ("POST", "/printjobs"): httpx.Response(201, json=473),
        }

    def __call__(self, request):
        self.requests.append(request)
        answer = self.answers[request.method, request.url.path]
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def lists(self, *jobs):
        self.answers["GET", JOBS] = httpx.Response(200, json=list(jobs))

    @property
    def posted(self):
        return [request for request in self.requests if request.method == "POST"]


@pytest.fixture
def api():
    return Api()


@pytest.fixture
def make_channel(api):
    def make(**options):
        transport = httpx.MockTransport(api)
        return PrintNodeChannel(transport=transport, api_key=KEY, printer_id=34, **options)

    return make


@pytest.fixture
def channel(make_channel):
    return make_channel()


def test_a_file_is_sent_with_title_and_key(channel, api):
    receipt = channel.send(delivery(), now=NOON)
    (request,) = api.posted
    body = json.loads(request.content)

    assert (ReceiptState.ACCEPTED, "printnode:473 new") == (receipt.state, receipt.location)
    assert (34, "card-1", "pdf_base64") == (body["printerId"], body["title"], body["contentType"])
    assert PDF == base64.b64decode(body["content"])
    assert "card-1" == request.headers["x-idempotency-key"]
    assert base64.b64encode(f"{KEY}:".encode()).decode() == (
        request.headers["authorization"].removeprefix("Basic ")
    )


def test_labels_are_sent_raw(channel, api):
    channel.send(delivery(data=b"^XA^XZ", media_type="application/zpl"), now=NOON)

    assert "raw_base64" == json.loads(api.posted[0].content)["contentType"]


def test_a_card_that_was_printed_is_found_and_not_sent(channel, api):
    api.lists(a_job(9, "other"), a_job(7))
    receipt = channel.send(delivery(), now=NOON)

    assert (ReceiptState.DUPLICATE, "printnode:7 done") == (receipt.state, receipt.location)
    assert [] == api.posted


def test_it_is_found_on_the_second_page_too(channel, api):
    first = [a_job(number, "other") for number in range(300, 200, -1)]
    second = [a_job(200)]
    api.answers["GET", JOBS] = [httpx.Response(200, json=page) for page in (first, second)]

    assert ReceiptState.DUPLICATE == channel.send(delivery(), now=NOON).state
    assert "201" == api.requests[1].url.params["after"]


@pytest.mark.parametrize("state", ["error", "expired"])
def test_a_job_that_failed_is_rejected_so_that_another_copy_is_made(channel, api, state):
    api.lists(a_job(7, state=state))

    assert ReceiptState.REJECTED == channel.send(delivery(), now=NOON).state


def test_it_waits_for_the_end_of_a_job_if_asked_to(make_channel, api):
    states = [[a_job(473, state="sent_to_client")], [a_job(473, state="done")]]
    api.answers["GET", "/printjobs/473"] = [httpx.Response(200, json=each) for each in states]

    assert "printnode:473 done" == make_channel(wait_s=30).send(delivery(), now=NOON).location


@pytest.mark.parametrize(
    ("status", "retryable"),
    [(400, False), (401, True), (404, False), (409, True), (429, True)],
)
def test_a_refusal_says_whether_to_come_back(channel, api, status, retryable):
    answer = {"uid": "1", "code": "BadRequest", "message": "Ada Lovelace"}
    api.answers["POST", "/printjobs"] = httpx.Response(status, json=answer)
    with pytest.raises(DeliveryError, match=str(status)) as caught:
        channel.send(delivery(), now=NOON)

    assert retryable == caught.value.retryable
    assert not caught.value.is_uncertain
    assert "Ada" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(503),
        httpx.Response(201, text="<html>"),
        httpx.Response(201, json={"id": 1}),
    ],
)
def test_an_answer_that_is_none_leaves_doubt(channel, api, answer):
    api.answers["POST", "/printjobs"] = answer
    with pytest.raises(DeliveryError) as caught:
        channel.send(delivery(), now=NOON)

    assert caught.value.is_uncertain
    assert caught.value.retryable


def test_a_broken_line_leaves_doubt_and_the_next_try_finds_the_job(channel, api):
    api.answers["POST", "/printjobs"] = httpx.ReadTimeout("slow")
    with pytest.raises(DeliveryError, match="line broke") as caught:
        channel.send(delivery(), now=NOON)
    api.lists(a_job(7, state="queued"))

    assert caught.value.is_uncertain
    assert ReceiptState.DUPLICATE == channel.send(delivery(), now=NOON).state
    assert 1 == len(api.posted)


def test_no_connection_leaves_no_doubt(channel, api):
    api.answers["GET", JOBS] = httpx.ConnectError("off")
    with pytest.raises(DeliveryError, match="no connection") as caught:
        channel.send(delivery(), now=NOON)

    assert not caught.value.is_uncertain


def test_a_job_that_waits_is_withdrawn_and_a_printed_one_is_not(channel, api):
    receipt = channel.send(delivery(), now=NOON)
    api.lists(a_job(473, state="queued"))
    api.answers["DELETE", "/printjobs/473"] = httpx.Response(200, json=[473])
    assert channel.withdraw(receipt)
    api.lists(a_job(473, state="done"))
    assert not channel.withdraw(receipt)


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"printer_id": 34}, "channels.printnode.api_key"),
        ({"api_key": KEY, "printer_id": 0}, "channels.printnode.printer_id"),
        ({"api_key": KEY, "printer_id": 34, "url": "http://x"}, "channels.printnode.url"),
    ],
)
def test_a_wrong_setting_is_named(options, key):
    with pytest.raises(ConfigError) as caught:
        PrintNodeChannel(**options)
    assert key == caught.value.key


def test_the_key_never_shows(channel, api):
    api.answers["POST", "/printjobs"] = httpx.Response(401)
    with pytest.raises(DeliveryError) as caught:
        channel.send(delivery(), now=NOON)

    assert KEY not in repr(channel) + repr(channel.settings) + str(caught.value)


def test_the_plugin_is_light():
    assert_light_import("retention_printnode")
