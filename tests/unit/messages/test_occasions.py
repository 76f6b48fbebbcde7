"""Birthdays and balances: advertising that no order brings about."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, date, datetime

import pytest

from retention_sdk.consent import decide, load_rules
from retention_sdk.errors import ConsentError
from retention_sdk.l10n import localizer
from retention_sdk.messages import (
    Expiring,
    birthday_candidates,
    compose_email,
    points_notice_candidates,
    render_email,
    render_text,
)
from retention_sdk.model import Block, ConsentState, ContentKind, LoyaltyState, MessageClass
from retention_sdk.testing.builders import a_customer

DATE = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
URL = "https://soap.example/u/3f9a"


@pytest.fixture
def make_occasion(make_context):
    """A context without an order, as a shop builds it that knows the day."""

    def make(*, state=ConsentState.GRANTED, points=0, **changes):
        context = make_context(state=state, event_type="occasion", points=points, **changes)
        return context.model_copy(update={"order": None, "event_id": "occasion:77:2026"})

    return make


def test_a_birthday_wish_is_a_wish_and_nothing_else(make_occasion, make_message):
    message = make_message(make_occasion(points=40), candidates=birthday_candidates)

    assert MessageClass.MARKETING is message.message_class
    assert "Happy birthday from Soap & Sons" == message.subject
    assert "Happy birthday!" == message.headline
    assert message.summary is None
    assert () == message.points
    assert message.call_to_action is None


def test_it_does_not_say_that_an_order_brought_it(make_occasion, make_message):
    message = make_message(make_occasion(), candidates=birthday_candidates)

    assert "because you placed order" not in render_text(message)
    assert "hello@soap.example" in message.footer[0]


def test_what_a_plugin_gives_is_offered_first_and_the_wish_alone_second(make_occasion):
    coupon = Block(content=ContentKind.COUPON, text="10 % off")
    card = Block(content=ContentKind.CARE, text="on paper", surface="card")
    full, plain = birthday_candidates(make_occasion(), blocks=[coupon, card])

    assert {ContentKind.GREETING, ContentKind.COUPON} == full.content
    assert (coupon,) == full.blocks
    assert {ContentKind.GREETING} == plain.content
    assert full.id != plain.id


def test_a_balance_is_told_in_numbers(make_occasion, make_message):
    message = make_message(make_occasion(points=1240), candidates=points_notice_candidates)

    assert "Your points at Soap & Sons" == message.subject
    assert "Your account holds 1,240 points." == message.preheader
    assert message.paragraphs[0].startswith("You have 1,240 points in your account")
    assert () == message.points


def test_points_that_end_are_named_with_their_last_day(make_occasion, make_message):
    message = make_message(
        make_occasion(points=1240),
        candidates=points_notice_candidates,
        expiring=Expiring(points=200, last_day=date(2026, 12, 31)),
    )

    assert "200 of these points can be used until December 31, 2026." == message.paragraphs[1]


def test_only_a_notice_of_points_says_so(make_occasion, make_message):
    ending = Expiring(points=200, last_day=date(2026, 12, 31))
    none = Expiring(points=0, last_day=date(2026, 12, 31))
    points = {"candidates": points_notice_candidates, "expiring": none}

    assert 1 == len(make_message(make_occasion(points=5), **points).paragraphs)
    wish = make_message(make_occasion(), candidates=birthday_candidates, expiring=ending)
    assert 1 == len(wish.paragraphs)


@pytest.mark.parametrize("points", [0, -5])
def test_no_notice_of_nothing(make_occasion, points):
    context = make_occasion().model_copy(
        update={"loyalty": LoyaltyState(balance=max(points, 0), earned=points)}
    )

    assert () == points_notice_candidates(context)


def test_a_guest_has_no_account_to_be_told_about(make_occasion):
    assert () == points_notice_candidates(make_occasion(points=9, customer=a_customer(id="")))


@pytest.mark.parametrize("candidates", [birthday_candidates, points_notice_candidates])
def test_both_need_a_yes_where_no_sale_stands_behind_them(make_occasion, candidates):
    """UWG s. 7(3) asks for a sale; without an order in the context there is none to show."""
    rules = load_rules()
    for state, expected in (
        (ConsentState.GRANTED, True),
        (ConsentState.DENIED, False),
        (None, False),
    ):
        context = make_occasion(state=state, points=12)
        (only,) = candidates(context)

        assert expected is decide(only, context, rules=rules).allowed


@pytest.mark.parametrize("candidates", [birthday_candidates, points_notice_candidates])
def test_a_denied_one_is_not_written(make_occasion, candidates):
    context = make_occasion(state=ConsentState.DENIED, points=12)
    (only,) = candidates(context)
    decision = decide(only, context, rules=load_rules())

    with pytest.raises(ConsentError, match="does not allow"):
        compose_email(context, only, decision, localizer("en"))


@pytest.mark.parametrize("candidates", [birthday_candidates, points_notice_candidates])
def test_a_shop_that_does_not_say_who_it_is_writes_neither(make_occasion, candidates):
    assert () == candidates(make_occasion(points=12, legal=False))


@pytest.mark.parametrize("candidates", [birthday_candidates, points_notice_candidates])
def test_both_can_be_unsubscribed_from_with_one_click(make_occasion, make_message, candidates):
    """RFC 8058."""
    message = make_message(make_occasion(points=12), candidates=candidates, unsubscribe_url=URL)
    artifact = render_email(message, message_id="<3f9a@soap.example>", date=DATE)
    parsed = email.message_from_bytes(artifact.data, policy=email.policy.default)

    assert f"<{URL}>, <mailto:hello@soap.example?subject=unsubscribe>" == " ".join(
        parsed["List-Unsubscribe"].replace(",", ", ").split()
    )
    assert "List-Unsubscribe=One-Click" == parsed["List-Unsubscribe-Post"]
    assert f'href="{URL}"' in parsed.get_body(("html",)).get_content()
    assert URL in parsed.get_body(("plain",)).get_content()
