"""An erased person is nowhere: every byte that is left is read, in every spelling."""

import base64
import io
import json
import logging
import os
import quopri
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile
import zlib
from contextlib import suppress
from datetime import timedelta
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pypdfium2
import pytest

from retention_sdk import Brand, Config, CustomerErased, Erasure, Retention, Sender
from retention_sdk.config import StoreConfig
from retention_sdk.consent.rights import RequestKind, RequestState
from retention_sdk.errors import SubjectErased
from retention_sdk.loyalty.rules import Program, Rate
from retention_sdk.model import (
    AccessRequest,
    ConsentChanged,
    CustomerUpdated,
    DataRequested,
    OrderRefunded,
    UnknownEvent,
)
from retention_sdk.pipeline.cards.batch import Batch
from retention_sdk.pipeline.cards.corrections import Correction
from retention_sdk.pipeline.cards.draw import Medium
from retention_sdk.pipeline.cards.sheets import plan_named
from retention_sdk.testing import (
    NOON,
    a_consent,
    a_customer,
    a_paid_event,
    a_shop,
    an_address,
    an_order,
    money,
)

IS_SOAK = bool(os.environ.get("RETENTION_SOAK"))
SEED = 20261122
ROOT = Path(__file__).parents[2]
SHOP = "soap.example"

# Nobody else is called like this, lives here or writes this.
MARKS = {
    "given name": "Zenobiella",
    "family name": "Quillfeather-Łukasz",
    "corrected name": "Zenobietta",
    "Persian name": "زنوبیاپر",
    "e-mail": "zq.unmistakable@quill.example",
    "second e-mail": "zq.zweite@quill.example",
    "phone": "030 98765432",
    "international phone": "+493098765432",
    "street": "Unverwechselgasse 77",
    "gift message": "Зенобиелле с приветом",
    "note": "bitte bei Zwirbelmann abgeben",
    "unprintable name": "Zenobi𓂀",
}
EMAIL = MARKS["e-mail"]

# Spellings -----------------------------------------------------------------------------------


def spellings(text):
    """Return every form in which a text could hide: in encodings, and in encodings of those."""
    plain = text.encode()
    forms = {
        "UTF-8": plain,
        "UTF-16 LE": text.encode("utf-16-le"),
        "UTF-16 BE": text.encode("utf-16-be"),
        "UTF-32 LE": text.encode("utf-32-le"),
        "upper": text.upper().encode(),
        "lower": text.lower().encode(),
        "JSON": json.dumps(text)[1:-1].encode(),
        "quoted-printable": quopri.encodestring(plain, quotetabs=True).replace(b"=\n", b""),
        "Q of RFC 2047": quopri.encodestring(plain, header=True).replace(b"=\n", b""),
        "percent": quote(text).encode(),
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
        "PDF hex": text.encode("utf-16-be").hex().encode(),
        "PDF HEX": text.encode("utf-16-be").hex().upper().encode(),
        "reversed": text[::-1].encode(),
    }
    for name, data in (("UTF-8", plain), ("UTF-16", text.encode("utf-16-le"))):
        for offset in range(3):
            # The first and last group depend on what stands beside; those in between do not.
            coded = base64.b64encode(b"\0" * offset + data)
            forms[f"base64 of {name} at {offset}"] = coded[4 if offset else 0 : -4]
    return {name: form for name, form in forms.items() if len(form) > 5}


FORMS = {
    (what, name): form for what, text in MARKS.items() for name, form in spellings(text).items()
}


def findings(data, where):
    return [f"{what} as {form} in {where}" for (what, form), mark in FORMS.items() if mark in data]


def readings(path):
    """Yield all that can be read in a file: its bytes, and what is packed or drawn in them."""
    data = path.read_bytes()
    yield path.name, data
    if data.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(data)
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
        info = json.dumps(document.get_metadata_dict(), ensure_ascii=False)
        document.close()
        yield f"the text of {path.name}", (text + info).encode()
        yield f"the words of {path.name}", re.sub(r"\s+", " ", text).encode()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield f"{name} in {path.name}", name.encode() + archive.read(name)
    if path.suffix == ".eml":
        import email
        import email.policy

        message = email.message_from_bytes(data, policy=email.policy.default)
        parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
        shown = "".join(part for part in parts if isinstance(part, str))
        yield f"the text of {path.name}", (shown + str(message["to"])).encode()


def left_in(folder):
    """Return every mark that can be found below a folder, in names of files too."""
    found = []
    for path in sorted(folder.rglob("*")):
        found += findings(str(path.relative_to(folder)).encode(), "the name of a file")
        if path.is_file():
            for where, data in readings(path):
                found += findings(data, where)
    return found


# A life in the shop --------------------------------------------------------------------------


def the_person(**changes):
    home = an_address(
        name=f"{MARKS['given name']} {MARKS['family name']}",
        street=(MARKS["street"],),
        phone=MARKS["phone"],
    )
    fields = {
        "id": "4711",
        "given_name": MARKS["given name"],
        "family_name": MARKS["family name"],
        "email": EMAIL,
        "phone": MARKS["phone"],
        "address": home,
        "consents": (a_consent(source=f"form filled in by {MARKS['given name']}"),),
    }
    return a_customer(**{**fields, **changes})


def order_of(number, customer=None, **changes):
    who = customer or the_person()
    fields = {
        "customer": who,
        "shipping_address": who.address,
        "billing_address": who.address,
        "customer_note": MARKS["note"],
    }
    return an_order("40.00 EUR", id=number, **{**fields, **changes})


def told(order, **changes):
    """Return the payment of an order with the body of its webhook."""
    return a_paid_event(order, raw=order.model_dump_json().encode(), **changes)


def about(kind, name, **fields):
    return kind(id=f"test:{name}", shop_id=SHOP, occurred_at=NOON, **fields)


def bystander(number):
    home = an_address(name="Bob Bystander", street=("Elm St. 5",))
    bob = a_customer(
        id=f"bob{number}",
        given_name="Bob",
        family_name="Bystander",
        email=f"bob{number}@example.com",
        address=home,
    )
    return told(order_of(number, bob, customer_note=""))


def open_shop(folder, **changes):
    fields = {
        "shop": a_shop(),
        "brand": Brand(
            name="Soap & Sons",
            sender=Sender(name="Mary"),
            legal_footer={"en": "Soap & Sons GmbH · Hauptstr. 1, 10115 Berlin"},
        ),
        "store": StoreConfig(url=f"sqlite:///{folder}/shop.db", key="42" * 32),
        "loyalty": Program(rates={"EUR": Rate(points=1, per_minor=100)}),
        "channels": {"folder": {"directory": str(folder / "out")}, "desk": {}},
        "directory": str(folder),
    }
    return Retention(
        Config.model_validate(fields | changes),
        clock=lambda: NOON + timedelta(days=1),
        environ={},
    )


def live(folder):
    """Drive everything that the shop does with a person, and leave some of it unfinished."""
    with open_shop(folder) as shop:
        shop.ingest([told(order_of("1001"))])
        gift = {"is_gift": True, "gift_message": MARKS["gift message"]}
        shop.ingest([told(order_of("1002", **gift))])
        persian = the_person(given_name=MARKS["Persian name"], language="fa")
        shop.ingest([told(order_of("1003", persian, language="fa"))])
        shop.ingest([told(order_of("1004", the_person(given_name=MARKS["unprintable name"])))])
        shop.ingest([about(CustomerUpdated, "moved", customer=the_person(email=EMAIL.upper()))])
        yes = a_consent(source=f"said {MARKS['given name']}")
        shop.ingest([about(ConsentChanged, "yes", customer=the_person(), consent=yes)])
        guest = the_person(id="", email=MARKS["second e-mail"])
        shop.ingest([told(order_of("1005", guest))])
        half = order_of("1001", refunded=money("20.00 EUR"))
        shop.ingest([about(OrderRefunded, "half", order=half)])
        batch = Batch(
            room=shop.press_room,
            channel=shop.channel("folder"),
            medium=Medium(),
            sheet=plan_named("sra3"),
        )
        list(batch.run(iter([bystander("2001"), told(order_of("1006")), bystander("2002")])))
        request = DataRequested(
            id="test:asks",
            shop_id=SHOP,
            occurred_at=NOON,
            request=AccessRequest(reference="1", customer_id="4711", email=EMAIL),
        )
        shop.ingest([request])
        (view,) = shop.rights.list()
        packed = shop.rights.export(view.id)
        file = folder / "for-the-customer.zip"
        file.write_bytes(packed)
        shop.rights.note_export(view.id, str(file), packed)
        wrong = shop.rights.open(
            RequestKind.RECTIFICATION,
            AccessRequest(reference="2", email=EMAIL),
            reason=f"{MARKS['given name']} called: {MARKS['note']}",
        )
        shop.rights.advance(wrong.id, RequestState.IDENTITY_CHECK, reason=MARKS["given name"])
        shop.rights.rectify(wrong.id, Correction(given_name=MARKS["corrected name"]))
    with open_shop(folder, delivery={"card": "desk", "email": "folder"}) as desk:
        desk.ingest([told(order_of("1007"))])
        desk.accept([told(order_of("1008"))])


def forget(reference="forget"):
    erasure = Erasure(customer_id="4711", email=EMAIL, phone=MARKS["phone"])
    return about(CustomerErased, reference, erasure=erasure)


def forget_second():
    return about(CustomerErased, "second", erasure=Erasure(email=MARKS["second e-mail"]))


@pytest.fixture
def folder(tmp_path):
    """The folder of a shop in which somebody lived."""
    folder = tmp_path / "shop"
    folder.mkdir()
    live(folder)
    return folder


# Proofs --------------------------------------------------------------------------------------


def wrapped_keys(folder):
    with sqlite3.connect(folder / "shop.db") as raw:
        rows = raw.execute("SELECT wrapped_key FROM subject WHERE wrapped_key IS NOT NULL")
        return {bytes(row[0]) for row in rows}


# What is sealed, for whom, and what it is bound to.
SEALED = (
    "SELECT subject_id, sealed_event, 'event:' || id FROM event",
    "SELECT subject_id, sealed_raw, 'raw:' || id FROM event WHERE sealed_raw IS NOT NULL",
    "SELECT subject_id, sealed, 'stage:' || event_id || ':' || stage FROM stage",
    "SELECT subject_id, sealed, 'decision:' || id FROM decision",
    (
        "SELECT subject_id, sealed_receipt, 'receipt:' || id FROM delivery"
        " WHERE sealed_receipt IS NOT NULL"
    ),
    (
        "SELECT card.subject_id, card_copy.sealed, 'card:' || card_id || ':' || copy"
        " FROM card_copy JOIN card USING (card_id)"
    ),
    "SELECT subject_id, sealed, 'request:' || id FROM rights_request",
    (
        "SELECT subject_id, rights_step.sealed, 'request:' || request_id || ':' || position"
        " FROM rights_step JOIN rights_request ON id = request_id WHERE rights_step.sealed IS NOT NULL"
    ),
    (
        "SELECT subject_id, rights_export.sealed, 'export:' || request_id || ':' || position"
        " FROM rights_export JOIN rights_request ON id = request_id"
    ),
)


def opened_with_all_keys(shop):
    """Yield every value that any key in the store still opens, with what it is."""
    with shop.store.reading() as connection:
        for query in SEALED:
            for who, sealed, purpose in connection.exec_driver_sql(query).all():
                with suppress(SubjectErased):
                    plain = shop.store.subjects.open(
                        connection, who, bytes(sealed), purpose=purpose
                    )
                    packed = purpose.startswith("card:")
                    yield purpose, zlib.decompress(plain) if packed else plain


def assert_nobody_is_left(folder, keys_before):
    """Read every byte, open everything that opens, and check that the books still add up."""
    with open_shop(folder) as shop:
        still_open = [
            finding
            for where, plain in opened_with_all_keys(shop)
            for finding in findings(plain, where)
        ]
        with shop.store.reading() as connection:
            points = shop.ledger.verify(connection)
            consents = shop.store.consents.verify(connection, SHOP)
            assert shop.store.subjects.find(connection, SHOP, f"email:{EMAIL}") is None
            assert not shop.store.subjects.is_scrub_due(connection)
    destroyed = keys_before - wrapped_keys(folder)
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())

    assert [] == left_in(folder)
    assert [] == still_open
    assert 2 <= len(destroyed)
    assert not [key for key in destroyed if key in everything]
    assert points.is_clean, points
    assert consents.is_whole, consents


def test_the_marks_are_found_wherever_they_can_hide(folder):
    """The proof proves nothing unless it finds the person while they are there."""
    found = left_in(folder)
    places = {finding.partition(" in ")[2] for finding in found}
    marks = {finding.partition(" as ")[0] for finding in found}

    with open_shop(folder) as shop:
        sealed = {
            finding.partition(" as ")[0]
            for where, plain in opened_with_all_keys(shop)
            for finding in findings(plain, where)
        }

    assert {"given name", "e-mail", "gift message", "street", "Persian name"} <= marks
    assert set(MARKS) - {"international phone"} == sealed
    assert any(place.startswith("the text of card") for place in places), places
    assert any(place.endswith(".eml") for place in places)
    assert "data.json in for-the-customer.zip" in places
    for what, form in product(("given name", "gift message"), spellings("x" * 9)):
        hidden = b"\x01" + spellings(MARKS[what])[form] + b"\x02"
        assert any(each.startswith(f"{what} as") for each in findings(hidden, "a file"))


def test_an_erased_person_is_nowhere_and_the_books_add_up(folder, caplog):
    caplog.set_level(logging.DEBUG)
    keys = wrapped_keys(folder)
    assert left_in(folder)

    with open_shop(folder) as shop:
        outcomes = shop.ingest([forget(), forget_second()])
        reports = [view for view in shop.rights.list() if view.kind is RequestKind.ERASURE]
        assert {"done"} == {outcome.state for outcome in outcomes}
        assert {"answered"} == {view.state for view in reports}

    assert_nobody_is_left(folder, keys)
    assert [] == findings(caplog.text.encode(), "the log")


def test_old_files_webhooks_and_accounts_do_not_bring_the_person_back(folder):
    keys = wrapped_keys(folder)
    with open_shop(folder) as shop:
        shop.ingest([forget(), forget_second()])
        again = [told(order_of(number)) for number in ("1001", "1002", "3001", "3002")]
        renamed = the_person(id="", email="other@quill.example")
        again.append(told(order_of("3003", renamed)))
        again.append(about(CustomerUpdated, "again", customer=the_person()))
        shop.ingest(again)
        batch = Batch(room=shop.press_room, channel=shop.channel("folder"), medium=Medium())
        slips = list(batch.run(iter([told(order_of("3004")), bystander("2009")])))
        shop.resume()

    assert ["none", "printed"] == [slip.state for slip in slips]
    assert_nobody_is_left(folder, keys)


def bystanders_cards(shop):
    """Return the cards that lay on one sheet with the person's."""
    with shop.store.reading() as connection:
        return [
            shop.store.cards.of_order(connection, SHOP, number)[0] for number in ("2001", "2002")
        ]


def test_the_others_keep_what_is_theirs(folder):
    with open_shop(folder) as shop:
        shop.ingest([forget(), forget_second()])
        cards = bystanders_cards(shop)
        texts = [shop.press_room.text(card) for card in cards]

    assert ["Bob", "Bob"] == [text.order.customer.given_name for text in texts]
    assert {"assigned"} == {card.state.value for card in cards}


# Killed ------------------------------------------------------------------------------------

# Forgets both people, and says when it begins, so that it can be killed at any moment of it.
FORGET = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
import test_erasure as story
with story.open_shop(Path(sys.argv[1])) as shop:
    events = [story.forget(), story.forget_second()]
    shop.store
    print("begin", flush=True)
    shop.ingest(events)
    shop.resume()
print("end", flush=True)
"""


def start_forgetting(folder):
    command = [sys.executable, "-c", FORGET, str(folder), str(Path(__file__).parent)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)


def test_an_erasure_killed_at_seeded_moments_is_finished_by_the_next_run(folder):
    keys, moments = wrapped_keys(folder), random.Random(SEED)
    killed = 0
    for _ in range(30 if IS_SOAK else 6):
        process = start_forgetting(folder)
        assert b"begin\n" == process.stdout.readline()
        time.sleep(moments.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL

    process = start_forgetting(folder)
    out, _ = process.communicate(timeout=120)

    with open_shop(folder) as shop:
        others = bystanders_cards(shop)

    assert b"end" in out
    assert killed
    assert [2, 2] == [card.copy for card in others]
    assert_nobody_is_left(folder, keys)


def test_a_body_of_an_unknown_topic_goes_with_the_next_erasure_or_expires(folder):
    """It is nobody's: what comes after an erasure stays until its days are over."""
    shop_settings = StoreConfig(url=f"sqlite:///{folder}/shop.db", key="42" * 32)
    raw = MARKS["given name"].encode()
    topic = {"shop_id": SHOP, "occurred_at": NOON, "topic": "moon/landed", "raw": raw}
    before, after = (UnknownEvent(id=f"test:{name}", **topic) for name in ("before", "after"))
    with open_shop(folder, store=shop_settings) as shop:
        shop.ingest([before, forget(), forget_second()])
        erased = [where for where, plain in opened_with_all_keys(shop) if findings(plain, where)]
        shop.ingest([after])
        left = [where for where, plain in opened_with_all_keys(shop) if findings(plain, where)]
        with shop.store.begin() as connection:
            shop.store.inbox.purge_raw(connection, now=NOON + timedelta(days=32))
        over = [where for where, plain in opened_with_all_keys(shop) if findings(plain, where)]

    assert ([], ["raw:test:after"], []) == (erased, left, over)
