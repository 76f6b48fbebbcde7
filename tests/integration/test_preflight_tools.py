"""qpdf and poppler, which share no code with us, agree with the preflight."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageMath, ImageStat

from retention_sdk import Retention
from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.preflight import preflight
from retention_sdk.inserts.preflight.ink import DPI, measure_ink
from retention_sdk.inserts.preflight.job import Job, sheets_of
from retention_sdk.inserts.preflight.spaces import PROCESS_INKS
from retention_sdk.inserts.press import finish_for_press
from retention_sdk.inserts.profiles import PROFILES, get_profile
from retention_sdk.model import Palette
from retention_sdk.testing import an_order

POINTS_PER_MM = 72 / 25.4
CREATED_AT = datetime(2026, 11, 14, 9, tzinfo=UTC)
PALETTE = Palette()
CONDITIONS = (
    *product(("coated_fogra39", "coated_gracol", "uncoated"), ("x-1a", "x-4")),
    ("digital_rgb", None),
)
LABELS = {"x-1a": "PDF/X-1a:2003", "x-4": "PDF/X-4"}


def run(package: str, *command: str) -> tuple[int, str]:
    """Run a tool; without it the test is left out, except where everything has to be there."""
    if shutil.which(command[0]) is None:
        text = f"{command[0]} is missing: apt-get install {package}"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(text)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def drawn() -> bytes:
    with Retention.offline("Kiln & Leaf", sender="Mira Sand") as shop:
        return shop.print_card(an_order("38.90 EUR")).card.pdf.data


@pytest.fixture
def finished(drawn, tmp_path):
    """Return a function that writes a card for a printing condition."""

    def write(profile: str, pdfx: str | None, edit=None) -> Path:
        data = finish_for_press(
            drawn,
            profile=get_profile(profile),
            palette=PALETTE,
            format=get_format("a6"),
            created_at=CREATED_AT,
            pdfx=pdfx,
            title="card",
        )
        path = tmp_path / "card.pdf"
        path.write_bytes(data)
        if edit:
            with pikepdf.open(io.BytesIO(data)) as pdf:
                edit(pdf)
                pdf.save(path, static_id=True)
        return path

    return write


def codes(path: Path, profile: str) -> frozenset[str]:
    report = preflight(path.read_bytes(), profile=get_profile(profile), format=get_format("a6"))
    return frozenset(each.code for each in report.findings if each.severity == "error")


@pytest.mark.parametrize(("profile", "pdfx"), CONDITIONS)
def test_tools_find_nothing_wrong_with_a_card_that_passes(profile, pdfx, finished):
    path = finished(profile, pdfx)
    inner = [3 * POINTS_PER_MM, 3 * POINTS_PER_MM, 108 * POINTS_PER_MM, 151 * POINTS_PER_MM]

    code, said = run("qpdf", "qpdf", "--check", str(path))
    _, facts = run("poppler-utils", "pdfinfo", "-box", str(path))
    _, fonts = run("poppler-utils", "pdffonts", str(path))

    assert frozenset() == codes(path, profile)
    assert (0, True) == (code, "No syntax or stream encoding errors" in said)
    info = dict(line.split(":", 1) for line in facts.splitlines() if ":" in line)
    assert "2" == info["Pages"].strip()
    assert inner == pytest.approx([float(side) for side in info["TrimBox"].split()], abs=0.01)
    assert info["BleedBox"] == info["MediaBox"]
    assert ("no", "none", "no") == tuple(
        info[key].strip() for key in ("Encrypted", "Form", "JavaScript")
    )
    assert LABELS.get(pdfx, "") in info.get("PDF subtype", "")
    rows = [row.split() for row in fonts.splitlines()[2:]]
    assert rows
    assert {"yes"} == {row[-5] for row in rows}


def test_every_press_profile_is_among_those_tried():
    assert set(PROFILES) - {"thermal"} == {profile for profile, _ in CONDITIONS}


def test_both_see_a_font_that_is_not_embedded(finished):
    def strip(pdf):
        for each in pdf.objects:
            if isinstance(each, Dictionary) and each.get("/Type") == "/FontDescriptor":
                for key in ("/FontFile2", "/FontFile3"):
                    if key in each:
                        del each[key]

    path = finished("digital_rgb", None, strip)

    _, fonts = run("poppler-utils", "pdffonts", str(path))
    assert "no" in {row.split()[-5] for row in fonts.splitlines()[2:]}
    assert "font-embedded" in codes(path, "digital_rgb")


def test_both_see_a_script(finished):
    def act(pdf):
        script = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS="app.alert(1)"))
        tree = pdf.make_indirect(Dictionary(Names=Array(["a", script])))
        pdf.Root.Names = Dictionary(JavaScript=tree)

    path = finished("digital_rgb", None, act)

    _, facts = run("poppler-utils", "pdfinfo", str(path))
    assert "JavaScript:      yes" in facts
    assert {"file-javascript"} == codes(path, "digital_rgb")


def test_both_see_a_broken_cross_reference(finished):
    path = finished("digital_rgb", None)
    data = path.read_bytes()
    path.write_bytes(data[:-300] + data[-300:].replace(b"startxref", b"startxrxx"))

    code, _ = run("qpdf", "qpdf", "--check", str(path))
    assert 0 != code
    assert "file-damaged" in codes(path, "digital_rgb")


OVERLAPS = {
    "the card itself": "",
    "solid inks": "1 1 1 1 k 60 150 40 40 re f",
    "overprint": "1 1 0 0 k 60 150 40 40 re f /Over gs 0 0 1 0.3 k 70 160 40 40 re f",
    "overprinted lines": "1 0 0 0 k 60 150 40 40 re f /Over gs 0 0.8 0 1 K 9 w 60 170 m 120 170 l S",
    "knock-out": "1 1 0 0 k 60 150 40 40 re f 0 0 1 0.3 k 70 160 40 40 re f",
}


@pytest.mark.parametrize("overlap", OVERLAPS)
@pytest.mark.parametrize("profile", ["coated_fogra39", "uncoated"])
def test_ghostscript_measures_as_much_ink(profile, overlap, finished, tmp_path):
    """Overprinting included: 2 % of one ink is what rounding makes of four plates."""

    def draw(pdf):
        page = pdf.pages[0]
        states = page.obj.Resources.get("/ExtGState", Dictionary())
        states["/Over"] = Dictionary(OP=True, op=True, OPM=1)
        page.obj.Resources.ExtGState = states
        page.contents_add(f" q {OVERLAPS[overlap]} Q".encode())

    path = finished(profile, "x-1a", draw)
    pattern = str(tmp_path / "%d.tif")
    smooth = ("-dTextAlphaBits=4", "-dGraphicsAlphaBits=4", "-dOverprint=/simulate")
    quiet = ("-q", "-dBATCH", "-dNOPAUSE", "-dSAFER", "-sDEVICE=tiff32nc", f"-r{DPI}")
    code, said = run("ghostscript", "gs", *quiet, *smooth, "-o", pattern, str(path))

    assert 0 == code, said
    for page, total in enumerate(ours(path, profile), 1):
        theirs = summed(tmp_path / f"{page}.tif")
        assert theirs.size == total.size
        assert theirs.getextrema()[1] == pytest.approx(total.getextrema()[1], abs=0.02 * 255)
        assert ImageStat.Stat(theirs).mean[0] == pytest.approx(
            ImageStat.Stat(total).mean[0], abs=0.01 * 255
        )


def ours(path: Path, profile: str) -> list[Image.Image]:
    data = path.read_bytes()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        sheets = sheets_of(pdf, None)
        job = Job(data, pdf, get_profile(profile), get_format("a6"), "x-1a", sheets, len(sheets))
        return [picture.image for picture in measure_ink(job, PROCESS_INKS)]


def summed(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        plates = [plate.convert("I") for plate in opened.split()]
    return ImageMath.lambda_eval(
        lambda of: of["a"] + of["b"] + of["c"] + of["d"], **dict(zip("abcd", plates, strict=True))
    )
