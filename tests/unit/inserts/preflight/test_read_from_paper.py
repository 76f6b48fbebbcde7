"""Numbers, prices and Latin names inside Persian and Arabic are read off the picture of the card.

Nothing is taken from the file but its picture: what an extraction says about the order of a line
is no evidence of what a customer sees.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import pypdfium2
import pytest

from retention_sdk.inserts import render_card
from retention_sdk.inserts.fonts import load_fonts

from .eyes import Eyes

DPI = 600
LATIN = "0123456789EURthiopaKn"
PERSIAN = "0123456789۰۱۲۳۴۵۶۷۸۹"
ARABIC = "0123456789٠١٢٣٤٥٦٧٨٩"


class Script(NamedTuple):
    """A sample card, and the face and sizes it is set in."""

    tag: str
    face: str
    weight: int | None
    small_pt: float
    body_pt: float
    sentence: str


PERSIAN_CARD = Script("fa", "Vazirmatn", 350, 7.6, 9.2, "مبلغ {} برای خرید شما پرداخت شد.")
ARABIC_CARD = Script("ar", "Amiri", None, 9.2, 11.2, "لقد دفعت {} مقابل هذا الطلب.")


@pytest.fixture(scope="module")
def read(samples, created_at):
    """Return a function that prints a card and reads one of its sides."""

    def look(script: Script, side: int, letters: str, em_pt: float, **changes: object) -> list[str]:
        card = samples[script.tag].model_copy(update=changes)
        document = pypdfium2.PdfDocument(render_card(card, created_at=created_at).pdf.data)
        try:
            page = document[side].render(scale=DPI / 72, grayscale=True).to_pil()
        finally:
            document.close()
        file = load_fonts().file_for(script.face, is_italic=False)
        eyes = Eyes(file, em_pt * DPI / 72, letters, weight=script.weight)
        return list(eyes.lines(page))

    return look


NUMBERS = {
    PERSIAN_CARD: (PERSIAN, ("100-۲۸۴۷", "1042-7", "۱۴۰۵-۳۸")),
    ARABIC_CARD: (ARABIC, ("100-٢٨٤٧", "1042-7")),
}


@pytest.mark.parametrize(
    ("script", "number"),
    [(script, number) for script, (_, numbers) in NUMBERS.items() for number in numbers],
    ids=str,
)
def test_an_order_number_is_read_as_it_was_written(script, number, read):
    letters, _ = NUMBERS[script]
    word = {"fa": "سفارش", "ar": "طلب"}[script.tag]
    text = f"{word} \u2068{number}\u2069"

    lines = read(script, 1, letters + "-", script.small_pt, order_number=text)

    assert [number] == [number for line in lines if number in line]


@pytest.mark.parametrize(
    ("script", "number", "seen"),
    [(PERSIAN_CARD, "100-۲۸۴۷", "۲۸۴۷-100"), (ARABIC_CARD, "100-٢٨٤٧", "٢٨٤٧-100")],
    ids=str,
)
def test_the_reader_sees_when_a_number_is_turned_around(script, number, seen, read):
    """Without isolates the same number is printed backwards: the tests around this can fail."""
    letters, _ = NUMBERS[script]
    body = (script.sentence.format(number),)

    lines = read(script, 0, letters + "-", script.body_pt, body=body)

    assert [] == [line for line in lines if number in line]
    assert 1 == sum(seen in line for line in lines)


@pytest.mark.parametrize(
    ("script", "price"),
    [
        *product((PERSIAN_CARD, ARABIC_CARD), ("38.90EUR", "EthiopiaKona250")),
        (PERSIAN_CARD, "۱٬۲۴۰"),
        (ARABIC_CARD, "٣٨٫٩٠"),
    ],
    ids=str,
)
def test_prices_and_latin_names_in_a_sentence_are_read_as_they_were_written(script, price, read):
    written = {"38.90EUR": "38.90 EUR", "EthiopiaKona250": "Ethiopia Kona 250"}.get(price, price)
    letters = {"3": LATIN + ".", "E": LATIN}.get(price[0], NUMBERS[script][0] + "٬٫")
    body = (script.sentence.format(f"\u2068{written}\u2069"),)

    lines = read(script, 0, letters, script.body_pt, body=body)

    assert 1 == sum(price in line for line in lines)
