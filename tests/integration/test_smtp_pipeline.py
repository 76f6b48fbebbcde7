"""A paid order reaches a real mail server; a server that hangs up is met again later."""

import email
import email.policy
import socket
import threading

import pytest

from retention_sdk.config import DeliveryConfig
from retention_sdk.testing import a_paid_event
from tests.mail_server import mail_server
from tests.ports import free_port


class Mailbox:
    def __init__(self):
        self.messages = []

    async def handle_DATA(self, server, session, envelope):
        self.messages.append(envelope)
        return "250 2.0.0 taken"


@pytest.fixture
def server():
    with mail_server(Mailbox()) as running:
        yield running


def to_smtp(make_shop, port):
    settings = {"host": "127.0.0.1", "port": port, "security": "none", "timeout_s": 120}
    return make_shop(
        delivery=DeliveryConfig(card="folder", email="smtp"),
        channels={"smtp": settings, "folder": {"directory": "out"}},
    )


def test_the_mail_arrives_once_as_it_was_made(make_shop, server):
    shop = to_smtp(make_shop, server.port)
    event = a_paid_event()

    shop.ingest([event])
    shop.ingest([event])

    (envelope,) = server.handler.messages
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert ["ada@example.com"] == envelope.rcpt_tos
    assert "ada@example.com" in message["To"]
    assert {"text/plain", "text/html"} == {part.get_content_type() for part in message.iter_parts()}


def test_a_server_that_is_away_leaves_the_event_pending(make_shop):
    shop = to_smtp(make_shop, free_port())

    (outcome,) = shop.ingest([a_paid_event()])

    assert "pending" == outcome.state
    assert {"card": "accepted", "email": "failed"} == {
        d.surface: d.state for d in outcome.deliveries
    }


def test_a_server_that_hangs_up_in_the_middle_leaves_the_event_pending(make_shop):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=hang_up, args=(listener,))
        thread.start()
        (outcome,) = to_smtp(make_shop, listener.getsockname()[1]).ingest([a_paid_event()])
        thread.join()

    assert "pending" == outcome.state
    assert "ada" not in outcome.error


def hang_up(listener):
    """Greet, take the first commands, and close the line."""
    connection, _ = listener.accept()
    with connection:
        connection.sendall(b"220 away.example ESMTP\r\n")
        connection.recv(1024)
        connection.sendall(b"250 away.example\r\n")
        connection.recv(1024)
