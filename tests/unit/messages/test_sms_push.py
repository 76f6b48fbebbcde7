"""Text and push messages: what they say, what they cost, and when there are none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retention_sdk.channels import FolderChannel
from retention_sdk.consent import decide, load_rules
from retention_sdk.errors import ConsentError, MessageError
from retention_sdk.l10n import is_balanced, localizer, sms_length, strip_isolates
from retention_sdk.messages import (
    PushMessage,
    SmsMessage,
    compose_push,
    compose_sms,
    points_notice_candidates,
    push_candidates,
    render_push,
    render_sms,
    sms_candidates,
)
from retention_sdk.messages.push import BODY_CHARS_MAX, TITLE_CHARS_MAX, shorten
from retention_sdk.messages.sms import SMS_SEGMENTS_MAX
from retention_sdk.model import (
    ConsentChannel,
    ConsentState,
    Delivery,
    MessageClass,
    OptInLevel,
    ReceiptState,
)
from retention_sdk.testing.builders import (
    NOON,
    a_brand,
    a_consent,
    a_customer,
    a_line,
    a_shop,
    an_address,
    an_order,
    money,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "mails"
URL = "https://post.example/t/RB1"
MOBILE = "+49 1512 3456789"
LOCALES = "en de el ru hy fa ar he ja ko zh-Hans hi th".split()
CONTROLS = frozenset("\u2066\u2067\u2068\u2069\u200f\u061c")
RTL = {"fa", "ar", "he"}
COMPOSERS = {"sms": compose_sms, "push": compose_push}
EVENTS = {"thank_you": "order_paid", "order_shipped": "order_fulfilled"}


def an_opted_in(**changes):
    consents = tuple(
        a_consent(channel=channel, opt_in_level=OptInLevel.CONFIRMED)
        for channel in (ConsentChannel.SMS, ConsentChannel.PUSH)
    )
    return a_customer(**{"phone": MOBILE, "consents": consents, **changes})


def candidates_of(context, surface, template):
    if template == "points_notice":
        return points_notice_candidates(context, surface=surface)
    return {"sms": sms_candidates, "push": push_candidates}[surface](context)


@pytest.fixture(scope="session")
def make_short(make_context):
    """A message from context to text, as an application writes one."""

    def make(surface, template, *, links=None, **changes):
        changes.setdefault("customer", an_opted_in())
        context = make_context(
            **{"event_type": EVENTS.get(template, "occasion"), "points": 68, **changes}
        )
        (only,) = candidates_of(context, surface, template)
        decision = decide(only, context, rules=load_rules())
        words = localizer(context.locale.tag)
        return COMPOSERS[surface](context, only, decision, words, **links or {})

    return make


def test_a_thank_you_is_one_segment_of_service(make_short):
    message = make_short("sms", "thank_you")

    assert "Soap & Sons: Thank you! Your order 1001 has reached us." == message.text
    assert MessageClass.TRANSACTIONAL is message.message_class
    assert ("gsm7", 55, 1) == (message.encoding, message.units, message.segments)
    assert "+4915123456789" == message.recipient


def test_a_shipping_notice_leads_to_the_carrier(make_short):
    message = make_short("sms", "order_shipped", links={"tracking_url": URL})

    assert f"Soap & Sons: Your order 1001 is on its way to you. Track it: {URL}" == message.text
    assert "STOP" not in message.text


def test_a_carriers_page_without_tls_is_left_out(make_short):
    message = make_short("sms", "order_shipped", links={"tracking_url": "http://post.example"})

    assert message.text.endswith("on its way to you.")


def test_advertising_says_how_to_stop_it(make_short):
    message = make_short("sms", "points_notice")

    assert (
        "Soap & Sons: You have 68 points in your account. Reply STOP to stop these texts."
        == message.text
    )
    assert MessageClass.MARKETING is message.message_class


@pytest.mark.parametrize(("locale", "end"), [("ja", "です。配信停止"), ("zh-Hans", "积分。退订")])
def test_sentences_are_joined_as_the_language_joins_them(make_short, locale, end):
    assert end in make_short("sms", "points_notice", locale=locale).text


def test_a_sender_that_cannot_be_answered_gives_a_link(make_short):
    message = make_short("sms", "points_notice", links={"opt_out_url": URL})

    assert message.text.endswith(f"To stop these texts: {URL}")


@pytest.mark.parametrize(
    "links",
    [{"opt_out_word": ""}, {"opt_out_word": "two words"}, {"opt_out_url": "http://x.example"}],
)
def test_advertising_without_a_way_out_is_refused(make_short, links):
    with pytest.raises(ConsentError):
        make_short("sms", "points_notice", links=links)


def test_advertising_is_labelled_where_the_law_says_how(make_short):
    """KR Network Act art. 50(4): in front of everything else."""
    for surface in ("sms", "push"):
        message = make_short(surface, "points_notice", shop=a_shop(country="KR"))

        assert (message.text if surface == "sms" else message.title).startswith("(광고) ")


@pytest.mark.parametrize("surface", ["sms", "push"])
def test_advertising_needs_a_yes_for_that_channel(make_context, surface):
    """A yes to e-mail is none to text messages."""
    by_mail = a_customer(phone=MOBILE, consents=(a_consent(opt_in_level=OptInLevel.CONFIRMED),))
    context = make_context(customer=by_mail, points=9, shop=a_shop(country="PL"))
    (only,) = points_notice_candidates(context, surface=surface)
    decision = decide(only, context, rules=load_rules())

    assert not decision.allowed
    with pytest.raises(ConsentError, match="does not allow"):
        COMPOSERS[surface](context, only, decision, localizer("en"))


@pytest.mark.parametrize(("surface", "other"), [("sms", "push"), ("push", "sms")])
def test_a_decision_about_another_surface_is_none(make_context, surface, other):
    context = make_context(event_type="order_fulfilled", customer=an_opted_in())
    (only,) = candidates_of(context, other, "order_shipped")
    decision = decide(only, context, rules=load_rules())

    with pytest.raises(ConsentError, match="something else"):
        COMPOSERS[surface](context, only, decision, localizer("en"))


@pytest.mark.parametrize(
    ("phone", "country", "expected"),
    [
        ("+49 1512 3456789", "DE", "+4915123456789"),
        ("01512 3456789", "DE", "+4915123456789"),
        ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "IR", "+989123456789"),
        ("030 901820", "DE", None),  # a landline
        ("12", "DE", None),
        ("", "DE", None),
        ("call me", "DE", None),
    ],
)
def test_a_text_message_needs_a_number_that_takes_it(make_context, phone, country, expected):
    customer = a_customer(phone=phone, address=an_address(country=country))
    context = make_context(customer=customer)
    found = sms_candidates(context)

    assert bool(found) is (expected is not None)
    if expected:
        decision = decide(found[0], context, rules=load_rules())
        assert expected == compose_sms(context, found[0], decision, localizer("en")).recipient


def test_guests_get_no_push(make_context):
    guest = a_customer(id="", phone=MOBILE)

    assert () == push_candidates(make_context(event_type="order_fulfilled", customer=guest))


@pytest.mark.parametrize("event", ["order_placed", "order_refunded", "cart_abandoned", "unknown"])
def test_other_events_bring_neither(make_context, event):
    context = make_context(event_type=event, customer=an_opted_in())

    assert () == sms_candidates(context)
    assert () == push_candidates(context)


def test_nothing_about_an_order_that_was_taken_back(make_context):
    order = an_order(refunded=money("12.00 EUR"))
    for event in ("order_paid", "order_fulfilled"):
        context = make_context(event_type=event, customer=an_opted_in(), order=order)

        assert () == sms_candidates(context) + push_candidates(context)


def test_a_brand_too_long_for_a_text_message_is_told(make_short):
    brand = a_brand(name="Мыло " * 80, legal_footer={"en": "Soap & Sons"})

    with pytest.raises(MessageError, match="shorter brand name"):
        make_short("sms", "thank_you", brand=brand)


@pytest.mark.parametrize("template", ["thank_you", "order_shipped", "points_notice"])
@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_message_is_written_in_every_script(make_short, locale, template):
    message = make_short("sms", template, locale=locale, links={"tracking_url": URL})
    length = sms_length(message.text)

    assert CONTROLS.isdisjoint(message.text)
    assert locale in RTL or "\u200e" not in message.text
    assert (length.encoding, length.segments) == (message.encoding, message.segments)
    assert SMS_SEGMENTS_MAX > message.segments
    assert ("STOP" in message.text) is (template == "points_notice")
    assert message.text.encode() == render_sms(message).data
    assert message == SmsMessage.model_validate_json(message.model_dump_json())


@pytest.mark.parametrize("template", ["order_shipped", "points_notice"])
@pytest.mark.parametrize("locale", LOCALES)
def test_every_push_message_is_written_in_every_script(make_short, locale, template):
    message = make_short("push", template, locale=locale)
    written = json.loads(render_push(message).data)

    assert is_balanced(message.title)
    assert is_balanced(message.body)
    assert TITLE_CHARS_MAX >= len(strip_isolates(message.title))
    assert BODY_CHARS_MAX >= len(strip_isolates(message.body))
    assert "…" not in message.title + message.body
    assert ("rtl" if locale in RTL else "ltr") == written["direction"]
    assert message == PushMessage.model_validate_json(message.model_dump_json())


def test_a_touch_leads_to_the_carrier_or_to_the_shop(make_short):
    shipped = make_short("push", "order_shipped", links={"tracking_url": URL})

    assert URL == shipped.link
    assert "https://soap.example" == make_short("push", "order_shipped").link
    assert "https://soap.example" == make_short("push", "points_notice").link
    assert "77" == shipped.recipient


def test_neither_name_nor_number_shows_in_a_repr(make_short):
    shown = repr(make_short("sms", "thank_you")) + repr(make_short("push", "order_shipped"))

    assert "4915123456789" not in shown
    assert "1001" not in shown


def test_what_is_too_long_is_cut_between_letters():
    assert "abc" == shorten("abc", 3)
    assert "ab…" == shorten("abcd", 3)
    assert "a…" == shorten("ae\u0301bcd", 3)
    assert "\u2068abc\u2069" == shorten("\u2068abc\u2069", 3)


@given(st.text(max_size=80), st.integers(min_value=1, max_value=60))
def test_a_cut_text_fits_and_is_balanced_where_it_was(text, chars_max):
    short = shorten(text, chars_max)

    assert chars_max >= len(strip_isolates(short))
    assert is_balanced(short) or not is_balanced(text)


@pytest.mark.parametrize(
    ("surface", "template", "locale"),
    [
        ("sms", "thank_you", "en"),
        ("sms", "order_shipped", "ru"),
        ("sms", "points_notice", "fa"),
        ("push", "order_shipped", "he"),
        ("push", "points_notice", "ja"),
    ],
)
def test_a_short_message_is_what_it_was(make_short, surface, template, locale):
    """``RETENTION_UPDATE_GOLDEN=1`` writes them anew; read them before committing a change."""
    brand = a_brand(name="Ardent", legal_footer={"en": "Ardent Ltd"})
    order = an_order(id="A-1024", lines=(a_line(),))
    message = make_short(
        surface, template, locale=locale, brand=brand, order=order, links={"tracking_url": URL}
    )
    artifact = (render_sms if surface == "sms" else render_push)(message)
    file = GOLDEN / artifact.name
    if os.environ.get("RETENTION_UPDATE_GOLDEN"):
        file.write_bytes(artifact.data)

    assert file.read_bytes() == artifact.data


@pytest.mark.parametrize("surface", ["sms", "push"])
def test_a_folder_takes_both(make_short, tmp_path, surface):
    message = make_short(surface, "order_shipped")
    artifact = (render_sms if surface == "sms" else render_push)(message)
    delivery = Delivery(
        id=f"{surface}-1",
        event_id="e1",
        decision_id=message.decision_id,
        surface=surface,
        channel="folder",
        recipient=message.recipient,
        artifacts=(artifact,),
    )
    channel = FolderChannel(tmp_path)

    assert ReceiptState.ACCEPTED is channel.send(delivery, now=NOON).state
    assert ReceiptState.DUPLICATE is channel.send(delivery, now=NOON).state
    assert artifact.data == (tmp_path / f"{surface}-1" / artifact.name).read_bytes()


def test_a_denial_stops_advertising_and_not_service(make_context):
    denied = a_customer(
        phone=MOBILE, consents=(a_consent(ConsentState.DENIED, channel=ConsentChannel.ANY),)
    )
    context = make_context(customer=denied, points=9)
    (thanks,) = sms_candidates(context)
    (notice,) = points_notice_candidates(context, surface="sms")
    rules = load_rules()

    assert decide(thanks, context, rules=rules).allowed
    assert not decide(notice, context, rules=rules).allowed


@settings(deadline=None)
@given(
    name=st.text(min_size=1, max_size=60).filter(lambda text: text.strip()),
    number=st.text(min_size=1, max_size=40).filter(lambda text: text.strip()),
    locale=st.sampled_from(LOCALES),
)
def test_no_text_of_a_shop_or_platform_breaks_a_message(make_short, name, number, locale):
    """Controls, markup, emoji and lone marks are text; at most they make it too long."""
    brand = a_brand(name=name, legal_footer={"en": "Ltd"})
    order = an_order(number=number)
    changes = {"brand": brand, "order": order, "locale": locale}
    pushed = make_short("push", "order_shipped", **changes)
    sent = make_short("sms", "order_shipped", **changes)

    assert is_balanced(pushed.title)
    assert is_balanced(pushed.body)
    assert CONTROLS.isdisjoint(sent.text)
    assert sms_length(sent.text).segments == sent.segments
    assert json.loads(render_push(pushed).data)["body"] == pushed.body
