"""Draw the picture at the top of the README: three styles, six scripts.

Run: ``.venv/bin/python docs/print/three_cards.py``. Everybody on these cards is invented.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter

from retention_sdk.inserts import render_card
from retention_sdk.inserts.samples import sample_card
from retention_sdk.model import Palette

CREATED_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
CLAY = Palette()
LEAF = Palette(paper="#f6f8f4", ink="#1d2b2a", primary="#1f5c4d", accent="#c9a227")
NIGHT = Palette(paper="#f5f6fa", ink="#161b2a", primary="#22345c", accent="#d08a3e")


class Shown(NamedTuple):
    """One side of a sample card."""

    family: str
    language: str
    style: str
    palette: Palette
    side: str = "front"


ROWS = (
    (
        Shown("first_order_welcome", "fa", "classic", CLAY),
        Shown("birthday", "hi", "handwritten", LEAF),
        Shown("anniversary", "el", "editorial", NIGHT),
        Shown("first_order_welcome", "ja", "classic", LEAF),
        Shown("thank_you", "en", "handwritten", CLAY),
    ),
    (
        Shown("winback_gift", "ar", "editorial", LEAF),
        Shown("first_order_welcome", "fa", "classic", CLAY, "back"),
        Shown("birthday", "ko", "handwritten", NIGHT, "back"),
        Shown("thank_you", "hy", "classic", NIGHT),
        Shown("birthday", "zh-Hans", "editorial", CLAY, "back"),
    ),
)
CARD, GAP, EDGE = (300, 423), 34, 48
COLOURS = 224


def card(shown: Shown) -> Image.Image:
    """Return one side of a card, as large as the picture needs it."""
    made = sample_card(shown.family, shown.language, style=shown.style).model_copy(
        update={"palette": shown.palette}
    )
    drawn = render_card(made, created_at=CREATED_AT)
    artifact = drawn.front_png if shown.side == "front" else drawn.back_png
    return Image.open(io.BytesIO(artifact.data)).resize(CARD, Image.Resampling.LANCZOS)


def sheet(rows: list[list[Image.Image]]) -> Image.Image:
    """Return the cards on a table, each with its shadow."""
    across, down = len(rows[0]), len(rows)
    size = (
        2 * EDGE + across * CARD[0] + (across - 1) * GAP,
        2 * EDGE + down * CARD[1] + (down - 1) * GAP,
    )
    page, shadow = Image.new("RGB", size, "#e9e1d2"), Image.new("L", size, 0)
    places = [
        (EDGE + column * (CARD[0] + GAP), EDGE + row * (CARD[1] + GAP), made)
        for row, cards in enumerate(rows)
        for column, made in enumerate(cards)
    ]
    for x, y, _ in places:
        ImageDraw.Draw(shadow).rectangle((x, y + 8, x + CARD[0], y + CARD[1] + 8), fill=90)
    page.paste("#8a7a5c", mask=shadow.filter(ImageFilter.GaussianBlur(10)))
    for x, y, made in places:
        page.paste(made, (x, y))
    return page


def main() -> None:
    """Write ``three-cards.png`` beside this file."""
    page = sheet([[card(shown) for shown in row] for row in ROWS])
    page.quantize(COLOURS).save(Path(__file__).with_name("three-cards.png"), optimize=True)


if __name__ == "__main__":
    main()
