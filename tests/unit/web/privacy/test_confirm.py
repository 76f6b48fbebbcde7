"""Double opt-in: an e-mail asks, a button says yes, once, and nobody else can."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import timedelta
from hashlib import sha256

import pytest

from retention_sdk.errors import ConfigError, ConsentError
from retention_sdk.model import (
    Consent,
    ConsentChannel,
    ConsentState,
    Customer,
    OptInLevel,
    Wording,
)
from retention_sdk.testing import NOON, a_shop

BASE = "https://soap.example/privacy/"
EMAIL = ConsentChannel.EMAIL
ADA = Customer(email="Ada@example.org", given_name="Buy at http://spam.example", language="en")
FORM = Wording(text_sha256=sha256(b"Send me news").hexdigest(), locale="en", version="form-7")


@pytest.fixture
def ask(shop):
    def ask(customer=ADA, **changes):
        wanted = {"source": "newsletter form", "wording": FORM}
        return shop.ask_to_confirm(customer, **(wanted | changes))

    return ask


@pytest.fixture
def mails(tmp_path):
    def read():
        files = sorted((tmp_path / "out").rglob("*.eml"))
        return [email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files]  # fmt: skip

    return read


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def link_of(mail):
    return re.search(rf"{re.escape(BASE)}c/\S+", text_of(mail))[0]


def path_of(url):
    return "/" + url.removeprefix(BASE)


def press(client, path):
    return client.post(path, data={"do": "confirm"})


@pytest.fixture
def ada(shop, make_person):
    """Whoever the address belongs to, as the store knows them."""
    return lambda: make_person("email:ada@example.org")


def test_asking_allows_nothing(ask, ada):
    asked = ask()

    assert (True, "asked") == (asked.is_asked, asked.state)
    assert () == ada().history


def test_mail_asks_and_says_nothing_else(ask, mails):
    """No name, which a stranger may have typed; no advertising and no way out of any."""
    ask()
    (mail,) = mails()

    text = text_of(mail)
    assert "Please confirm your subscription to Soap & Sons" == mail["subject"]
    assert "Ada@example.org" == mail["to"]
    assert "If it was not you, please ignore this email: nothing will be sent." in text
    assert "spam" not in mail.as_string()
    assert mail["list-unsubscribe"] is None
    assert "nsubscribe" not in text
    assert "en" == mail["content-language"]


def test_opening_the_link_changes_nothing(ask, mails, client, dump):
    ask()
    path = path_of(link_of(mails()[0]))
    before = dump()
    answers = [client.get(path), client.head(path)]

    assert [200, 200] == [answer.status_code for answer in answers]
    assert "I would like to receive advertising from Soap &amp; Sons" in answers[0].text
    assert before == dump()


def test_button_confirms_with_all_that_proves_it(ask, mails, client, clock, ada):
    reference = ask().reference
    clock.advance(timedelta(hours=2))
    answer = press(client, path_of(link_of(mails()[0])))

    first, second = ada().history
    assert "You are subscribed" in answer.text
    assert (NOON, OptInLevel.SINGLE, FORM) == (first.recorded_at, first.opt_in_level, first.wording)
    assert (ConsentState.GRANTED, OptInLevel.CONFIRMED) == (second.state, second.opt_in_level)
    assert NOON + timedelta(hours=2) == second.confirmed_at == second.recorded_at
    assert ("newsletter form", f"confirm:{reference}") == (second.source, second.evidence_ref)
    assert ("en", "confirm-1") == (second.wording.locale, second.wording.version)
    assert second == ada().answer(EMAIL)


def test_a_used_link_confirms_nothing_again(ask, mails, client, clock, dump):
    ask()
    path = path_of(link_of(mails()[0]))
    first = press(client, path)
    before = dump()
    clock.advance(timedelta(days=1))
    second = press(client, path)

    assert first.text.split("lang=en")[-1] == second.text.split("lang=en")[-1]
    assert 200 == second.status_code
    assert before == dump()


def test_a_link_grants_nothing_after_a_later_no(ask, mails, client, clock, ada):
    """A scanner that presses buttons, or an old mail, must not subscribe anybody again."""
    ask()
    path = path_of(link_of(mails()[0]))
    press(client, path)
    clock.advance(timedelta(minutes=1))
    client.post(ada().unsubscribe_path(), content="List-Unsubscribe=One-Click")
    clock.advance(timedelta(minutes=1))
    answers = [press(client, path), client.get(path)]

    assert [404, 404] == [answer.status_code for answer in answers]
    assert "This link no longer works" in answers[0].text
    assert ConsentState.DENIED is ada().answer(EMAIL).state


def test_a_no_between_asking_and_confirming_ends_the_link(ask, mails, client, clock, ada):
    ask()
    clock.advance(timedelta(minutes=1))
    ada().answers(
        Consent(channel=ConsentChannel.ANY, state=ConsentState.DENIED, recorded_at=clock())
    )
    clock.advance(timedelta(minutes=1))

    assert 404 == press(client, path_of(link_of(mails()[0]))).status_code
    assert ada().answer(EMAIL) is None


def test_a_stranger_who_types_an_address_lifts_no_objection(ask, clock, ada):
    ada().answers(Consent(channel=EMAIL, state=ConsentState.DENIED, recorded_at=NOON))
    clock.advance(timedelta(minutes=1))
    ask()

    assert ConsentState.DENIED is ada().answer(EMAIL).state


def test_confirming_lifts_an_older_objection_for_e_mails_only(ask, mails, client, clock, ada):
    ada().answers(Consent(channel=ConsentChannel.ANY, state=ConsentState.DENIED, recorded_at=NOON))
    clock.advance(timedelta(minutes=1))
    ask()
    clock.advance(timedelta(minutes=1))
    answer = press(client, path_of(link_of(mails()[0])))

    assert "You are subscribed" in answer.text
    assert ConsentState.DENIED is ada().answer(ConsentChannel.ANY).state
    assert OptInLevel.CONFIRMED is ada().answer(EMAIL).opt_in_level


def test_link_ends_after_some_days(ask, mails, client, clock, ada):
    ask()
    path = path_of(link_of(mails()[0]))
    clock.advance(timedelta(days=7, seconds=1))

    assert 404 == press(client, path).status_code
    assert () == ada().history


def test_an_address_is_asked_once_a_day_however_often_it_is_typed(ask, mails, clock):
    for _ in range(20):
        ask()
    ask(customer=ADA.model_copy(update={"email": "ADA@EXAMPLE.ORG"}))
    assert 1 == len(mails())

    clock.advance(timedelta(days=1))
    ask()
    assert 2 == len(mails())


def test_who_left_again_is_asked_again_on_the_same_day(ask, mails, client, clock, ada):
    ask()
    press(client, path_of(link_of(mails()[0])))
    clock.advance(timedelta(minutes=1))
    client.post(ada().unsubscribe_path(), content="List-Unsubscribe=One-Click")
    clock.advance(timedelta(minutes=1))
    ask()
    newest = max(mails(), key=lambda mail: mail["date"].datetime)
    answer = press(client, path_of(link_of(newest)))

    assert 2 == len(mails())
    assert "You are subscribed" in answer.text


def test_who_confirmed_is_not_asked_again(ask, mails, client, clock):
    ask()
    press(client, path_of(link_of(mails()[0])))
    clock.advance(timedelta(days=2))

    assert (False, "confirmed") == ask()[::2]
    assert 1 == len(mails())


def test_the_forgotten_are_not_written_to(ask, mails, client, shop, ada):
    ask()
    path = path_of(link_of(mails()[0]))
    who = ada().id
    with shop.store.begin() as connection:
        shop.store.subjects.erase(connection, who, now=NOON)

    assert 404 == client.get(path).status_code == press(client, path).status_code


@pytest.mark.parametrize(("locale", "words"), [("de", "bestätigen"), ("fa", "تأیید"), (None, "confirm")])  # fmt: skip
def test_mail_and_page_speak_the_language_of_the_form(ask, mails, client, locale, words):
    ask(locale=locale)
    (mail,) = mails()

    assert words in text_of(mail)
    assert f'lang="{locale or "en"}"' in client.get(path_of(link_of(mail))).text


@pytest.mark.parametrize("address", ["", "no address", "ada@"])
def test_what_is_no_address_is_not_asked(ask, address):
    with pytest.raises(ConsentError, match="no e-mail address"):
        ask(customer=Customer(id="42", email=address))


@pytest.mark.parametrize("base_url", ["", "http://soap.example/"])
def test_without_a_page_on_https_nobody_is_asked(make_shop, base_url):
    shop = make_shop(shop=a_shop(), consent={"base_url": base_url})

    with pytest.raises(ConfigError, match=r"consent\.base_url"):
        shop.ask_to_confirm(ADA, source="form")


def test_another_reference_with_a_good_signature_is_no_request(shop, client, ada, clock):
    ask_url = shop.links.confirm_url(ada().id, EMAIL, reference="ab" * 8, now=clock())

    assert 404 == client.get(path_of(ask_url)).status_code
