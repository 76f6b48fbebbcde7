"""One process sends what is queued, another one withdraws: nobody gets mail after saying no."""

import os
import random
import shutil
import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import select

from retention_sdk import OrderDelivered, Retention
from retention_sdk.model import ConsentChannel
from retention_sdk.pipeline.gate import WITHDRAWN
from retention_sdk.storage.tables import delivery
from retention_sdk.testing import NOON, a_customer, a_paid_event, an_order
from tests.mail_server import mail_server

IS_SOAK = bool(os.environ.get("RETENTION_SOAK"))
PEOPLE = 600 if IS_SOAK else 40
PARCELS = 200 if IS_SOAK else 10
KILLS = 4 if IS_SOAK else 2
SEED = 20261122
ROOT = Path(__file__).parents[2]

SETTINGS = """
[shop]
id = "soap.example"
name = "Soap & Sons"
country = "DE"
currency = "EUR"
language = "en"
time_zone = "Europe/Berlin"
url = "https://soap.example"
email = "hello@soap.example"
[store]
url = "sqlite:///shop.db"

[delivery]
card = "desk"
email = "smtp"

[channels.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
timeout_s = 120
"""

BRAND = """
name = "Soap & Sons"
sender = { name = "Mary" }
legal_footer = { en = "Soap & Sons GmbH, Hauptstr. 1, 10115 Berlin" }
"""

# Sends everything that is queued, with the real clock.
SEND = """
import sys
from retention_sdk import OrderDelivered, Retention
with Retention.from_file("retention.toml") as shop:
    print("ready", flush=True)
    sys.stdin.readline()
    shop.resume()
"""

# Packs one parcel after the other.
PACK = """
import sys
from retention_sdk import Retention
from retention_sdk.pipeline.cards.desk import PackingDesk
from retention_sdk.pipeline.cards.draw import Medium
with Retention.from_file("retention.toml") as shop:
    desk = PackingDesk(room=shop.press_room, channel=shop.channel("folder"), medium=Medium())
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(sys.argv[1])):
        answer = desk.hand_out(str(number))
        assert answer.may_close, answer
"""

# Withdraws for people in a seeded order, each in a commit of its own. The time is read while the
# lock of the store is held, as a sender does, so that times are in the order of the commits.
WITHDRAW = """
import random, sys, time
from datetime import UTC, datetime
from retention_sdk import Consent, ConsentState, Retention
from retention_sdk.model import ConsentChannel
seed, people, pause_s = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
chosen = random.Random(seed).sample(range(people), people // 2)
with Retention.from_file("retention.toml") as shop:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in chosen:
        with shop.store.begin() as connection:
            now = datetime.now(UTC)
            answer = Consent(
                channel=ConsentChannel.ANY,
                state=ConsentState.DENIED,
                recorded_at=now,
                source="test",
            )
            subject = shop.store.subjects.find(connection, "soap.example", f"id:c{number}")
            shop.store.consents.record(
                connection, subject, [answer], event_id=f"web:{number}", now=now
            )
        print(number, now.isoformat(), flush=True)
        time.sleep(pause_s)
"""


class Mailbox:
    """Counts what each person got."""

    def __init__(self):
        self.mails = Counter()

    async def handle_DATA(self, server, session, envelope):
        (recipient,) = envelope.rcpt_tos
        self.mails[int(recipient[1:].partition("@")[0])] += 1
        return "250 2.0.0 taken"


@pytest.fixture
def server():
    with mail_server(Mailbox()) as running:
        yield running


@pytest.fixture(scope="module")
def decided(tmp_path_factory):
    """A shop with mail for many people in its queue: everything is decided, nothing is sent."""
    folder = tmp_path_factory.mktemp("decided")
    write_settings(folder, port=1)
    events = [an_event(number) for number in range(PEOPLE)]
    with Retention.from_file(folder / "retention.toml") as shop:
        shop.accept(events)
        for event in events:
            for stage in shop.stages(event.id):
                if stage == "render":
                    break  # composed and decided; its turn has not come
        shop.store.scrub()
    return folder


@pytest.fixture
def queue(decided, tmp_path, server):
    """The same queue once more, in front of the server of this test."""
    write_settings(tmp_path, port=server.port)
    shutil.copy(decided / "shop.db", tmp_path / "shop.db")
    return tmp_path


def write_settings(folder, *, port):
    (folder / "retention.toml").write_text(SETTINGS.format(port=port))
    (folder / "brand.toml").write_text(BRAND)
    (folder / "retention.key").write_text("5a" * 32)


def an_event(number):
    """A parcel arrived, and its buyer is asked what they think: advertising, and no card."""
    customer = a_customer(id=f"c{number}", email=f"c{number}@example.com")
    order = an_order("40.00 EUR", id=f"{number}", customer=customer)
    event_id = f"test:soap.example:order:{number}:delivered"
    return OrderDelivered(id=event_id, shop_id="soap.example", occurred_at=NOON, order=order)


def start(folder, code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "ready" == process.stdout.readline().strip(), process.stderr.read()
    return process


def begin(process):
    process.stdin.write("go\n")
    process.stdin.flush()


class Story(NamedTuple):
    """What became of one person's mail: its state, its start, and the decisions that stopped it."""

    state: str
    started_at: datetime | None
    stops: int


def stories(folder):
    with Retention.from_file(folder / "retention.toml") as shop:
        return [story(shop, number) for number in range(PEOPLE)]


def story(shop, number):
    outcome = shop.outcome(an_event(number).id)
    (mail,) = (each for each in outcome.deliveries if each.surface == "email")
    with shop.store.reading() as connection:
        decisions = shop.store.decisions.of_event(connection, outcome.event_id)
        table = delivery.c
        query = select(table.planned_at).where(
            table.event_id == outcome.event_id, table.surface == "email"
        )
        started_at = connection.execute(query).scalar()
    stops = [d for d in decisions if d.channel is ConsentChannel.EMAIL and not d.allowed]
    assert all(WITHDRAWN == each.reasons[0] for each in stops)
    return Story(mail.state, started_at, len(stops))


def begin_withdrawing(process):
    """Wait for the first withdrawal, which so comes before whatever begins now; return its line."""
    begin(process)
    return process.stdout.readline()


def withdrawals(process, told):
    """Return when each withdrawal was made, by the order of commits; ``told`` is the first one."""
    out = told + process.stdout.read()
    _, err = process.communicate(timeout=240)
    assert 0 == process.returncode, err
    told = (line.split() for line in out.splitlines())
    return {int(number): datetime.fromisoformat(at) for number, at in told}


def assert_nobody_was_written_to_after_saying_no(folder, server, withdrawn):
    """Return who was stopped. A delivery is planned in the commit that starts it."""
    mails = server.handler.mails
    stopped = set()
    for number, (state, started_at, stops) in enumerate(stories(folder)):
        was_first = number in withdrawn and withdrawn[number] < started_at
        if was_first:
            stopped.add(number)
        expected = ("stopped", 1, 0) if was_first else ("accepted", 0, 1)
        if state == "submitting":  # a sender was killed: nobody knows, and nobody asks again
            assert not was_first, number
            assert (0, True) == (stops, mails[number] <= 1), number
        else:
            assert expected == (state, stops, mails[number]), number
    return stopped


def test_a_withdrawal_between_queueing_and_sending_stops_the_message(queue, server):
    sender = None
    other = start(queue, WITHDRAW, SEED, PEOPLE, 0.002)
    try:
        sender = start(queue, SEND)
        told = begin_withdrawing(other)
        begin(sender)
        withdrawn = withdrawals(other, told)
        _, err = sender.communicate(timeout=240)
        assert 0 == sender.returncode, err
    finally:
        for process in filter(None, (other, sender)):
            process.kill()
            process.wait()

    stopped = assert_nobody_was_written_to_after_saying_no(queue, server, withdrawn)
    assert PEOPLE // 2 == len(withdrawn)
    assert stopped


@pytest.mark.parametrize("seed", range(SEED, SEED + (20 if IS_SOAK else 1)))
def test_senders_that_are_killed_send_nothing_after_a_withdrawal(queue, server, seed):
    """Killed at seeded moments and started again; what a kill leaves open is not sent twice."""
    dice = random.Random(seed)
    other = start(queue, WITHDRAW, seed, PEOPLE, 0.002)
    told = begin_withdrawing(other)
    for _ in range(KILLS):
        sender = start(queue, SEND)
        begin(sender)
        try:
            sender.communicate(timeout=dice.uniform(0.05, 0.6))
        except subprocess.TimeoutExpired:
            sender.send_signal(signal.SIGKILL)
            sender.communicate()
    answers = withdrawals(other, told)
    last = start(queue, SEND)
    begin(last)
    _, err = last.communicate(timeout=240)

    assert 0 == last.returncode, err
    stopped = assert_nobody_was_written_to_after_saying_no(queue, server, answers)
    in_doubt = [each for each in stories(queue) if each.state == "submitting"]
    assert len(in_doubt) <= KILLS  # one for each kill, and marketing is never sent twice
    assert stopped


def test_a_withdrawal_between_printing_jobs_leaves_the_plain_card(tmp_path):
    """One process packs, another withdraws: what was refused before its job began is not printed."""
    write_settings(tmp_path, port=1)
    settings = (tmp_path / "retention.toml").read_text().replace('"smtp"', '"folder"')
    settings += '[channels.folder]\ndirectory = "out"\n[inserts]\nholdout_ratio = 0\n'
    (tmp_path / "retention.toml").write_text(settings)
    with Retention.from_file(tmp_path / "retention.toml") as shop:
        shop.ingest([a_sale(number) for number in range(PARCELS)])
    other = start(tmp_path, WITHDRAW, SEED, PARCELS, 0.1)
    desk = start(tmp_path, PACK, PARCELS)
    told = begin_withdrawing(other)
    begin(desk)
    withdrawn = withdrawals(other, told)
    _, err = desk.communicate(timeout=240)

    assert 0 == desk.returncode, err
    templates = {}
    for number, (template, started_at) in enumerate(printed(tmp_path)):
        is_refused = number in withdrawn and withdrawn[number] < started_at
        assert is_refused == (template == "plain_thanks"), number
        templates[number] = template
    assert "plain_thanks" in templates.values()
    assert {"plain_thanks"} != set(templates.values())


def a_sale(number):
    customer = a_customer(id=f"c{number}", email=f"c{number}@example.com")
    return a_paid_event(an_order("40.00 EUR", id=f"{number}", customer=customer))


def printed(folder):
    """Return, for each order, which card was printed, and when its job was started."""
    with Retention.from_file(folder / "retention.toml") as shop, shop.store.reading() as connection:
        for number in range(PARCELS):
            (record,) = shop.store.cards.of_order(connection, "soap.example", f"{number}")
            query = select(delivery.c.planned_at).where(delivery.c.id == record.job_id)
            yield record.choice.template, connection.execute(query).scalar_one()
