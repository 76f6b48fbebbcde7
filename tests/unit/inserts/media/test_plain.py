"""Plain text: lines that fit, letters that stay whole, and words in the order they are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import PrintError
from retention_sdk.inserts.card import CardCoupon, CardQuote
from retention_sdk.inserts.media.columns import clusters, width_of, without_controls, wrap
from retention_sdk.inserts.media.plain import plain_text


@pytest.mark.parametrize("columns", [32, 42, 72])
@pytest.mark.parametrize("tag", ["en", "de", "fa", "ar", "he", "hy", "ja", "ko", "hi", "th"])
def test_no_line_is_wider_than_the_paper_and_no_word_is_lost(tag, columns, samples):
    card = samples[tag]
    text = plain_text(card, columns=columns)
    joined = "".join(without_controls(text).split())

    assert all(width_of(line) <= columns for line in text.splitlines())
    for said in (card.headline, *card.body, card.sender_name, card.legal, card.code.url):
        assert "".join(without_controls(said).split()) in joined
    assert text.endswith("\n")
    assert "\n\n\n" not in text


def test_english_card_is_set_as_a_person_would(a_card):
    text = plain_text(a_card("en"), columns=32)

    assert (
        "Your parcel was packed this\n"
        "morning by someone who knows\n"
        "every product on these shelves.\n"
    ) in text
    assert "2 × Yirgacheffe, whole bean, 250\ng\n" in text
    assert "-" * 32 == text.splitlines()[text.splitlines().index("Founder") + 2]


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("漢字", 4),
        ("ｱ", 1),
        ("한글", 4),
        ("\u1112\u1161\u11ab", 2),
        ("👩‍👩‍👧", 2),
        ("👍🏽", 2),
        ("🇦🇲", 2),
        ("❤️", 2),
        ("\u2067شکر\u2069", 3),
        ("น้ำ", 2),
        ("\u200b", 0),
    ],
)
def test_columns_are_counted_as_terminals_count_them(text, width):
    assert width == width_of(text)


@pytest.mark.parametrize(
    "letter", ["e\u0301", "👩‍👩‍👧", "🇦🇲", "👍🏽", "\u1112\u1161\u11ab", "น้ำ", "เก", "क्‍ष"]
)
def test_what_is_one_letter_to_a_reader_is_never_divided(letter):
    assert [letter] * 3 == clusters(letter * 3)


def test_marks_of_punctuation_do_not_begin_a_line():
    assert ["あいうえ", "お、か"] == wrap("あいうえお、か", 10, "ltr")
    assert ["あいう", "「え」"] == wrap("あいう「え」", 8, "ltr")


def test_korean_keeps_its_words():
    assert ["고맙습니다", "안녕"] == wrap("고맙습니다 안녕", 12, "ltr")


def test_isolates_are_closed_at_each_break_and_opened_again():
    lines = wrap("سفارش \u2068one two three four\u2069 رسید", 12, "rtl")

    assert [
        "سفارش \u2068one\u2069",
        "\u200f\u2068two three\u2069",
        "\u2068four\u2069 رسید",
    ] == lines


def test_line_that_begins_with_the_other_direction_says_how_it_runs():
    assert ["\u200fVerbena رسید"] == wrap("Verbena رسید", 40, "rtl")
    assert ["رسید Verbena"] == wrap("رسید Verbena", 40, "rtl")
    assert ["\u200eשלום Kiln"] == wrap("שלום Kiln", 40, "ltr")
    assert ["Kiln שלום"] == wrap("Kiln שלום", 40, "ltr")
    assert ["\u200f\u2068Verbena\u2069 · \u2068Kiln\u2069"] == wrap(
        "\u2068Verbena\u2069 · \u2068Kiln\u2069", 40, "rtl"
    )


def test_printer_without_controls_gets_none(a_card):
    text = plain_text(a_card("fa"), has_controls=False)

    assert not set(text) & set("\u200e\u200f\u061c\u2066\u2067\u2068\u2069")
    assert "\u200c" in text  # a joiner is spelling, not steering


def test_gift_steps_and_coupon_are_printed(a_card):
    card = a_card(
        "en",
        quote=CardQuote(paragraphs=("Happy birthday!",), recipient="For Ani", giver="Your Lena"),
        steps=("Open the box.", "Wait."),
        coupon=CardCoupon(code="TEA-4410", value="10 % off", terms="until 1 May"),
        badge="Gold",
        notice="Advertisement",
    )
    text = plain_text(card)

    assert "For Ani\n\nHappy birthday!\n\nYour Lena\n" in text
    assert "1. Open the box.\n2. Wait.\n" in text
    assert "10 % off\nTEA-4410\nuntil 1 May\n" in text
    assert text.index("Gold") < text.index(card.headline)
    assert text.endswith("\n\nAdvertisement\n")
    bulleted = plain_text(card.model_copy(update={"are_steps_numbered": False}))
    assert "• Open the box.\n• Wait.\n" in bulleted


def test_paper_narrower_than_a_word_is_refused(a_card):
    with pytest.raises(PrintError, match="at least 16 columns, not 15"):
        plain_text(a_card("en"), columns=15)


@given(st.text(max_size=200), st.integers(4, 80), st.sampled_from(["ltr", "rtl"]))
def test_any_text_fits_and_keeps_every_letter(text, columns, direction):
    lines = wrap(text, columns, direction)
    letters = [c for c in without_controls(text) if not c.isspace()]

    assert letters == [c for line in lines for c in without_controls(line) if not c.isspace()]
    for line in lines:
        # A single letter may be wider than a very narrow line: three Thai vowels, for one.
        assert width_of(line) <= columns or len(clusters(without_controls(line))) == 1
