"""Cards that were finished for a press stay what they are on a sheet and in a fold."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from datetime import UTC, datetime

import pikepdf
import pytest

from retention_sdk.inserts import render_card
from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.media import Imposition, fold, get_sheet, impose
from retention_sdk.inserts.press import finish_for_press
from retention_sdk.inserts.profiles import get_profile

CREATED_AT = datetime(2026, 11, 14, 9, tzinfo=UTC)
RGB_OPERATORS = {"rg", "RG"}


@pytest.fixture
def pressed(a_card):
    """Return a function that gives a card in a format, finished for coated paper."""

    def finish(pdfx: str, paper: str = "a6", tag: str = "en", **options: bool) -> bytes:
        card = a_card(tag)
        drawn = render_card(card, created_at=CREATED_AT, format=paper, preview=False)
        return finish_for_press(
            drawn.pdf.data,
            profile=get_profile("coated_fogra39"),
            palette=card.palette,
            format=get_format(paper),
            pdfx=pdfx,
            created_at=CREATED_AT,
            **options,
        )

    return finish


def operators(pdf: pikepdf.Pdf) -> set[str]:
    found = set()
    for page in pdf.pages:
        found |= {str(operator) for _, operator in pikepdf.parse_content_stream(page)}
        for form in page.obj.Resources.get("/XObject", {}).values():
            found |= {str(operator) for _, operator in pikepdf.parse_content_stream(form)}
    return found


@pytest.mark.parametrize(("pdfx", "version"), [("x-4", "1.6"), ("x-1a", "1.4")])
def test_sheet_of_pdfx_cards_names_the_same_condition(pdfx, version, pressed):
    card = pressed(pdfx)
    data = impose([card, pressed(pdfx, tag="fa")], get_sheet("sra3"), names=["#1", "#2"])
    with (
        pikepdf.open(io.BytesIO(card)) as before,
        pikepdf.open(io.BytesIO(data)) as after,
    ):
        (was,), (intent,) = before.Root.OutputIntents, after.Root.OutputIntents

        assert "FOGRA39" == str(intent.OutputConditionIdentifier)
        assert was.DestOutputProfile.read_bytes() == intent.DestOutputProfile.read_bytes()
        assert version == after.pdf_version == before.pdf_version
        for key in ("/GTS_PDFXVersion", "/GTS_PDFXConformance", "/Trapped"):
            assert before.docinfo.get(key) == after.docinfo.get(key)
        assert not operators(after) & RGB_OPERATORS
        marks = after.pages[0].obj.Resources.ColorSpace.Marks
        assert "/DeviceCMYK" == str(marks[2])
    assert (b"/ObjStm" in data) == (pdfx == "x-4")


@pytest.mark.parametrize("pdfx", ["x-4", "x-1a"])
def test_other_readers_find_nothing_wrong(pdfx, pressed, tmp_path):
    if shutil.which("qpdf") is None or shutil.which("pdfinfo") is None:
        pytest.fail("qpdf and poppler-utils read these files a second time: apt install both")
    card, sheet = tmp_path / "card.pdf", tmp_path / "sheet.pdf"
    card.write_bytes(pressed(pdfx))
    sheet.write_bytes(impose([card.read_bytes()] * 3, get_sheet("sra3")))
    checked = run("qpdf", "--check", str(sheet))
    kinds = [re.findall(r"PDF subtype:.*", run("pdfinfo", str(file))) for file in (card, sheet)]

    assert "No syntax or stream encoding errors found" in checked
    assert kinds[0] == kinds[1]
    assert f"PDF/X-{pdfx.removeprefix('x-')}" in kinds[1][0]


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_marks_of_a_card_are_left_behind_on_a_sheet(pressed, raster):
    bare = impose(pressed("x-4"), get_sheet("a4"), Imposition(has_marks=False))
    marked = impose(pressed("x-4", marks=True), get_sheet("a4"), Imposition(has_marks=False))

    assert raster(bare, 0, dpi=60).tobytes() == raster(marked, 0, dpi=60).tobytes()


def test_folded_card_is_finished_first_and_folded_then(pressed):
    spreads = fold(pressed("x-1a", "a6-folded"), get_format("a6-folded"))
    with pikepdf.open(io.BytesIO(spreads)) as pdf:
        assert 2 == len(pdf.pages)
        assert "1.4" == pdf.pdf_version
        assert "FOGRA39" == str(pdf.Root.OutputIntents[0].OutputConditionIdentifier)
        assert not operators(pdf) & RGB_OPERATORS
