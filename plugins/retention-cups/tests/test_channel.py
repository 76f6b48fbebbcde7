"""Printing through a real cupsd: whole files, once, with the job's number and state."""

import itertools
import socket
import threading
import time

import pytest
from retention_cups.channel import CupsChannel
from retention_cups.ipp import Operation

from retention_sdk import Config, Retention
from retention_sdk.config import DeliveryConfig, StoreConfig
from retention_sdk.errors import ConfigError, DeliveryError
from retention_sdk.model import Artifact, Delivery, ReceiptState
from retention_sdk.testing import NOON, a_brand, a_paid_event, a_shop, assert_light_import
from tests.ports import free_port

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 2000 + b"\n%%EOF\n"
_numbers = itertools.count(1)


def delivery(name=None, data=PDF, media_type="application/pdf"):
    return Delivery(
        id=name or f"card-{next(_numbers)}",
        event_id="event",
        decision_id="decision",
        surface="card",
        channel="cups",
        artifacts=(Artifact(name="card.pdf", media_type=media_type, data=data),),
    )


@pytest.fixture
def channel(cups):
    return CupsChannel(cups.address("cards"), wait_s=30)


def test_a_file_is_printed_byte_by_byte_and_its_job_is_told(channel, cups):
    receipt = channel.send(delivery(), now=NOON)
    address, state = receipt.location.split()

    assert (ReceiptState.ACCEPTED, "completed") == (receipt.state, state)
    assert address.startswith("ipp://")
    assert {address.rpartition("/")[2]: PDF} == {
        name.lstrip("0"): data for name, data in cups.printed.items()
    }


def test_the_same_card_again_is_seen_and_not_printed(channel, cups):
    card = delivery()
    first, second = channel.send(card, now=NOON), channel.send(card, now=NOON)

    assert (ReceiptState.ACCEPTED, ReceiptState.DUPLICATE) == (first.state, second.state)
    assert first.location == second.location
    assert 1 == len(cups.printed)


def test_another_process_sees_it_too(channel, cups):
    card = delivery()
    channel.send(card, now=NOON)
    again = CupsChannel(cups.address("cards")).send(card, now=NOON)

    assert ReceiptState.DUPLICATE == again.state


def test_labels_go_through_untouched(channel, cups):
    zpl = b"^XA^FO10,10^GFA,1,1,1,FF^XZ"
    channel.send(delivery(data=zpl, media_type="application/zpl"), now=NOON)

    assert [zpl] == list(cups.printed.values())


def test_a_file_queue_takes_a_job(cups):
    receipt = CupsChannel(cups.address("sink"), wait_s=30).send(delivery(), now=NOON)

    assert "completed" == receipt.location.split()[1]


def test_a_job_that_waits_is_accepted_and_can_be_withdrawn(cups):
    stopped = CupsChannel(cups.address("stopped"), wait_s=0)
    receipt = stopped.send(delivery(), now=NOON)

    assert (ReceiptState.ACCEPTED, "pending") == (receipt.state, receipt.location.split()[1])
    assert stopped.withdraw(receipt)
    assert not stopped.withdraw(receipt)


def test_a_printed_job_cannot_be_withdrawn(channel):
    assert not channel.withdraw(channel.send(delivery(), now=NOON))


def test_a_card_whose_job_was_canceled_is_rejected_so_that_another_copy_is_made(cups):
    stopped, card = CupsChannel(cups.address("stopped"), wait_s=0), delivery()
    stopped.withdraw(stopped.send(card, now=NOON))

    assert ReceiptState.REJECTED == stopped.send(card, now=NOON).state


def test_a_job_the_printer_gave_up_is_rejected(cups):
    receipt = CupsChannel(cups.address("broken"), wait_s=30).send(delivery(), now=NOON)

    assert (ReceiptState.REJECTED, "aborted") == (receipt.state, receipt.location.split()[1])


def test_options_reach_the_job(cups):
    options = {"media": "iso_a6_105x148mm", "copies": 1, "sides": "two-sided-long-edge"}
    receipt = CupsChannel(cups.address("cards"), wait_s=30, options=options).send(
        delivery(), now=NOON
    )

    assert ReceiptState.ACCEPTED == receipt.state


def test_an_unknown_queue_is_worth_a_look_and_another_try(cups):
    with pytest.raises(DeliveryError, match="0x0406") as caught:
        CupsChannel(cups.address("nowhere")).send(delivery(), now=NOON)

    assert caught.value.retryable


def test_a_server_that_is_off_is_worth_another_try():
    with pytest.raises(DeliveryError, match="no connection") as caught:
        CupsChannel(f"ipp://127.0.0.1:{free_port()}/printers/cards").send(delivery(), now=NOON)

    assert caught.value.retryable
    assert not caught.value.is_uncertain


class Cutting(threading.Thread):
    """Passes requests on to cupsd, and cuts the line before the answer to the second of them."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.upstream = port
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.start()

    def run(self):
        line, _ = self.server.accept()
        with line, socket.create_connection(("127.0.0.1", self.upstream)) as up:
            asked = threading.Event()
            threading.Thread(target=self._back, args=(up, line, asked), daemon=True).start()
            while piece := line.recv(65536):
                if b"card-cut" in piece:
                    asked.set()
                up.sendall(piece)
        self.server.close()

    def _back(self, up, line, asked):
        try:
            while piece := up.recv(65536):
                if asked.is_set() and b"job-uri" in piece:
                    line.shutdown(socket.SHUT_RDWR)
                    return
                line.sendall(piece)
        except OSError:
            return


def test_a_lost_answer_leaves_doubt_and_the_next_try_finds_the_job(channel, cups):
    between, card = Cutting(cups.port), delivery("card-cut")
    with pytest.raises(DeliveryError, match="line broke") as caught:
        CupsChannel(f"ipp://127.0.0.1:{between.port}/printers/cards").send(card, now=NOON)

    assert caught.value.is_uncertain
    assert ReceiptState.DUPLICATE == channel.send(card, now=NOON).state
    assert 1 == len(cups.printed)


def test_a_job_is_found_when_the_server_has_its_name_on_disk_only(channel, cups):
    """CUPS puts jobs away within a second or so; waiting for longer makes no difference."""
    card = delivery("card-put-away")
    with channel._connected() as http:
        job = channel._print(http, card.id, card.artifacts[0]).uri  # and nobody looks after it
    ends = time.monotonic() + 5
    while name_in_memory(channel, job) and time.monotonic() < ends:
        time.sleep(0.1)

    assert ReceiptState.DUPLICATE == channel.send(card, now=NOON).state
    assert 1 == len(cups.printed)


def name_in_memory(channel, job):
    """Return the name that CUPS tells of a job without looking it up."""
    wanted = {"which-jobs": "completed", "requested-attributes": ("job-uri", "job-name")}
    with channel._connected() as http:
        jobs = channel._ask(http, Operation.GET_JOBS, wanted).jobs()
        told = {each["job-uri"][0]: each.get("job-name") for each in jobs}
    return told.get(job, "not over")


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"printer": "localhost"}, "channels.cups.printer"),
        ({"printer": "ipp://user:secret@host/p"}, "channels.cups.printer"),
        ({"printer": "ipp://host/p", "prt": 1}, "channels.cups.prt"),
        ({"printer": "ipp://host/p", "password": "hunter2"}, "channels.cups"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_is(options, key):
    with pytest.raises(ConfigError) as caught:
        CupsChannel(**options)
    assert key == caught.value.key
    assert "hunter2" not in str(caught.value)


def test_a_password_never_shows(cups):
    made = CupsChannel(cups.address("cards"), password="hunter2")

    assert "hunter2" not in repr(made) + repr(made.settings)


def test_events_print_on_a_real_queue_and_the_ledger_knows_the_job(cups):
    config = Config(
        shop=a_shop(),
        brand=a_brand(),
        store=StoreConfig(url="sqlite://", key="42" * 32),
        delivery=DeliveryConfig(card="cups"),
        channels={
            "cups": {"printer": cups.address("cards"), "wait_s": 30},
            "folder": {"directory": str(cups.root / "mails")},
        },
    )
    with Retention(config, clock=lambda: NOON, environ={}) as shop:
        (outcome,) = shop.ingest([a_paid_event()])

    card = next(each for each in outcome.deliveries if each.surface == "card")
    assert ("accepted", "completed") == (card.state, card.location.split()[1])
    assert ["printed"] == [each.state for each in outcome.cards]
    assert [b"%PDF"] == [data[:4] for data in cups.printed.values()]


def test_the_plugin_is_light():
    assert_light_import("retention_cups")
