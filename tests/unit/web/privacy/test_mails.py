"""From an order to an e-mail, from its header to a click, from the click to the next order."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import timedelta

import pytest

from retention_sdk.consent.tokens import LinkKind
from retention_sdk.model import ConsentChannel, ConsentState, OptInLevel
from retention_sdk.testing import (
    NOON,
    a_consent,
    a_customer,
    a_paid_event,
    a_shop,
    an_address,
    an_order,
)

BASE = "https://soap.example/privacy/"
YES = a_consent(
    channel=ConsentChannel.EMAIL,
    recorded_at=NOON - timedelta(days=30),
    opt_in_level=OptInLevel.CONFIRMED,
    evidence_ref="form-1",
)


def paid(number, *, consents=(), at=NOON):
    customer = a_customer(id="42", email="ada@example.org", consents=consents, address=an_address())
    order = an_order("40.00 EUR", id=str(number), customer=customer)
    return a_paid_event(order, id=f"paid-{number}", occurred_at=at)


@pytest.fixture
def order(shop, tmp_path):
    """Return a function that takes a paid order and returns the e-mail it led to."""
    seen = set()

    def take(*args, **changes):
        shop.ingest([paid(*args, **changes)])
        (new,) = {*(tmp_path / "out").rglob("*.eml")} - seen
        seen.add(new)
        return email.message_from_bytes(new.read_bytes(), policy=email.policy.default)

    return take


def one_click_path(mail):
    url = re.match(rf"<{re.escape(BASE)}(u/[\w-]{{64}}\?lang=[\w-]+)>, <mailto:", mail["list-unsubscribe"])  # fmt: skip
    return "/" + url[1]


def test_advertising_carries_what_one_click_needs(order):
    """RFC 8058 s. 3.1; and what is seen leads to the same place, and to the preferences."""
    mail = order(1001, consents=(YES,))

    path, text = one_click_path(mail), mail.get_body(("plain",)).get_content()
    assert "List-Unsubscribe=One-Click" == mail["list-unsubscribe-post"]
    assert f"{BASE}{path[1:]}" in text
    assert re.search(rf"Your preferences:\s+{re.escape(BASE)}p/[\w-]{{64}}\?lang=en", text)
    html = mail.get_body(("html",)).get_content()
    assert f'href="{BASE}{path[1:]}"' in html
    assert ">Your preferences</a>" in html


def test_a_click_ends_advertising_with_the_next_order(order, client, clock):
    """The next order repeats the platform's old yes; what the person clicked is newer."""
    first = order(1001, consents=(YES,))
    clicked = client.post(one_click_path(first), content="List-Unsubscribe=One-Click")
    clock.advance(timedelta(days=1))
    second = order(1002, consents=(YES,), at=clock())

    assert 200 == clicked.status_code
    assert "points" in first.get_body(("plain",)).get_content()
    assert second["list-unsubscribe"] is None
    assert "points" not in second.get_body(("plain",)).get_content()


def test_what_is_about_the_order_has_nothing_to_unsubscribe_from(order):
    no = a_consent(ConsentState.DENIED, channel=ConsentChannel.EMAIL, recorded_at=NOON)
    mail = order(1001, consents=(no,))

    text = mail.as_string()
    assert mail["list-unsubscribe"] is None
    assert mail["list-unsubscribe-post"] is None
    assert "nsubscribe" not in text
    assert BASE not in text


def test_a_link_names_the_subject_and_nobody(order, shop):
    """The subject is random; nothing else of 48 bytes but the channel, an end and a seal."""
    path = one_click_path(order(1001, consents=(YES,)))
    token = shop.links.read(path[3:67], LinkKind.UNSUBSCRIBE, now=NOON)

    with shop.store.reading() as connection:
        who = shop.store.subjects.find(connection, "soap.example", "id:42")
    ends_at = NOON + timedelta(days=730)
    assert (who, ConsentChannel.EMAIL, ends_at, "00" * 8) == token[:1] + token[2:]


def test_the_same_order_makes_the_same_mail(make_shop, clock, tmp_path):
    """Links are signed, not drawn by lot: a mail that is made again is the same to the byte."""
    shop = make_shop(clock=clock, shop=a_shop(), consent={"base_url": BASE})
    shop.ingest([paid(1001, consents=(YES,))])
    (file,) = (tmp_path / "out").rglob("*.eml")
    first = file.read_bytes()
    links = shop.links
    with shop.store.begin() as connection:
        who = shop.store.subjects.find(connection, "soap.example", "id:42")
    url = links.unsubscribe_url(who, ConsentChannel.EMAIL, now=clock(), locale="en")

    assert url.encode() in first.replace(b"=\r\n", b"").replace(b"=3D", b"=")


@pytest.mark.parametrize("base_url", ["", "http://127.0.0.1:8080/"])
def test_without_https_advertising_is_ended_by_mail(make_shop, clock, tmp_path, base_url):
    shop = make_shop(clock=clock, shop=a_shop(), consent={"base_url": base_url})
    shop.ingest([paid(1001, consents=(YES,))])
    (file,) = (tmp_path / "out").rglob("*.eml")
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)

    assert "<mailto:hello@soap.example?subject=unsubscribe>" == mail["list-unsubscribe"]
    assert mail["list-unsubscribe-post"] is None


def test_an_objection_on_the_page_is_on_record_before_the_answer(order, client, shop):
    client.post(one_click_path(order(1001, consents=(YES,))), content="List-Unsubscribe=One-Click")
    with shop.store.reading() as connection:
        who = shop.store.subjects.find(connection, "soap.example", "id:42")
        (newest,) = shop.store.consents.current(connection, who)

    assert ConsentState.DENIED is newest.state
