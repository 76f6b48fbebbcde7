"""Gradients of drawings that somebody else made become inks."""

from __future__ import annotations

import pytest
from pikepdf import Array, Dictionary, Name, Stream

from retention_sdk.errors import PrintError
from tests.unit.inserts.press.foreign import shading


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
