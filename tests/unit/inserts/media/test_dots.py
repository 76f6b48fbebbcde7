"""One-bit pictures: whole dots, letters that stay letters, tones that neither blot nor vanish."""

from __future__ import annotations

import io

import pikepdf
import pytest
import zxingcpp
from PIL import Image, ImageChops

from retention_sdk.errors import PrintError
from retention_sdk.inserts.media.codes import redraw_code
from retention_sdk.inserts.media.dots import Dots, read_dots
from retention_sdk.inserts.media.thermal import black_on_white

PT = 72 / 25.4


def black(page: Dots, box: tuple[int, int, int, int]) -> float:
    """Return the share of black dots in a box."""
    shades = page.to_image().crop(box).convert("L").histogram()
    return shades[0] / sum(shades)


@pytest.fixture
def page_of():
    """Return a function that makes a PDF of 50 × 50 mm from PDF operators, in millimetres."""

    def make(operators: str, picture: Image.Image | None = None) -> bytes:
        with pikepdf.new() as pdf:
            page = pdf.add_blank_page(page_size=(50 * PT, 50 * PT))
            page.obj.Contents = pdf.make_stream(f"{PT} 0 0 {PT} 0 0 cm {operators}".encode())
            if picture:
                image = pdf.make_stream(picture.tobytes())
                image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
                image.Width, image.Height = picture.size
                image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceGray, 8
                page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=image))
            out = io.BytesIO()
            pdf.save(out)
            return out.getvalue()

    return make


@pytest.mark.parametrize(("dpi", "side"), [(203, 400), (300, 591)])
def test_page_is_whole_dots_of_its_trimmed_size(dpi, side, page_of):
    (page,) = read_dots(page_of(""), dpi=dpi)
    picture = Image.open(io.BytesIO(page.to_png()))

    assert (side, side) == (page.width, page.height) == picture.size
    assert "1" == picture.mode
    assert dpi == pytest.approx(picture.info["dpi"][0], abs=0.1)
    assert page.row_bytes * side == len(page.data)
    assert 0 == black(page, (0, 0, side, side))


def test_bleed_is_cut_off(pdf_of):
    (page,) = read_dots(pdf_of(["F0"]), dpi=203)

    assert (839, 1183) == (page.width, page.height)


def test_hairline_is_kept_and_a_thin_tinted_line_is_drawn_solid(page_of):
    (page,) = read_dots(page_of("0.1 w 5 25 m 45 25 l S 0.5 G 0.4 w 5 35 m 45 35 l S"), dpi=203)

    assert black(page, (50, 180, 350, 220)) >= 1 / 40
    rows = [black(page, (50, y, 350, y + 1)) for y in range(100, 140)]
    assert rows.count(1) in {3, 4}
    assert {0, 1} == set(rows)


def test_wide_tone_is_dithered_and_text_in_it_stays_black(page_of):
    (page,) = read_dots(page_of("0.75 g 0 0 50 50 re f 0 g 20 20 10 1 re f"), dpi=203)

    assert 0.25 == pytest.approx(black(page, (20, 20, 380, 120)), abs=0.03)
    assert 1 == black(page, (162, 234, 238, 238))


def test_photograph_is_dithered_in_its_shadows_too(page_of):
    photograph = Image.new("L", (100, 100), 90)
    (page,) = read_dots(page_of("q 40 0 0 40 5 5 cm /I Do Q", photograph), dpi=203)

    assert 1 - 90 / 255 == pytest.approx(black(page, (60, 60, 340, 340)), abs=0.03)
    assert 0 == black(page, (0, 0, 400, 36))


def test_paper_is_white_although_the_brand_prints_on_cream(a_card, draw):
    card = a_card("en")
    front, back = read_dots(draw(black_on_white(card)).pdf.data, dpi=203)

    for page in (front, back):
        assert black(page, (0, 0, 839, 20)) == 0
        assert 0.01 < black(page, (0, 0, 839, 1183)) < 0.1


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("tag", ["en", "fa", "hy", "ja"])
def test_code_has_modules_of_whole_dots_and_is_read(tag, dpi, a_card, draw):
    card = a_card(tag)
    pages = read_dots(draw(black_on_white(card)).pdf.data, dpi=dpi)
    pages = redraw_code(pages, card.code.url)
    picture = pages[1].to_image().convert("L")
    (found,) = zxingcpp.read_barcodes(picture)
    (coarse,) = zxingcpp.read_barcodes(picture.reduce(2))
    corner = found.position.top_left
    around = (corner.x - 4, corner.y - 4, corner.x + 60, corner.y + 60)
    inner = ImageChops.invert(picture.crop(around)).getbbox()
    left, top = around[0] + inner[0], around[1] + inner[1]
    # The frame of the upper left eye is seven modules wide, with white beside it.
    row = [picture.getpixel((x, top + 1)) for x in range(left, left + 80)]
    eye = row.index(255)

    assert card.code.url == found.text == coarse.text
    assert 0 == eye % 7
    assert eye / 7 / dpi * 25.4 >= 0.40
    modules = [picture.getpixel((left + eye // 7 * i + 1, top + 1)) for i in range(25)]
    widths = [picture.getpixel((left + eye // 7 * i + eye // 7 - 1, top + 1)) for i in range(25)]
    assert modules == widths


def test_code_that_does_not_show_is_refused(a_card, draw):
    pages = read_dots(draw(black_on_white(a_card("en"))).pdf.data, dpi=203)
    with pytest.raises(PrintError, match="code cannot be read"):
        redraw_code(pages, "https://other.example/t/ABCDEFGH")


def test_code_without_room_is_refused(a_card, draw):
    card = a_card("en")
    pages = read_dots(draw(black_on_white(card)).pdf.data, dpi=203)
    image = pages[1].to_image().convert("L")
    small = image.resize((image.width * 5 // 8, image.height * 5 // 8), Image.Resampling.NEAREST)
    dots = Dots(small.width, small.height, 127, small.convert("1").tobytes())
    with pytest.raises(PrintError, match="use a shorter link, a larger format, or 300 dpi"):
        redraw_code((dots,), card.code.url)


def test_what_is_no_pdf_is_refused():
    with pytest.raises(PrintError, match="not a readable PDF"):
        read_dots(b"%PDF-1.7 nothing", dpi=203)
