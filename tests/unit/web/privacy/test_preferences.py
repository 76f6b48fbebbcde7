"""The preferences page: what is ticked may come, what is not ticked will not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from retention_sdk.consent import decide
from retention_sdk.context import build_context
from retention_sdk.model import (
    Address,
    Candidate,
    Consent,
    ConsentAct,
    ConsentChannel,
    ConsentState,
    ContentKind,
    Customer,
    CustomerUpdated,
    LocaleChoice,
    Purpose,
)
from retention_sdk.testing import NOON

ANY, EMAIL, SMS = ConsentChannel.ANY, ConsentChannel.EMAIL, ConsentChannel.SMS
CARD = ConsentChannel.PARCEL_INSERT
SALE = Purpose.SALE_OR_SHARING
SHOWN = ("email", "parcel_insert", "offers", "reviews", "surveys", "loyalty", "profiling", "third_party", "sale_or_sharing")  # fmt: skip
GPC = {"sec-gpc": "1"}


def boxes(answer):
    """Return the boxes of a page, and whether each is ticked."""
    found = re.findall(r'<input type="checkbox" id="(\w+)"[^>]*value="1"([^>]*)>', answer.text)
    return {name: "checked" in state for name, state in found}


def save(client, path, *ticked, shown=SHOWN, **headers):
    fields = {"do": "save", "shown": list(shown)} | dict.fromkeys(ticked, "1")
    return client.post(path, data=fields, headers=headers)


def may_send(person, channel, *kinds):
    """Ask the rules, as before every message: a shop and a customer in Germany."""
    shop = person.shop
    customer = Customer(id="42", address=Address(country="DE"))
    event = CustomerUpdated(id="e", shop_id="soap.example", occurred_at=NOON, customer=customer)
    context = build_context(
        event,
        shop=shop.config.shop,
        brand=shop.config.brand,
        locale=LocaleChoice(tag="en", reason="test"),
        now=person.clock(),
        subject_id=person.id,
        consents=person.current,
    )
    surface = "card" if channel is CARD else channel.value
    candidate = Candidate(id="c", surface=surface, channel=channel, template="x", content=frozenset(kinds))  # fmt: skip
    return decide(candidate, context, rules=shop.rules).allowed


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_at_the_page_changes_nothing(client, person, dump, method):
    before = dump()
    answer = client.request(method, person.preferences_path())

    assert 200 == answer.status_code
    assert before == dump()


def test_page_shows_what_holds(client, person):
    person.answers(
        Consent(channel=ANY, purpose=Purpose.SURVEYS, state=ConsentState.DENIED, recorded_at=NOON)
    )
    ticked = {name for name, is_ticked in boxes(client.get(person.preferences_path())).items() if is_ticked}  # fmt: skip

    assert {"email", "offers", "reviews", "loyalty"} == ticked


def test_a_channel_appears_once_somebody_answered_about_it(client, person):
    assert "sms" not in boxes(client.get(person.preferences_path()))

    person.answers(Consent(channel=SMS, state=ConsentState.DENIED, recorded_at=NOON))
    assert "sms" in boxes(client.get(person.preferences_path()))


def test_unticked_email_ends_it_at_once(client, person):
    answer = save(client, person.preferences_path(), "offers", "reviews", "surveys", "loyalty")

    no = person.answer(EMAIL)
    assert "Your choices are saved" in answer.text
    assert not boxes(answer)["email"]
    assert (ConsentState.DENIED, "preferences page") == (no.state, no.source)
    assert ("en", "preferences-1") == (no.wording.locale, no.wording.version)
    assert re.fullmatch(r"preferences-[0-9a-f]{16}", no.evidence_ref)


def test_saving_what_holds_adds_no_answer_of_the_shops_own_advertising(client, person, clock):
    save(client, path := person.preferences_path(), "email", "offers", "reviews", "surveys", "loyalty")  # fmt: skip
    first = person.history
    clock.advance(timedelta(minutes=1))
    save(client, path, "email", "offers", "reviews", "surveys", "loyalty")

    assert first == person.history
    assert [EMAIL] == [each.channel for each in first if each.purpose is Purpose.MARKETING][:1]


def test_a_refused_part_stops_it_and_the_others_go_on(client, person, clock):
    clock.advance(timedelta(minutes=1))
    save(client, person.preferences_path(), "email", "offers", "profiling")

    assert may_send(person, EMAIL, ContentKind.COUPON)
    assert not may_send(person, EMAIL, ContentKind.SURVEY)
    assert not may_send(person, EMAIL, ContentKind.REVIEW_REQUEST)


def test_a_part_that_was_refused_can_be_ticked_again(client, person, clock):
    path = person.preferences_path()
    clock.advance(timedelta(minutes=1))
    save(client, path, "email", "offers", "profiling")
    clock.advance(timedelta(minutes=1))
    answer = save(client, path, "email", "offers", "surveys", "profiling")

    assert boxes(answer)["surveys"]
    assert not boxes(answer)["reviews"]
    assert may_send(person, EMAIL, ContentKind.SURVEY)
    assert not may_send(person, EMAIL, ContentKind.REVIEW_REQUEST)


def test_everything_off_is_an_objection_to_everything(client, person, clock):
    clock.advance(timedelta(minutes=1))
    answer = client.post(person.preferences_path(), data={"do": "nothing"})

    refused = {(each.channel, each.purpose) for each in person.current if each.state is ConsentState.DENIED}  # fmt: skip
    assert {
        (ANY, Purpose.MARKETING),
        (ANY, Purpose.PROFILING),
        (ANY, Purpose.THIRD_PARTY),
        (ANY, SALE),
    } == refused
    assert not any(boxes(answer)[name] for name in ("email", "parcel_insert", "profiling"))
    assert not any(may_send(person, EMAIL, kind) for kind in (ContentKind.COUPON, ContentKind.SURVEY))  # fmt: skip


def test_after_everything_was_off_one_tick_allows_one_thing(client, person, clock):
    path = person.preferences_path()
    clock.advance(timedelta(minutes=1))
    client.post(path, data={"do": "nothing"})
    clock.advance(timedelta(minutes=1))
    answer = save(client, path, "parcel_insert", "offers", "reviews", "surveys", "loyalty")

    ticked = boxes(answer)
    assert ticked["parcel_insert"]
    assert not ticked["email"]
    assert not may_send(person, EMAIL, ContentKind.COUPON)
    assert ConsentState.DENIED is person.answer(ANY).state


def test_box_that_was_not_on_the_page_is_not_answered(client, person):
    save(client, person.preferences_path(), shown=("parcel_insert",))

    assert ConsentState.GRANTED is person.answer(EMAIL).state
    assert ConsentState.DENIED is person.answer(CARD).state
    assert person.answer(ANY, SALE) is None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"do": "other"},
        {"do": "save", "shown": ["any", "marketing", "x" * 500, "__class__"], "any": "1"},
        {"do": "save", "email": "1", "any": "1", "marketing": "1"},
    ],
)
def test_fields_that_are_no_boxes_change_nothing(client, person, dump, fields):
    before = dump()
    answer = client.post(person.preferences_path(), data=fields)

    assert 200 == answer.status_code
    assert before == dump()


def test_signal_of_a_browser_is_recorded_once_and_shown_as_processed(client, person, clock):
    """Cal. Code Regs. tit. 11, s. 7025(c)(1) and (c)(6)."""
    answer = client.get(path := person.preferences_path(), headers=GPC)
    clock.advance(timedelta(minutes=1))
    client.get(path, headers=GPC)

    no = person.answer(ANY, SALE)
    assert "Opt-out request honored" in answer.text
    assert (ConsentState.DENIED, ConsentAct.SIGNAL) == (no.state, no.act)
    assert (NOON, "browser signal (Sec-GPC)") == (no.recorded_at, no.source)
    assert 2 == len(person.history)
    assert "Opt-out request honored" not in client.get(path).text


@pytest.mark.parametrize("headers", [{"sec-gpc": "0"}, {"sec-gpc": "true"}, {"dnt": "1"}, GPC | {"sec-purpose": "prefetch"}])  # fmt: skip
def test_what_is_no_signal_is_not_taken_for_one(client, person, dump, headers):
    before = dump()
    client.get(person.preferences_path(), headers=headers)

    assert before == dump()


def test_signal_outweighs_a_tick(client, person, clock):
    path = person.preferences_path()
    page = client.get(path, headers=GPC)
    clock.advance(timedelta(minutes=1))
    answer = save(client, path, "email", "sale_or_sharing", **GPC)

    assert 'name="sale_or_sharing" value="1" disabled' in page.text
    assert not boxes(answer)["sale_or_sharing"]
    assert ConsentState.DENIED is person.answer(ANY, SALE).state


def test_without_the_signal_sale_can_be_allowed_and_refused(client, person, clock):
    path = person.preferences_path()
    allowed = save(client, path, "email", "sale_or_sharing")
    clock.advance(timedelta(minutes=1))
    refused = save(client, path, "email")

    assert boxes(allowed)["sale_or_sharing"]
    assert not boxes(refused)["sale_or_sharing"]
    assert ConsentState.DENIED is person.answer(ANY, SALE).state


def test_the_forgotten_have_no_preferences(client, person, shop, clock):
    path = person.preferences_path()
    with shop.store.begin() as connection:
        shop.store.subjects.erase(connection, person.id, now=clock())

    assert 404 == client.get(path).status_code == save(client, path, "email").status_code


def test_preferences_open_with_their_own_link_only(client, person):
    unsubscribe = person.unsubscribe_path().removeprefix("/u/")

    assert 404 == client.get(f"/p/{unsubscribe}").status_code


def test_unsubscribe_page_leads_to_the_preferences(client, person):
    page = client.get(person.unsubscribe_path())
    way = re.search(r'href="\.\.(/p/[^"]+)"', page.text)[1]

    assert boxes(client.get(way.replace("&amp;", "&")))["email"]


@pytest.mark.parametrize(
    ("query", "accept", "lang"),
    [
        ("?lang=de", "fr", 'lang="de" dir="ltr"'),
        ("?lang=xx", "fr;q=0.4, ar;q=0.9, *;q=0.1", 'lang="ar" dir="rtl"'),
        ("", "de-AT, en;q=0.5", 'lang="de-AT" dir="ltr"'),
        ("", "fr;q=0, xx;q=1, ;;;, fa;q=nonsense", 'lang="en" dir="ltr"'),
        ("?lang=%00%ff" + "x" * 300, "", 'lang="en" dir="ltr"'),
    ],
)
def test_language_of_the_mail_goes_before_that_of_the_browser(client, person, query, accept, lang):
    path = person.preferences_path().partition("?")[0]
    answer = client.get(path + query, headers={"accept-language": accept})

    assert f"<html {lang}>" in answer.text
