"""Cards for label printers, from the card to the dots."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image

from retention_sdk.errors import PrintError
from retention_sdk.inserts.media.thermal import thermal_dots, thermal_png, thermal_zpl

CREATED_AT = datetime(2026, 11, 14, 9, tzinfo=UTC)


@pytest.mark.parametrize(("dpi", "size"), [(203, (812, 1218)), (300, (1200, 1800))])
@pytest.mark.parametrize("tag", ["en", "fa"])
def test_label_of_four_by_six_inches_is_whole_dots_with_a_code_that_reads(dpi, size, tag, a_card):
    card = a_card(tag)
    front, back = (
        Image.open(io.BytesIO(data)) for data in thermal_png(card, created_at=CREATED_AT, dpi=dpi)
    )

    assert size == front.size == back.size
    assert "1" == front.mode == back.mode
    assert [card.code.url] == [code.text for code in zxingcpp.read_barcodes(back.convert("L"))]
    assert [] == zxingcpp.read_barcodes(front.convert("L"))


def test_floods_of_colour_do_not_become_black(a_card):
    for page in thermal_dots(a_card("en"), created_at=CREATED_AT):
        shades = page.to_image().convert("L").histogram()
        assert shades[0] / sum(shades) < 0.1


def test_other_formats_have_their_own_dots(a_card):
    front, _ = thermal_dots(a_card("en"), created_at=CREATED_AT, format="a6")

    assert (839, 1183) == (front.width, front.height)


def test_zpl_holds_both_sides_and_equal_cards_give_equal_bytes(a_card):
    one, other = (thermal_zpl(a_card("en"), created_at=CREATED_AT) for _ in range(2))

    assert one == other
    assert 2 == one.count(b"^XA^PW812^LL1218") == one.count(b"^XZ")
    assert b"^XA^PW812^LL1218" in thermal_zpl(
        a_card("en"), created_at=CREATED_AT, encoding="ascii", copies=2
    )


def test_resolution_that_no_label_printer_has_is_refused(a_card):
    with pytest.raises(PrintError, match="label printers have 203, 300, 600 dpi, not 150"):
        thermal_dots(a_card("en"), created_at=CREATED_AT, dpi=150)
