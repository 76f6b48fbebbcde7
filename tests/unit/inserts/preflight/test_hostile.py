"""What customers and catalogues contain: it is printed with ink and in order, or it is named."""

from __future__ import annotations

import io
import os

import pikepdf
import pytest

from retention_sdk import Retention
from retention_sdk.errors import MissingGlyph, TextOverflow
from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.preflight import preflight
from retention_sdk.inserts.preflight.reading import read_lines
from retention_sdk.inserts.preflight.walk import walk_page
from retention_sdk.inserts.profiles import get_profile
from retention_sdk.testing import an_order
from retention_sdk.testing.builders import a_customer, a_line

NUMBER = "100-۲۸۴۷"
LANGUAGES = ("en", "fa")
ALL_LANGUAGES = (
    *LANGUAGES, "ar", "de", "el", "he", "hi", "hy", "ja", "ko", "ru", "th", "zh-Hans",
)  # fmt: skip
SIXTY = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewis"

# A name, and the pieces of it that have to be seen on paper, each from left to right.
PRINTED = {
    "mixed scripts": ("Анна O’Neil محمد 山田", ("Анна", "O’Neil", "دمحم", "山田")),
    "bidi controls": ("\u202eevil\u202c Ada \u2067x\u2066", ("evil", "Ada", "x")),
    "emoji": ("Ada 👩‍🚀❤️🏳️‍🌈", ("Ada", "👩", "🚀", "❤", "🌈")),
    "a CJK name": ("山田太郎", ("山田太郎",)),
    "markup": ("#panic() <b>$x$</b> \\u{41} *a*", ("#panic()", "<b>$x$</b>", "\\u{41}", "*a*")),
    "more markup": ("_b_ `c` @d {{e}} %s", ("_b_", "`c`", "@d", "{{e}}", "%s")),
    "all capitals": ("ADA LOVELACE", ("ADA", "LOVELACE")),
    "zero width": ("A\u200bd\u200ca\u200d\u2060\ufeff!", ("Ada!",)),
    "a Persian name": ("آناهیتا", ("اتیهانآ",)),
    "Hebrew": ("שרון", ("ןורש",)),
    "Hangul": ("뷁 김", ("뷁", "김")),
    "Georgian": ("მარიამი", ("მარიამი",)),
    "a product of digits": ("3-in-1 iPhone-15", ("3-in-1", "iPhone-15")),
    "Latin after Persian": ("قهوه 3-in-1 و 12-V", ("3-in-1", "12-V")),
    "brackets": ("Tea (250 g) [x]", ("Tea(250g)[x]",)),
}
# These are shaped: their glyphs stand in another order than their letters.
SHAPED = {
    "combining marks": "Z\u0351\u036b\u0343a\u0321\u0353l\u0301g\u0315o",
    "Devanagari": "क्षत्रिय",
    "Thai": "น้ำใจ",
    "Hebrew with vowels": "שָׁרוֹן",
    "Tamil": "நன்றி",
    "Khmer": "សូមអរគុណ",
}
NAMED = {
    "hieroglyphs": ("𓂀 Ada", r"U\+13080"),
    "cuneiform among words": ("Ada 𒀀 Ada", r"U\+12000"),
}


def print_with(text: str, language: str, *, name: str | None = None) -> bytes:
    title = text or "Soap"
    order = an_order(
        "39.90 EUR",
        id=NUMBER,
        customer=a_customer(given_name=text if name is None else name, family_name=""),
        lines=(a_line("38.90 EUR", title=title), a_line("1.00 EUR", id="l2", title="Soap")),
    )
    with Retention.offline("Kiln & Leaf", sender="Mira Sand") as shop:
        return shop.print_card(order, locale=language).card.pdf.data


def lines_of(pdf: bytes) -> str:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        fonts = {}
        return "\n".join(
            line for page in document.pages for line in read_lines(list(walk_page(page, fonts)))
        )


def errors_of(pdf: bytes) -> list[str]:
    report = preflight(
        pdf, profile=get_profile("digital_rgb"), format=get_format("a6"), words=[NUMBER]
    )
    return [str(finding) for finding in report.findings if finding.severity == "error"]


def languages() -> tuple[str, ...]:
    return ALL_LANGUAGES if os.environ.get("RETENTION_SOAK") else LANGUAGES


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", PRINTED)
def test_it_is_printed_with_ink_and_in_order(kind, language):
    text, pieces = PRINTED[kind]

    pdf = print_with(text, language)

    seen = lines_of(pdf)
    assert [] == errors_of(pdf)
    assert [] == [piece for piece in pieces if piece not in seen]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", SHAPED)
def test_shaped_letters_are_printed_with_ink(kind, language):
    pdf = print_with(SHAPED[kind], language)

    seen = lines_of(pdf)
    assert [] == errors_of(pdf)
    assert set() == {char for char in SHAPED[kind] if char.isalpha()} - set(seen)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", NAMED)
def test_what_cannot_be_printed_is_named(kind, language):
    text, character = NAMED[kind]

    with pytest.raises(MissingGlyph, match=character):
        print_with(text, language)


def test_a_brand_that_begins_with_a_digit_keeps_its_order():
    with Retention.offline("7-Eleven", sender="3-Mira") as shop:
        seen = lines_of(shop.print_card(an_order("38.90 EUR"), locale="fa").card.pdf.data)

    assert ("7-Eleven" in seen, "3-Mira" in seen) == (True, True)
    assert "Eleven-7" not in seen


@pytest.mark.parametrize("language", languages())
def test_somebody_without_a_name_gets_a_card(language):
    assert [] == errors_of(print_with("", language))


@pytest.mark.parametrize("language", languages())
def test_sixty_letters_are_printed_whole_or_refused(language):
    try:
        pdf = print_with(SIXTY, language)
    except TextOverflow:
        return

    assert SIXTY in lines_of(pdf)
    assert [] == errors_of(pdf)


def test_a_word_that_no_line_holds_is_refused_and_not_cut():
    with pytest.raises(TextOverflow, match="does not fit"):
        print_with("W" * 190, "en", name="Ada")
