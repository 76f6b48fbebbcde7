"""Drawings of others: logos from any program, in any colour space, and what is refused."""

from __future__ import annotations

import io
import os
import zlib
from random import Random

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image, ImageCms

from retention_sdk.errors import PrintError

DAMAGES = 2000 if os.environ.get("RETENTION_SOAK") else 25
WIDE, HIGH = 91 * 72 / 25.4, 61 * 72 / 25.4
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
RED_TO_BLUE = {"FunctionType": 2, "Domain": [0, 1], "C0": [1, 0, 0], "C1": [0, 0, 1], "N": 1}


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


def spaces(make):
    return lambda pdf: Dictionary(ColorSpace=Dictionary(S=make(pdf)))


def icc(pdf, count, data=SRGB):
    return Array([Name.ICCBased, Stream(pdf, data, N=count)])


WHITE_POINT = Dictionary(WhitePoint=[0.9642, 1, 0.8249])
HALF_OF = {"FunctionType": 2, "Domain": [0, 1], "C0": [1, 1, 1], "C1": [1, 0, 0], "N": 1}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"1 1 1 rg", "0 0 0 0 k"),
        (b"0 0 0 rg", "0 0 0 1 k"),
        (b"0 0 0 RG", "0 0 0 1 K"),
        (b"0.25 g", "0 0 0 0.75 k"),
        (b"1 G", "0 0 0 0 K"),
        (b"0.1 0.2 0.3 0.4 k", "0.1 0.2 0.3 0.4 k"),
        (b"1 1 1 1 K", "0.6667 0.6667 0.6667 1 K"),
        (b"/DeviceRGB cs 1 1 1 sc", "0 0 0 0 k"),
        (b"/DeviceGray CS 0.5 SC", "0 0 0 0.5 K"),
        (b"/DeviceRGB cs 1 0 0 sc /DeviceGray cs", "0 0 0 1 k"),
    ],
)  # fmt: skip
def test_device_colours_become_inks(content, expected, front):
    assert expected in front(content + b" 0 0 9 9 re f").splitlines()


@pytest.mark.parametrize(
    ("content", "width"),
    [
        (b"0 0 0 1 K 0.1 w 0 0 m 9 9 l S", 0.25),
        (b"0 0 0 1 K 0.3 w 0 0 m 9 9 l S", 0.3),
        (b"0 1 1 0 K 0.3 w 0 0 m 9 9 l S", 0.5),
        (b"1 1 1 RG 0.3 w 0 0 9 9 re s", 0.5),
        (b"0 1 1 0 K 0.6 w 0 0 m 9 9 l S", 0.6),
        (b"0.5 0 0 0.5 0 0 cm 0 1 1 0 K 0.8 w 0 0 m 9 9 l S", 1.0),
        (b"2 0 0 2 0 0 cm 0 1 1 0 K 0.3 w 0 0 m 9 9 l S", 0.3),
        (b"0 1 1 0 K 0.3 w 0 0 m 9 9 l S 0 0 0 1 K 0 0 m 9 9 l S", 0.3),
        (b"q 0 1 1 0 K 0.3 w 0 0 m 9 9 l S Q 0 0 0 1 K 0 0 m 9 9 l S", 0.5),
    ],
)
def test_lines_that_would_break_up_are_thickened(content, width, front):
    widths = [line.split()[0] for line in front(content).splitlines() if line.endswith(" w")]

    assert width == pytest.approx(float(widths[-1]))


def test_a_width_is_never_set_inside_a_path(front):
    """Between the beginning of a path and its painting a PDF has points only."""
    written = front(b"0 1 1 0 K 0.3 w 0 0 m 9 9 l 5 5 m 6 6 l S").splitlines()

    start = next(n for n, line in enumerate(written) if line.endswith(" m"))
    assert ["0 0 m", "9 9 l", "5 5 m", "6 6 l", "S"] == written[start:]


@pytest.mark.parametrize(
    ("make", "content", "expected"),
    [
        (lambda pdf: icc(pdf, 3), b"/S cs 1 1 1 scn", "0 0 0 0 k"),
        (lambda pdf: icc(pdf, 1), b"/S cs 0 scn", "0 0 0 1 k"),
        (lambda pdf: icc(pdf, 4), b"/S CS 0 0.5 1 0 SCN", "0 0.5 1 0 K"),
        (lambda _: Array([Name.CalRGB, WHITE_POINT]), b"/S cs 0 0 0 scn", "0 0 0 1 k"),
        (lambda _: Array([Name.CalGray, WHITE_POINT]), b"/S cs 1 scn", "0 0 0 0 k"),
        (lambda _: Array([Name.Lab, WHITE_POINT]), b"/S cs 100 0 0 scn", "0 0 0 0 k"),
        (
            lambda _: Array([Name.Indexed, Name.DeviceRGB, 1, pikepdf.String(b"\0\0\0\xff\xff\xff")]),
            b"/S cs 1 scn",
            "0 0 0 0 k",
        ),
        (lambda _: Array([Name.DeviceCMYK]), b"/S cs 0 0 0 0.3 scn", "0 0 0 0.3 k"),
    ],
    ids=["srgb", "grey", "cmyk", "calrgb", "calgray", "lab", "indexed", "array"],
)  # fmt: skip
def test_colours_of_named_spaces_become_inks(make, content, expected, front):
    assert expected in front(content + b" 0 0 9 9 re f", spaces(make)).splitlines()


def _adobe_like():
    """An RGB profile whose numbers mean other colours than those of sRGB."""
    data = bytearray(SRGB)
    table = {
        bytes(data[n : n + 4]): int.from_bytes(data[n + 4 : n + 8], "big")
        for n in range(132, 300, 12)
    }
    red, green = table[b"rXYZ"], table[b"gXYZ"]
    data[red : red + 20], data[green : green + 20] = data[green : green + 20], data[red : red + 20]
    return bytes(data)


def test_another_rgb_profile_is_heeded(front):
    same = front(b"1 0 0 rg 0 0 9 9 re f")
    other = front(b"/S cs 0 1 0 scn 0 0 9 9 re f", spaces(lambda pdf: icc(pdf, 3, _adobe_like())))

    assert [line for line in same.splitlines() if line.endswith(" k")] == [
        line for line in other.splitlines() if line.endswith(" k")
    ]


def test_a_spot_ink_of_the_logo_stays_on_its_plate(drawing, press, reading):
    def make(pdf):
        ramp = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=[0, 1, 0, 0], N=1)
        return Array([Name.Separation, Name("/HKS 13"), Name.DeviceCMYK, pdf.make_indirect(ramp)])

    read = reading(press(drawing(b"/S cs 0.5 scn 0 0 9 9 re f", spaces(make)), pdfx="x-1a"))

    assert ["/S", Name("/HKS 13")] == [
        "/S",
        read.pdf.pages[0].Resources.ColorSpace["/S"][1],
    ]
    assert ("scn", ["0.5"]) in [
        (name, [str(of) for of in operands]) for name, operands in read.painted
    ]


@pytest.mark.parametrize("alternate", [Name.DeviceRGB, Array([Name.Lab, WHITE_POINT])])
def test_what_stands_for_a_spot_ink_is_given_in_cmyk(alternate, drawing, press, reading):
    def make(pdf):
        return Array(
            [Name.Separation, Name.Gold, alternate, pdf.make_indirect(Dictionary(**HALF_OF))]
        )

    data = press(drawing(b"/S cs 1 scn 0 0 9 9 re f", spaces(make)))

    space = reading(data).pdf.pages[0].Resources.ColorSpace["/S"]
    assert (Name.Gold, Name.DeviceCMYK) == (space[1], space[2])
    samples = space[3].read_bytes()
    assert 65 * 4 == len(samples)
    assert bytes(4) == samples[:4] or alternate != Name.DeviceRGB


def test_a_mixture_of_spot_inks_without_cmyk_is_refused(drawing, press):
    def make(pdf):
        names = Array([Name.Gold, Name.Silver])
        return Array([Name.DeviceN, names, Name.DeviceRGB, Stream(pdf, b"{pop}", FunctionType=4)])

    with pytest.raises(PrintError, match="mixture of spot colours has no CMYK values"):
        press(drawing(b"/S cs 1 1 scn 0 0 9 9 re f", spaces(make)))


def test_a_colour_that_a_program_computes_is_refused(drawing, press):
    def make(pdf):
        program = Stream(pdf, b"{dup dup}", FunctionType=4, Domain=[0, 1], Range=[0, 1] * 3)
        return Array([Name.Separation, Name.Gold, Name.DeviceRGB, program])

    with pytest.raises(PrintError, match="computed by a program inside the drawing"):
        press(drawing(b"/S cs 1 scn 0 0 9 9 re f", spaces(make)))


def shading(**changes):
    def build(_):
        drawn = {
            "ShadingType": 2, "ColorSpace": Name.DeviceRGB, "Coords": [0, 0, 9, 9],
            "Function": Dictionary(**RED_TO_BLUE),
        }  # fmt: skip
        return Dictionary(Shading=Dictionary(G=Dictionary(**(drawn | changes))))

    return build


def test_a_gradient_becomes_a_table_of_mixtures(drawing, press, reading):
    found = reading(press(drawing(b"/G sh", shading(Background=[1, 1, 1])), pdfx="x-1a")).pdf

    gradient = found.pages[0].Resources.Shading.G
    assert Name.DeviceCMYK == gradient.ColorSpace
    assert [0, 0, 0, 0] == [float(value) for value in gradient.Background]
    samples = gradient.Function.read_bytes()
    assert 513 * 4 == len(samples)
    red, blue = samples[:4], samples[-4:]
    assert (True, True) == (red[1] > 200, red[0] < 60)
    assert (True, True) == (blue[0] > 200, blue[2] < 60)


def test_a_stitched_gradient_keeps_its_sharp_stop(drawing, press, reading):
    plain = {"FunctionType": 2, "Domain": [0, 1], "N": 1}
    parts = [
        Dictionary(**plain, C0=[1, 1, 1], C1=[1, 1, 1]),
        Dictionary(**plain, C0=[0, 0, 0], C1=[0, 0, 0]),
    ]
    stitched = Dictionary(
        FunctionType=3, Domain=[0, 1], Functions=parts, Bounds=[0.5], Encode=[0, 1] * 2
    )

    found = reading(press(drawing(b"/G sh", shading(Function=stitched)))).pdf

    samples = found.pages[0].Resources.Shading.G.Function.read_bytes()
    blacks = [samples[n] for n in range(3, len(samples), 4)]
    assert ([0] * 256, [255] * 257) == (blacks[:256], blacks[256:])


def test_three_functions_of_one_output_are_one_gradient(drawing, press, reading):
    def one(start, end):
        return Dictionary(FunctionType=2, Domain=[0, 1], C0=[start], C1=[end], N=1)

    whole = press(drawing(b"/G sh", shading()))
    split = press(drawing(b"/G sh", shading(Function=Array([one(1, 0), one(0, 0), one(0, 1)]))))

    first, second = (
        reading(data).pdf.pages[0].Resources.Shading.G.Function.read_bytes()
        for data in (whole, split)
    )
    assert first == second


def test_a_sampled_gradient_is_read(drawing, press, reading):
    def build(pdf):
        table = Stream(
            pdf, b"\xff\xff\xff\0\0\0",
            FunctionType=0, Domain=[0, 1], Range=[0, 1] * 3, Size=[2], BitsPerSample=8,
        )  # fmt: skip
        return shading(Function=pdf.make_indirect(table))(pdf)

    samples = reading(press(drawing(b"/G sh", build))).pdf.pages[0].Resources.Shading.G.Function
    blacks = samples.read_bytes()[3::4]
    assert (0, 255) == (blacks[0], blacks[-1])
    assert list(blacks) == sorted(blacks)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ShadingType": 4, "Function": None}, "mesh of colours"),
        ({"Function": Dictionary(FunctionType=4, Domain=[0, 1, 0, 1])}, "several variables"),
    ],
)
def test_meshes_and_functions_of_the_place_are_refused(changes, said, drawing, press):
    def build(pdf):
        resources = shading(**{k: v for k, v in changes.items() if v is not None})(pdf)
        if changes.get("Function", 1) is None:
            del resources.Shading.G["/Function"]
        return resources

    with pytest.raises(PrintError, match=said):
        press(drawing(b"/G sh", build))


def picture(mode, size, data, **more):
    kinds = {"RGB": Name.DeviceRGB, "L": Name.DeviceGray, "CMYK": Name.DeviceCMYK}

    def build(pdf):
        image = Stream(pdf, data)
        head = {
            "Width": size[0],
            "Height": size[1],
            "BitsPerComponent": 8,
            "ColorSpace": kinds[mode],
        }
        image.stream_dict = Dictionary(Type=Name.XObject, Subtype=Name.Image, **(head | more))
        return Dictionary(XObject=Dictionary(P=pdf.make_indirect(image)))

    return build


@pytest.fixture
def pixels(drawing, press, reading):
    """Return a function that gives the finished pixels of a picture, with its colour space."""

    def finished(build, **wishes):
        image = reading(press(drawing(b"/P Do", build), **wishes)).pdf.pages[0].Resources.XObject.P
        return image.ColorSpace, image.read_bytes()

    return finished


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


def form(content, **more):
    def build(pdf):
        stream = Stream(pdf, content)
        head = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": [0, 0, 9, 9]}
        stream.stream_dict = Dictionary(**(head | more))
        return Dictionary(XObject=Dictionary(F=pdf.make_indirect(stream)))

    return build


def test_forms_inside_forms_are_separated(drawing, press, reading):
    def build(pdf):
        inner = form(b"1 1 1 rg 0 0 9 9 re f")(pdf)
        return form(b"/F Do", Resources=inner)(pdf)

    read = reading(press(drawing(b"/F Do", build), pdfx="x-4"))

    assert ("k", ["0"] * 4) in [
        (name, [str(of) for of in operands]) for name, operands in read.painted
    ]
    assert set() == {name for name, _ in read.painted} & {"rg", "g"}


def test_resources_that_forms_share_are_separated_for_each(drawing, press, reading):
    def build(pdf):
        shared = pdf.make_indirect(Dictionary(ColorSpace=Dictionary(S=icc(pdf, 3))))
        paint = b"/S cs 1 1 1 scn 0 0 9 9 re f"
        one, two = (form(paint, Resources=shared)(pdf).XObject.F for _ in range(2))
        return Dictionary(XObject=Dictionary(F=one, G=two))

    read = reading(press(drawing(b"/F Do /G Do", build)))

    whites = [operands for name, operands in read.painted if name == "k" and set(operands) == {0}]
    assert 2 == len(whites)


def test_a_drawing_that_contains_itself_ends(drawing, press):
    def build(pdf):
        resources = form(b"/F Do")(pdf)
        resources.XObject.F.Resources = pdf.make_indirect(
            Dictionary(XObject=Dictionary(F=resources.XObject.F))
        )
        return resources

    assert press(drawing(b"/F Do", build)).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (form(b"", OC=Dictionary(Type=Name.OCG)), "has layers"),
        (lambda _: Dictionary(Font=Dictionary(F=Dictionary(Subtype=Name.Type3))), "Type 3"),
        (
            lambda _: Dictionary(
                Font=Dictionary(F=Dictionary(Subtype=Name.Type1, BaseFont=Name.Helvetica))
            ),
            "the face Helvetica is not in the file",
        ),
        (
            lambda _: Dictionary(ExtGState=Dictionary(G=Dictionary(BM=Name.Multiply))),
            "transparent in places",
        ),
    ],
)
def test_what_no_press_may_get_is_refused(build, said, drawing, press):
    with pytest.raises(PrintError, match=said):
        press(drawing(b"0 g", build), pdfx="x-1a")


def test_layers_between_operators_are_refused(drawing, press):
    with pytest.raises(PrintError, match="has layers"):
        press(drawing(b"/OC /L BDC 0 g EMC"))


def test_overprint_and_halftones_of_the_logo_are_taken_out(drawing, press, reading):
    def build(_):
        state = Dictionary(OP=True, op=True, OPM=1, HT=Name.Default, TR2=Name.Default, LW=2)
        return Dictionary(ExtGState=Dictionary(G=state))

    states = (
        reading(press(drawing(b"/G gs 1 g 0 0 9 9 re f", build))).pdf.pages[0].Resources.ExtGState
    )

    assert {"/LW"} == set(states.G.keys())


def test_marks_of_content_go_and_what_is_in_them_stays(front):
    written = front(b"/P <</MCID 0>> BDC 0 0 9 9 re f EMC /X MP")

    assert "re" in written
    assert not {"BDC", "EMC", "MP"} & set(written.split())


@pytest.mark.parametrize("content", [b"/Nowhere cs 1 scn", b"/Odd cs 1 scn"])
def test_unknown_spaces_are_refused_by_name(content, drawing, press):
    with pytest.raises(PrintError, match=r"Nowhere|Odd"):
        press(
            drawing(content, lambda _: Dictionary(ColorSpace=Dictionary(Odd=Array([Name.Odd, 1]))))
        )


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


def test_a_turned_page_is_refused(drawn, press):
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        pdf.pages[0].rotate(90, relative=False)
        out = io.BytesIO()
        pdf.save(out)

    with pytest.raises(PrintError, match="turned or scaled"):
        press(out.getvalue())


def test_what_pages_inherit_is_theirs(drawing, press, reading):
    with pikepdf.open(io.BytesIO(drawing(b"/S cs 1 1 1 scn 0 0 9 9 re f"))) as pdf:
        parent = pdf.Root.Pages
        parent.Resources = Dictionary(ColorSpace=Dictionary(S=icc(pdf, 3)))
        for page in pdf.pages:
            del page.obj["/Resources"]
        out = io.BytesIO()
        pdf.save(out)

    read = reading(press(out.getvalue()))

    assert ("k", ["0"] * 4) in [
        (name, [str(of) for of in operands]) for name, operands in read.painted
    ]


def test_a_damaged_file_is_refused_or_printed_and_nothing_else(drawn, press):
    random = Random(20261114)
    for _ in range(DAMAGES):
        at, length = random.randrange(len(drawn)), random.randrange(1, 40)
        damaged = drawn[:at] + random.randbytes(random.randrange(8)) + drawn[at + length :]

        try:
            data = press(damaged, pdfx="x-1a")
        except PrintError:
            continue
        assert data.startswith(b"%PDF-1.4")


@pytest.mark.parametrize(
    "build",
    [
        lambda _: Dictionary(ColorSpace=Dictionary(S=Array([Name.ICCBased]))),
        lambda _: Dictionary(Pattern=Dictionary(P=Dictionary(PatternType=2))),
        lambda _: Dictionary(Shading=Dictionary(G=Dictionary(ShadingType=2))),
        lambda _: Dictionary(Font=Dictionary(F=Dictionary())),
        lambda _: Dictionary(XObject=3),
    ],
)
def test_what_breaks_the_rules_of_pdf_is_named_so(build, drawing, press):
    with pytest.raises(PrintError, match="breaks the rules of its format"):
        press(drawing(b"/S cs 1 scn /F Do", build))


def test_compressed_content_is_read(drawing, press, reading):
    def build(pdf):
        inner = form(zlib.compress(b"1 1 1 rg 0 0 9 9 re f"), Filter=Name.FlateDecode)
        return inner(pdf)

    read = reading(press(drawing(b"/F Do", build)))

    assert set() == {name for name, _ in read.painted} & {"rg"}


def test_a_logo_as_pdf_keeps_its_inks_through_the_typesetter(pictures, typeset, press, reading):
    def build(pdf):
        ramp = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=[0, 0.6, 1, 0.1], N=1)
        space = Array([Name.Separation, Name("/HKS 13"), Name.DeviceCMYK, pdf.make_indirect(ramp)])
        gradient = shading()(pdf).Shading
        return Dictionary(ColorSpace=Dictionary(S=space), Shading=gradient)

    with pikepdf.new() as logo:
        page = logo.add_blank_page(page_size=(100, 50)).obj
        page.Resources = build(logo)
        page.Contents = logo.make_stream(
            b"/S cs 1 scn 0 0 30 50 re f 0.2 0.4 0.6 0.1 k 30 0 20 50 re f 1 1 1 rg 0 0 9 9 re f /G sh"
        )
        logo.save(pictures / "logo.pdf")
    source = (
        "#set page(width: 85mm, height: 55mm, margin: 5mm, bleed: 3mm)\n"
        '#image("/logo.pdf", width: 60mm, alt: "logo")\n#pagebreak()\nback'
    )

    read = reading(press(typeset(source), pdfx="x-1a"))

    mixes = [[float(of) for of in operands] for name, operands in read.painted if name == "k"]
    assert [0.2, 0.4, 0.6, 0.1] in mixes
    assert [0, 0, 0, 0] in mixes
    assert {"/DeviceCMYK", "/Separation"} == read.names
    assert ("scn", ["1"]) in [(name, [str(of) for of in of_]) for name, of_ in read.painted]


def test_a_resource_whose_name_is_no_text_is_named_as_damage(drawn, press):
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        for page in pdf.pages:
            broken = pikepdf.Object.parse(b"<< /\xf4\x1eG\xf6t << >> >>")
            page.obj.Resources = pdf.make_indirect(broken)
        out = io.BytesIO()
        pdf.save(out)

    with pytest.raises(PrintError, match="breaks the rules of its format"):
        press(out.getvalue())
