"""Draws the picture at the top of the README: one order, three scripts.

Run: .venv/bin/python docs/print/three_cards.py
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from retention_sdk import Config, Retention
from retention_sdk.config import load_brand
from retention_sdk.demo.derive import DATA
from retention_sdk.testing import a_customer, a_shop, an_order

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
CUSTOMERS = (
    ("fa_IR", "نگار", "میرزایی"),
    ("hy", "Անահիտ", "Գրիգորյան"),
    ("ja", "美咲", "佐々木"),
)
CARD, GAP, EDGE = (420, 592), 46, 64


def card(shop: Retention, language: str, given: str, family: str) -> Image.Image:
    customer = a_customer(given_name=given, family_name=family, language=language)
    printed = shop.print_card(an_order("38.90 EUR", customer=customer, language=language))
    return Image.open(io.BytesIO(printed.card.front_png.data)).resize(
        CARD, Image.Resampling.LANCZOS
    )


def sheet(cards: list[Image.Image]) -> Image.Image:
    width = 2 * EDGE + len(cards) * CARD[0] + (len(cards) - 1) * GAP
    page = Image.new("RGB", (width, CARD[1] + 2 * EDGE), "#e9e1d2")
    shadow = Image.new("L", page.size, 0)
    places = [(EDGE + number * (CARD[0] + GAP), EDGE) for number in range(len(cards))]
    for x, y in places:
        ImageDraw.Draw(shadow).rectangle((x, y + 12, x + CARD[0], y + CARD[1] + 12), fill=90)
    page.paste("#8a7a5c", mask=shadow.filter(ImageFilter.GaussianBlur(14)))
    for place, made in zip(places, cards, strict=True):
        page.paste(made, place)
    return page


def main() -> None:
    config = Config(shop=a_shop(), brand=load_brand(DATA / "brand.toml"))
    shop = Retention(config, clock=lambda: NOW, environ={"RETENTION_KEY": "00" * 32})
    page = sheet([card(shop, *customer) for customer in CUSTOMERS])
    page.quantize(256).save(Path(__file__).with_name("three-cards.png"), optimize=True)


if __name__ == "__main__":
    main()
