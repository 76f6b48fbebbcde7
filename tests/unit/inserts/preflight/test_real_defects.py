"""Defects put into cards as they are really drawn and finished: each is found, and nothing else."""

from __future__ import annotations

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from retention_sdk.inserts import render_card
from retention_sdk.inserts.formats import get_format
from retention_sdk.inserts.preflight import preflight
from retention_sdk.inserts.preflight.fonts import Font
from retention_sdk.inserts.profiles import get_profile

A6 = get_format("a6")
MM = 72 / 25.4
LEFT, BOTTOM = 3 * MM, 3 * MM


def examine(pdf: bytes, url: str | None, **options):
    condition = {"profile": "coated_fogra39", "pdfx": "x-1a", **options}
    profile = get_profile(condition.pop("profile"))
    return preflight(pdf, profile=profile, format=A6, codes=(None, url), **condition)


def edited(pdf: bytes, edit) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        edit(document)
        document.save(
            out,
            force_version="1.4",
            fix_metadata_version=False,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )
    return out.getvalue()


def drawn(operators: str, *, side: int = 0):
    """Draw over a page, with the origin in the lower left corner of the trimmed card."""

    def edit(document):
        content = f"q 1 0 0 1 {LEFT} {BOTTOM} cm {operators} Q"
        document.pages[side].contents_add(content.encode())

    return edit


def box(colour: str, x: float, y: float, width: float, height: float) -> str:
    sides = " ".join(str(side * MM) for side in (x, y, width, height))
    return f"{colour} {sides} re f"


def without_bleed(document):
    """Leave the colour where it is cut: the card is clipped to its trimmed size."""
    for page in document.pages:
        trim = " ".join(str(side) for side in (LEFT, BOTTOM, 105 * MM, 148 * MM))
        page.contents_add(f"q {trim} re W n".encode(), prepend=True)
        page.contents_add(b"Q")


def narrow(document):
    for page in document.pages:
        page.obj.MediaBox = page.obj.BleedBox = Array([2, 2, 111 * MM - 2, 154 * MM - 2])


def unembedded(document):
    for item in document.objects:
        if isinstance(item, Dictionary) and item.get("/Type") == "/FontDescriptor":
            for key in ("/FontFile2", "/FontFile3"):
                if key in item:
                    del item[key]


def linked(document):
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([60, 60, 160, 90]))
    document.pages[1].obj.Annots = Array([document.make_indirect(note)])


def untrimmed(document):
    for page in document.pages:
        del page.obj["/TrimBox"]


def swapped(document):
    document.pages.append(document.pages[0])
    del document.pages[0]


def see_through(document):
    page = document.pages[0]
    states = page.obj.Resources.get("/ExtGState", Dictionary())
    states["/Half"] = Dictionary(ca=0.5)
    page.obj.Resources.ExtGState = states
    drawn("/Half gs " + box("0 1 0 0 k", 10, 30, 8, 8))(document)


def first_font(document):
    return next(iter(document.pages[0].obj.Resources.Font.keys()))


def inked(document, name: str) -> int:
    """Return the first glyph of a font that has ink."""
    font = Font(document.pages[0].obj.Resources.Font[name])
    return next(glyph for glyph in range(1, 99) if font.outline(glyph))


def text(size: float, x: float, y: float, *, glyph: int | None = None):
    """Write a glyph in the first font of the front."""

    def edit(document):
        name = first_font(document)
        code = f"{inked(document, name) if glyph is None else glyph:04x}"
        at = f"{x * MM} {y * MM}"
        drawn(f"BT 0 0 0 1 k {name} {size} Tf {at} Td <{code}{code}> Tj ET")(document)

    return edit


DEFECTS = {
    "bleed of 2.3 mm": ("box-bleed", narrow),
    "artwork only to the cut": ("bleed-white", without_bleed),
    "a white line at the edge": ("bleed-white", drawn(box("0 0 0 0 k", 106.2, -3, 0.4, 154))),
    "RGB": ("colour-rgb", drawn(box("1 0 0 rg", 10, 30, 8, 8))),
    "400 % of ink": ("ink-limit", drawn(box("1 1 1 1 k", 10, 30, 8, 8))),
    "see-through": ("transparency-alpha", see_through),
    "a link": ("page-annotation", linked),
    "a hairline": ("line-hair", drawn("0 0 0 1 K 0.1 w 30 90 m 120 90 l S")),
    "no trim box": ("box-trim-missing", untrimmed),
    "no output intent": (
        "intent-missing",
        lambda document: document.Root.__delitem__("/OutputIntents"),
    ),
    "another condition": (
        "intent-condition",
        lambda document: document.Root.OutputIntents[0].__setitem__(
            "/OutputConditionIdentifier", String("FOGRA51")
        ),
    ),
    "text at the cut": ("type-safe", text(12, 2, 60)),
    "tiny text": ("type-tiny", text(4, 30, 30)),
    "no fonts inside": ("font-embedded", unembedded),
    "a missing glyph": ("font-notdef", text(12, 30, 30, glyph=0)),
    "something beside the code": (
        "code-quiet",
        lambda document: beside_the_code(document),
    ),
    "a layer": (
        "file-layers",
        lambda document: document.Root.__setitem__(
            "/OCProperties", Dictionary(OCGs=Array([]), D=Dictionary())
        ),
    ),
    "front and back exchanged": ("code-missing", swapped),
}  # fmt: skip


# The code that is missing on the back is one too many on the front.
OTHERS = {"front and back exchanged": {"code-unexpected"}}


def beside_the_code(document):
    """Put a bar where the quiet zone is, found by the code itself."""
    out = io.BytesIO()
    document.save(out)
    (finding,) = examine(out.getvalue(), "https://aurora.example/x", depth="card").findings[-1:]
    place = finding.place
    bar = box("0 0 0 1 k", place.x_mm - 1.2, 148 - place.y_mm - 8, 0.8, 6)
    drawn(bar, side=1)(document)


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_in_a_real_card_is_found_and_nothing_else(name, finished, samples):
    code, edit = DEFECTS[name]
    pdf = edited(finished("en", "coated_fogra39", "x-1a"), edit)

    report = examine(pdf, samples["en"].code.url)

    errors = {finding.code for finding in report.findings if finding.severity != "note"}
    assert {code} == errors - OTHERS.get(name, set())


def test_the_code_of_another_card_is_found(finished, samples):
    report = examine(finished("en", "coated_fogra39", "x-1a"), "https://aurora.example/r/2")

    assert {"code-wrong"} == report.codes


@pytest.mark.parametrize(
    ("number", "expected"),
    [("سفارش \u2068100-۲۸۴۷\u2069 شما", set()), ("سفارش 100-۲۸۴۷ شما", {"type-order"})],
)
def test_an_order_number_that_turned_around_is_found(number, expected, samples, created_at):
    card = samples["fa"].model_copy(update={"body": (number,)})
    pdf = render_card(card, created_at=created_at).pdf.data

    report = examine(
        pdf, card.code.url, profile="digital_rgb", pdfx=None, words=["100-۲۸۴۷"], depth="card"
    )

    assert expected == report.codes
