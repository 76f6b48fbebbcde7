"""Decisions of typesetting that are made before anything is drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.inserts.appearance import set_up, texts_of
from retention_sdk.inserts.card import CardCoupon, CardQuote
from retention_sdk.inserts.colour import colours_of, contrast
from retention_sdk.inserts.fonts import load_fonts
from retention_sdk.inserts.layout import lay_out
from retention_sdk.inserts.style import BUILT_IN_STYLES
from retention_sdk.inserts.typography import SCRIPTS, typography_for
from retention_sdk.inserts.words import bind_short_words, longest_runs, number_in, phrases_of
from retention_sdk.model import Palette

hex_colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_of_black_on_white_is_21():
    assert 21 == pytest.approx(contrast("#000000", "#ffffff"))


def test_contrast_of_a_mid_grey_is_as_published():
    """WCAG examples give #777777 on white as 4.48, just below the limit."""
    assert 4.48 == pytest.approx(contrast("#777777", "#ffffff"), abs=0.005)


@given(paper=hex_colours, ink=hex_colours, primary=hex_colours)
def test_text_on_colour_is_always_legible(paper, ink, primary):
    colours = colours_of(Palette(paper=paper, ink=ink, primary=primary))
    assert contrast(colours["on_primary"], primary) >= 4.5
    assert contrast(colours["title"], paper) >= 4.5


def test_pale_brand_colour_does_not_become_a_title():
    colours = colours_of(Palette(paper="#ffffff", ink="#202020", primary="#ffe680"))
    assert "#202020" == colours["title"] == colours["on_primary"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I packed a box", "I\u00a0packed a\u00a0box"),
        ("Merci à vous", "Merci à\u00a0vous"),
        ("в коробке и с любовью", "в\u00a0коробке и\u00a0с\u00a0любовью"),
        ("“A person reads", "“A\u00a0person reads"),
        ("plan B works", "plan B\u00a0works"),
        ("schön", "schön"),
    ],
)
def test_word_of_one_letter_never_ends_a_line(text, expected):
    assert expected == bind_short_words(text)


def test_japanese_phrases_end_after_punctuation():
    assert ["育った場所と、", "人の物語。"] == phrases_of("育った場所と、人の物語。")
    assert [] == phrases_of("Thank you, friend")


def test_runs_end_where_a_line_may_break():
    runs = longest_runs("Donaudampfschiff-Fahrt auf 日本語の文 สวัสดี")
    assert ["Donaudampfschiff", "Fahrt", "auf"] == runs


@pytest.mark.parametrize(
    ("language", "texts", "expected"),
    [
        ("fa", ["کد \u2066100-2847\u2069 تا ۳۰ روز"], "۱۲"),
        ("fa", [], "۱۲"),
        ("ar", ["٣ أيام"], "١٢"),
        ("ar", ["3 أيام"], "12"),
        ("en", ["no digits"], "12"),
    ],
)
def test_steps_are_counted_in_the_digits_of_the_text(language, texts, expected):
    assert expected == number_in(12, language=language, texts=texts)


@pytest.mark.parametrize("look", BUILT_IN_STYLES)
@pytest.mark.parametrize("script", ["Arab", "fa", "Deva"])
def test_joined_scripts_are_never_letter_spaced_nor_moved(script, look):
    style = typography_for(script, script, look)
    assert (0, 0, "") == (style.tracking, style.title_tracking, style.jitters)


@pytest.mark.parametrize("look", BUILT_IN_STYLES)
@pytest.mark.parametrize("script", SCRIPTS)
def test_sizes_shrink_to_a_floor_a_press_can_print(script, look):
    style = typography_for(script, script, look)
    for scale in (0.5, 1.0, 1.4):
        for sizes in (style.headline_sizes(scale), style.body_sizes(scale)):
            assert sorted(sizes, reverse=True) == list(sizes)
            assert sizes[-1] >= 7
    assert style.legal >= 6.6
    assert style.line_body >= style.ascent + style.descent


def test_latin_signature_on_a_persian_card_is_written_by_the_latin_hand(a_card):
    library = load_fonts()
    latin = lay_out(set_up(a_card("fa", sender_name="Mary")), library, code=None)
    persian = lay_out(set_up(a_card("fa")), library, code=None)

    assert "Caveat" == latin["type"]["hand"]["families"][0]
    assert "Markazi Text" == persian["type"]["hand"]["families"][0]


def test_armenian_signature_is_the_serif_slanted(a_card):
    hand = lay_out(set_up(a_card("hy")), load_fonts(), code=None)["type"]["hand"]
    assert ("Noto Serif Armenian", True) == (hand["families"][0], hand["slant"] > 0)


def test_every_text_of_a_card_is_checked_for_ink(samples):
    """A text that is printed but not listed could lose a letter unseen."""
    more = {
        "badge": "Gold",
        "notice": "You may object.",
        "quote": CardQuote(paragraphs=("For you",), recipient="To Ada", giver="Lin"),
        "coupon": CardCoupon(code="AB12", value="5 off", terms="until May"),
        "code": samples["en"].code.model_copy(update={"label": "K7-42"}),
    }
    card = samples["en"].model_copy(update=more)
    listed = {text for text, _ in texts_of(set_up(card)).values()}
    settings = {"template", "style", "language", "script", "direction", "palette", "faces"}
    hidden = {*settings, "logo", "logo_pdf", "signature", "code"}
    printed = {*_strings(card.model_dump(exclude=hidden)), card.code.caption, card.code.label}
    printed -= {"", *(line.number for line in card.points)}

    assert printed == listed


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
