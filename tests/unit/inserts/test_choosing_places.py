"""What a card needs before it is chosen: its words, its parcel, its channel."""

from __future__ import annotations

import pytest

from retention_sdk.inserts import choose_insert
from retention_sdk.model import (
    Block,
    ContentKind,
    Fulfilment,
    FulfilmentLine,
    FulfilmentStatus,
    History,
    LoyaltyState,
    Parcel,
)
from retention_sdk.testing import builders as b
from tests.unit.inserts.choosing import CARE, DAY, TIERS, chosen, rule, shop_settings


@pytest.mark.parametrize(
    ("template", "missing"),
    [
        ("referral", "referral_url"),
        ("review_request", "review_url"),
        ("return_instructions", "returns_url"),
        ("brand_story", "story"),
        ("vip_tier_up", "benefits"),
        ("exit_survey", "survey_url"),
        ("care_guide", "care_steps"),
        ("gift_message", "not a gift"),
        ("midsummer", "no plugin"),
    ],
)
def test_a_family_without_its_words_is_skipped_and_told(template, missing):
    decision = chosen(b.a_context(), **rule(template))

    assert "first_order_welcome" == decision.template
    assert any(missing in each for each in decision.skipped if each.startswith(template))


def test_words_in_another_language_are_no_words():
    context = b.a_context(
        customer=b.a_customer(id=""),
        locale="de",
        loyalty=LoyaltyState(tier="gold", tier_before=""),
    )
    decision = chosen(context, tiers=TIERS, care=CARE)
    assert ["thank_you", "plain_thanks"] == [each.template for each in decision.candidates]


def test_families_a_shop_skips_are_never_chosen():
    late = b.a_context(order=b.an_order(ship_by=b.NOON - 9 * DAY))
    assert "first_order_welcome" == chosen(late, skip=["apology_late"]).template


def test_a_rule_for_the_plain_card_ends_the_list():
    decision = chosen(b.a_context(), **rule("plain_thanks", countries=["DE"]))
    assert ["plain_thanks"] == [each.template for each in decision.candidates]
    assert "goes to DE" in decision.reasons[0]


def test_an_apology_is_owed_to_who_wants_no_advertising():
    """With the name it is marketing, and may be refused; without it is about the order."""
    named, unnamed, *_ = chosen(b.a_context(order=b.an_order(ship_by=b.NOON - 3 * DAY))).candidates

    assert ("apology_late", "apology_late") == (named.template, unnamed.template)
    assert (True, False) == (named.is_personalised, unnamed.is_personalised)
    assert "transactional" == unnamed.message_class


def test_offers_are_declared_before_anybody_decides():
    back = {"history": History(orders_count=3, last_order_at=b.NOON - 366 * DAY)}
    bare = chosen(b.a_context(**back)).candidates[0]
    offer = chosen(b.a_context(**back), offers={"winback_gift": {"percent": 10}}).candidates[0]

    assert ContentKind.COUPON not in bare.content
    assert ContentKind.COUPON in offer.content


def test_blocks_of_plugins_keep_off_apologies():
    coupon = Block(content=ContentKind.COUPON, text="THANKS-10", surface="card")
    late = b.a_context(order=b.an_order(ship_by=b.NOON - 3 * DAY))
    decision = choose_insert(late, shop_settings(), blocks=(coupon,))

    assert not any(c.blocks for c in decision.candidates if c.template == "apology_late")
    assert any(c.blocks for c in decision.candidates)


# Parcels and channels ------------------------------------------------------------------------


def split_order(*statuses):
    """An order whose lines leave in one parcel each."""
    lines = tuple(b.a_line(id=f"l{i}") for i, _ in enumerate(statuses))
    fulfilments = tuple(
        Fulfilment(
            id=f"f{i}",
            status=status,
            lines=(FulfilmentLine(line_id=f"l{i}", quantity=1),),
            parcels=(Parcel(id=f"p{i}"),),
        )
        for i, status in enumerate(statuses)
    )
    return b.an_order(f"{12 * len(statuses)}.00 EUR", lines=lines, fulfilments=fulfilments)


SHIPPED, PLANNED = FulfilmentStatus.SHIPPED, FulfilmentStatus.PLANNED


@pytest.mark.parametrize(
    ("statuses", "further", "expected"),
    [
        ((PLANNED, PLANNED), "none", "first_order_welcome"),
        ((SHIPPED, PLANNED), "none", ""),
        ((SHIPPED, PLANNED), "plain", "plain_thanks"),
        ((SHIPPED, PLANNED), "same", "first_order_welcome"),
        ((FulfilmentStatus.CANCELLED, PLANNED), "none", "first_order_welcome"),
        ((SHIPPED, SHIPPED), "same", ""),
    ],
)
def test_one_card_lies_in_the_first_parcel_unless_the_shop_wants_more(statuses, further, expected):
    context = b.a_context(order=split_order(*statuses))
    assert expected == chosen(context, further_parcels=further).template


def test_cards_of_two_parcels_are_two_cards():
    first = chosen(b.a_context(order=split_order(PLANNED, PLANNED))).candidates[0]
    later = b.a_context(order=split_order(SHIPPED, PLANNED))
    assert first.id != chosen(later, further_parcels="same").candidates[0].id


@pytest.mark.parametrize(
    ("channel", "own", "expected"),
    [
        ("checkout", {}, "first_order_welcome"),
        ("Amazon.de", {}, ""),
        ("eBay", {}, "plain_thanks"),
        ("eBay", {"ebay": "all"}, "first_order_welcome"),
        ("amazon_fba", {"amazon": "plain"}, "plain_thanks"),
        ("Fair Market", {"fair": "none"}, ""),
    ],
)
def test_marketplaces_restrict_what_lies_in_a_parcel(channel, own, expected):
    context = b.a_context(order=b.an_order(sales_channel=channel))
    decision = chosen(context, sales_channels=own)

    assert expected == decision.template
    assert decision.reasons[0]


def test_no_card_comes_with_its_reason():
    decision = chosen(b.a_context(order=b.an_order(fulfilments=())))
    assert ("", ()) == (decision.template, decision.candidates)
    assert "no parcel" in decision.reasons[0]
