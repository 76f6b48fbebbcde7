"""What cards must not say, and that none of ours says it."""

from __future__ import annotations

import pytest

from retention_sdk.consent.lint_words import opinion_words
from retention_sdk.inserts import FAMILIES
from retention_sdk.inserts.card import CardBlock, CardCode, CardCoupon
from retention_sdk.inserts.lints import lint_card, lint_review_text
from retention_sdk.inserts.samples import sample_card
from retention_sdk.l10n import available_locales
from retention_sdk.model import ContentKind
from retention_sdk.model.shop import Voice


def changed(template, locale="en", **changes):
    card = sample_card(template, locale)
    return type(card).model_validate({**dict(card), **changes})


def codes(card, **options):
    return [fault.code for fault in lint_card(card, **options)]


@pytest.mark.parametrize("locale", available_locales())
def test_no_shipped_card_breaks_the_rules(locale):
    faults = {
        (template, formality): lint_card(sample_card(template, locale, formality=formality))
        for template in FAMILIES
        for formality in ("formal", "neutral", "warm")
    }
    assert {} == {where: found for where, found in faults.items() if found}


@pytest.mark.parametrize(
    ("text", "locale", "code"),
    [
        ("Give us five stars!", "en", "praise"),
        ("A positive review would make our day.", "en", "praise"),
        ("If you are happy, tell everybody; if not, write to us.", "en", "praise"),
        ("Review us and get a discount.", "en", "reward"),
        ("Über 5 Sterne freuen wir uns.", "de", "praise"),
        ("لطفاً پنج ستاره بدهید", "fa", "praise"),
        ("星5をお願いします", "ja", "praise"),
        ("给个好评吧", "zh-Hans", "praise"),
        ("給個好評吧", "zh-Hant", "praise"),
        ("За отзыв — скидка", "ru", "reward"),
    ],
)
def test_asking_for_praise_or_paying_for_it_is_found(text, locale, code):
    assert [code] == codes(changed("review_request", locale, body=(text,)))
    assert lint_review_text(text, locale)


@pytest.mark.parametrize("text", ["Praise and criticism alike.", "Tell us what you think."])
def test_asking_for_an_opinion_is_fine(text):
    assert [] == codes(changed("review_request", body=(text,)))


def test_a_block_that_asks_for_a_review_is_judged_wherever_it_stands():
    block = CardBlock(content=ContentKind.REVIEW_REQUEST, text="Leave us a 5-star review")
    assert ["praise"] == codes(changed("thank_you", blocks=(block,)))


def test_other_cards_may_speak_of_gifts_and_stars():
    assert [] == codes(changed("thank_you", body=("A free gift under five stars.",)))


def test_a_coupon_with_a_request_for_a_review_is_a_reward():
    coupon = CardCoupon(code="TEN", value="10% off")
    assert ["reward"] == codes(changed("review_request", coupon=coupon))


def test_an_apology_sells_nothing():
    coupon = CardCoupon(code="TEN", value="10% off")
    block = CardBlock(content=ContentKind.CROSS_SELL, text="You may also like our cups")
    assert ["selling", "selling"] == codes(changed("apology_late", coupon=coupon, blocks=(block,)))


@pytest.mark.parametrize("text", ["It cost €24.00.", "24 € only", "۲۴ ﷼"])
def test_a_gift_tells_no_price(text):
    block = CardBlock(content=ContentKind.THANKS, text=text)
    assert ["price"] == codes(changed("gift_message", blocks=(block,)))


@pytest.mark.parametrize(
    "text", ["See https://soap.example/sale", "www.soap.example", "soap.shop/sale"]
)
def test_a_second_link_is_a_second_thing_to_do(text):
    assert ["second_link"] == codes(changed("thank_you", body=(text,)))


def test_the_address_of_the_code_may_be_written_out():
    code = CardCode(url="https://soap.de/care", caption="See the guide")
    said = CardBlock(content=ContentKind.CARE, text="Or type soap.de/care")
    other = CardBlock(content=ContentKind.CARE, text="Or type soap.de/sale")

    assert [] == codes(changed("care_guide", code=code, blocks=(said,)))
    assert ["second_link"] == codes(changed("care_guide", code=code, blocks=(other,)))


def test_words_the_brand_avoids_are_found_in_its_language_only():
    voice = Voice(avoid={"en": ("cheap",), "de": ("thank",)})
    faults = lint_card(changed("thank_you", body=("Not Cheap at all.",)), voice=voice)

    assert [("avoid", "body[0]")] == [(fault.code, fault.where) for fault in faults]
    assert "'cheap'" in faults[0].detail


def test_both_tables_know_the_same_languages_and_all_that_are_shipped():
    languages = {tag.partition("-")[0] for tag in available_locales()}
    tables = opinion_words()

    assert {"praise", "reward"} == set(tables)
    assert languages == set(tables["praise"]) == set(tables["reward"])
