"""Draw the contact sheets of all card families, scripts, styles and sizes: ``make gallery``.

Everybody and everything on these cards is invented; the texts are those of the catalogues.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
from PIL import Image

from retention_sdk.inserts import Card, render_card
from retention_sdk.inserts.families import FAMILIES
from retention_sdk.inserts.formats import FORMATS, CardFormat
from retention_sdk.inserts.samples import sample_card
from retention_sdk.inserts.style import BUILT_IN_STYLES
from retention_sdk.model import Palette

HERE = Path(__file__).parent
CREATED_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
TABLE = "#8b9093"
GAP_PX = 10
COLOURS = 128
SCRIPTS = (
    "en", "ru", "el", "hy", "he", "ar", "fa", "hi", "th", "ja", "ko", "zh-Hans", "zh-Hant",
)  # fmt: skip
# Each family in three scripts, each time in another style.
FAMILY_SHEETS = (("en", "classic"), ("fa", "editorial"), ("ja", "handwritten"))
# Each script in three families that fill different slots.
SCRIPT_FAMILIES = ("first_order_welcome", "birthday", "care_guide")
BUSINESS_CARDS = frozenset({"card-eu", "card-us"})
PALETTES = (
    Palette(),
    Palette(paper="#f6f8f4", ink="#1d2b2a", primary="#1f5c4d", accent="#c9a227"),
    Palette(paper="#f5f6fa", ink="#161b2a", primary="#22345c", accent="#d08a3e"),
    Palette(paper="#ffffff", ink="#1d2421", primary="#f0c24c", accent="#2c6e63"),
)


def main() -> None:
    """Write the sheets beside this file."""
    for tag, style in FAMILY_SHEETS:
        cards = [sample(family, tag, style, number) for number, family in enumerate(FAMILIES)]
        write(f"gallery-families-{tag}.png", [pages(card, ppi=78) for card in cards], columns=8)
    for style in BUILT_IN_STYLES:
        cards = [sample("thank_you", tag, style, number) for number, tag in enumerate(SCRIPTS)]
        write(f"gallery-style-{style}.png", [pages(card, ppi=80) for card in cards], columns=8)
    cards = [
        sample(family, tag, BUILT_IN_STYLES[number % 3], number)
        for number, tag in enumerate(SCRIPTS)
        for family in SCRIPT_FAMILIES
    ]
    write("gallery-scripts.png", [pages(card, ppi=66) for card in cards], columns=12)
    write("gallery-formats.png", list(formats()), columns=10)


def formats() -> Iterable[list[Image.Image]]:
    """Yield the pages of one card on every paper size, in each style."""
    for style in BUILT_IN_STYLES:
        for name, paper in FORMATS.items():
            card = sample("first_order_welcome", "en", style, 0)
            if name in BUSINESS_CARDS:
                card = shortened(card)
            yield pages(card, ppi=56, paper=paper)


def sample(family: str, tag: str, style: str, number: int) -> Card:
    """Return an invented card in one of the palettes."""
    card = sample_card(family, tag, style=style)
    return card.model_copy(update={"palette": PALETTES[number % len(PALETTES)], "seed": number})


def shortened(card: Card) -> Card:
    """Return a card as a shop would write it for a business card: one short paragraph."""
    shortest = min(card.body, key=len)
    return card.model_copy(update={"body": (shortest,), "steps": (), "quote": None})


def pages(card: Card, *, ppi: int, paper: CardFormat = FORMATS["a6"]) -> list[Image.Image]:
    """Return the trimmed pages of a card as pictures."""
    made = render_card(card, created_at=CREATED_AT, format=paper.name, preview=False)
    document = pypdfium2.PdfDocument(made.pdf.data)
    bleed = round(paper.bleed_mm / 25.4 * ppi * 3)
    try:
        drawn = [page.render(scale=ppi * 3 / 72).to_pil().convert("RGB") for page in document]
    finally:
        document.close()
    return [
        image.crop((bleed, bleed, image.width - bleed, image.height - bleed)).reduce(3)
        for image in drawn
    ]


def write(name: str, cards: Sequence[list[Image.Image]], *, columns: int) -> None:
    """Write a sheet of pictures in rows, each card's pages side by side."""
    rows: list[list[Image.Image]] = [[]]
    for card in cards:
        if len(rows[-1]) + len(card) > columns:
            rows.append([])
        rows[-1].extend(card)
    heights = [max(image.height for image in row) for row in rows]
    width = max(sum(image.width + GAP_PX for image in row) for row in rows) + GAP_PX
    sheet = Image.new("RGB", (width, sum(heights) + GAP_PX * (len(rows) + 1)), TABLE)
    top = GAP_PX
    for row, height in zip(rows, heights, strict=True):
        left = GAP_PX
        for image in row:
            sheet.paste(image, (left, top))
            left += image.width + GAP_PX
        top += height + GAP_PX
    quantized = sheet.quantize(COLOURS, dither=Image.Dither.NONE)
    quantized.save(HERE / name, optimize=True)
    print(name, sheet.size, f"{(HERE / name).stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
