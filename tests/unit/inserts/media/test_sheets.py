"""Sheets as data: nothing hangs over the edge, nothing overlaps, and cards fit where we say."""

from __future__ import annotations

import pytest

from retention_sdk.errors import PrintError
from retention_sdk.inserts.formats import FORMATS, get_format
from retention_sdk.inserts.media.sheets import SHEETS, Place, Sheet, get_sheet
from retention_sdk.inserts.media.slots import slots_of


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("sra3", (320, 450)),
        ("a3", (297, 420)),
        ("a4", (210, 297)),
        ("letter", (215.9, 279.4)),
        ("tabloid", (279.4, 431.8)),
    ],
)
def test_press_sheets_have_their_standard_sizes(name, size):
    assert size == get_sheet(name).size_mm
    assert () == get_sheet(name).places


@pytest.mark.parametrize("sheet", SHEETS.values(), ids=lambda sheet: sheet.name)
def test_grids_are_symmetrical_on_the_paper(sheet):
    if not sheet.places or sheet.is_perforated:
        return
    left = min(place.x_mm for place in sheet.places)
    right = sheet.width_mm - max(place.x_mm + place.width_mm for place in sheet.places)
    top = min(place.y_mm for place in sheet.places)
    bottom = sheet.height_mm - max(place.y_mm + place.height_mm for place in sheet.places)

    assert left == pytest.approx(right, abs=0.25)
    assert top == pytest.approx(bottom, abs=0.25)


@pytest.mark.parametrize(
    ("name", "count"), [("l7160", 21), ("l7163", 14), ("l7165", 8), ("5160", 30), ("5163", 10)]
)
def test_label_sheets_have_as_many_labels_as_the_box_says(name, count):
    assert count == len(get_sheet(name).places)


def test_pitch_of_american_labels_is_inches():
    first, second = get_sheet("5160").places[:2]

    assert 69.85 == pytest.approx(second.x_mm - first.x_mm)
    assert (66.675, 25.4) == (first.width_mm, first.height_mm)


@pytest.mark.parametrize(
    ("sheet", "card"),
    [
        ("a4-card-a6", "a6"),
        ("a4-card-85x55", "card-eu"),
        ("letter-card-4x6in", "4x6in"),
        ("letter-card-us", "card-us"),
        ("5371", "card-us"),
    ],
)
def test_card_stands_exactly_in_its_perforation(sheet, card):
    page, size = get_sheet(sheet), get_format(card)
    slot = slots_of(page, size.size_mm, bleed_mm=size.bleed_mm)[0]
    place = page.places[0]

    assert (place.x_mm, place.y_mm) == pytest.approx((slot.x_mm, slot.y_mm))
    assert size.size_mm == pytest.approx((slot.width_mm, slot.height_mm))
    assert not slot.is_turned


def test_unknown_sheet_lists_all():
    with pytest.raises(PrintError, match="no sheet 'a0'; there are: sra3, a3, a4"):
        get_sheet("a0")


def test_place_off_the_paper_is_refused():
    with pytest.raises(PrintError, match=r"sheet mine: a place of 100 × 50 mm .* not on the paper"):
        Sheet("mine", "Mine", 210, 297, (Place(120, 10, 100, 50),))


def test_overlapping_places_are_refused():
    with pytest.raises(PrintError, match="sheet mine: places overlap"):
        Sheet("mine", "Mine", 210, 297, (Place(10, 10, 100, 50), Place(10, 59, 100, 50)))


def test_card_larger_than_a_label_names_the_formats_that_fit():
    with pytest.raises(PrintError, match="these formats fit: a7, card-eu, card-us"):
        slots_of(get_sheet("l7169"), get_format("a6").size_mm, bleed_mm=3)
    with pytest.raises(PrintError, match="no card format fits"):
        slots_of(get_sheet("5160"), get_format("a6").size_mm, bleed_mm=3)


def test_every_flat_format_fits_on_a_press_sheet():
    for each in FORMATS.values():
        assert slots_of(get_sheet("sra3"), each.size_mm, bleed_mm=each.bleed_mm)
