"""Each thing that is wrong with a press file is found under its own code, and nothing else is.

The defects are put one at a time into a card that has none.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.preflight import RULES, preflight
from retention_sdk.inserts.profiles import get_profile

from .defects import (
    GLYPHS,
    WHITE_TEXT,
    annotation,
    at_page,
    at_root,
    attachment,
    empty_letter,
    form,
    gradient_pattern,
    in_info,
    in_intent,
    in_space,
    javascript,
    jpeg2000,
    layer,
    line,
    lines_of_text,
    page,
    picture,
    profile_stream,
    profiled,
    rectangle,
    rgb_printer,
    separation,
    shading,
    soft_mask,
    spaced_text,
    tiling,
    two_intents,
    type3,
    unembedded,
    with_resources,
    with_state,
    without,
)
from .press_card import INTENTS, MM, OTHER_URL, URL, XMP, PressCard, icc

A6 = get_format("a6")


def check(card: PressCard, *, codes=(None, URL), data: bytes | None = None):
    return preflight(
        data or card.build(),
        profile=get_profile(card.profile),
        format=A6,
        codes=codes,
        pdfx=card.pdfx,
    )


def found(card: PressCard, **options) -> list[str]:
    return sorted(check(card, **options).codes)


DEFECTS = {
    # the file
    "javascript": ("file-javascript", {"edit": javascript}),
    "embedded file": ("file-attachment", {"edit": attachment}),
    "open action": (
        "file-action",
        {"edit": at_root(OpenAction=Dictionary(S=Name.GoTo, D=Array([0, Name.Fit])))},
    ),
    "page action": ("file-action", {"edit": at_page(AA=Dictionary(O=Dictionary(S=Name.GoTo)))}),
    "form fields": ("file-form", {"edit": at_root(AcroForm=Dictionary(Fields=Array([])))}),
    "layer": ("file-layers", {"edit": layer}),
    "three pages": ("page-count", {"pages": 3}),
    # pages and boxes
    "link": ("page-annotation", {"edit": annotation("/Link")}),
    "rotated page": ("page-rotated", {"edit": at_page(Rotate=90)}),
    "user unit": ("page-scaled", {"edit": at_page(UserUnit=2)}),
    "blank page": ("page-blank", {"edit": lambda pdf: page(pdf).Contents.write(b"")}),
    "no trim box": ("box-trim-missing", {"edit": without("/TrimBox")}),
    "art box": ("box-art", {"edit": at_page(ArtBox=Array([9, 9, 200, 300]))}),
    "trim too small": (
        "box-trim-size",
        {"edit": at_page(TrimBox=Array([3 * MM, 3 * MM, 100 * MM, 151 * MM]))},
    ),
    "trim outside bleed": (
        "box-nested",
        {"edit": at_page(MediaBox=Array([1, 1, 300, 430]))},
    ),
    "bleed of two millimetres": ("box-bleed", {"bleed_mm": 2}),
    "artwork not into the bleed": ("bleed-white", {"is_ground_bled": False}),
    "white line at the bleed edge": (
        "bleed-white",
        {"front": rectangle("0 0 0 0 k", x=-2.5, y=-3, width=0.4, height=154)},
    ),
    # PDF/X
    "no label": ("pdfx-label", {"edit": in_info("/GTS_PDFXVersion")}),
    "another label": ("pdfx-label", {"edit": in_info("/GTS_PDFXVersion", "PDF/X-3:2003")}),
    "no title": ("pdfx-info", {"edit": in_info("/Title")}),
    "no date": ("pdfx-info", {"edit": in_info("/ModDate")}),
    "trapping unknown": ("pdfx-trapped", {"edit": in_info("/Trapped")}),
    "X-4 without dates": (
        "pdfx-metadata",
        {
            "pdfx": "x-4",
            "edit": lambda pdf: pdf.Root.Metadata.write(XMP.replace(b"MetadataDate", b"Date")),
        },
    ),
    "X-4 without a label": ("pdfx-label", {
            "pdfx": "x-4",
            "edit": lambda pdf: pdf.Root.Metadata.write(XMP.replace(b"PDF/X-4", b"PDF/X-9")),
        }),
    "no output intent": (
        "intent-missing",
        {"edit": lambda pdf: pdf.Root.__delitem__("/OutputIntents")},
    ),
    "two output intents": ("intent-many", {"edit": two_intents}),
    "intent of another press": (
        "intent-condition",
        {"edit": in_intent(OutputConditionIdentifier=String("FOGRA51"))},
    ),
    "no registry": ("intent-registry", {"edit": in_intent(RegistryName=None)}),
    "X-4 without profile": (
        "intent-profile",
        {"pdfx": "x-4", "edit": in_intent(DestOutputProfile=None)},
    ),
    "cut off profile": (
        "intent-profile",
        {"edit": in_intent(DestOutputProfile=lambda pdf: pdf.make_stream(icc()[:-9], N=4))},
    ),
    "profile of a monitor": (
        "intent-class",
        {"edit": in_intent(DestOutputProfile=profile_stream(device_class=b"mntr"))},
    ),
    "profile of another space": (
        "intent-space",
        {"edit": in_intent(DestOutputProfile=rgb_printer)},
    ),
    "three channels": (
        "intent-channels",
        {"edit": in_intent(DestOutputProfile=lambda pdf: pdf.make_stream(icc(), N=3))},
    ),
    # colours
    "RGB fill": ("colour-rgb", {"front": rectangle("1 0 0 rg")}),
    "RGB stroke": ("colour-rgb", {"front": line("1 0 0 RG", 2)}),
    "RGB space": ("colour-rgb", {"front": rectangle("/DeviceRGB cs 1 0 0 sc")}),
    "RGB picture": ("colour-rgb", picture(300, mode="RGB")),
    "RGB gradient": ("colour-rgb", shading("/DeviceRGB", [1, 0, 0], [0, 0, 1])),
    "RGB in a form": ("colour-rgb", form(content=b"1 0 0 rg 60 300 40 40 re f")),
    "RGB in a pattern": ("colour-rgb", tiling(b"1 0 0 rg 0 0 5 5 re f")),
    "RGB in an inline picture": (
        "colour-rgb",
        {"front": "q 2 0 0 2 90 300 cm BI /W 1 /H 1 /CS /RGB /BPC 8 ID abc EI Q"},
    ),
    "RGB gradient as a pattern": ("colour-rgb", gradient_pattern("/DeviceRGB")),
    "RGB through a pattern": (
        "colour-rgb",
        {
            **tiling(b"0 0 5 5 re f", paint_type=2),
            "front": rectangle("/Odd cs 1 0 0 /Tile scn"),
            "edit": lambda pdf: with_resources(
                pdf, ColorSpace=Dictionary(Odd=Array([Name.Pattern, Name.DeviceRGB]))
            ),
        },
    ),
    "palette of RGB": (
        "colour-rgb",
        in_space(
            "1", Array([Name.Indexed, Name.DeviceRGB, 1, String(b"\xff\x00\x00\x00\xff\x00")])
        ),
    ),
    "tagged RGB in X-1a": ("colour-icc", in_space("1 0 0", profiled(b"RGB ", 3))),
    "tagged CMYK in X-1a": ("colour-icc", in_space("0 1 0 0", profiled(b"CMYK", 4))),
    "calibrated grey in X-1a": (
        "colour-icc",
        in_space("0.5", Array([Name.CalGray, Dictionary(WhitePoint=Array([0.9, 1, 0.8]))])),
    ),
    "Lab": (
        "colour-lab",
        in_space("50 20 20", Array([Name.Lab, Dictionary(WhitePoint=Array([0.9, 1, 0.8]))])),
    ),
    "registration colour": ("colour-registration", in_space("0.5", separation("All"))),
    "spot ink": ("colour-spot", in_space("1", separation("PANTONE 871 C"))),
    "see-through": ("transparency-alpha", with_state(ca=0.5)),
    "see-through line": (
        "transparency-alpha",
        {
            "front": line("/Odd gs 0 1 0 0 K", 2),
            "resources": {"ExtGState/Odd": Dictionary(CA=0.5)},
        },
    ),
    "soft mask in X-1a": (
        "transparency-mask",
        {"front": rectangle("/Odd gs 0 1 0 0 k"), "resources": {"ExtGState/Odd": soft_mask}},
    ),
    "multiply": ("transparency-blend", with_state(BM=Name.Multiply)),
    "group": ("transparency-group", form(group=True)),
    "page group": ("transparency-group", {"edit": at_page(Group=Dictionary(S=Name.Transparency))}),
    "white overprint": ("overprint-white", with_state(content="0 0 0 0 k", OP=True, op=True)),
    "white text overprints": (
        "overprint-white",
        {"ground": "0.6 0.6 0 0 k", "text_colour": "/over gs 0 0 0 0 k"},
    ),
    "four solid inks": ("ink-limit", {"front": rectangle("1 1 1 1 k")}),
    "302 % as a gradient": (
        "ink-limit",
        shading("/DeviceCMYK", [0, 0, 0, 0], [0.9, 0.9, 0.9, 0.9]),
    ),
    "overprint adds up": (
        "ink-limit",
        {
            "front": rectangle("1 1 0 0 k") + rectangle("/over gs 0 0 1 0.3 k"),
        },
    ),
    "picture too dark": ("ink-limit", {"front": picture(300)["front"], "resources": {
        "XObject/Pic": lambda pdf: Stream(
            pdf, b"\xff" * 360000, Type=Name.XObject, Subtype=Name.Image, Width=300, Height=300,
            ColorSpace=Name.DeviceCMYK, BitsPerComponent=8)}}),
    # type
    "Helvetica": ("font-embedded", {"edit": unembedded}),
    "Type 3": (
        "font-type3",
        {
            "front": f"BT 0 0 0 1 k /T 20 Tf {20 * MM} {100 * MM} Td (A) Tj ET",
            "resources": {"Font/T": type3},
        },
    ),
    "empty glyph": ("font-empty", {"edit": empty_letter}),
    "missing glyph": ("font-notdef", {"glyphs": (GLYPHS["T"], 0, GLYPHS["h"])}),
    "missing glyph in a form": (
        "font-notdef",
        {
            "front": f"BT /F 12 Tf /over gs 0 0 0 1 k {20 * MM} {90 * MM} Td <0000> Tj ET",
        },
    ),
    "4 pt": ("type-tiny", {"text_pt": 4}),
    "4 pt by a matrix": (
        "type-tiny",
        {
            "front": "q 0.25 0 0 0.25 60 300 cm BT /F 16 Tf /over gs 0 0 0 1 k"
            f" <{GLYPHS['T']:04x}> Tj ET Q",
        },
    ),
    "5.5 pt": ("type-small", {"text_pt": 5.5}),
    "white 6.5 pt": ("type-reversed", {**WHITE_TEXT, "text_pt": 6.5}),
    "6.5 pt in three inks": ("type-reversed", {"text_colour": "0.3 0.9 0.8 0.1 k", "text_pt": 6.5}),
    "text two millimetres from the cut": ("type-safe", {"text_mm": (2, 60)}),
    "text set line by line to the cut": (
        "type-safe",
        {"front": lines_of_text("T*"), "text_pt": 12},
    ),
    "text with spacing to the cut": ("type-safe", {"front": spaced_text()}),
    "black of four inks": ("type-four-colour", {"text_colour": "0.6 0.5 0.5 1 k"}),
    "black knocks out": ("type-knockout", {"text_colour": "0 0 0 1 k"}),
    "hairline": ("line-hair", {"front": line("0 0 0 1 K", 0.1)}),
    "line of no width": ("line-hair", {"front": line("0 0 0 1 K", 0)}),
    "thin box": ("line-hair", {"front": rectangle("0 0 0 1 k", width=40, height=0.05)}),
    "thin white line": (
        "line-thin",
        {"front": rectangle("0.6 0.6 0 0 k") + line("0 0 0 0 K", 0.4)},
    ),
    "100 dpi": ("image-coarse", picture(79)),
    "250 dpi": ("image-low", picture(197)),
    "400 dpi in one bit": ("image-low", picture(320, mode="1")),
    "JPEG 2000": ("image-jpeg2000", jpeg2000()),
    # codes
    "no code": ("code-missing", {"code": None, "back": rectangle("0 0 0 1 k")}),
    "code of 10 mm": ("code-module", {"code_mm": 10}),
    "code of 17 mm": ("code-module-small", {"code_mm": 17}),
    "wrong code": ("code-wrong", {"code": OTHER_URL}),
    "no quiet zone": ("code-quiet", {"quiet_modules": 1, "ground": "0.6 0.9 0.4 0.1 k"}),
    "text in the quiet zone": (
        "code-quiet",
        {"back": rectangle("0 0 0 1 k", x=61, y=25, width=1, height=8)},
    ),
    "grey code": ("code-contrast", {"code_colours": ("0 0 0 0.3 k", "0 0 0 0.7 k")}),
    "code on the wrong side": ("code-unexpected", {"front": PressCard()._qr()}),
    "code near the cut": ("code-safe", {"code_at_mm": (79.5, 20)}),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_found_under_its_own_code(name):
    code, knobs = DEFECTS[name]

    assert [code] == found(PressCard(**knobs))


@pytest.mark.parametrize("profile", INTENTS)
@pytest.mark.parametrize("pdfx", ["x-1a", "x-4"])
def test_a_good_card_has_no_findings(profile, pdfx):
    assert () == check(PressCard(profile=profile, pdfx=pdfx)).findings


def test_an_art_box_may_stand_for_the_trim_box():
    def exchange(pdf):
        for each in pdf.pages:
            each.obj.ArtBox = each.obj.TrimBox
            del each.obj.TrimBox

    assert [] == found(PressCard(edit=exchange))


@pytest.mark.parametrize(
    ("painted", "expected"),
    [
        ("1 1 0.9 0 k {0} f /over gs /Odd cs 1 scn {0} f", {"ink-limit", "colour-spot"}),
        ("1 1 0.9 0 k {0} f /Odd cs 1 scn {0} f", {"colour-spot"}),
        ("/Odd cs 1 scn {0} f 1 1 0.9 0 k {0} f", {"colour-spot"}),
        ("/Odd cs 1 scn {0} f /over gs 1 1 0.9 0 k {0} f", {"ink-limit", "colour-spot"}),
        ("1 1 0 0 k {0} f /over gs 0 0 1 0.3 k 0 0 0 1 K 2 w {0} B", {"ink-limit"}),
        ("1 1 0 0 k {0} f /over gs 0 0 0 0.9 k 0 0 1 0.3 K 2 w {0} b*", {"ink-limit"}),
        ("1 1 0 0 k {0} f 0 0 1 0.3 k {0} B 0.4 g {0} f 0.2 G {0} S", set()),
    ],
)
def test_ink_adds_up_as_it_overprints(painted, expected):
    box = f"{20 * MM} {110 * MM} {20 * MM} {10 * MM} re"
    space = separation("PANTONE 871 C")
    card = PressCard(front=painted.format(box), resources={"ColorSpace/Odd": space})

    assert expected == set(found(card))


def test_a_pdf_that_is_too_new_is_found():
    card = PressCard()

    assert ["file-version"] == found(card, data=card.build().replace(b"%PDF-1.4", b"%PDF-1.7"))


def test_a_file_without_an_identifier_is_found():
    card = PressCard()

    assert ["file-identifier"] == found(card, data=card.build().replace(b"/ID", b"/JD"))


def test_a_code_that_a_label_printer_loses_is_found():
    """Both tones are lighter than half, so one bit makes white of them."""
    card = PressCard(code_colours=("0 0 0 0 k", "0 0 0 0.45 k"))

    report = preflight(
        card.build(), profile=get_profile("thermal"), format=A6, codes=(None, URL), depth="card"
    )

    assert {"code-thermal"} <= report.codes
    assert "code-missing" not in report.codes


ELSEWHERE = {
    "file-damaged", "file-encrypted", "file-version", "file-identifier", "code-thermal",
    "type-order", "type-missing", "batch-count", "batch-duplicate", "batch-swapped", "batch-order",
    "picture-size", "picture-depth",
}  # fmt: skip


def test_there_is_a_defect_for_every_code():
    assert set(RULES) - ELSEWHERE == {code for code, _ in DEFECTS.values()}


def test_every_code_stands_in_the_guide_with_its_remedy():
    guide = (Path(__file__).parents[4] / "docs" / "howto" / "preflight.md").read_text("utf-8")
    severities = {"error", "warning", "note"}
    rows = [row for row in guide.splitlines() if {*row.split(" | ")[1:2]} <= severities]

    assert sorted(guide_rows()) == sorted(row for row in rows if row.startswith("| `"))


def guide_rows() -> list[str]:
    return [
        f"| `{code}` | {rule.severity} | {rule.meaning} | {rule.fix} |"
        for code, rule in RULES.items()
    ]
