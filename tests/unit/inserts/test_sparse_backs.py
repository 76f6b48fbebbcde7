"""Backs of cards that speak of no order: a drawing stands where the order would."""

from __future__ import annotations

import pytest
from PIL import Image

from retention_sdk.inserts.formats import FORMATS
from retention_sdk.inserts.samples import sample_card
from retention_sdk.inserts.style import BUILT_IN_STYLES, template_root
from retention_sdk.inserts.template import CardTemplate
from retention_sdk.model import Palette

DPI = 72
SPARSE = {
    "order_number": "",
    "order_date": "",
    "items": (),
    "more_items": "",
    "points": (),
    "coupon": None,
    "palette": Palette(paper="#ffffff"),
}


def below_the_name(page: Image.Image) -> Image.Image:
    """Return the part of the paper half where an order would stand."""
    return page.crop((30, round(page.height * 0.27), page.width - 30, round(page.height * 0.5)))


@pytest.mark.parametrize("style", BUILT_IN_STYLES)
@pytest.mark.parametrize("template", ["referral", "care_guide", "brand_story", "thank_you"])
def test_paper_half_that_says_little_is_not_left_empty(a_card, draw, raster, style, template):
    card = a_card("en", style=style, template=template, **SPARSE)
    page = raster(draw(card, preview=False).pdf.data, 1, dpi=DPI)

    colours = below_the_name(page).getcolors(1 << 20)

    assert 1 < len(colours)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("style", BUILT_IN_STYLES)
def test_says_little_on_paper_of_any_size(a_card, draw, style, format):  # noqa: A002
    text = min(a_card("en").body, key=len)
    card = a_card("en", style=style, template="referral", body=(text,), **SPARSE)

    assert draw(card, format=format, preview=False).pdf.data.startswith(b"%PDF-")


FORETOLD = """\
    let (upper, lower) = (above(size), below(size))
    let used = measure(width: width, upper).height + measure(width: width, lower).height
    if foretold(size) < used { panic("the back is higher than foretold") }
"""


@pytest.mark.parametrize("style", BUILT_IN_STYLES)
@pytest.mark.parametrize("tag", ["en", "de", "fa", "hi", "ja", "th"])
def test_a_back_is_never_higher_than_foretold(draw, tag, style):
    """What is foretold to fit is not measured, so a guess that is too low would run over."""
    shared = (template_root() / "type.typ").read_text()
    start = "  for size in left {\n    if size < left.first() * 0.9 { break }\n"
    checked = shared.replace(start, start + FORETOLD)
    assert checked != shared
    template = CardTemplate(name="checked", sources={"type.typ": checked.encode()})

    for page in ("a6", "a5", "dl"):
        card = sample_card("repeat_customer", tag, style=style)
        assert draw(card, template=template, format=page, preview=False).pdf.data
