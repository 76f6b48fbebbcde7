"""Documents for the press: the sample card, and one with everything a designer can draw."""

from __future__ import annotations

import io
import os
import shutil
from datetime import UTC, datetime
from types import SimpleNamespace

import pikepdf
import pytest
import typst
from pikepdf import Dictionary
from PIL import Image

from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.press import finish_for_press
from retention_sdk.inserts.profiles import get_profile
from retention_sdk.model import Palette

CREATED_AT = datetime(2026, 11, 14, 9, tzinfo=UTC)
BRAND = Palette.model_validate(
    {"inks": {"#7a2e2e": {"cmyk": (20, 95, 75, 30), "spot": "PANTONE 1807 C"}}}
)

WIDE, HIGH = 91 * 72 / 25.4, 61 * 72 / 25.4

DRAWN = """
#set page(width: 85mm, height: 55mm, margin: 0mm, bleed: 3mm, fill: white)
#let at(x, y, it) = place(top + left, dx: x * 1mm, dy: y * 1mm, it)
#let r(paint) = rect(width: 18mm, height: 8mm, fill: paint)
#at(2, 2, r(gradient.linear(red, blue)))
#at(22, 2, r(gradient.radial(yellow, green)))
#at(42, 2, r(gradient.linear(rgb("#7a2e2e"), rgb("#c98b3c"))))
#at(62, 2, r(tiling(size: (3mm, 3mm), circle(radius: 1mm, fill: green))))
#at(2, 12, image("/rgb.png", width: 18mm))
#at(22, 12, image("/grey.png", width: 18mm))
#at(42, 12, image("/rgb.jpg", width: 18mm))
#at(62, 12, image("/few.png", width: 18mm))
#at(2, 24, r(luma(50%)))
#at(22, 24, r(rgb("#1b1a19")))
#at(42, 24, r(gradient.linear(black, white)))
#at(62, 24, r(cmyk(10%, 20%, 30%, 40%)))
#at(2, 36, text(size: 8pt, fill: rgb("#2a2521"))[small])
#at(22, 36, text(size: 20pt, fill: rgb("#2a2521"))[Large])
#at(42, 36, text(size: 8pt, fill: white)[reversed])
#at(62, 36, r(rgb("#7a2e2e")))
#at(2, 45, r(rgb("#bd9797")))
"""
SEE_THROUGH = {
    "a soft mask": '#at(22, 45, image("/alpha.png", width: 18mm))',
    "an opacity": "#at(22, 45, r(red.transparentize(50%)))",
    "a fading gradient": "#at(22, 45, r(gradient.linear(red, blue.transparentize(90%))))",
}
BACK = '\n#pagebreak()\n#rect(width: 100%, height: 100%, fill: rgb("#7a2e2e"))\n'


def _picture(mode, colour_at, *, as_jpeg=False):
    image = Image.new(mode, (60, 30))
    image.putdata([colour_at(x, y) for y in range(30) for x in range(60)])
    return _coded(image, "JPEG" if as_jpeg else "PNG")


def _coded(image, kind):
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """A folder with pictures of every kind that a card may show."""
    folder = tmp_path_factory.mktemp("pictures")
    colours = lambda x, y: (x * 4, y * 8, 128)  # noqa: E731 - the shape that Pillow asks for
    rgb = _picture("RGB", colours)
    few = Image.open(io.BytesIO(rgb)).quantize(16)
    (folder / "rgb.png").write_bytes(rgb)
    (folder / "rgb.jpg").write_bytes(_picture("RGB", colours, as_jpeg=True))
    (folder / "grey.png").write_bytes(_picture("L", lambda x, _: x * 4))
    (folder / "few.png").write_bytes(_coded(few, "PNG"))
    (folder / "alpha.png").write_bytes(
        _picture("RGBA", lambda x, _: (200, 30, 30, min(255, x * 5)) if x > 20 else (0, 0, 0, 0))
    )
    return folder


@pytest.fixture(scope="session")
def typeset(pictures):
    """Return a function that sets Typst source into a PDF with bleed."""

    def compiled(source: str) -> bytes:
        return typst.compile(source.encode(), root=str(pictures), timestamp=1)

    return compiled


@pytest.fixture(scope="session")
def drawn(typeset):
    """A business card with opaque gradients, pictures, patterns, greys, and text."""
    return typeset(DRAWN + BACK)


@pytest.fixture(scope="session")
def see_through(typeset):
    """The same with something transparent, by its name."""
    return {name: typeset(DRAWN + source + BACK) for name, source in SEE_THROUGH.items()}


@pytest.fixture(scope="session")
def blank(typeset):
    """Return a function that gives an empty card of a format, with colour to the bleed."""

    def pages(size) -> bytes:
        start = (
            f"#set page(width: {size.width_mm}mm, height: {size.height_mm}mm, "
            f'bleed: {size.bleed_mm}mm, fill: rgb("#7a2e2e"))\n'
        )
        return typeset(start + "#pagebreak()\n" * (size.pages - 1) + "#v(1mm)")

    return pages


@pytest.fixture(scope="session")
def press():
    """Return a function that finishes a PDF; a business card with the brand's inks by default."""

    def finished(pdf: bytes, **wishes) -> bytes:
        given = {
            "profile": get_profile("coated_fogra39"),
            "palette": BRAND,
            "format": get_format("card-eu"),
            "created_at": CREATED_AT,
            "title": "Thank you",
        }
        return finish_for_press(pdf, **(given | wishes))

    return finished


@pytest.fixture
def reading():
    """Return a function that opens a finished file: its operators, and every name in it."""
    documents = []

    def read(pdf: bytes) -> SimpleNamespace:
        document = pikepdf.open(io.BytesIO(pdf))
        documents.append(document)
        return SimpleNamespace(
            pdf=document,
            painted=[
                (str(each.operator), list(each.operands))
                for stream in _streams(document)
                for each in pikepdf.parse_content_stream(stream)
            ],
            names=_names(document),
        )

    yield read
    for document in documents:
        document.close()


def _streams(document):
    """Yield pages, forms and tiling patterns, but nothing inside soft masks."""
    masks = {
        item.G.objgen
        for item in document.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == pikepdf.Name.Luminosity
    }
    yield from (page.obj for page in document.pages)
    for item in document.objects:
        is_painted = isinstance(item, pikepdf.Stream) and (
            item.get("/Subtype") == pikepdf.Name.Form or item.get("/PatternType") == 1
        )
        if is_painted and item.objgen not in masks:
            yield item


def _names(document):
    """Return the names of colour spaces that occur anywhere in a document."""
    found = set()
    known = {"/DeviceRGB", "/CalRGB", "/CalGray", "/ICCBased", "/Lab", "/DeviceCMYK", "/Separation"}

    def look(item):
        if isinstance(item, pikepdf.Name):
            found.update({str(item)} & known)
        elif isinstance(item, pikepdf.Array):
            for part in item.as_list():
                look(part)
        elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            for key in list(item.keys()):
                value = item[key]
                if not getattr(value, "is_indirect", False):
                    look(value)

    for item in document.objects:
        look(item)
    return found


@pytest.fixture(scope="session")
def tool():
    """Return a function that finds a program, or says why a test cannot run without it."""

    def found(name: str, package: str) -> str:
        path = shutil.which(name)
        if path is None and os.environ.get("CI") == "true":
            pytest.fail(f"{name} is missing: apt-get install {package}")
        if path is None:
            pytest.skip(f"{name} is missing: apt-get install {package}")
        return path

    return found


@pytest.fixture
def drawing():
    """Return a function that makes a card whose front is drawn by hand."""

    def made(content: bytes, build=None) -> bytes:
        with pikepdf.new() as pdf:
            for _ in range(2):
                page = pdf.add_blank_page(page_size=(WIDE, HIGH)).obj
                page.Contents = pdf.make_stream(b"0 g 0 0 9 9 re f")
                page.Resources = Dictionary()
            front = pdf.pages[0].obj
            front.Contents = pdf.make_stream(content)
            if build:
                front.Resources = build(pdf)
            out = io.BytesIO()
            pdf.save(out)
            return out.getvalue()

    return made


@pytest.fixture
def front(drawing, press, reading):
    """Return a function that gives the operators of a finished front, written as text."""

    def finished(content: bytes, build=None, **wishes) -> str:
        page = reading(press(drawing(content, build), **wishes)).pdf.pages[0]
        return pikepdf.unparse_content_stream(pikepdf.parse_content_stream(page)).decode("latin-1")

    return finished


@pytest.fixture
def pixels(drawing, press, reading):
    """Return a function that gives the finished pixels of a picture, with its colour space."""

    def finished(build, **wishes):
        image = reading(press(drawing(b"/P Do", build), **wishes)).pdf.pages[0].Resources.XObject.P
        return image.ColorSpace, image.read_bytes()

    return finished
