"""Draws the pictures of ``docs/howto/print-media.md``.

Run: .venv/bin/python docs/howto/media/draw.py
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

import pypdfium2
import typst
from PIL import Image, ImageFilter

from retention_sdk.inserts import Card, render_card
from retention_sdk.inserts.media import get_sheet, impose, plotter_svg, thermal_png
from retention_sdk.inserts.samples import sample_card

FOLDER = Path(__file__).parent
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
GROUND, GAP = "#e9e1d2", 40
LOCALES = ("en", "fa", "ja", "hy", "de", "ar", "ru", "el")
SLIP = b"""
#set page(paper: "a4", margin: 22mm)
#set text(size: 10pt)
= Packing slip 1042
#v(6mm)
#table(columns: (auto, 1fr, auto), stroke: none, inset: (y: 2mm), table.hline(),
  [1], [Stoneware cup, sand], [kiln 3],
  [2], [Breakfast plate, ash], [kiln 1],
  [1], [Care card], [--], table.hline())
"""


def pages(pdf: bytes, height: int) -> list[Image.Image]:
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for page in document:
        picture = page.render(scale=3 * height / page.get_height()).to_pil().convert("RGB")
        found.append(picture.reduce(3))
    return found


def on_table(pictures: list[Image.Image], name: str, colours: int) -> None:
    """Lay pictures beside each other on a ground, with a soft shadow."""
    width = sum(picture.width for picture in pictures) + GAP * (len(pictures) + 1)
    height = max(picture.height for picture in pictures) + 2 * GAP
    table = Image.new("RGB", (width, height), GROUND)
    shadow = Image.new("L", table.size, 0)
    x = GAP
    places = []
    for picture in pictures:
        places.append((x, GAP))
        shadow.paste(70, (x, GAP + 6, x + picture.width, GAP + 6 + picture.height))
        x += picture.width + GAP
    table.paste("#8a7a5c", mask=shadow.filter(ImageFilter.GaussianBlur(8)))
    for place, picture in zip(places, pictures, strict=True):
        table.paste(picture, place)
    few = table.quantize(colours, dither=Image.Dither.NONE)
    few.save(FOLDER / f"{name}.png", optimize=True)


def sheets(cards: list[Card]) -> None:
    pdfs = [render_card(card, created_at=NOW, preview=False).pdf.data for card in cards]
    names = [f"#{1042 + number}" for number in range(len(cards))]
    front, back = pages(impose(pdfs, get_sheet("sra3"), names=names), 620)
    slip = typst.compile(SLIP)
    perforated = impose(pdfs[0], get_sheet("a4-card-a6"), underlay=slip)
    on_table([front, back, pages(perforated, 620)[0]], "sheets", 64)


def thermal(cards: list[Card]) -> None:
    pictures = [
        Image.open(io.BytesIO(data)).convert("L").resize((300, 450), Image.Resampling.LANCZOS)
        for card in cards
        for data in thermal_png(card, created_at=NOW)
    ]
    on_table([picture.convert("RGB") for picture in pictures], "thermal", 24)


def plotter(card: Card) -> None:
    written = [plotter_svg(card, pen=pen) for pen in ("script", "plain")]
    drawn = []
    for svg in written:
        source = b'#set page(width: 105mm, height: 148mm, margin: 0mm)\n#image("card.svg")'
        files = {"main.typ": source, "card.svg": svg.encode()}
        drawn.append(Image.open(io.BytesIO(typst.compile(files, format="png", ppi=110))))
    on_table([picture.convert("RGB") for picture in drawn], "plotter", 16)


def main() -> None:
    cards = {locale: sample_card("thank_you", locale) for locale in LOCALES}
    sheets(list(cards.values()))
    thermal([cards["en"], cards["fa"]])
    plotter(cards["en"])


if __name__ == "__main__":
    main()
