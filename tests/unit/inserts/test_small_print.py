"""The foot of a card: a notice, two ways to write, and a long line about the seller all fit."""

from datetime import UTC, datetime

import pytest

from retention_sdk.config import load_brand
from retention_sdk.demo.derive import DATA
from retention_sdk.inserts import render_card
from retention_sdk.inserts.samples import sample_card
from retention_sdk.inserts.style import BUILT_IN_STYLES

LEGAL = "Kiln & Leaf GmbH · Töpferweg 7, 10829 Berlin · HRB 000000 B · USt-IdNr. DE000000000"


@pytest.mark.parametrize("style", BUILT_IN_STYLES)
@pytest.mark.parametrize("language", ["de", "fa", "ar", "hi", "th"])
def test_all_small_print_of_a_german_seller_fits(language, style):
    brand = load_brand(DATA / "brand.toml").model_copy(update={"legal_footer": {"en": LEGAL}})
    card = sample_card("first_order_welcome", language, style=style, brand=brand)

    drawn = render_card(card, created_at=datetime(2026, 11, 22, tzinfo=UTC))

    assert card.notice
    assert "GmbH" in card.legal
    assert "hello@kiln-and-leaf.example" in card.contact
    assert b"%PDF" == drawn.pdf.data[:4]
