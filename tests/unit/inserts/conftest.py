"""Sample cards in fifteen languages. Everybody and everything in them is invented."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from retention_sdk.inserts import Card, render_card

GOLDEN = Path(__file__).parents[2] / "golden" / "cards"
CREATED_AT = datetime(2026, 11, 14, 9, tzinfo=UTC)


@pytest.fixture(scope="session")
def samples() -> dict[str, Card]:
    raw = json.loads((GOLDEN / "samples.json").read_text("utf-8"))
    return {tag: Card.model_validate_json(json.dumps(card)) for tag, card in raw.items()}


@pytest.fixture
def a_card(samples):
    """Return a function that gives the English sample, or another one, with changes."""

    def build(tag: str = "en", **changes: object) -> Card:
        return Card.model_validate({**dict(samples[tag]), **changes})

    return build


@pytest.fixture(scope="session")
def draw():
    def render(card: Card, **options: object):
        return render_card(card, created_at=CREATED_AT, **options)

    return render


@pytest.fixture(scope="session")
def golden_folder() -> Path:
    return GOLDEN


@pytest.fixture(scope="session")
def raster():
    """Return a function that draws one page of a PDF as a printer would, bleed included."""

    def draw_page(pdf: bytes, page: int, *, dpi: int) -> Image.Image:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return document[page].render(scale=dpi / 72).to_pil().convert("RGB")
        finally:
            document.close()

    return draw_page


@pytest.fixture(scope="session")
def page_text():
    """Return a function that reads the characters of a page with their left edges, in points."""

    def read(pdf: bytes, page: int) -> list[tuple[str, float]]:
        document = pypdfium2.PdfDocument(pdf)
        try:
            text = document[page].get_textpage()
            count = text.count_chars()
            return [(text.get_text_range(i, 1), text.get_charbox(i)[0]) for i in range(count)]
        finally:
            document.close()

    return read


@pytest.fixture(scope="session")
def picture():
    def read(data: bytes) -> Image.Image:
        return Image.open(io.BytesIO(data)).convert("RGB")

    return read
