"""Sheets of cards as finished PDFs: everything once, back to back, in order, and unchanged."""

from __future__ import annotations

import io
import subprocess
import sys

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ImageChops

from retention_sdk.errors import PrintError
from retention_sdk.inserts.media.impose import (
    Imposition,
    cards_per_sheet,
    impose,
    impose_files,
)
from retention_sdk.inserts.media.sheets import get_sheet

SRA3, A4 = get_sheet("sra3"), get_sheet("a4")
A6 = (105, 148)


def through(sheet, turn, found):
    """Return where a marker on the back of a sheet is when one looks at the front."""
    if (sheet.height_mm >= sheet.width_mm) == (turn == "long-edge"):
        return sheet.width_mm - found.x_mm, found.y_mm
    return found.x_mm, sheet.height_mm - found.y_mm


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    count=st.integers(1, 21),
    name=st.sampled_from(["sra3", "a4", "l7169", "a4-card-a6"]),
    plan=st.builds(
        Imposition,
        order=st.sampled_from(["stack", "plain"]),
        turn=st.sampled_from(["long-edge", "short-edge"]),
    ),
)
def test_every_card_is_there_once_with_its_own_back_behind_it(count, name, plan, cards_of, find):
    sheet = get_sheet(name)
    size = (74, 105) if name == "l7169" else A6
    pdf = impose(cards_of(count, size_mm=size), sheet, plan)
    pages = find(pdf)
    fronts = [marker for page in pages[::2] for marker in page]
    backs = [marker for page in pages[1::2] for marker in page]

    assert sorted(f"F{number}" for number in range(count)) == sorted(m.text for m in fronts)
    for front_page, back_page in zip(pages[::2], pages[1::2], strict=True):
        behind = {marker.text: through(sheet, plan.turn, marker) for marker in back_page}
        assert {f"B{m.text[1:]}" for m in front_page} == set(behind)
        for front in front_page:
            # Front and back carry the marker 9 mm from their left edge: 105 - 2 × 9 mm apart
            # along the width of the card, and nowhere along its height.
            x, y = behind[f"B{front.text[1:]}"]
            apart = sorted((abs(x - front.x_mm), abs(y - front.y_mm)))
            assert [0, size[0] - 18] == pytest.approx(apart, abs=0.01)
    assert len(backs) == count


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(count=st.integers(1, 40))
def test_cutting_and_stacking_gives_the_packing_order(count, cards_of, find):
    pdf = impose(cards_of(count, sides=1, size_mm=(85, 55)), SRA3, Imposition(sides=1))
    piles: dict[tuple[int, int], list[str]] = {}
    for page in find(pdf):
        for marker in page:
            piles.setdefault((round(marker.y_mm), round(marker.x_mm)), []).append(marker.text)
    stacked = [text for place in sorted(piles) for text in piles[place]]

    assert [f"F{number}" for number in range(count)] == stacked


def test_one_document_and_many_files_give_the_same_places(cards_of, pdf_of, find):
    texts = [f"{side}{number}" for number in range(5) for side in "FB"]

    assert find(impose(pdf_of(texts), SRA3)) == find(impose(cards_of(5), SRA3))


def test_sheet_has_its_boxes_and_no_more(cards_of):
    with pikepdf.open(io.BytesIO(impose(cards_of(3), SRA3))) as pdf:
        assert 2 == len(pdf.pages)
        for page in pdf.pages:
            for name in ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox"):
                assert [0, 0, 907.0866, 1275.5906] == [float(value) for value in page.obj[name]]
            assert "/ArtBox" not in page.obj
            assert "/Annots" not in page.obj


@pytest.mark.parametrize(("version", "streams"), [("1.3", False), ("1.4", False), ("1.6", True)])
def test_printing_condition_and_version_go_along(version, streams, cards_of):
    cards = cards_of(2, intent="FOGRA39", version=version)
    data = impose(cards, SRA3)
    with pikepdf.open(io.BytesIO(data)) as pdf:
        (intent,) = pdf.Root.OutputIntents

        assert "FOGRA39" == str(intent.OutputConditionIdentifier)
        assert b"stands for an ICC profile" == intent.DestOutputProfile.read_bytes()
        assert "PDF/X-4" == str(pdf.docinfo["/GTS_PDFXVersion"])
        assert pikepdf.Name("/False") == pdf.docinfo["/Trapped"]
        assert version == pdf.pdf_version
        assert "/StructTreeRoot" not in pdf.Root
    assert streams == (b"/ObjStm" in data)


def test_marks_are_drawn_in_all_inks_and_outside_the_bleed(cards_of):
    with pikepdf.open(io.BytesIO(impose(cards_of(8, intent="FOGRA39"), SRA3))) as pdf:
        page = pdf.pages[0]
        space = page.obj.Resources.ColorSpace.Marks
        lines = [
            [float(str(operand)) for operand in operands]
            for operands, operator in pikepdf.parse_content_stream(page)
            if str(operator) in {"m", "l"}
        ]

    assert ["/Separation", "/All", "/DeviceCMYK"] == [str(part) for part in list(space)[:3]]
    # Two columns and four rows of cards: 4 upright and 8 level edges, with a mark at both ends.
    assert 2 * 2 * (4 + 8) == len(lines)
    in_mm = [(x * 25.4 / 72, y * 25.4 / 72) for x, y in lines]
    assert all(x < 6 or x > 314 or y < 3 or y > 447 for x, y in in_mm)


def test_marks_can_be_left_out_and_never_stand_on_labels(cards_of):
    for data in (
        impose(cards_of(1), A4, Imposition(has_marks=False)),
        impose(cards_of(1, size_mm=(74, 105)), get_sheet("l7169")),
    ):
        with pikepdf.open(io.BytesIO(data)) as pdf:
            assert b" re" not in pdf.pages[0].Contents.read_bytes()
            assert b" l S" not in pdf.pages[0].Contents.read_bytes()


def test_four_a6_fill_a_sheet_of_a4_to_the_edge(cards_of, find):
    plan = Imposition(bleed_mm=0, has_marks=False)
    pdf = impose(cards_of(4, flood="0 0 1 rg"), A4, plan)

    assert 4 == cards_per_sheet(cards_of(1)[0], A4, plan)
    assert 4 == len(find(pdf)[0])


def test_neighbours_keep_their_own_half_of_a_narrow_gutter(cards_of, raster):
    red, blue = (cards_of(1, sides=1, flood=f"{c} rg")[0] for c in ("1 0 0", "0 0 1"))
    plan = Imposition(sides=1, gutter_mm=2, has_marks=False)
    picture = raster(impose([red, blue] * 4, SRA3, plan), 0, dpi=127)  # 5 dots in a millimetre
    slot_right = round(5 * ((320 - 2 * 148 - 2) / 2 + 148))

    assert (255, 0, 0) == picture.getpixel((slot_right + 3, 300))
    assert (0, 0, 255) == picture.getpixel((slot_right + 7, 300))


def test_names_stand_in_the_waste_between_cards(cards_of, raster):
    cards = cards_of(8, sides=1, flood="1 0 0 rg")
    plan = Imposition(sides=1)
    bare = raster(impose(cards, SRA3, plan), 0, dpi=127)
    named = raster(impose(cards, SRA3, plan, names=[f"#10{i}" for i in range(8)]), 0, dpi=127)
    changed_rows = ImageChops.difference(bare, named).convert("L").getprojection()[1]
    rows = [6 + 105 + 111 * row for row in range(4)]  # lower trimmed edges of turned A6

    changed = [y / 5 for y, is_changed in enumerate(changed_rows) if is_changed]
    assert changed
    assert all(any(edge + 1.8 < y < edge + 4.2 for edge in rows) for y in changed)


def test_names_need_waste_and_latin_letters(cards_of):
    cards = cards_of(1)
    with pytest.raises(PrintError, match="no waste to print names in; leave a gutter of 4 mm"):
        impose(cards, A4, Imposition(bleed_mm=0, has_marks=False), names=["1042"])
    with pytest.raises(PrintError, match="up to 24 Latin letters"):
        impose(cards, A4, names=["۱۰۴۲"])
    with pytest.raises(PrintError, match="1 cards and 2 names"):
        impose(cards, A4, names=["1", "2"])
    with pytest.raises(PrintError, match="no waste to print names in; leave them out"):
        impose(cards, get_sheet("a4-card-a6"), names=["1042"])


def test_packing_slip_lies_under_its_own_card(cards_of, pdf_of, find):
    sheet = get_sheet("a4-card-a6")
    slips = pdf_of(["S0", "S1", "S2"], size_mm=(210, 297), bleed_mm=0)
    pages = find(impose(cards_of(3), sheet, underlay=slips))

    for number in range(3):
        found = {marker.text: marker for marker in pages[2 * number]}
        assert {f"S{number}", f"F{number}"} == set(found)
        assert (9, 12) == pytest.approx(found[f"S{number}"][1:], abs=0.01)
        assert (105 + 9, 149 + 12) == pytest.approx(found[f"F{number}"][1:], abs=0.01)
        assert [f"B{number}"] == [marker.text for marker in pages[2 * number + 1]]


def test_one_slip_serves_all_cards_and_two_do_not_serve_three(cards_of, pdf_of, find):
    sheet = get_sheet("a4-card-a6")
    slip = pdf_of(["S0"], size_mm=(210, 297), bleed_mm=0)

    assert all(
        "S0" in {m.text for m in page}
        for page in find(impose(cards_of(2), sheet, underlay=slip))[::2]
    )
    with pytest.raises(PrintError, match="3 cards and 2 pages"):
        impose(cards_of(3), sheet, underlay=pdf_of(["S0", "S1"]))
    with pytest.raises(PrintError, match="no room beside a card"):
        impose(cards_of(1), A4, underlay=slip)


def test_what_is_not_whole_or_mixed_is_refused(cards_of, pdf_of):
    with pytest.raises(PrintError, match="3 pages are not whole cards of 2"):
        impose(pdf_of(["F0", "B0", "F1"]), A4)
    with pytest.raises(PrintError, match="page 3 is trimmed to another size"):
        impose([*cards_of(1), *cards_of(1, size_mm=(99, 210))], SRA3)
    with pytest.raises(PrintError, match="different printing conditions"):
        impose([*cards_of(1, intent="FOGRA39"), *cards_of(1)], SRA3)
    with pytest.raises(PrintError, match="card file 2 is not a readable PDF"):
        impose([*cards_of(1), b"%PDF-1.7 nothing"], SRA3)
    with pytest.raises(PrintError, match="at least one card"):
        impose([], SRA3)
    with pytest.raises(PrintError, match="zero or more"):
        impose(cards_of(1), SRA3, Imposition(gutter_mm=-1))


def test_stream_of_cards_comes_out_in_piles(cards_of, find):
    cards = ((card, f"#{number}") for number, card in enumerate(cards_of(19)))
    files = list(impose_files(cards, SRA3, sheets_per_file=1))
    fronts = [sorted(int(m.text[1:]) for m in find(file)[0]) for file in files]

    assert [list(range(8)), list(range(8, 16)), [16, 17, 18]] == fronts
    assert [] == list(impose_files([], SRA3))


def test_stream_is_read_no_further_than_the_file_needs(cards_of):
    taken = []

    def stream():
        for number, card in enumerate(cards_of(20)):
            taken.append(number)
            yield card, ""

    next(impose_files(stream(), SRA3, sheets_per_file=1))

    assert 8 == len(taken)


def test_equal_cards_give_equal_bytes_in_another_process(cards_of, tmp_path):
    cards = cards_of(3)
    for number, card in enumerate(cards):
        (tmp_path / f"{number}.pdf").write_bytes(card)
    code = (
        "import sys, hashlib, pathlib\n"
        "from retention_sdk.inserts.media.impose import impose\n"
        "from retention_sdk.inserts.media.sheets import get_sheet\n"
        "cards = [pathlib.Path(p).read_bytes() for p in sys.argv[1:]]\n"
        "data = impose(cards, get_sheet('sra3'), names=['1', '2', '3'])\n"
        "print(hashlib.sha256(data).hexdigest())"
    )
    files = [str(tmp_path / f"{number}.pdf") for number in range(3)]
    digests = {
        subprocess.run(
            [sys.executable, "-c", code, *files], check=True, capture_output=True, text=True
        ).stdout
        for _ in range(2)
    }

    assert 1 == len(digests)


def test_drawn_card_keeps_its_code_readable_and_loses_the_claim_of_tags(samples, draw, raster):
    import zxingcpp

    cards = [draw(samples[tag]).pdf.data for tag in ("en", "fa")]
    data = impose(cards, SRA3)
    codes = {code.text for code in zxingcpp.read_barcodes(raster(data, 1, dpi=150))}

    assert {samples[tag].code.url for tag in ("en", "fa")} == codes
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert b"pdfuaid:part" not in pdf.Root.Metadata.read_bytes()
        assert "/StructTreeRoot" not in pdf.Root
        assert "/MarkInfo" not in pdf.Root
