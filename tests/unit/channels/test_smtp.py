"""The SMTP channel against a real server on the loopback interface."""

from __future__ import annotations

import datetime as dt
import email
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from email import policy
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from retention_sdk.channels import SmtpChannel
from retention_sdk.errors import ConfigError, DeliveryError
from retention_sdk.model import Artifact, ReceiptState
from tests.mail_server import mail_server
from tests.ports import free_port

GOLDEN = Path(__file__).parents[2] / "golden" / "mails"
PASSWORD = "correct horse battery staple"
MAIL = b"From: Shop <shop@tea.example>\r\nTo: %s\r\nSubject: Hello\r\n\r\nA line\r\n.\r\n..dots\r\n"


class Inbox:
    """What the server takes; each answer can be replaced."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.messages: list[tuple[str, list[str], bytes, list[str]]] = []

    async def handle_MAIL(self, server, session, envelope, address, options):
        if answer := self.answers.get("mail"):
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if answer := self.answers.get("rcpt"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if answer := self.answers.get("data"):
            return answer
        self.messages.append(
            (envelope.mail_from, envelope.rcpt_tos, envelope.content, envelope.mail_options)
        )
        return "250 OK"


@contextmanager
def serve(inbox: Inbox, **options: object) -> Iterator[int]:
    with mail_server(inbox, **options) as server:
        yield server.port


def channel(port: int, **options: object) -> SmtpChannel:
    return SmtpChannel(
        "127.0.0.1", **{"port": port, "security": "none", "timeout_s": 120, **options}
    )


def authenticate(server, session, envelope, mechanism, data) -> AuthResult:
    return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


def test_the_message_arrives_byte_for_byte(make_delivery, now):
    inbox = Inbox()
    with serve(inbox) as port:
        receipt = channel(port).send(make_delivery(), now=now)

    ((sender, recipients, content, _),) = inbox.messages
    assert ReceiptState.ACCEPTED is receipt.state
    assert f"smtp://127.0.0.1:{port}" == receipt.location
    assert ("shop@tea.example", ["buyer@example.org"]) == (sender, recipients)
    assert make_delivery().artifacts[0].data == content


def test_bounces_go_to_the_envelope_sender(make_delivery, now):
    inbox = Inbox()
    with serve(inbox) as port:
        channel(port, envelope_sender="bounces@tea.example").send(make_delivery(), now=now)

    assert "bounces@tea.example" == inbox.messages[0][0]


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
@pytest.mark.parametrize("password", [PASSWORD, "wrong-secret-7"])
def test_a_password_is_checked_and_never_shown(make_delivery, now, password):
    inbox = Inbox()
    options = {"auth_require_tls": False, "authenticator": authenticate, "auth_required": True}
    with serve(inbox, **options) as port:
        mailer = channel(port, user="shop-user", password=password)
        if password == PASSWORD:
            mailer.send(make_delivery(), now=now)
            assert 1 == len(inbox.messages)
            return
        with pytest.raises(DeliveryError, match="AUTH answered 535") as caught:
            mailer.send(make_delivery(), now=now)

    assert not caught.value.retryable
    shown = f"{caught.value!r} {mailer!r} {mailer.settings!r} {caught.value.__cause__!r}"
    assert "wrong-secret-7" not in shown
    assert "shop-user" not in shown


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(
    "refusal",
    [
        ("451 4.3.0 try buyer@example.org later", True, "451 4.3.0"),
        ("550 5.1.1 <buyer@example.org> unknown", False, "550 5.1.1"),
        ("554 go away buyer@example.org", False, "554"),
    ],
)
def test_refusals_say_whether_to_try_again_and_name_nobody(make_delivery, now, stage, refusal):
    answer, is_retryable, shown = refusal
    with serve(Inbox(**{stage: answer})) as port, pytest.raises(DeliveryError) as caught:
        channel(port).send(make_delivery(), now=now)

    verb = {"mail": "MAIL FROM", "rcpt": "RCPT TO", "data": "DATA"}[stage]
    assert is_retryable is caught.value.retryable
    assert f"smtp 127.0.0.1:{port}: {verb} answered {shown}" == str(caught.value)


def test_nobody_listening_is_worth_another_try(make_delivery, now):
    with pytest.raises(DeliveryError, match="no connection") as caught:
        channel(free_port()).send(make_delivery(), now=now)
    assert caught.value.retryable
    assert not caught.value.is_uncertain


@contextmanager
def cutting_proxy(target: int, *, after: bytes) -> Iterator[int]:
    """Forward bytes until the client has sent ``after``; then cut both lines."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(120)

    def run() -> None:
        with ExitStack() as stack:
            client, _ = listener.accept()
            stack.enter_context(client)
            server = stack.enter_context(socket.create_connection(("127.0.0.1", target)))
            back = threading.Thread(target=pump_back, args=(server, client))
            back.start()
            seen = b""
            while after not in seen:
                data = client.recv(4096)
                if not data:
                    break
                seen += data
                if after not in seen:
                    server.sendall(data)
            for line in (server, client):
                with suppress(OSError):  # the client was faster
                    line.shutdown(socket.SHUT_RDWR)
            back.join()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join()
        listener.close()


def pump_back(server: socket.socket, client: socket.socket) -> None:
    while data := receive(server):
        try:
            client.sendall(data)
        except OSError:
            return


def receive(line: socket.socket) -> bytes:
    try:
        return line.recv(4096)
    except OSError:
        return b""


@pytest.mark.parametrize(
    ("after", "is_uncertain"),
    [(b"ehlo", False), (b"rcpt", False), (b"A line", True)],
)
def test_a_cut_line_is_worth_another_try_and_tells_what_is_unknown(
    make_delivery, now, after, is_uncertain
):
    inbox = Inbox()
    with (
        serve(inbox) as port,
        cutting_proxy(port, after=after) as cut,
        pytest.raises(DeliveryError) as caught,
    ):
        channel(cut).send(make_delivery(), now=now)

    assert caught.value.retryable
    assert is_uncertain is caught.value.is_uncertain
    assert [] == inbox.messages


def test_a_line_cut_after_acceptance_changes_nothing(make_delivery, now):
    inbox = Inbox()
    with serve(inbox) as port, cutting_proxy(port, after=b"quit") as cut:
        receipt = channel(cut).send(make_delivery(), now=now)

    assert ReceiptState.ACCEPTED is receipt.state
    assert 1 == len(inbox.messages)


@pytest.mark.parametrize("name", ["thank-you.fa.eml", "review-request.ja.eml"])
def test_a_rendered_e_mail_arrives_as_it_was_made(make_delivery, now, name):
    data = (GOLDEN / name).read_bytes()
    inbox = Inbox()
    with serve(inbox, enable_SMTPUTF8=False) as port:
        channel(port).send(make_delivery(data=data, recipient="ada@example.com"), now=now)

    received = email.message_from_bytes(inbox.messages[0][2], policy=policy.SMTPUTF8)
    assert data == inbox.messages[0][2]
    assert (
        "Linen No. 5" in received.get_body(("plain",)).get_content() or "茶" in received["Subject"]
    )
    assert [] == received.defects


def mail_to(address: str, make_delivery):
    return make_delivery(data=MAIL % address.encode(), recipient=address)


def test_an_address_beyond_ascii_is_passed_on_where_the_server_can(make_delivery, now):
    inbox = Inbox()
    with serve(inbox, enable_SMTPUTF8=True) as port:
        channel(port).send(mail_to("søren@example.org", make_delivery), now=now)

    _, recipients, content, options = inbox.messages[0]
    assert ["søren@example.org"] == recipients
    assert "SMTPUTF8" in options
    assert MAIL % "søren@example.org".encode() == content


def test_an_address_beyond_ascii_is_refused_where_the_server_cannot(make_delivery, now):
    inbox = Inbox()
    with (
        serve(inbox, enable_SMTPUTF8=False) as port,
        pytest.raises(DeliveryError, match="no SMTPUTF8") as caught,
    ):
        channel(port).send(mail_to("søren@example.org", make_delivery), now=now)

    assert not caught.value.retryable
    assert "søren" not in str(caught.value)
    assert [] == inbox.messages


def test_a_domain_beyond_ascii_needs_no_extension(make_delivery, now):
    inbox = Inbox()
    delivery = make_delivery(data=MAIL % b"x@xn--strae-oqa.example", recipient="x@straße.example")
    with serve(inbox, enable_SMTPUTF8=False) as port:
        channel(port).send(delivery, now=now)

    assert ["x@xn--strae-oqa.example"] == inbox.messages[0][1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"recipient": "other@example.org"}, "addressed to somebody else"),
        ({"data": b"From: shop@tea.example\r\n\r\nx\r\n"}, "not one e-mail address"),
        ({"data": MAIL % b"a@b.example, c@d.example"}, "not one e-mail address"),
        ({"artifacts": (Artifact(name="a.pdf", media_type="x/y", data=b"1"),)}, "exactly one"),
    ],
)
def test_what_is_no_single_message_to_one_person_is_refused_before_connecting(
    make_delivery, now, changes, words
):
    with pytest.raises(DeliveryError, match=words) as caught:
        channel(1).send(make_delivery(**changes), now=now)
    assert not caught.value.retryable


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> str:
    """A certificate for 127.0.0.1, made now: the secret is worth nothing."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = dt.datetime.now(dt.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(secret + built.public_bytes(serialization.Encoding.PEM))
    return str(file)


def tls(certificate: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_starttls_encrypts_before_the_password(make_delivery, now, certificate):
    inbox = Inbox()
    options = {
        "tls_context": tls(certificate),
        "require_starttls": True,
        "authenticator": authenticate,
        "auth_required": True,
    }
    with serve(inbox, **options) as port:
        channel(
            port, security="starttls", ca_file=certificate, user="shop", password=PASSWORD
        ).send(make_delivery(), now=now)

    assert 1 == len(inbox.messages)


def test_tls_from_the_first_byte(make_delivery, now, certificate):
    inbox = Inbox()
    with serve(inbox, ssl_context=tls(certificate)) as port:
        channel(port, security="ssl", ca_file=certificate).send(make_delivery(), now=now)

    assert 1 == len(inbox.messages)


def test_an_unknown_certificate_is_refused(make_delivery, now, certificate):
    with (
        serve(Inbox(), tls_context=tls(certificate)) as port,
        pytest.raises(DeliveryError, match="certificate refused") as caught,
    ):
        channel(port, security="starttls").send(make_delivery(), now=now)

    assert not caught.value.retryable


def test_a_server_without_starttls_is_never_written_to_in_the_clear(make_delivery, now):
    inbox = Inbox()
    with (
        serve(inbox) as port,
        pytest.raises(DeliveryError, match="no STARTTLS"),
    ):
        channel(port, security="starttls").send(make_delivery(), now=now)

    assert [] == inbox.messages


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"port": 99999}, "channels.smtp.port"),
        ({"security": "tls"}, "channels.smtp.security"),
        ({"colour": "red"}, "channels.smtp.colour"),
        ({"user": "shop"}, "user and password go together"),
        ({"user": "shop", "password": "x", "security": "none"}, "a password needs security"),
        ({"user": "shop", "password": "pässword-9"}, "must be ASCII"),
    ],
)
def test_a_wrong_setting_is_named(options, words):
    with pytest.raises(ConfigError, match=words) as caught:
        SmtpChannel("mail.example", **options)
    assert "pässword-9" not in str(caught.value)


def test_ports_follow_from_the_security():
    assert "<SmtpChannel mail.example:587>" == repr(SmtpChannel("mail.example"))
    assert "<SmtpChannel mail.example:465>" == repr(SmtpChannel("mail.example", security="ssl"))
