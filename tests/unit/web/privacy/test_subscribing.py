"""A tick beside e-mail subscribes where that is enough, and asks to confirm where it is not."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from retention_sdk.model import ConsentChannel, ConsentState, CustomerUpdated, OptInLevel
from retention_sdk.testing import NOON, a_customer, a_shop, an_address
from retention_sdk.web.privacy import create_privacy_app

BASE = "https://soap.example/privacy/"
EMAIL = ConsentChannel.EMAIL
SAVED = {"do": "save", "shown": ["email", "parcel_insert"], "email": "1"}
NEVER_BEFORE = "We have sent you an email. Nothing will be sent until you confirm in it."


@pytest.fixture
def mails(tmp_path):
    def read():
        files = sorted((tmp_path / "out").rglob("*.eml"))
        return [email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files]  # fmt: skip

    return read


@pytest.fixture
def at_home(make_shop, make_person, clock):
    """Return a function that makes a shop and its customer in a country, and their browser."""

    def make(country, *, address="ada@example.org", **consent):
        shop = make_shop(
            clock=clock, shop=a_shop(country=country), consent={"base_url": BASE} | consent
        )
        customer = a_customer(id="42", email=address, address=an_address(country=country))
        shop.intake.accept(
            [CustomerUpdated(id="e-1", shop_id="soap.example", occurred_at=NOON, customer=customer)]
        )
        person = type(make_person())(shop, clock)
        return TestClient(create_privacy_app(shop)), person

    return make


def test_where_a_single_opt_in_is_enough_a_tick_is_enough(at_home, mails):
    client, person = at_home("US")
    answer = client.post(person.preferences_path(), data=SAVED)

    assert NEVER_BEFORE not in answer.text
    assert [] == mails()
    assert (ConsentState.GRANTED, OptInLevel.SINGLE) == (
        person.answer(EMAIL).state,
        person.answer(EMAIL).opt_in_level,
    )


@pytest.mark.parametrize(("country", "consent"), [("DE", {}), ("US", {"double_opt_in": "always"})])
def test_where_it_is_not_an_e_mail_asks_and_nothing_is_granted(at_home, mails, country, consent):
    client, person = at_home(country, **consent)
    answer = client.post(person.preferences_path(), data=SAVED)

    (mail,) = mails()
    assert NEVER_BEFORE in answer.text
    assert 'id="email" name="email" value="1">' in answer.text
    assert person.answer(EMAIL) is None
    assert ConsentState.DENIED is person.answer(ConsentChannel.PARCEL_INSERT).state
    assert "ada@example.org" == mail["to"]


def test_the_mail_completes_it(at_home, mails, clock):
    client, person = at_home("DE")
    client.post(person.preferences_path(), data=SAVED)
    clock.advance(timedelta(hours=1))
    text = mails()[0].get_body(("plain",)).get_content()
    path = "/" + re.search(rf"{re.escape(BASE)}(c/\S+)", text)[1]
    client.post(path, data={"do": "confirm"})

    yes = person.answer(EMAIL)
    assert (ConsentState.GRANTED, OptInLevel.CONFIRMED) == (yes.state, yes.opt_in_level)
    assert "preferences page" == yes.source


def test_who_gets_e_mails_already_is_not_asked(at_home, mails, clock):
    client, person = at_home("US", double_opt_in="where_required")
    client.post(person.preferences_path(), data=SAVED)
    clock.advance(timedelta(hours=1))
    client.post(person.preferences_path(), data=SAVED)

    assert [] == mails()
    assert 1 == len([each for each in person.history if each.channel is EMAIL])


def test_without_an_address_the_tick_is_a_single_opt_in(at_home, mails):
    client, person = at_home("DE", address="")
    client.post(person.preferences_path(), data=SAVED)

    assert [] == mails()
    assert OptInLevel.SINGLE is person.answer(EMAIL).opt_in_level


def test_an_e_mail_that_does_not_leave_is_told(at_home, mails, tmp_path):
    client, person = at_home("DE")
    (tmp_path / "out").write_text("a file where the folder should be")
    answer = client.post(person.preferences_path(), data=SAVED)

    assert "This did not work just now. Please try again in a minute." in answer.text
    assert person.answer(EMAIL) is None
