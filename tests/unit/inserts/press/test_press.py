"""The finished press file: boxes, plates, labels, bytes, and what is refused."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest

from retention_sdk.errors import PrintError
from retention_sdk.inserts.formats import FORMATS, get_format
from retention_sdk.inserts.press import press_card
from retention_sdk.inserts.profiles import get_profile
from retention_sdk.model import Palette

POINTS_PER_MM = 72 / 25.4
CREATED_AT = datetime(2026, 11, 14, 9, tzinfo=UTC)
A6 = get_format("a6")
BLACK = [Decimal(0), Decimal(0), Decimal(0), Decimal(1)]


def in_mm(box):
    return [round(float(value) / POINTS_PER_MM, 2) for value in box]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("marks", [False, True])
def test_boxes_are_exact_in_every_format(name, marks, blank, press, reading):
    size = get_format(name)
    bleed, (width, height) = size.bleed_mm, size.size_mm

    pdf = reading(press(blank(size), format=size, pdfx="x-4", marks=marks)).pdf

    assert size.pages == len(pdf.pages)
    around = 10 if marks else 0
    for page in pdf.pages:
        trim = [bleed, bleed, bleed + width, bleed + height]
        assert [round(value, 2) for value in trim] == pytest.approx(in_mm(page.TrimBox), abs=0.011)
        full = [0, 0, width + 2 * bleed, height + 2 * bleed]
        assert full == pytest.approx(in_mm(page.BleedBox), abs=0.011)
        media = [-around, -around, full[2] + around, full[3] + around]
        assert media == pytest.approx(in_mm(page.MediaBox), abs=0.011)
        assert "/CropBox" not in page.obj
        assert "/ArtBox" not in page.obj


@pytest.mark.parametrize("pdfx", ["x-4", "x-1a", None])
def test_no_colour_of_screens_is_left_anywhere(pdfx, drawn, press, reading):
    read = reading(press(drawn, pdfx=pdfx))

    assert {"/DeviceCMYK", "/Separation"} == read.names
    assert set() == {name for name, _ in read.painted} & {"rg", "RG", "g", "G"}


@pytest.mark.parametrize("kind", ["a soft mask", "an opacity", "a fading gradient"])
def test_transparency_is_mixed_in_inks(kind, see_through, press, reading):
    read = reading(press(see_through[kind], pdfx="x-4"))

    assert set() == read.names & {"/DeviceRGB", "/ICCBased", "/CalRGB", "/CalGray", "/Lab"}
    groups = [item.Group.CS for item in read.pdf.objects if "/Group" in _dictionary(item)]
    assert set(map(str, groups)) <= {"/DeviceCMYK", "/DeviceGray"}


def _dictionary(item):
    return item if isinstance(item, pikepdf.Dictionary | pikepdf.Stream) else {}


def test_a_soft_mask_is_laid_on_the_paper_for_x1a(see_through, press, reading):
    pdf = reading(press(see_through["a soft mask"], pdfx="x-1a")).pdf

    pictures = [
        item for item in pdf.objects if _dictionary(item).get("/Subtype") == pikepdf.Name.Image
    ]
    assert [] == [item for item in pictures if "/SMask" in item]
    assert 1 == len([item for item in pictures if "/Mask" in item])


@pytest.mark.parametrize("kind", ["an opacity", "a fading gradient"])
def test_other_transparency_is_refused_for_x1a(kind, see_through, press):
    with pytest.raises(PrintError, match=r"transparent in places.* print as x-4"):
        press(see_through[kind], pdfx="x-1a")


def shown(painted):
    """Yield the fill colour, the size and the overprint state of each text that is shown."""
    colour, size, state, stack = [], 0, "", []
    for name, operands in painted:
        if name == "q":
            stack.append((colour, size, state))
        elif name == "Q":
            colour, size, state = stack.pop()
        elif name in {"k", "scn"}:
            colour = operands
        elif name == "Tf":
            size = float(operands[1])
        elif name == "gs":
            state = str(operands[0])
        elif name in {"Tj", "TJ"}:
            yield colour, size, state


def test_small_black_text_is_one_ink_and_prints_over_what_is_below(drawn, press, reading):
    texts = list(shown(reading(press(drawn)).painted))

    assert [(BLACK, 8.0, "/PressOverprint"), (BLACK, 20.0, "")] == texts[:2]


def test_white_never_overprints(drawn, press, reading):
    white = [Decimal(0)] * 4

    reversed_text = [text for text in shown(reading(press(drawn)).painted) if text[0] == white]
    assert [8.0] == [size for _, size, _ in reversed_text]
    assert {"", "/PressKnockOut"} >= {state for _, _, state in reversed_text}


def test_the_overprint_states_say_what_they_do(samples, draw, press, reading):
    card = draw(samples["en"])

    pdf = reading(press(card.pdf.data, format=A6, palette=Palette())).pdf

    state = pdf.pages[0].obj.Resources.ExtGState["/PressOverprint"]
    assert (True, False, 1) == (state.op, state.OP, state.OPM)


@pytest.mark.parametrize("tag", ["en", "fa", "ja"])
def test_text_in_the_colour_of_ink_and_the_code_are_black_alone(tag, samples, draw, press, reading):
    card = draw(samples[tag])

    painted = reading(press(card.pdf.data, format=A6, palette=Palette())).painted

    mixes = {tuple(map(float, operands)) for name, operands in painted if name in {"k", "K"}}
    assert (0.0, 0.0, 0.0, 1.0) in mixes
    assert {mix for mix in mixes if mix[3] > 0.7} == {
        mix for mix in mixes if mix[:3] == (0, 0, 0)
    } - {(0.0, 0.0, 0.0, 0.0)}


def test_marks_lie_outside_the_bleed_on_every_plate(blank, press, reading):
    size = get_format("a6")
    read = reading(press(blank(size), format=size, pdfx="x-4", marks=True))
    page = read.pdf.pages[0]

    assert pikepdf.Name("/All") == page.Resources.ColorSpace["/PressAll"][1]
    operators = [(str(each.operator), each.operands) for each in pikepdf.parse_content_stream(page)]
    start = next(n for n, (name, of) in enumerate(operators) if name == "CS")
    assert "re" in {name for name, _ in operators[:3]}, "what is painted is clipped to the bleed"
    left, bottom, right, top = (float(value) for value in page.BleedBox)
    points = [tuple(map(float, of)) for name, of in operators[start:] if name in {"m", "l"}]
    assert 8 * 2 + 4 * 5 == len(points)
    for x, y in points:
        assert not (left <= x <= right and bottom <= y <= top)
    assert [Decimal("0.25")] == next(list(of) for name, of in operators[start:] if name == "w")


def test_the_slug_names_the_card_in_paths(blank, press, reading):
    size = get_format("a6")
    page = reading(press(blank(size), format=size, slug="card 1042-7 FOGRA39")).pdf.pages[0]

    operators = [str(each.operator) for each in pikepdf.parse_content_stream(page)]
    assert operators.count("c") > 20
    assert "Tj" not in operators


@pytest.mark.parametrize("slug", ["тест", "line\nbreak", "x" * 201])
def test_a_slug_is_short_and_plain(slug, blank, press):
    with pytest.raises(PrintError, match="printable ASCII"):
        press(blank(A6), format=A6, slug=slug)


def test_x4_says_so_everywhere_alike(drawn, press, reading):
    data = press(drawn, pdfx="x-4", title="Thank <you> & Co")
    pdf = reading(data).pdf

    assert b"%PDF-1.6" == data[:8]
    assert "PDF/X-4" == str(pdf.docinfo["/GTS_PDFXVersion"])
    assert "D:20261114090000Z" == str(pdf.docinfo["/CreationDate"])
    with pdf.open_metadata() as metadata:
        assert "PDF/X-4" == metadata["{http://www.npes.org/pdfx/ns/id/}GTS_PDFXVersion"]
        assert "Thank <you> & Co" == metadata["dc:title"] == str(pdf.docinfo["/Title"])
        assert (
            "2026-11-14T09:00:00+00:00"
            == metadata["xmp:CreateDate"]
            == metadata["xmp:MetadataDate"]
        )
        assert "default" == metadata["xmpMM:RenditionClass"]
        assert metadata["xmpMM:DocumentID"].startswith("uuid:")


def test_a_file_is_never_without_a_title(samples, draw, drawn, press, reading):
    card = draw(samples["en"]).pdf.data

    own = reading(press(card, format=A6, palette=Palette(), title="")).pdf
    none = reading(press(drawn, title="")).pdf

    assert "Thank you, truly." == str(own.docinfo["/Title"])
    assert "Card" == str(none.docinfo["/Title"])


def test_x1a_is_pdf_14_without_object_streams_and_metadata(drawn, press, reading):
    data = press(drawn, pdfx="x-1a")
    pdf = reading(data).pdf

    assert b"%PDF-1.4" == data[:8]
    assert b"/ObjStm" not in data
    assert "/Metadata" not in pdf.Root
    assert "PDF/X-1a:2003" == str(pdf.docinfo["/GTS_PDFXVersion"])
    assert pikepdf.Name("/False") == pdf.docinfo["/Trapped"]
    assert 2 == len(pdf.trailer.ID)


def test_without_a_standard_nothing_is_claimed(drawn, press, reading):
    pdf = reading(press(drawn)).pdf

    assert "/GTS_PDFXVersion" not in pdf.docinfo
    assert b"pdfxid:GTS" not in pdf.Root.Metadata.read_bytes()


@pytest.mark.parametrize(
    ("name", "condition"),
    [("coated_fogra39", "FOGRA39"), ("coated_gracol", "CGATS TR 006"), ("uncoated", "FOGRA29")],
)
def test_the_intent_names_the_condition_and_brings_its_profile(
    name, condition, drawn, press, reading
):
    (intent,) = reading(press(drawn, profile=get_profile(name), pdfx="x-4")).pdf.Root.OutputIntents

    assert condition == str(intent.OutputConditionIdentifier)
    assert "http://www.color.org" == str(intent.RegistryName)
    assert b"prtrCMYK" == intent.DestOutputProfile.read_bytes()[12:20]


def test_what_is_for_screens_is_left_out(samples, draw, press, reading):
    card = draw(samples["en"])

    pdf = reading(press(card.pdf.data, format=A6, palette=Palette(), pdfx="x-4")).pdf

    assert {"/Type", "/Pages", "/Lang", "/OutputIntents", "/Metadata"} == set(pdf.Root.keys())
    for page in pdf.pages:
        assert set() == set(page.obj.keys()) & {"/Annots", "/StructParents", "/Tabs"}


def test_digital_printing_keeps_colours_and_tags(samples, draw, press, reading):
    card = draw(samples["en"])
    profile = get_profile("digital_rgb")

    data = press(card.pdf.data, format=A6, palette=Palette(), profile=profile)

    pdf = reading(data).pdf
    assert "/StructTreeRoot" in pdf.Root
    assert [3.0, 3.0, 108.0, 151.0] == in_mm(pdf.pages[0].TrimBox)


def test_the_ink_limit_holds_for_every_mixture(drawn, press, reading):
    read = reading(press(drawn, profile=get_profile("uncoated")))

    for name, operands in read.painted:
        if name in {"k", "K"}:
            assert sum(float(value) for value in operands) <= 2.8 + 1e-6
    for item in read.pdf.objects:
        if _dictionary(item).get("/FunctionType") == 0:
            samples = item.read_bytes()
            assert max(sum(samples[n : n + 4]) for n in range(0, len(samples), 4)) <= 2.8 * 255 + 2


def test_pictures_are_cmyk_grey_or_a_list_of_mixtures(drawn, press, reading):
    pictures = [
        item
        for item in reading(press(drawn)).pdf.objects
        if _dictionary(item).get("/Subtype") == pikepdf.Name.Image
    ]

    kinds = {
        str(item.ColorSpace)
        if isinstance(item.ColorSpace, pikepdf.Name)
        else str(item.ColorSpace[1])
        for item in pictures
    }
    assert {"/DeviceCMYK", "/DeviceGray"} == kinds
    (lossy,) = [item for item in pictures if item.get("/Filter") == pikepdf.Name.DCTDecode]
    assert [1, 0] * 4 == [int(value) for value in lossy.Decode]


@pytest.mark.parametrize("pdfx", ["x-4", "x-1a"])
def test_equal_input_gives_equal_bytes_in_two_processes(pdfx, drawn, press, tmp_path):
    source = tmp_path / "card.pdf"
    source.write_bytes(drawn)
    here = Path(__file__).parent
    code = f"""
import hashlib, sys
from pathlib import Path
sys.path.insert(0, {str(here)!r})
import conftest
from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.press import finish_for_press
from retention_sdk.inserts.profiles import get_profile
data = finish_for_press(
    Path({str(source)!r}).read_bytes(), profile=get_profile("coated_fogra39"),
    palette=conftest.BRAND, format=get_format("card-eu"), created_at=conftest.CREATED_AT,
    title="Thank you", pdfx={pdfx!r}, marks=True, slug="card 1",
)
print(hashlib.sha256(data).hexdigest())
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[4],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[4]), "PYTHONHASHSEED": "1"},
    )  # fmt: skip

    data = press(drawn, pdfx=pdfx, marks=True, slug="card 1")
    assert hashlib.sha256(data).hexdigest() == done.stdout.strip()


def test_threads_do_not_disturb_each_other(samples, draw, press):
    cards = [draw(samples[tag]).pdf.data for tag in ("en", "fa", "ja", "hi")] * 4

    def finished(card):
        return press(card, format=A6, palette=Palette(), pdfx="x-4")

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(finished, cards))

    assert [finished(card) for card in cards] == together


def test_the_moment_and_the_palette_change_the_file(drawn, press):
    first = press(drawn, pdfx="x-4")

    assert first == press(drawn, pdfx="x-4")
    assert first != press(drawn, pdfx="x-4", created_at=CREATED_AT + timedelta(seconds=1))
    assert first != press(drawn, pdfx="x-4", palette=Palette())


def test_several_cards_may_be_in_one_document(blank, press, reading):
    with pikepdf.open(io.BytesIO(blank(A6))) as one:
        one.pages.extend(one.pages)
        out = io.BytesIO()
        one.save(out)

    assert 4 == len(reading(press(out.getvalue(), format=A6)).pdf.pages)


def test_a_card_of_another_size_is_refused(blank, press):
    with pytest.raises(
        PrintError, match=r"page 1 is 315 × 437 pt, and a5 with its bleed is 437 × 612"
    ):
        press(blank(A6), format=get_format("a5"))


def test_half_a_card_is_refused(typeset, press):
    page = typeset("#set page(width: 85mm, height: 55mm, bleed: 3mm)\nfront")

    with pytest.raises(PrintError, match="a card has 2 pages, and this document has 1"):
        press(page)


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"profile": get_profile("thermal")}, "thermal is for label printers"),
        ({"profile": get_profile("digital_rgb"), "pdfx": "x-4"}, "cannot be printed as x-4"),
        ({"profile": get_profile("digital_rgb"), "marks": True}, "no plates to register"),
    ],
)
def test_wishes_that_do_not_fit_the_profile_are_refused(wishes, said, drawn, press):
    with pytest.raises(PrintError, match=said):
        press(drawn, **wishes)


def test_a_rendered_card_gets_a_press_file_and_keeps_its_pictures(samples, draw):
    card = draw(samples["en"])

    pressed = press_card(
        card,
        profile=get_profile("coated_gracol"),
        palette=Palette(),
        format=A6,
        created_at=CREATED_AT,
        pdfx="x-4",
    )

    assert card.front_png == pressed.front_png
    assert card.pdf.name == pressed.pdf.name
    assert b"%PDF-1.6" == pressed.pdf.data[:8]


@pytest.mark.parametrize("profile", ["digital_rgb", "coated_fogra39"])
def test_no_press_takes_a_card_of_another_size(samples, draw, press, profile):
    card = draw(samples["en"])
    with pytest.raises(PrintError, match="draw the card in that format"):
        press(
            card.pdf.data, format=get_format("a5"), palette=Palette(), profile=get_profile(profile)
        )
