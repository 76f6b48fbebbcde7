"""The foot of a card: a notice, two ways to write, and a long line about the seller all fit."""

from datetime import UTC, datetime

import pytest

from retention_sdk.config import load_brand
from retention_sdk.demo.derive import DATA
from retention_sdk.inserts import render_card
from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.preflight import preflight
from retention_sdk.inserts.profiles import get_profile
from retention_sdk.inserts.samples import sample_card
from retention_sdk.inserts.style import BUILT_IN_STYLES

NOW = datetime(2026, 11, 22, tzinfo=UTC)
LEGAL = "Kiln & Leaf GmbH · Töpferweg 7, 10829 Berlin · HRB 000000 B · USt-IdNr. DE000000000"


@pytest.mark.parametrize("style", BUILT_IN_STYLES)
@pytest.mark.parametrize("language", ["de", "fa", "ar", "hi", "th"])
def test_all_small_print_of_a_german_seller_fits(language, style):
    brand = load_brand(DATA / "brand.toml").model_copy(update={"legal_footer": {"en": LEGAL}})
    card = sample_card("first_order_welcome", language, style=style, brand=brand)

    drawn = render_card(card, created_at=NOW)

    assert card.notice
    assert "GmbH" in card.legal
    assert "hello@kiln-and-leaf.example" in card.contact
    assert b"%PDF" == drawn.pdf.data[:4]


@pytest.mark.parametrize("style", BUILT_IN_STYLES)
@pytest.mark.parametrize("language", ["ar", "fa", "he", "hi", "ja", "ko", "th", "zh-Hant"])
def test_the_right_to_object_fits_the_narrow_column_of_a_wide_card(language, style):
    """In a column of 39 mm under the code it takes three lines, and the seller three more."""
    card = sample_card("repeat_customer", language, style=style)

    drawn = render_card(card, created_at=NOW, format="a6-landscape", preview=False)

    assert card.notice
    assert b"%PDF" == drawn.pdf.data[:4]


@pytest.mark.parametrize("language", ["fa", "he"])
def test_an_address_on_a_line_of_its_own_begins_with_the_number_of_the_house(language):
    """The seller's line stands within isolates, and is cut in two at its dot."""
    card = sample_card("repeat_customer", language, style="classic")
    drawn = render_card(card, created_at=NOW, format="a6-landscape", preview=False)

    report = preflight(
        drawn.pdf.data,
        profile=get_profile("digital_rgb"),
        format=get_format("a6-landscape"),
        words=["12 Harbour Street", "Kiln & Leaf Ltd", "100-2847"],
        depth="card",
    )

    assert "\u2068Kiln & Leaf Ltd · 12 Harbour Street" in card.legal
    assert set() == report.codes
