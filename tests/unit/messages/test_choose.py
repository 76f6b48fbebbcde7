"""Which e-mails are offered, and which of them the law leaves."""

from __future__ import annotations

import pytest

from retention_sdk.messages import message_candidates
from retention_sdk.model import (
    Block,
    ConsentState,
    ContentKind,
    MessageClass,
)
from retention_sdk.testing.builders import a_customer, a_shop, an_order, money


def test_a_paid_order_is_thanked_for(make_context):
    (only,) = message_candidates(make_context())

    assert MessageClass.TRANSACTIONAL is only.message_class
    assert {ContentKind.THANKS, ContentKind.ORDER_SUMMARY} == only.content


def test_points_make_a_first_candidate_that_is_marketing(make_context):
    first, second = message_candidates(make_context(points=12))

    assert MessageClass.MARKETING is first.message_class
    assert ContentKind.POINTS_BALANCE in first.content
    assert MessageClass.TRANSACTIONAL is second.message_class
    assert first.id != second.id


def test_guests_have_no_points(make_context):
    guest = a_customer(id="")

    assert 1 == len(message_candidates(make_context(points=12, customer=guest)))


def test_a_coupon_of_a_plugin_is_offered_and_left_out_of_the_service_mail(make_context):
    coupon = Block(content=ContentKind.COUPON, text="10 % off")
    care = Block(content=ContentKind.CARE, text="Wash cold")
    first, second = message_candidates(make_context(), blocks=[coupon, care])

    assert (coupon, care) == first.blocks
    assert (care,) == second.blocks
    assert MessageClass.TRANSACTIONAL is second.message_class


def test_blocks_for_cards_stay_on_cards(make_context):
    block = Block(content=ContentKind.COUPON, text="10 % off", surface="card")
    (only,) = message_candidates(make_context(), blocks=[block])

    assert () == only.blocks


def test_a_shop_that_does_not_say_who_it_is_does_not_advertise(make_context):
    """Directive 2000/31 art. 5-6, CAN-SPAM 15 USC 7704(a)(5)(A)(iii), CASL s. 6(2)."""
    assert 1 == len(message_candidates(make_context(points=12, legal=False)))
    assert () == message_candidates(make_context(legal=False, event_type="order_delivered"))


def test_after_delivery_a_review_is_asked_for(make_context):
    (only,) = message_candidates(make_context(event_type="order_delivered"))

    assert {ContentKind.REVIEW_REQUEST} == only.content
    assert MessageClass.MARKETING is only.message_class


@pytest.mark.parametrize(
    "changes",
    [
        {"order": an_order(sales_channel="Amazon.de")},
        {"order": an_order(is_gift=True)},
        {"shop": a_shop(url="")},
    ],
)
def test_no_review_is_asked_for_where_it_does_not_belong(make_context, changes):
    assert () == message_candidates(make_context(event_type="order_delivered", **changes))


@pytest.mark.parametrize("email", ["", "not an address", "a@b@c.example", "a@example.org\nBcc: b"])
def test_without_an_address_there_is_no_candidate(make_context, email):
    customer = a_customer().model_copy(update={"email": email})

    assert () == message_candidates(make_context(customer=customer))


@pytest.mark.parametrize("event", ["order_placed", "order_refunded", "cart_abandoned", "unknown"])
def test_other_events_bring_no_e_mail(make_context, event):
    assert () == message_candidates(make_context(event_type=event))


def test_nobody_is_thanked_for_an_order_that_was_taken_back(make_context):
    order = an_order(refunded=money("12.00 EUR"))

    assert () == message_candidates(make_context(order=order))


@pytest.mark.parametrize(
    ("country", "state", "expected"),
    [
        # UWG s. 7(3): the soft opt-in carries the points.
        ("DE", None, MessageClass.MARKETING),
        # PKE art. 398: no exception for customers, so the points stay away.
        ("PL", None, MessageClass.TRANSACTIONAL),
        ("PL", ConsentState.GRANTED, MessageClass.MARKETING),
        ("DE", ConsentState.DENIED, MessageClass.TRANSACTIONAL),
    ],
)
def test_the_law_decides_whether_points_are_shown(
    make_context, make_message, country, state, expected
):
    shop = a_shop(country=country)
    message = make_message(make_context(points=12, shop=shop, state=state))

    assert expected is message.message_class
    assert bool(message.points) is (expected is MessageClass.MARKETING)
    assert bool(message.unsubscribe) is (expected is MessageClass.MARKETING)


def test_points_alone_do_not_make_an_advertisement_of_thanks(make_context):
    """In Korea the subject would have to begin with (광고)."""
    shop = a_shop(country="KR")
    coupon = Block(content=ContentKind.COUPON, text="10 % off")

    assert 1 == len(message_candidates(make_context(points=12, shop=shop)))
    assert 2 == len(message_candidates(make_context(points=12, shop=shop), blocks=[coupon]))
