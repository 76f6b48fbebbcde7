"""Push messages: the RFC's own example, and a push service on loopback that opens what arrives."""

import json
import logging
import shutil
import subprocess
import sys
from base64 import urlsafe_b64encode
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import retention_webpush
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st
from retention_webpush.channel import WebPushChannel
from retention_webpush.keys import ShopKey, base64, point_of, unbase64
from retention_webpush.sealed import TEXT_BYTES_MAX, seal

from retention_sdk.errors import ConfigError, DeliveryError
from retention_sdk.http import httpx
from retention_sdk.model import Artifact, Delivery, ReceiptState
from retention_sdk.model.device import PushDevice
from retention_sdk.testing import NOON, assert_light_import, assert_plugin_conforms

# RFC 8291, appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
SERVER_KEY = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
BROWSER_KEY = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
BROWSER_POINT = (
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
)
SECRET, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
    "lcy4a-fN"
)
MESSAGE = {
    "body": "سفارش ۱۰۰۴ راهی شد.",
    "direction": "rtl",
    "link": "https://soap.example/",
    "locale": "fa",
    "title": "در راه است",
}
JS = Path(retention_webpush.__file__).parent / "js"


def private(text):
    return ec.derive_private_key(int.from_bytes(unbase64(text)), ec.SECP256R1())


def opened(body, key, secret):
    """Open a body as a browser does: RFC 8188 s. 2, read backwards from ``seal``."""
    salt, point, sealed = body[:16], body[21:86], body[86:]
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)

    def derive(material, salt, info, size):
        return HKDF(algorithm=SHA256(), length=size, salt=salt, info=info).derive(material)

    info = b"WebPush: info\0" + point_of(key.public_key()) + point
    material = derive(key.exchange(ec.ECDH(), theirs), secret, info, 32)
    content_key = derive(material, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = derive(material, salt, b"Content-Encoding: nonce\0", 12)
    return AESGCM(content_key).decrypt(nonce, sealed, None).rstrip(b"\0")[:-1]


class PushService(ThreadingHTTPServer):
    """Answers as it is told to, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Asked)
        self.answer, self.asked = (201, {}), []


class _Asked(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        names = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append((self.path, names, body))
        status, headers = self.server.answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


class ToLoopback(httpx.BaseTransport):
    """Leads every connection to the push service of the test."""

    def __init__(self, port):
        self._port, self._line = port, httpx.HTTPTransport()

    def handle_request(self, request):
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        return self._line.handle_request(request)

    def close(self):
        self._line.close()


@pytest.fixture
def service():
    server = PushService()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def channel(service):
    made = WebPushChannel(private_key=SERVER_KEY, subject="mailto:hello@soap.example")
    made.line = lambda: ToLoopback(service.server_port)
    return made


def a_device(endpoint="https://updates.push.services.mozilla.com/wpush/v2/gAAAA-device"):
    return PushDevice(endpoint=endpoint, p256dh=BROWSER_POINT, auth=SECRET)


def delivery(device=None, message=None, name="push-1"):
    data = json.dumps(message or MESSAGE).encode()
    return Delivery(
        id=name,
        event_id="event",
        decision_id="decision",
        surface="push",
        channel="webpush",
        device=device or a_device(),
        artifacts=(Artifact(name="push.json", media_type="application/json", data=data),),
    )


def refusal(channel, **changes):
    with pytest.raises(DeliveryError) as caught:
        channel.send(delivery(**changes), now=NOON)
    return caught.value


def test_the_example_of_the_standard_comes_out_byte_for_byte():
    made = seal(
        TEXT,
        browser_key=unbase64(BROWSER_POINT),
        secret=unbase64(SECRET),
        own_key=private(SERVER_KEY),
        salt=unbase64(SALT),
    )

    assert BODY == base64(made)


@given(text=st.binary(max_size=TEXT_BYTES_MAX), salt=st.binary(min_size=16, max_size=16))
def test_a_browser_opens_what_was_sealed_for_it_and_nobody_else_does(text, salt):
    key, other = private(BROWSER_KEY), private(SERVER_KEY)
    secret = unbase64(SECRET)
    made = seal(
        text,
        browser_key=unbase64(BROWSER_POINT),
        secret=secret,
        own_key=ec.generate_private_key(ec.SECP256R1()),
        salt=salt,
    )

    assert text == opened(made, key, secret)
    assert len(made) <= 4096
    with pytest.raises(InvalidTag):
        opened(made, other, secret)


def test_a_message_arrives_and_only_the_browser_reads_it(channel, service):
    receipt = channel.send(delivery(), now=NOON)
    ((path, headers, body),) = service.asked
    read = json.loads(opened(body, private(BROWSER_KEY), unbase64(SECRET)))

    assert ReceiptState.ACCEPTED is receipt.state
    assert "webpush:updates.push.services.mozilla.com" == receipt.location
    assert "/wpush/v2/gAAAA-device" == path
    assert MESSAGE == {name: value for name, value in read.items() if name != "tag"}
    assert ("aes128gcm", "86400", headers["topic"]) == (
        headers["content-encoding"],
        headers["ttl"],
        read["tag"],
    )


def test_the_push_service_can_tell_who_sends(channel, service):
    channel.send(delivery(), now=NOON)
    scheme, _, fields = service.asked[0][1]["authorization"].partition(" ")
    token, key = (each.strip().partition("=")[2] for each in fields.split(","))
    signed, _, signature = token.rpartition(".")
    numbers = unbase64(signature)
    first, second = int.from_bytes(numbers[:32]), int.from_bytes(numbers[32:])
    sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unbase64(key))
    sender.verify(encode_dss_signature(first, second), signed.encode(), ec.ECDSA(SHA256()))
    claims = json.loads(unbase64(signed.partition(".")[2]))

    assert ("vapid", channel.application_server_key) == (scheme, key)
    assert {
        "aud": "https://updates.push.services.mozilla.com",
        "exp": int((NOON + timedelta(hours=12)).timestamp()),
        "sub": "mailto:hello@soap.example",
    } == claims


def test_a_repetition_replaces_the_first(channel, service):
    for name in ("push-1", "push-1", "push-2"):
        channel.send(delivery(name=name), now=NOON)
    first, again, other = (headers["topic"] for _, headers, _ in service.asked)

    assert first == again != other
    assert len(first) <= 32


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_to_be_forgotten(channel, service, status):
    service.answer = (status, {})
    error = refusal(channel)

    assert (True, False) == (error.is_gone, error.retryable)


@pytest.mark.parametrize(
    ("answer", "retryable", "says"),
    [
        ((429, {"retry-after": "30"}), True, "in 30 s"),
        ((503, {"retry-after": "Sun, 22 Nov 2026 12:00:00 GMT"}), True, "2026-11-22 12:00"),
        ((500, {"retry-after": "soon"}), True, "500"),
        ((403, {}), True, "private_key"),
        ((401, {}), True, "private_key"),
        ((413, {}), False, "too long"),
        ((400, {}), False, "400"),
        ((302, {"location": "http://127.0.0.1:1/"}), False, "302"),
    ],
)
def test_refusals_say_whether_to_come_back(channel, service, answer, retryable, says):
    service.answer = answer
    error = refusal(channel)

    assert (retryable, False) == (error.retryable, error.is_gone)
    assert says in str(error)
    assert 1 == len(service.asked)


def test_nobody_there_is_tried_again_later(channel):
    channel.line = lambda: ToLoopback(9)

    assert refusal(channel).retryable


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254.example.com", "localhost.example", "evilpush.apple.com.example", "apple.com"],
)
def test_servers_of_somebodys_choice_are_not_called(channel, service, host):
    error = refusal(channel, device=a_device(f"https://{host}/x"))

    assert (False, []) == (error.retryable, service.asked)


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "https://user@fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://localhost/x",
        "https://fcm.googleapis.com/\r\nx",
        "file:///etc/passwd",
    ],
)
def test_addresses_that_no_push_service_has_are_no_devices(endpoint):
    with pytest.raises(ValueError, match="endpoint"):
        a_device(endpoint)


def test_shop_may_know_further_push_services(service):
    made = WebPushChannel(
        private_key=SERVER_KEY, subject="https://soap.example", push_services=["push.soap.example"]
    )

    assert made.takes(a_device("https://eu.push.soap.example/1"))
    assert not made.takes(a_device("https://soap.example/1"))


def test_a_message_that_is_too_long_is_refused_before_it_is_sent(channel, service):
    error = refusal(channel, message=MESSAGE | {"body": "x" * 4000})

    assert (False, []) == (error.retryable, service.asked)


def test_nothing_secret_is_logged_or_shown(channel, service, caplog):
    caplog.set_level(logging.DEBUG)
    service.answer = (503, {})
    shown = f"{channel!r} {channel.settings!r} {refusal(channel)} {delivery()!r} {caplog.text}"

    for secret in (SERVER_KEY, SECRET, BROWSER_POINT, "gAAAA-device"):
        assert secret not in shown


@pytest.mark.parametrize("key", ["", "AAAA", "=" * 43, "é" * 43, base64(bytes(32))])
def test_a_key_that_is_none_says_how_to_make_one(key):
    with pytest.raises(ConfigError, match="python -m retention_webpush") as caught:
        WebPushChannel(private_key=key, subject="mailto:a@b.example")

    assert "channels.webpush.private_key" in str(caught.value)


def test_fresh_keys_can_be_read_again():
    printed = subprocess.run(
        [sys.executable, "-m", "retention_webpush"], capture_output=True, text=True, check=True
    ).stdout
    key = ShopKey.read(printed.split('private_key = "')[1].partition('"')[0])

    assert f"# {key.public_text}" in printed.splitlines()


_RUN_WORKER = """
const listeners = {};
const shown = [], opened = [];
globalThis.self = {
  addEventListener: (name, call) => { listeners[name] = call; },
  registration: { showNotification: async (title, options) => { shown.push({title, ...options}); } },
  clients: { openWindow: async (link) => { opened.push(link); } },
};
await import(process.argv[1]);
const message = JSON.parse(process.argv[2]);
const waits = [];
const waitUntil = (promise) => waits.push(promise);
listeners.push({ data: { json: () => message }, waitUntil });
listeners.push({ data: null, waitUntil });
await Promise.all(waits);
listeners.notificationclick({ notification: { close() {}, data: shown[0].data }, waitUntil });
await Promise.all(waits);
console.log(JSON.stringify({ shown, opened }));
"""


def test_the_worker_shows_the_message_in_its_direction_and_opens_its_link():
    node = shutil.which("node")
    assert node, "node is missing: install Node.js 20 or later"
    script = [node, "--input-type=module", "--eval", _RUN_WORKER]
    worker = (JS / "retention-worker.js").as_uri()
    done = subprocess.run(
        [*script, worker, json.dumps(MESSAGE | {"tag": "t"})],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)

    assert [MESSAGE["link"]] == told["opened"]
    assert [
        {
            "title": MESSAGE["title"],
            "body": MESSAGE["body"],
            "dir": "rtl",
            "lang": "fa",
            "tag": "t",
            "data": {"link": MESSAGE["link"]},
        }
    ] == told["shown"]


def test_registering_imports_nothing_heavy():
    assert_light_import("retention_webpush")


def test_plugin_conforms():
    assert_plugin_conforms(retention_webpush)


def test_keys_are_read_padded_or_not():
    padded = urlsafe_b64encode(unbase64(SERVER_KEY)).decode()

    assert ShopKey.read(SERVER_KEY).public_text == ShopKey.read(padded).public_text
