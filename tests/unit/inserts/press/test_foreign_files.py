"""Whatever else a foreign drawing holds is printed as it looks, or refused."""

from __future__ import annotations

import io
import os
import zlib
from random import Random

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from retention_sdk.errors import PrintError
from tests.unit.inserts.press.foreign import form, icc, shading

DAMAGES = 2000 if os.environ.get("RETENTION_SOAK") else 25


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
