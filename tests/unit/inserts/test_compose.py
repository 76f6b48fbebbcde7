"""What stands on a card, and what never does."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime

import pytest

from retention_sdk.errors import ConsentError, PrintError
from retention_sdk.inserts import Card, card_candidates, compose_card
from retention_sdk.l10n import available_locales, localizer, strip_isolates
from retention_sdk.model import Block, ContentKind, History, LocaleChoice, LoyaltyState
from retention_sdk.testing import builders as b

URL = "https://soap.example/r/7K3Q9ZD2M1XAB4C5EF"


def composed(context, *, template=None, blocks=(), code_url=URL, locale="en", **decision):
    candidates = card_candidates(context, blocks=blocks)
    candidate = next(c for c in candidates if template in (None, c.template))
    verdict = b.a_decision(
        **{"candidate_id": candidate.id, "event_id": context.event_id, **decision}
    )
    return compose_card(context, candidate, verdict, localizer(locale), code_url=code_url)


def everything_on(card: Card) -> str:
    return strip_isolates(card.model_dump_json(exclude={"logo", "palette", "code"}))


def four_lines():
    titles = ("Rose soap", "Cedar balm", "Beeswax candle", "Linen towel")
    return tuple(
        b.a_line("12.00 EUR", id=f"l{i}", title=title, quantity=i + 1)
        for i, title in enumerate(titles)
    )


def test_welcome_names_the_customer_once_and_the_order():
    order = b.an_order("48.00 EUR", id="1042", lines=four_lines())
    card = composed(b.a_context(order=order))

    assert "first_order_welcome" == card.template
    assert 1 == everything_on(card).count("Ada")
    assert "1042" in card.order_number
    assert ["1", "2", "3"] == [item.quantity for item in card.items]
    assert "Rose soap" in card.items[0].title
    assert "1" in card.more_items
    assert "Linen towel" not in everything_on(card)
    assert URL == card.code.url


def test_three_products_leave_nothing_more():
    order = b.an_order("36.00 EUR", lines=four_lines()[:3])
    assert "" == composed(b.a_context(order=order)).more_items


def test_repeat_customer_hears_which_order_it_is():
    """Three earlier orders make this the fourth."""
    card = composed(b.a_context(history=History(orders_count=3)))
    assert "4" in card.body[0]


@pytest.mark.parametrize("locale", available_locales())
@pytest.mark.parametrize("template", ["first_order_welcome", "thank_you", "plain_thanks"])
def test_card_never_shows_how_to_reach_the_customer_or_what_was_paid(locale, template):
    customer = b.a_customer(phone="+49 30 901820", email="ada.lovelace@private.example")
    order = b.an_order("123.45 EUR", customer=customer)
    context = b.a_context(order=order, locale=locale)
    text = everything_on(composed(context, template=template, locale=locale))

    for secret in ("123", "private.example", "901820", "Hauptstr", "10115", "Berlin"):
        assert secret not in text


def test_plain_card_says_nothing_about_person_or_order():
    order = b.an_order("12.00 EUR", id="1042")
    context = b.a_context(order=order, loyalty=LoyaltyState(balance=77, earned=12))
    card = composed(context, template="plain_thanks")

    assert not re.search("Ada|Lovelace|1042|Rose|77", everything_on(card))
    assert (card.code, card.items, card.points, card.salutation) == (None, (), (), "")
    assert "Mary" in card.sender_name


def test_plain_card_is_equal_for_two_customers():
    cards = [
        composed(
            b.a_context(
                order=b.an_order(id=number, customer=b.a_customer(id=number, given_name=name)),
            ),
            template="plain_thanks",
        )
        for number, name in (("1", "Ada"), ("2", "Grace"))
    ]
    assert cards[0] == cards[1]


def test_gift_holds_the_buyers_words_and_nothing_about_worth_or_buyer():
    order = b.an_order(id="1042", is_gift=True, gift_message="Happy birthday!\n\nLove, Aunt *B*")
    context = b.a_context(order=order, loyalty=LoyaltyState(balance=77))
    card = composed(context, template="gift_message")

    said = [strip_isolates(part) for part in card.quote.paragraphs]
    assert ["Happy birthday!", "Love, Aunt *B*"] == said
    assert "1042" in card.order_number
    assert (card.code, card.items, card.points, card.order_date) == (None, (), (), "")
    assert not re.search("Ada|Lovelace|Rose|77", everything_on(card))


def test_long_gift_message_keeps_every_word():
    words = [f"line {number}" for number in range(30)]
    card = composed(b.a_context(order=b.an_order(is_gift=True, gift_message="\n".join(words))))

    text = strip_isolates(" ".join(card.quote.paragraphs))
    assert all(word in text for word in words)


def test_gift_names_who_gives_and_who_gets_as_the_buyer_wrote_it():
    order = b.an_order(is_gift=True, gift_message="Enjoy!", gift_to="Nora", gift_from="Aunt B")
    card = composed(b.a_context(order=order))

    assert "To: Nora" == strip_isolates(card.quote.recipient)
    assert "From: Aunt B" == strip_isolates(card.quote.giver)


def test_gift_message_longer_than_a_card_is_refused_with_the_order():
    order = b.an_order(id="1042", is_gift=True, gift_message="word " * 201)
    with pytest.raises(PrintError, match=r"order 1042: .* 1004 characters, a card holds 1000"):
        composed(b.a_context(order=order))


@pytest.mark.parametrize("number", ["100-2847", "100-۲۸۴۷", "100-٢٨٤٧", "A/٧-٨"])
@pytest.mark.parametrize("locale", ["ar", "fa", "he"])
def test_order_number_is_printed_in_the_order_it_was_written(number, locale, draw, page_text):
    """Measured on the page, because extracted text says nothing about what the eye sees."""
    context = b.a_context(order=b.an_order(number=number, is_gift=True), locale=locale)
    back = page_text(draw(composed(context, locale=locale)).pdf.data, 1)

    shown = sorted(((char, left) for char, left in back if char in number), key=lambda s: s[1])
    assert number == "".join(char for char, _ in shown)


def test_points_stand_in_native_digits_with_the_number_in_the_sentence():
    context = b.a_context(loyalty=LoyaltyState(balance=1240, earned=120), locale="fa")
    earned, balance = composed(context, locale="fa").points

    assert "۱۲۰" == earned.number
    assert "۱٬۲۴۰" == strip_isolates(balance.number)
    assert earned.number in earned.text
    assert balance.number in balance.text


def test_points_the_candidate_does_not_declare_are_not_printed():
    context = b.a_context(loyalty=LoyaltyState(balance=5))
    (candidate, *_) = card_candidates(b.a_context())
    verdict = b.a_decision(candidate_id=candidate.id, event_id=context.event_id)

    assert () == compose_card(context, candidate, verdict, localizer("en"), code_url=None).points


def test_day_is_that_of_the_shop():
    """Half past eleven at night in London is tomorrow in Berlin."""
    late = datetime(2026, 11, 14, 23, 30, tzinfo=UTC)
    card = composed(b.a_context(order=b.an_order(placed_at=late)))
    assert "15" in card.order_date


def test_day_is_in_the_calendar_of_the_customer():
    """20 November 2026 is 29 Aban 1405."""
    assert "۲۹ آبان ۱۴۰۵" in composed(b.a_context(locale="fa"), locale="fa").order_date


def test_no_link_means_no_code():
    assert composed(b.a_context(), code_url=None).code is None


def test_brand_speaks_for_itself_where_it_has_words():
    brand = b.a_brand(
        tagline={"en": "Clean, slowly"}, legal_footer={"DE": "Soap & Sons GmbH, HRB 1"}
    )
    card = composed(b.a_context(brand=brand))

    assert "Clean, slowly" == strip_isolates(card.tagline)
    assert "Soap & Sons GmbH, HRB 1" == strip_isolates(card.legal)
    assert "hello@soap.example" in card.contact


def test_product_title_is_isolated_from_the_text_around_it():
    order = b.an_order(lines=(b.a_line(title="Seife (rosé)"),))
    (item,) = composed(b.a_context(order=order, locale="he"), locale="he").items
    assert "\u2068Seife (rosé)\u2069" == item.title


def test_blocks_of_the_candidate_are_printed():
    care = Block(content=ContentKind.CARE, title="Care", text="Keep it dry.")
    (block,) = composed(b.a_context(), blocks=(care,)).blocks
    assert ("Care", "Keep it dry.") == (strip_isolates(block.title), strip_isolates(block.text))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"allowed": False}, "does not allow"),
        ({"candidate_id": "card:other"}, "about something else"),
        ({"event_id": "another-event"}, "about something else"),
    ],
)
def test_card_without_its_own_permission_is_refused(changes, message):
    with pytest.raises(ConsentError, match=message):
        composed(b.a_context(), **changes)


def test_block_of_an_undeclared_kind_is_refused():
    coupon = Block(content=ContentKind.COUPON, text="THANKS-10")
    context = b.a_context()
    candidate = card_candidates(context)[0].model_copy(update={"blocks": (coupon,)})
    verdict = b.a_decision(candidate_id=candidate.id, event_id=context.event_id)

    with pytest.raises(ConsentError, match="coupon"):
        compose_card(context, candidate, verdict, localizer("en"), code_url=None)


def test_card_survives_being_stored():
    card = composed(b.a_context(loyalty=LoyaltyState(balance=3)))
    assert card == Card.model_validate_json(card.model_dump_json())


def test_repr_of_a_card_names_nobody():
    assert "Ada" not in repr(composed(b.a_context()))


@pytest.mark.parametrize("locale", available_locales())
@pytest.mark.parametrize(
    "formality", ["formal", "neutral", "warm"] if os.environ.get("RETENTION_SOAK") else ["neutral"]
)
def test_every_shipped_text_fits_its_card(locale, formality, draw):
    """Each template in each language, with points, code and four products."""
    order = b.an_order("48.00 EUR", id="1042-7", lines=four_lines())
    choice = LocaleChoice(tag=locale, reason="test", formality=formality)
    loyalty = LoyaltyState(balance=1240, earned=120)
    contexts = [
        b.a_context(order=order, locale=choice, loyalty=loyalty),
        b.a_context(order=order, locale=choice, history=History(orders_count=1)),
        b.a_context(order=b.an_order(is_gift=True, gift_message="Alles Gute!"), locale=choice),
    ]
    for context in contexts:
        for candidate in card_candidates(context):
            card = composed(context, template=candidate.template, locale=locale)
            assert draw(card, preview_ppi=18).pdf.data
