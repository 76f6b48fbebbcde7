"""Many cards at once: in order, each by itself or all in one, and what a bad one does."""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
import pytest

from retention_sdk.errors import PrintError, TextOverflow
from retention_sdk.inserts import CardBlock, render_card, render_cards, render_document
from retention_sdk.model import ContentKind

from .conftest import CREATED_AT

TAGS = ("en", "fa", "ja", "he", "de")


@pytest.fixture
def batch(a_card):
    def build(count: int):
        return [
            a_card(
                TAGS[index % len(TAGS)],
                order_number=f"N-{1000 + index}",
                style="editorial" if index % 7 == 0 else "classic",
            )
            for index in range(count)
        ]

    return build


def words_on(pdf: bytes, page: int) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[page].get_textpage().get_text_bounded()
    finally:
        document.close()


def test_cards_come_in_order_each_with_its_own_pages_and_boxes(batch):
    cards = batch(12)
    drawn = list(render_cards(cards, created_at=CREATED_AT))

    assert 12 == len(drawn)
    for card, made in zip(cards, drawn, strict=True):
        digits = card.order_number.removeprefix("N-")
        assert digits in words_on(made.pdf.data, 1)
        with pikepdf.open(io.BytesIO(made.pdf.data)) as pdf:
            assert 2 == len(pdf.pages)
            assert list(pdf.pages[0].obj.BleedBox) == list(pdf.pages[1].obj.MediaBox)


@pytest.mark.parametrize("threads", [1, 3])
def test_card_among_others_is_the_card_by_itself_byte_for_byte(batch, threads):
    cards = batch(7)
    alone = [render_card(card, created_at=CREATED_AT, preview=False).pdf for card in cards]

    made = render_cards(cards, created_at=CREATED_AT, threads=threads)
    assert alone == [each.pdf for each in made]


def test_document_holds_all_cards_in_order_and_is_smaller(batch):
    cards = batch(8)
    whole = render_document(cards, created_at=CREATED_AT, chunk=4)
    apart = sum(len(made.pdf.data) for made in render_cards(cards, created_at=CREATED_AT))

    with pikepdf.open(io.BytesIO(whole)) as pdf:
        assert 16 == len(pdf.pages)
    for index in range(8):
        assert str(1000 + index) in words_on(whole, 2 * index + 1)
    assert len(whole) < apart


def test_card_that_cannot_be_printed_stops_the_batch_at_its_turn(batch):
    cards = batch(6)
    cards[4] = cards[4].model_copy(update={"body": ("Many words. " * 150,)})
    made = render_cards(cards, created_at=CREATED_AT)

    assert 4 == len([next(made) for _ in range(4)])
    with pytest.raises(TextOverflow, match="body"):
        next(made)


def test_card_that_cannot_be_printed_is_told_of_and_skipped(batch):
    cards = batch(6)
    cards[1] = cards[1].model_copy(update={"salutation": "Dear \U00013080"})
    told: list[tuple[int, PrintError]] = []
    made = list(
        render_cards(
            cards,
            created_at=CREATED_AT,
            refused=lambda index, card, error: told.append((index, error)),
        )
    )

    assert 5 == len(made)
    assert [1] == [index for index, _ in told]
    assert "U+13080" in str(told[0][1])


def test_optional_block_that_does_not_fit_is_left_out_of_its_card_alone(batch):
    cards = batch(3)
    block = CardBlock(content=ContentKind.CARE, text="Hint. " * 200)
    cards[1] = cards[1].model_copy(update={"blocks": (block,)})

    assert [0, 1, 0] == [made.left_out for made in render_cards(cards, created_at=CREATED_AT)]


def test_no_cards_are_no_files():
    assert [] == list(render_cards([], created_at=CREATED_AT))
