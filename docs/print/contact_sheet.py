"""Draw the contact sheet of the sample cards: ``python docs/print/contact_sheet.py``."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image

from retention_sdk.inserts import Card, RenderedCard, render_card
from retention_sdk.model import Palette

HERE = Path(__file__).parent
SAMPLES = HERE.parents[1] / "tests" / "golden" / "cards" / "samples.json"
CREATED_AT = datetime(2026, 11, 14, 9, tzinfo=UTC)
PPI = 96
COLUMNS = 8
GAP_PX = 16
TABLE = "#8b9093"
COLOURS = 192
PALETTES = (
    Palette(),
    Palette(paper="#f6f8f4", ink="#1d2b2a", primary="#1f5c4d", accent="#c9a227"),
    Palette(paper="#f5f6fa", ink="#161b2a", primary="#22345c", accent="#b08a3e"),
    Palette(paper="#ffffff", ink="#1d2421", primary="#f0c24c", accent="#2c6e63"),
)
NO_DATA = {
    "template": "plain_thanks",
    "salutation": "",
    "order_number": "",
    "order_date": "",
    "items": (),
    "more_items": "",
    "points": (),
    "code": None,
}


def main() -> None:
    """Write ``contact-sheet.png`` beside this file."""
    raw = json.loads(SAMPLES.read_text("utf-8"))
    cards = [Card.model_validate_json(json.dumps(card)) for card in raw.values()]
    plain = cards[0].model_copy(update=NO_DATA)
    own = len(cards) - len(PALETTES)
    coloured = [
        *cards[:own],
        *(
            card.model_copy(update={"palette": palette})
            for card, palette in zip(cards[own:], PALETTES, strict=True)
        ),
    ]
    pictures = [side for card in (*coloured, plain) for side in sides(render(card))]
    sheet = arranged(pictures)
    sheet.quantize(COLOURS, dither=Image.Dither.NONE).save(
        HERE / "contact-sheet.png", optimize=True
    )
    print(HERE / "contact-sheet.png", sheet.size)


def render(card: Card) -> RenderedCard:
    """Return a card as a preview."""
    return render_card(card, created_at=CREATED_AT, preview_ppi=PPI)


def sides(card: RenderedCard) -> tuple[Image.Image, Image.Image]:
    """Return the pictures of front and back."""
    front, back = (
        Image.open(io.BytesIO(artifact.data)).convert("RGB")
        for artifact in (card.front_png, card.back_png)
    )
    return front, back


def arranged(pictures: list[Image.Image]) -> Image.Image:
    """Return the pictures on a table, in rows."""
    width, height = pictures[0].size
    rows = -(-len(pictures) // COLUMNS)
    size = (COLUMNS * (width + GAP_PX) + GAP_PX, rows * (height + GAP_PX) + GAP_PX)
    sheet = Image.new("RGB", size, TABLE)
    for index, picture in enumerate(pictures):
        column, row = index % COLUMNS, index // COLUMNS
        sheet.paste(picture, (GAP_PX + column * (width + GAP_PX), GAP_PX + row * (height + GAP_PX)))
    return sheet


if __name__ == "__main__":
    main()
