"""Pages are pure: the same facts make the same bytes, and nothing in them can break out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retention_sdk import Brand, Config, Sender
from retention_sdk.messages.colours import CONTRAST_MIN, contrast
from retention_sdk.model import ConsentChannel, Palette
from retention_sdk.testing import a_shop
from retention_sdk.web.privacy import pages
from retention_sdk.web.privacy.html import render_page
from retention_sdk.web.privacy.page import wording_of
from retention_sdk.web.privacy.speech import choose_speech, read_wishes
from retention_sdk.web.privacy.style import style_of

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def drawn(brand, language="en"):
    config = Config(shop=a_shop(), brand=brand)
    speech = choose_speech(config, (language,))
    page = pages.unsubscribe_page(speech, ConsentChannel.EMAIL, preferences="../p/x")
    return page, render_page(page, speech, brand=brand, languages=("en", "fa"))


def a_brand(name="Soap & Sons", **changes):
    return Brand(name=name, sender=Sender(name="Mary"), **changes)


def test_same_facts_make_the_same_bytes():
    assert drawn(a_brand()) == drawn(a_brand())


def test_names_of_shops_are_text_and_no_markup():
    _, document = drawn(a_brand(name='<script>alert("x")</script>'))

    assert "<script" not in document.html
    assert "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;" in document.html


def test_a_logo_that_holds_a_script_is_a_picture():
    """A picture is drawn apart from the page, and runs nothing."""
    _, document = drawn(a_brand(logo='<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'))

    assert "onload" not in document.html
    assert '<img class="logo" src="data:image/svg+xml;base64,' in document.html


@given(colours, colours, colours, colours)
def test_whatever_the_brand_looks_like_it_can_be_read(paper, ink, primary, accent):
    """By day and by night: text, headings, links, buttons, small print."""
    style = style_of(Palette(paper=paper, ink=ink, primary=primary, accent=accent), "Latn")
    day, night = (block.split("}")[0] for block in style.split(":root{")[1:3])
    for block in (day, night):
        named = dict(part.split(":") for part in block.split(";") if part.startswith("--"))
        paper_here, ground = named["--paper"], named["--ground"]
        for name, on in (
            ("ink", paper_here),
            ("heading", paper_here),
            ("link", paper_here),
            ("ink", named["--tint"]),
            ("button-ink", named["--button"]),
        ):
            assert contrast(named[f"--{name}"], on) >= CONTRAST_MIN
        assert contrast(named["--muted"], ground) >= CONTRAST_MIN
        assert contrast(named["--button"], paper_here) >= 3
        assert contrast(named["--edge"], paper_here) >= 3


def test_evidence_is_of_the_text_and_not_of_the_ticks():
    config = Config(shop=a_shop(), brand=a_brand())
    english, persian = (choose_speech(config, (tag,)) for tag in ("en", "fa"))
    pages_of = [
        pages.unsubscribe_page(speech, channel, preferences=way)
        for speech, channel, way in (
            (english, ConsentChannel.EMAIL, "../p/x"),
            (english, ConsentChannel.EMAIL, "../p/y"),
            (english, ConsentChannel.SMS, "../p/x"),
            (persian, ConsentChannel.EMAIL, "../p/x"),
        )
    ]
    first, same, other, foreign = (wording_of(page, "en").text_sha256 for page in pages_of)

    assert first == same
    assert 3 == len({first, other, foreign})


@given(st.text(max_size=300))
def test_no_header_of_languages_breaks_anything(header):
    wishes = read_wishes(header)

    assert len(wishes) <= 20
    assert choose_speech(Config(shop=a_shop(), brand=a_brand()), wishes).brand == "Soap & Sons"
