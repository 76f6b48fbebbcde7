"""Pictures in drawings that somebody else made become inks."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Name, Stream
from PIL import Image

from retention_sdk.errors import PrintError
from tests.unit.inserts.press.foreign import WHITE_POINT, icc, picture


def test_pictures_become_cmyk(pixels):
    space, data = pixels(picture("RGB", (2, 1), b"\xff\xff\xff\xff\0\0"))

    assert Name.DeviceCMYK == space
    assert bytes(4) == data[:4]
    assert (True, True) == (data[5] > 200, data[4] < 60)


def test_pictures_of_sixteen_bits_lose_what_no_press_can_print(pixels):
    eight = pixels(picture("RGB", (1, 1), b"\x80\x40\x20"))
    sixteen = pixels(picture("RGB", (1, 1), b"\x80\x12\x40\x34\x20\x56", BitsPerComponent=16))

    assert eight == sixteen


def test_grey_pictures_stay_and_print_with_black(pixels):
    assert (Name.DeviceGray, b"\0\x80\xff") == pixels(picture("L", (3, 1), b"\0\x80\xff"))


def test_a_cmyk_picture_keeps_its_numbers_below_the_limit(pixels):
    space, data = pixels(picture("CMYK", (2, 1), bytes([10, 20, 30, 40]) + b"\xff" * 4))

    assert Name.DeviceCMYK == space
    assert bytes([10, 20, 30, 40]) == data[:4]
    assert (255, True) == (data[7], sum(data[4:]) <= 3 * 255)


def test_a_jpeg_in_cmyk_is_read_as_its_decode_array_says(pixels):
    out = io.BytesIO()
    Image.new("CMYK", (8, 8), (255, 255, 255, 255)).save(out, "JPEG", quality=100)
    build = picture("CMYK", (8, 8), out.getvalue(), Filter=Name.DCTDecode, Decode=[1, 0] * 4)

    _, data = pixels(build)

    assert 8 * 8 * 4 == len(data)
    assert (255, True) == (data[3], sum(data[:4]) <= 3 * 255)


def test_the_list_of_an_indexed_picture_is_separated(pixels):
    table = pikepdf.String(b"\xff\xff\xff\0\0\0")
    indexed = Array([Name.Indexed, Name.DeviceRGB, 1, table])

    space, data = pixels(picture("RGB", (2, 1), b"\0\1", ColorSpace=indexed))

    assert b"\0\1" == data
    assert (Name.DeviceCMYK, bytes(7) + b"\xff") == (space[1], bytes(space[3]))


def test_a_picture_between_operators_is_separated_too(drawing, press, reading):
    content = b"q 9 0 0 9 0 0 cm BI /W 1 /H 1 /CS /RGB /BPC 8 ID \xff\0\0 EI Q"

    page = reading(press(drawing(content))).pdf.pages[0]

    (image,) = [page.Resources.XObject[key] for key in page.Resources.XObject]
    assert Name.DeviceCMYK == image.ColorSpace
    assert ["cm", "Do"] == [
        str(each.operator)
        for each in pikepdf.parse_content_stream(page)
        if str(each.operator) in {"cm", "Do", "INLINE IMAGE"}
    ]


def test_a_stencil_between_operators_stays(front):
    written = front(b"1 0 0 rg BI /W 8 /H 1 /IM true /BPC 1 ID \xaa EI")

    assert "BI" in written


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"Mask": [0, 0, 0, 0, 0, 0]}, "leaves out one of its colours"),
        ({"BitsPerComponent": 4}, "4 bits a colour"),
        ({"Width": 100_000, "Height": 100_000}, "larger than any press can show"),
    ],
)
def test_odd_pictures_are_refused(more, said, drawing, press):
    with pytest.raises(PrintError, match=said):
        press(drawing(b"/P Do", picture("RGB", (2, 1), bytes(6), **more)))


def test_a_picture_that_is_none_is_refused(drawing, press):
    build = picture("RGB", (2, 1), b"no jpeg", Filter=Name.DCTDecode)

    with pytest.raises(PrintError, match="a picture cannot be read"):
        press(drawing(b"/P Do", build))


def test_a_soft_mask_of_pixels_stays_in_x4(drawing, press, reading):
    def build(pdf):
        mask = Stream(pdf, b"\x80", Type=Name.XObject, Subtype=Name.Image, Width=1, Height=1,
                      BitsPerComponent=8, ColorSpace=icc(pdf, 1))  # fmt: skip
        return picture("RGB", (1, 1), b"\xff\0\0", SMask=pdf.make_indirect(mask))(pdf)

    image = reading(press(drawing(b"/P Do", build), pdfx="x-4")).pdf.pages[0].Resources.XObject.P

    assert (Name.DeviceGray, b"\x80") == (image.SMask.ColorSpace, image.SMask.read_bytes())


def test_calibrated_grey_pictures_keep_their_look(pixels):
    def build(pdf):
        return picture("L", (3, 1), b"\0\x80\xff", ColorSpace=icc(pdf, 1))(pdf)

    space, data = pixels(build)

    assert (Name.DeviceGray, 0, 255) == (space, data[0], data[2])
    assert 0x50 < data[1] < 0xA0
    assert 0x80 != data[1]


def test_tones_that_are_turned_around_are_read_so(pixels):
    plain = pixels(picture("RGB", (1, 1), b"\xff\0\0"))
    turned = pixels(picture("RGB", (1, 1), b"\0\xff\xff", Decode=[1, 0] * 3))

    assert plain == turned


def test_jpeg_2000_is_decoded_because_pdf_14_does_not_know_it(pixels):
    out = io.BytesIO()
    Image.new("RGB", (16, 16), "white").save(out, "JPEG2000")

    space, data = pixels(
        picture("RGB", (16, 16), out.getvalue(), Filter=Name.JPXDecode), pdfx="x-1a"
    )

    assert (Name.DeviceCMYK, bytes(16 * 16 * 4)) == (space, data)


def test_grey_of_sixteen_bits_becomes_eight(pixels):
    assert (Name.DeviceGray, b"\x80") == pixels(
        picture("L", (1, 1), b"\x80\x12", BitsPerComponent=16), pdfx="x-1a"
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"ColorSpace": Array([Name.Lab, WHITE_POINT])}, r"stored in L\*a\*b\*"),
        ({"Filter": Name.JBIG2Decode}, "coded as JBIG2"),
    ],
)
def test_pictures_that_pdf_14_cannot_hold_are_refused(more, said, drawing, press):
    with pytest.raises(PrintError, match=said):
        press(drawing(b"/P Do", picture("RGB", (1, 1), bytes(3), **more)), pdfx="x-1a")
