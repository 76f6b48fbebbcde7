"""Which card is tried first, and when there is none."""

from __future__ import annotations

import pytest

from retention_sdk.inserts import card_candidates
from retention_sdk.model import (
    Block,
    ContentKind,
    FulfilmentStatus,
    History,
    LineKind,
    LoyaltyState,
    MessageClass,
)
from retention_sdk.testing import builders as b


def templates(context, **options):
    return [candidate.template for candidate in card_candidates(context, **options)]


def with_status(status):
    order = b.an_order()
    (fulfilment,) = order.fulfilments
    return b.an_order(fulfilments=(fulfilment.model_copy(update={"status": status}),))


def guest():
    return b.a_customer(id="")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["first_order_welcome", "thank_you", "plain_thanks"]),
        ({"history": History(orders_count=1)}, ["repeat_customer", "thank_you", "plain_thanks"]),
        ({"history": History(orders_count=40)}, ["repeat_customer", "thank_you", "plain_thanks"]),
        ({"customer": None}, ["thank_you", "plain_thanks"]),
        ({"customer": guest()}, ["thank_you", "plain_thanks"]),
        (
            {"customer": guest(), "history": History(orders_count=2)},
            ["repeat_customer", "thank_you", "plain_thanks"],
        ),
        ({"order": b.an_order(is_gift=True)}, ["gift_message", "plain_thanks"]),
        (
            {"order": b.an_order(is_gift=True), "history": History(orders_count=3)},
            ["gift_message", "plain_thanks"],
        ),
    ],
)
def test_best_card_comes_first_and_the_plain_one_last(changes, expected):
    assert expected == templates(b.a_context(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"order": None},
        {"event_type": "order_refunded"},
        {"event_type": "order_fulfilled"},
        {"order": b.an_order(fulfilments=())},
        {"order": b.an_order(lines=(b.a_line(kind=LineKind.DIGITAL),))},
        {"order": b.an_order(lines=(b.a_line(kind=LineKind.PICKUP),))},
        {"order": b.an_order(cancelled_at=b.NOON)},
        {"order": b.an_order(refunded=b.money("12.00 EUR"))},
        {"order": with_status(FulfilmentStatus.SHIPPED)},
        {"order": with_status(FulfilmentStatus.DELIVERED)},
        {"order": with_status(FulfilmentStatus.CANCELLED)},
    ],
)
def test_nothing_is_offered_when_no_parcel_waits_for_a_card(changes):
    assert () == card_candidates(b.a_context(**changes))


def test_partial_refund_keeps_the_card():
    order = b.an_order(refunded=b.money("11.99 EUR"))
    assert templates(b.a_context(order=order))[-1] == "plain_thanks"


def test_plain_card_is_not_personal_and_says_only_thanks():
    plain = card_candidates(b.a_context())[-1]

    assert not plain.is_personalised
    assert frozenset({ContentKind.THANKS}) == plain.content
    assert plain.message_class is MessageClass.TRANSACTIONAL
    assert plain.insert_type == "own_generic"
    assert () == plain.blocks


def test_personal_card_is_marketing_whatever_it_says():
    best = card_candidates(b.a_context())[0]

    assert best.is_personalised
    assert best.message_class is MessageClass.MARKETING
    assert best.insert_type == "own_personalised"


def test_gift_message_is_part_of_the_order():
    gift = card_candidates(b.a_context(order=b.an_order(is_gift=True)))[0]

    assert gift.message_class is MessageClass.TRANSACTIONAL
    assert ContentKind.GIFT_MESSAGE in gift.content
    assert ContentKind.POINTS_BALANCE not in gift.content


@pytest.mark.parametrize(
    ("changes", "declares"),
    [
        ({"loyalty": LoyaltyState(balance=5)}, True),
        ({"loyalty": LoyaltyState(earned=5)}, True),
        ({"loyalty": LoyaltyState()}, False),
        ({"loyalty": LoyaltyState(balance=5), "customer": guest()}, False),
        ({"loyalty": LoyaltyState(balance=5), "customer": None}, False),
    ],
)
def test_points_are_declared_for_known_accounts_that_have_some(changes, declares):
    best = card_candidates(b.a_context(**changes))[0]
    assert declares is (ContentKind.POINTS_BALANCE in best.content)


def test_story_is_declared_when_the_code_leads_to_one():
    context = b.a_context(brand=b.a_brand(story_url="https://soap.example/story"))
    assert ContentKind.BRAND_STORY in card_candidates(context)[0].content
    assert ContentKind.BRAND_STORY not in card_candidates(b.a_context())[0].content


def test_blocks_are_declared_and_each_card_is_offered_without_them_too():
    """A coupon may be forbidden where thanks are not."""
    coupon = Block(content=ContentKind.COUPON, text="THANKS-10", surface="card")
    for_mail = Block(content=ContentKind.SURVEY, text="Tell us", surface="email")
    first, second, *rest = card_candidates(b.a_context(), blocks=(coupon, for_mail))

    assert (coupon,) == first.blocks
    assert ContentKind.COUPON in first.content
    assert ContentKind.SURVEY not in first.content
    assert () == second.blocks
    assert ContentKind.COUPON not in second.content
    assert first.template == second.template
    assert () == rest[-1].blocks


def test_gift_carries_no_block():
    coupon = Block(content=ContentKind.COUPON, text="THANKS-10")
    offered = card_candidates(b.a_context(order=b.an_order(is_gift=True)), blocks=(coupon,))
    assert all(not candidate.blocks for candidate in offered)


def test_identifiers_are_the_same_for_the_same_event_and_differ_within_it():
    blocks = (Block(content=ContentKind.CARE, text="Keep dry"),)
    one = [c.id for c in card_candidates(b.a_context(), blocks=blocks)]
    again = [c.id for c in card_candidates(b.a_context(), blocks=blocks)]
    other = [c.id for c in card_candidates(b.a_context(event_id="other"), blocks=blocks)]

    assert one == again
    assert len(one) == len(set(one))
    assert not set(one) & set(other)
