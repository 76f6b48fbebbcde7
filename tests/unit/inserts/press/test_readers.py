"""Other programs read what we wrote: qpdf, poppler, and Ghostscript, which makes plates."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat

from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.press.icc import colours_for, profile_data
from retention_sdk.inserts.profiles import get_profile
from retention_sdk.model import Palette

A6 = get_format("a6")
FOGRA39 = get_profile("coated_fogra39")
DPI = 72
# Plates have hard edges: they are made finer than needed, and averaged.
FINER = 4
# Mean difference of a channel, of 255.
DIFFERENCE_MAX = 5.0


@pytest.fixture(scope="module")
def cards(samples, draw, press):
    """Finished sample cards by language and standard, with their RGB originals."""
    made = {}
    for tag in ("en", "fa", "ja"):
        original = draw(samples[tag]).pdf.data
        for pdfx in ("x-4", "x-1a"):
            made[tag, pdfx] = (
                press(original, format=A6, palette=Palette(), pdfx=pdfx),
                original,
            )
    return made


def said_by(*command):
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("pdfx", ["x-4", "x-1a"])
def test_qpdf_finds_no_error(pdfx, drawn, press, tool, tmp_path):
    qpdf = tool("qpdf", "qpdf")
    for number, data in enumerate((press(drawn, pdfx=pdfx, marks=True), press(drawn, pdfx=pdfx))):
        file = tmp_path / f"{number}.pdf"
        file.write_bytes(data)

        code, said = said_by(qpdf, "--check", file)

        assert 0 == code, said
        assert "No syntax or stream encoding errors" in said


@pytest.mark.parametrize(
    ("pdfx", "label"), [("x-4", ("PDF/X-4", "1.6")), ("x-1a", ("PDF/X-1a:2003", "1.4"))]
)
def test_poppler_reads_boxes_label_and_faces(pdfx, label, cards, tool, tmp_path):
    file = tmp_path / "card.pdf"
    file.write_bytes(cards["ja", pdfx][0])

    _, information = said_by(tool("pdfinfo", "poppler-utils"), "-box", file)
    _, faces = said_by(tool("pdffonts", "poppler-utils"), file)

    lines = dict(line.split(":", 1) for line in information.splitlines() if ":" in line)
    lines = {key.strip(): value.strip() for key, value in lines.items()}
    assert label == (lines["PDF subtype"], lines["PDF version"])
    assert ["8.50", "8.50", "306.14", "428.03"] == lines["TrimBox"].split()
    assert ["0.00", "0.00", "314.65", "436.54"] == lines["BleedBox"].split()
    assert ("no", "no", "none") == (lines["Tagged"], lines["JavaScript"], lines["Form"])
    rows = [line.split() for line in faces.splitlines()[2:]]
    assert rows
    assert {("yes", "yes", "yes")} == {tuple(row[-5:-2]) for row in rows}


@pytest.fixture(scope="module")
def plates(tool, tmp_path_factory):
    """Return a function that separates a page into CMYK, or into one plate for each ink."""

    def separated(data: bytes, device: str = "tiff32nc", dpi: int = DPI) -> dict[str, Image.Image]:
        folder = tmp_path_factory.mktemp("plates")
        (folder / "card.pdf").write_bytes(data)
        code, said = said_by(
            tool("gs", "ghostscript"), "-q", "-dBATCH", "-dNOPAUSE", "-dSAFER",
            f"-sDEVICE={device}", f"-r{dpi}", "-dOverprint=/enable",
            f"-sOutputFile={folder}/page%d.tif", folder / "card.pdf",
        )  # fmt: skip
        assert 0 == code, said
        return {path.stem: _loaded(path) for path in sorted(Path(folder).glob("*.tif"))}

    return separated


def _loaded(path):
    with Image.open(path) as image:
        return image.copy()


def seen(plate):
    """Return how a CMYK page looks on paper."""
    transform = ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(profile_data(FOGRA39))),
        ImageCms.createProfile("sRGB"),
        "CMYK",
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    return ImageCms.applyTransform(plate, transform)


@pytest.mark.parametrize("code", ["fbf7ef", "7a2e2e", "c98b3c", "fff5f5", "2f6f4f", "f0f0e8"])
def test_flat_colours_look_as_the_brand_chose_them(code):
    """These are colours that ink on paper can show; each channel of 255 is met within three."""
    red, green, blue = bytes.fromhex(code)
    mix = colours_for(FOGRA39).mix((red, green, blue))

    plate = Image.new("CMYK", (1, 1), tuple(round(value * 255) for value in mix))
    assert (red, green, blue) == pytest.approx(seen(plate).getpixel((0, 0)), abs=3)


def on_screen(pdf, page):
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[page].render(scale=DPI / 72).to_pil().convert("RGB")
    finally:
        document.close()


@pytest.mark.parametrize(("tag", "pdfx"), [("en", "x-4"), ("fa", "x-1a"), ("ja", "x-4")])
def test_the_printed_card_looks_like_the_one_on_screen(tag, pdfx, cards, plates):
    finished, original = cards[tag, pdfx]
    pages = plates(finished, dpi=DPI * FINER)

    for number in (0, 1):
        printed = seen(pages[f"page{number + 1}"]).reduce(FINER)
        wanted = on_screen(original, number)
        size = tuple(min(pair) for pair in zip(printed.size, wanted.size, strict=True))
        difference = ImageChops.difference(printed.crop((0, 0, *size)), wanted.crop((0, 0, *size)))
        assert max(ImageStat.Stat(difference).mean) < DIFFERENCE_MAX


def test_ink_stays_below_the_limit_and_reaches_the_edge_of_the_bleed(cards, plates):
    back = plates(cards["en", "x-1a"][0])["page2"]
    width, height = back.size

    most = max(sum(mix) for mix in back.convert("CMYK").get_flattened_data())
    assert most <= 300 * 2.55
    bottom = {back.getpixel((x, height - 2)) for x in range(1, width - 1)}
    assert 1 == len(bottom)
    assert sum(bottom.pop()) > 255


def test_every_ink_has_its_plate_and_the_spot_ink_too(drawn, press, plates):
    made = plates(press(drawn, pdfx="x-4"), "tiffsep")

    names = {name for name in made if name.startswith("page1(")}
    assert {
        "page1(Cyan)", "page1(Magenta)", "page1(Yellow)", "page1(Black)", "page1(PANTONE 1807 C)",
    } == names  # fmt: skip
    # The square of the brand's colour is solid on the spot plate, and empty on the others.
    place = tuple(round((mm + 3) / 25.4 * DPI) for mm in (70, 40))
    tones = {name: made[name].convert("L").getpixel(place) for name in names}
    assert 0 == tones.pop("page1(PANTONE 1807 C)")
    assert {255} == set(tones.values())
    tint = tuple(round((mm + 3) / 25.4 * DPI) for mm in (10, 49))
    assert 127 == pytest.approx(made["page1(PANTONE 1807 C)"].convert("L").getpixel(tint), abs=3)


@pytest.fixture(scope="module")
def black_on_colour(typeset):
    return typeset(
        "#set page(width: 85mm, height: 55mm, margin: 0mm, bleed: 3mm)\n"
        '#rect(width: 85mm, height: 55mm, fill: rgb("#7a2e2e"))\n'
        "#place(top, dx: 5mm, dy: 5mm, text(size: 13pt, weight: 700, fill: black)[████])\n"
        "#pagebreak()\nback"
    )


def test_black_text_is_on_one_plate_and_over_the_colour_below(black_on_colour, press, plates):
    made = plates(press(black_on_colour, palette=Palette(), pdfx="x-1a"))["page1"]

    ground = made.getpixel((round(60 / 25.4 * DPI), round(40 / 25.4 * DPI)))
    darkest = max(made.get_flattened_data(), key=lambda mix: mix[3])
    assert (255, ground[:3]) == (darkest[3], darkest[:3])


def test_black_text_is_over_a_spot_ink_too(black_on_colour, press, plates):
    made = plates(press(black_on_colour, pdfx="x-1a"), "tiffsep")

    black, spot = (
        list(made[f"page1({name})"].convert("L").get_flattened_data())
        for name in ("Black", "PANTONE 1807 C")
    )
    letters = [at for at, tone in enumerate(black) if tone == 0]
    assert 100 < len(letters)
    assert {0} == {spot[at] for at in letters}


def tones(page, *places_mm):
    """Return the ink at places of a business card, from 0 to 4."""
    return [
        sum(page.getpixel(tuple(round((mm + 3) / 25.4 * DPI) for mm in place))) / 255
        for place in places_mm
    ]


def test_a_fading_gradient_fades_on_paper_too(see_through, press, plates):
    page = plates(press(see_through["a fading gradient"], pdfx="x-4"))["page1"]

    left, middle, right = tones(page, (23, 49), (31, 49), (39, 49))
    assert left > middle > right > 0


@pytest.mark.parametrize("pdfx", ["x-4", "x-1a"])
def test_nothing_is_printed_where_a_picture_is_transparent(pdfx, see_through, press, plates):
    page = plates(press(see_through["a soft mask"], pdfx=pdfx))["page1"]

    nothing, half, full = tones(page, (24, 49), (29, 49), (39, 49))
    assert 0 == nothing
    assert 0 < half < full


def test_marks_are_on_every_plate(blank, press, plates):
    made = plates(press(blank(A6), format=A6, palette=Palette(), marks=True), "tiffsep")

    tops = {
        name: plate.convert("L").crop((0, 0, plate.width, 20)).getextrema()[0]
        for name, plate in made.items()
        if name.startswith("page1(")
    }
    assert 4 == len(tops)
    assert max(tops.values()) < 128
