"""Port 9100, against real sockets: whole, unreachable, and cut in the middle."""

import socket
import struct
import threading
from datetime import UTC, datetime

import pytest

from retention_sdk.channels.raw_socket import RawSocketChannel
from retention_sdk.errors import ConfigError, DeliveryError
from retention_sdk.model import Artifact, Delivery, ReceiptState
from tests.ports import free_port

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LABEL = b"^XA^FO50,50^GFA,..." + bytes(range(256)) * 8192 + b"^XZ"


def delivery(*artifacts):
    return Delivery(
        id="card-1",
        event_id="event",
        decision_id="decision",
        surface="card",
        channel="raw",
        artifacts=artifacts or (Artifact(name="c.zpl", media_type="application/zpl", data=LABEL),),
    )


class Printer(threading.Thread):
    """Listens on the loopback; ``takes`` bytes and then resets the line, None takes all."""

    def __init__(self, *, takes=None, hangs_up=True):
        super().__init__(daemon=True)
        self.takes, self.hangs_up = takes, hangs_up
        self.got = b""
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.done = threading.Event()
        self.start()

    def run(self):
        line, _ = self.server.accept()
        with line:
            while self.takes is None or len(self.got) < self.takes:
                piece = line.recv(1024)
                if not piece:
                    break
                self.got += piece
            if self.takes is not None:
                reset = struct.pack("ii", 1, 0)
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
            elif not self.hangs_up:
                self.done.wait(30)
        self.server.close()


@pytest.fixture
def printer():
    made = []

    def make(**options):
        made.append(Printer(**options))
        return made[-1]

    yield make
    for each in made:
        each.done.set()
        each.join(30)
        each.server.close()


def channel_to(printer):
    return RawSocketChannel("127.0.0.1", port=printer.port, timeout_s=120)


def test_every_byte_arrives_and_the_receipt_says_where(printer):
    listening = printer()
    receipt = channel_to(listening).send(delivery(), now=NOW)
    listening.join(30)

    assert LABEL == listening.got
    assert (ReceiptState.ACCEPTED, f"tcp://127.0.0.1:{listening.port}") == (
        receipt.state,
        receipt.location,
    )


def test_a_printer_that_keeps_the_line_open_has_printed_too(printer):
    listening = printer(hangs_up=False)

    assert ReceiptState.ACCEPTED == channel_to(listening).send(delivery(), now=NOW).state
    assert LABEL == listening.got


@pytest.mark.parametrize("takes", [1, 1024, 200_000])
def test_a_line_cut_in_the_middle_leaves_nobody_knowing(printer, takes):
    with pytest.raises(DeliveryError, match="may have printed") as caught:
        channel_to(printer(takes=takes)).send(delivery(), now=NOW)

    assert caught.value.is_uncertain


def test_a_printer_that_is_off_is_worth_another_try():
    with pytest.raises(DeliveryError, match="no connection") as caught:
        RawSocketChannel("127.0.0.1", port=free_port(), timeout_s=120).send(delivery(), now=NOW)

    assert caught.value.retryable
    assert not caught.value.is_uncertain


def test_two_files_are_refused():
    two = [Artifact(name=name, media_type="application/zpl", data=b"x") for name in ("a", "b")]

    with pytest.raises(DeliveryError, match="exactly one file to print") as caught:
        RawSocketChannel("127.0.0.1").send(delivery(*two), now=NOW)
    assert not caught.value.retryable


@pytest.mark.parametrize(
    ("options", "key"),
    [({"port": 0}, "channels.raw.port"), ({"prot": 9100}, "channels.raw.prot")],
)
def test_a_wrong_setting_is_named(options, key):
    with pytest.raises(ConfigError) as caught:
        RawSocketChannel("127.0.0.1", **options)
    assert key == caught.value.key
