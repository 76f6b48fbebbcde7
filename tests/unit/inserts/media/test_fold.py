"""Folded cards: four panels become an outside and an inside that meet when folded."""

from __future__ import annotations

import io

import pikepdf
import pytest

from retention_sdk.errors import PrintError
from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.media.fold import fold
from retention_sdk.inserts.media.impose import Imposition, impose
from retention_sdk.inserts.media.sheets import get_sheet

FOLDED = get_format("a6-folded")
PANELS = ["C1", "L2", "R3", "K4"]  # cover, inside left, inside right, back


def order(page):
    return [marker.text for marker in sorted(page, key=lambda marker: marker.x_mm)]


def test_outside_is_back_and_cover_and_inside_is_read_on(pdf_of, find):
    outside, inside = find(fold(pdf_of(PANELS), FOLDED))

    assert ["K4", "C1"] == order(outside)
    assert ["L2", "R3"] == order(inside)


def test_card_read_from_right_to_left_opens_to_the_other_side(pdf_of, find):
    outside, inside = find(fold(pdf_of(PANELS), FOLDED, direction="rtl"))

    assert ["C1", "K4"] == order(outside)
    assert ["R3", "L2"] == order(inside)


@pytest.mark.parametrize(("has_marks", "slug"), [(True, 6.0), (False, 0.0)])
def test_spread_is_twice_as_wide_with_bleed_around_it(has_marks, slug, pdf_of):
    with pikepdf.open(io.BytesIO(fold(pdf_of(PANELS), FOLDED, has_marks=has_marks))) as pdf:
        assert 2 == len(pdf.pages)
        for page in pdf.pages:
            boxes = {
                name: [round(float(value) * 25.4 / 72, 2) for value in page.obj[name]]
                for name in ("/MediaBox", "/BleedBox", "/TrimBox")
            }
            assert [0, 0, 216 + 2 * slug, 154 + 2 * slug] == boxes["/MediaBox"]
            assert [slug, slug, 216 + slug, 154 + slug] == boxes["/BleedBox"]
            assert [slug + 3, slug + 3, slug + 213, slug + 151] == boxes["/TrimBox"]


def test_panels_meet_at_the_fold_and_bleed_outside(pdf_of, raster):
    panels = []
    for text, colour in zip(PANELS, ("1 0 0", "0 1 0", "0 0 1", "1 1 0"), strict=True):
        panels.append(pikepdf.open(io.BytesIO(pdf_of([text], flood=f"{colour} rg"))))
    with pikepdf.new() as pdf:
        for panel in panels:
            pdf.pages.extend(panel.pages)
        out = io.BytesIO()
        pdf.save(out)
    picture = raster(fold(out.getvalue(), FOLDED, has_marks=False), 0, dpi=127)
    middle = 108 * 5

    assert (255, 255, 0) == picture.getpixel((middle - 2, 300))
    assert (255, 0, 0) == picture.getpixel((middle + 2, 300))
    assert (255, 255, 0) == picture.getpixel((1, 300))


def test_marks_for_folding_are_dashed_and_outside_the_bleed(pdf_of):
    with pikepdf.open(io.BytesIO(fold(pdf_of(PANELS), FOLDED))) as pdf:
        content = pdf.pages[0].Contents.read_bytes()

    dashed = content.split(b" d ")[1]
    assert 1 == content.count(b" d ")
    assert 2 == dashed.count(b" l S")
    x = (6 + 3 + 105) * 72 / 25.4
    assert all(abs(float(line.split()[0]) - x) < 0.01 for line in dashed.split(b" S")[:2])


def test_intents_go_along(pdf_of):
    with pikepdf.open(io.BytesIO(fold(pdf_of(PANELS, intent="FOGRA39"), FOLDED))) as pdf:
        assert "FOGRA39" == str(pdf.Root.OutputIntents[0].OutputConditionIdentifier)


def test_spreads_are_imposed_like_flat_cards_with_marks_for_the_fold(pdf_of, find):
    spread = fold(pdf_of(PANELS), FOLDED)
    pdf = impose([spread, spread], get_sheet("sra3"), Imposition(are_spreads=True))
    outside, inside = find(pdf)

    assert ["C1", "C1", "K4", "K4"] == sorted(marker.text for marker in outside)
    assert ["L2", "L2", "R3", "R3"] == sorted(marker.text for marker in inside)
    # What is behind the cover is what one reads first inside.
    covers = {(round(m.x_mm), round(m.y_mm)) for m in outside if m.text == "C1"}
    lefts = {(round(320 - m.x_mm), round(m.y_mm)) for m in inside if m.text == "L2"}
    apart = sorted(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a in covers for b in lefts)
    assert 87 == apart[0] == apart[1]  # 105 - 2 × 9 mm
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert b" d " in document.pages[0].Contents.read_bytes()


def test_flat_formats_and_other_documents_are_refused(pdf_of):
    with pytest.raises(PrintError, match="not folded; take a6-folded"):
        fold(pdf_of(PANELS), get_format("a6"))
    with pytest.raises(PrintError, match="4 panels, and this document 2 pages"):
        fold(pdf_of(PANELS[:2]), FOLDED)
    with pytest.raises(PrintError, match=r"99\.0 × 210\.0 mm, not those of A6 folded"):
        fold(pdf_of(PANELS, size_mm=(99, 210)), FOLDED)
