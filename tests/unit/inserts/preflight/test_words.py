"""Numbers and Latin words run from left to right on paper, or it is told before and after."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import PrintError
from retention_sdk.inserts.bidi import check_order, in_order, misread, standing_alone, visual
from retention_sdk.inserts.card import CardQuote
from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.ordering import card_in_order
from retention_sdk.inserts.preflight import preflight
from retention_sdk.inserts.profiles import get_profile
from retention_sdk.l10n import is_balanced

from .press_card import TEXT, URL, PressCard, face

_, GLYPHS, _ = face()

# As the Unicode reference shows them, from left to right.
SEEN = {
    "abc": "abc",
    "אבג abc": "abc גבא",
    "سلام 123": "123 مالس",
    "א 1042-7 ב": "ב 1042-7 א",
    "س 1042-7": "7-1042 س",
    "س \u20681042-7\u2069": "1042-7 س",
    "س ۱٬۲۴۰ تومان": "ناموت ۱٬۲۴۰ س",
    "س ٣٫٥ %": "% ٣٫٥ س",
    "3-in-1": "in-1-3",
    "א (abc)": "(abc) א",
    "אב(ג)": "(ג)בא",
    "א \u2067abc א\u2069 ב": "ב א abc א",
    "ב\u200f 12": "12 \u200fב",
    "tel. +98 21": "tel. +98 21",
}


@pytest.mark.parametrize("text", SEEN)
def test_a_line_stands_as_unicode_orders_it(text):
    assert SEEN[text] == visual(text, is_rtl=True)


def test_a_latin_line_on_a_latin_card_stands_as_it_is_written():
    assert "1042-7 (abc) 3-in-1" == visual("1042-7 (abc) 3-in-1", is_rtl=False)
    assert "abc גבא!" == visual("abc אבג!", is_rtl=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("سفارش 100-۲۸۴۷", ("100-۲۸۴۷",)),
        ("سفارش \u2068100-۲۸۴۷\u2069", ()),
        ("سفارش \u2066100-۲۸۴۷\u2069 امروز", ()),
        ("سفارش ۲۸۴۷", ()),
        ("3-in-1 قهوه", ("3-in-1",)),
        ("قهوه iPhone-15", ()),
        ("טל 03-123-4567", ()),
        ("الطلب 38.90", ()),
        ("hello@aurora.example · 1042", ()),
        ("طلب \u2068٢٠٢٦-٣٨\u2069", ()),
    ],
)
def test_what_is_read_backwards_is_found_before_printing(text, expected):
    assert expected == misread(text, is_rtl=True)


def test_an_order_number_that_turns_around_is_refused_and_not_quoted():
    with pytest.raises(PrintError, match="order_number: 8 characters") as caught:
        check_order({"order_number": "سفارش 100-۲۸۴۷"}, is_rtl=True)

    assert "۲۸۴۷" not in str(caught.value)


def test_a_range_of_numbers_may_be_read_from_the_right():
    check_order({"body[0]": "من ١٠-٢٠ دقيقة"}, is_rtl=True)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("قهوه 3-in-1", "قهوه \u20663-in-1\u2069"),
        ("شارژر 12-V USB-C", "شارژر \u206612-V\u2069 USB-C"),
        ("3-in-1 coffee", "3-in-1 coffee"),
        ("چای ۲۵۰ گرم", "چای ۲۵۰ گرم"),
    ],
)
def test_what_would_be_turned_around_is_isolated(title, expected):
    assert expected == in_order(title)


def test_customers_words_keep_their_order_wherever_a_card_says_them(samples):
    card = samples["fa"].model_copy(
        update={
            "salutation": "\u2068قهوه 3-in-1\u2069 گرامی",
            "body": ("پنیر 12-V و ۱۰-۲۰",),
            "quote": CardQuote(paragraphs=("\u2068دیدار 7-pm\u2069",)),
        }
    )

    mended = card_in_order(card)

    assert "\u2068قهوه \u20663-in-1\u2069\u2069 گرامی" == mended.salutation
    assert ("پنیر \u206612-V\u2069 و ۱۰-۲۰",) == mended.body
    assert ("\u2068دیدار \u20667-pm\u2069\u2069",) == mended.quote.paragraphs
    assert samples["fa"].headline == mended.headline


@pytest.mark.parametrize(
    ("name", "is_rtl", "expected"),
    [
        ("7-Eleven", True, "\u20687-Eleven\u2069"),
        ("7-Eleven", False, "7-Eleven"),
        ("Kiln & Leaf", True, "Kiln & Leaf"),
        ("قهوهٔ سپیده", True, "قهوهٔ سپیده"),
    ],
)
def test_a_name_on_a_line_of_its_own_keeps_its_order(name, is_rtl, expected):
    assert expected == standing_alone(name, is_rtl=is_rtl)


@given(st.text("aב س12۳٤-./(% \u2066\u2067\u2068\u2069\n", max_size=24))
def test_words_in_order_stay_so_whatever_stands_around_them(text):
    made = in_order(text)

    assert _plain(text) == _plain(made)
    assert made == in_order(made)
    for line in made.split("\n"):
        if is_balanced(line):
            wrapped = f"\u2068{line}\u2069"
            left = {*misread(f"א {wrapped} ב", is_rtl=True), *misread(wrapped, is_rtl=False)}
            assert set() == {word for word in left if "a" in word}


def _plain(text):
    return "".join(char for char in text if char not in "\u2066\u2067\u2068\u2069")


def shown(text: str) -> tuple[int, ...]:
    return tuple(GLYPHS[char] for char in text)


def check(glyphs, words):
    card = PressCard(glyphs=glyphs)
    report = preflight(
        card.build(),
        profile=get_profile(card.profile),
        format=get_format("a6"),
        pdfx="x-1a",
        codes=(None, URL),
        words=words,
        depth="card",
    )
    return report.codes


def test_words_on_the_card_are_followed_glyph_by_glyph():
    assert set() == check(shown(TEXT), ["1042", "Thank", "you, Anahit!", "\u20681042\u2069"])


def test_a_reversed_number_is_found():
    assert {"type-order"} == check(shown("you 2401 Thank"), ["1042"])


def test_a_number_that_is_not_there_is_missing():
    assert {"type-missing"} == check(shown("you Thank"), ["1042"])
