"""Where lines break: never over the edge of the page, never inside an address."""

from __future__ import annotations

import re

import pypdfium2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from retention_sdk.errors import TextOverflow
from retention_sdk.inserts.appearance import set_up
from retention_sdk.inserts.fonts import load_fonts
from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.layout import lay_out
from retention_sdk.inserts.words import addresses_in, longest_runs
from retention_sdk.model import Palette

ADDRESS = "hello@kiln-and-leaf.example"
DPI = 72
# Spaces that break, spaces that do not, and one before signs that no line begins with.
GLUE = (" ", "\u00a0", "\u202f", "\u2007", " \u2014 ")
SIGNS = ("", "!", "\u202f!", " !", "\u00a0?", " :", " »")

words = st.text("abcdeimnorstuvwéèçàœ’-", min_size=1, max_size=16)


@st.composite
def headlines(draw: st.DrawFn) -> str:
    first, *others = draw(st.lists(words, min_size=1, max_size=6))
    joined = first + "".join(draw(st.sampled_from(GLUE)) + word for word in others)
    return joined + draw(st.sampled_from(SIGNS))


def margins(image: Image.Image) -> Image.Image:
    """Return a page whose safe area is blank, so that only what stands around it is left."""
    paper = get_format("a6")
    edge = round((paper.bleed_mm + paper.safe_mm) / 25.4 * DPI)
    blank = Image.new("RGB", (image.width - 2 * edge, image.height - 2 * edge), "white")
    image.paste(blank, (edge, edge))
    return image


@pytest.mark.parametrize("style", ["classic", "handwritten"])
@given(headline=headlines())
@example(headline="daéo\xa0mmtdscà-’rsœdçid\xa0?")
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_headline_leaves_the_safe_area(a_card, draw, raster, style, headline):
    card = a_card("fr", headline=headline, style=style, palette=Palette(paper="#ffffff"))
    try:
        pdf = draw(card, preview=False).pdf.data
    except TextOverflow:
        return
    page = margins(raster(pdf, 0, dpi=DPI))

    assert None is ImageChops.invert(page).getbbox()


def test_space_that_does_not_break_belongs_to_the_run():
    assert "anniversaire\u202f!" == longest_runs("C’est notre anniversaire\u202f!")[0]


@pytest.mark.parametrize(
    "text", ["anniversaire !", "« Merci »", "(vraiment )", "à\u00a0vous", "là-’bas", "1042-7"]
)
def test_sign_is_never_parted_from_its_word(text):
    assert [text] == longest_runs(text)


def test_only_addresses_with_hyphens_have_to_be_held_together():
    assert [ADDRESS] == addresses_in(
        f"{ADDRESS} · aurora.example", f"hello@aurora.example {ADDRESS}"
    )


@pytest.mark.parametrize("tag", ["en", "fa", "ar", "he", "ja"])
@pytest.mark.parametrize("style", ["classic", "handwritten", "editorial"])
def test_address_stands_in_one_line(a_card, draw, tag, style):
    notice = f"{a_card(tag).legal} \u2066{ADDRESS}\u2069 {a_card(tag).legal} \u2066{ADDRESS}\u2069"
    pdf = draw(a_card(tag, style=style, notice=notice, points=()), preview=False).pdf.data
    document = pypdfium2.PdfDocument(pdf)
    try:
        said = document[1].get_textpage().get_text_range()
    finally:
        document.close()

    # The parts of a foreign word may be read in another order from a line that runs to the left.
    parts = re.findall(r"\w+", ADDRESS)
    lines = [line for line in said.splitlines() if "kiln" in line or "leaf" in line]

    assert lines
    assert all(part in line for part in parts for line in lines)


@pytest.mark.parametrize("tag", ["hy", "fa", "th", "ja"])
@pytest.mark.parametrize("format", ["a6", "a7", "card-eu"])
def test_small_print_is_large_enough_to_stand_on_colour(a_card, tag, format):  # noqa: A002
    setting = set_up(a_card(tag), paper=get_format(format))

    assert 7 <= lay_out(setting, load_fonts(), code=None)["type"]["legal_size"]
