"""Colours of drawings that somebody else made become inks."""

from __future__ import annotations

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream

from retention_sdk.errors import PrintError
from tests.unit.inserts.press.foreign import HALF_OF, SRGB, WHITE_POINT, icc, spaces


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
