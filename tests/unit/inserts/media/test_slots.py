"""How many cards fit, which stands where, and what lies behind what. Pure geometry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retention_sdk.errors import PrintError
from retention_sdk.inserts.formats import FORMATS
from retention_sdk.inserts.media.sheets import SHEETS, get_sheet
from retention_sdk.inserts.media.slots import POINTS_PER_MM, deal, slots_of, turns_sideways

A6 = (105, 148)
PRESS = [sheet for sheet in SHEETS.values() if not sheet.places]


@pytest.mark.parametrize(
    ("sheet", "options", "count"),
    [
        ("a4", {"bleed_mm": 0, "has_marks": False}, 4),
        ("a4", {"bleed_mm": 3}, 2),
        ("a4", {"bleed_mm": 0}, 2),
        ("sra3", {"bleed_mm": 3}, 8),
        ("a3", {"bleed_mm": 3}, 4),
        ("letter", {"bleed_mm": 3}, 2),
        ("tabloid", {"bleed_mm": 3}, 4),
    ],
)
def test_sheets_take_so_many_a6(sheet, options, count):
    assert count == len(slots_of(get_sheet(sheet), A6, **options))


def test_eight_a6_on_sra3_lie_two_by_four_with_six_millimetres_between():
    slots = slots_of(get_sheet("sra3"), A6, bleed_mm=3)

    assert [9, 163] == sorted({slot.x_mm for slot in slots})
    assert [6, 117, 228, 339] == sorted({slot.y_mm for slot in slots})
    assert all(slot.is_turned for slot in slots)


def test_a5_with_bleed_and_marks_does_not_fit_on_a_small_sheet():
    with pytest.raises(PrintError, match=r"needs 211 × 301 mm .* without bleed"):
        slots_of(get_sheet("a4"), (200, 290), bleed_mm=3)


sizes = st.tuples(st.floats(30, 320), st.floats(30, 320))


@given(st.sampled_from(PRESS), sizes, st.floats(0, 5), st.none() | st.floats(0, 12), st.booleans())
def test_nothing_hangs_over_the_sheet_or_over_another_card(sheet, size, bleed, gutter, has_marks):
    try:
        slots = slots_of(sheet, size, bleed_mm=bleed, gutter_mm=gutter, has_marks=has_marks)
    except PrintError:
        width, height = (side + 2 * bleed for side in size)
        assert not (width <= sheet.width_mm - 6 and height <= sheet.height_mm - 6)
        return
    seen = []
    for slot in slots:
        left, top = slot.x_mm - slot.reach.left, slot.y_mm - slot.reach.top
        right = slot.x_mm + slot.width_mm + slot.reach.right
        bottom = slot.y_mm + slot.height_mm + slot.reach.bottom

        assert min(left, top) >= -0.06
        assert right <= sheet.width_mm + 0.06
        assert bottom <= sheet.height_mm + 0.06
        for other in seen:
            across = min(right, other[2]) - max(left, other[0])
            down = min(bottom, other[3]) - max(top, other[1])
            assert across < 0.001 or down < 0.001
        seen.append((left, top, right, bottom))


def apply(matrix, x, y):
    return (
        matrix.a * x + matrix.c * y + matrix.e,
        matrix.b * x + matrix.d * y + matrix.f,
    )


@given(
    st.sampled_from(list(SHEETS.values())),
    st.sampled_from([each for each in FORMATS.values() if not each.is_folded]),
    st.sampled_from(["long-edge", "short-edge"]),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_each_spot_of_a_back_lies_behind_the_same_spot_of_its_front(sheet, card, turn, u, v):
    """A hole through a card at (u, v) of the front comes out at (1 - u, v) of the back."""
    try:
        slots = slots_of(sheet, card.size_mm, bleed_mm=card.bleed_mm)
    except PrintError:
        return
    width, height = (side * POINTS_PER_MM for side in card.size_mm)
    for slot in slots:
        front = apply(slot.front_matrix(sheet), u * width, v * height)
        back = apply(slot.back_matrix(sheet, turn), (1 - u) * width, v * height)
        through = (
            (sheet.width_mm * POINTS_PER_MM - back[0], back[1])
            if turns_sideways(sheet, turn)
            else (back[0], sheet.height_mm * POINTS_PER_MM - back[1])
        )

        assert front == pytest.approx(through, abs=1e-6)


@given(st.sampled_from(list(SHEETS.values())), st.sampled_from(["long-edge", "short-edge"]))
def test_backs_are_turned_and_never_mirrored(sheet, turn):
    try:
        slots = slots_of(sheet, (85, 55), bleed_mm=0)
    except PrintError:
        return
    for slot in slots:
        matrix = slot.back_matrix(sheet, turn)

        assert 1 == matrix.a * matrix.d - matrix.b * matrix.c


@given(st.integers(1, 3000), st.integers(1, 30))
def test_stacked_piles_are_in_packing_order(count, slots_count):
    sheets = deal(count, slots_count, "stack")
    piles = [[sheet[slot] for sheet in sheets] for slot in range(slots_count)]
    stacked = [card for pile in piles for card in pile]

    assert list(range(count)) == stacked[:count]
    assert not any(card is not None for card in stacked[count:])


@given(st.integers(1, 3000), st.integers(1, 30))
def test_plain_order_fills_sheet_after_sheet(count, slots_count):
    sheets = deal(count, slots_count, "plain")

    assert list(range(count)) == [card for sheet in sheets for card in sheet if card is not None]
    assert -(-count // slots_count) == len(sheets)
