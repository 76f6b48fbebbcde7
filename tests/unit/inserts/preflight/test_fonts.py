"""Font programs of every kind are read: what a code draws, how wide, and whether it has ink."""

from __future__ import annotations

import io

import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name

from retention_sdk.inserts.preflight.compact import glyph_count
from retention_sdk.inserts.preflight.fonts import Font
from retention_sdk.inserts.preflight.geometry import Box

from .press_card import face

PROGRAM, GLYPHS, WIDTHS = face()


@pytest.fixture
def pdf():
    with pikepdf.new() as document:
        yield document


def square(side: int):
    pen = T2CharStringPen(side + 100, None)
    if side:
        pen.moveTo((50, 0))
        for point in ((50, side), (50 + side, side), (50 + side, 0)):
            pen.lineTo(point)
        pen.closePath()
    return pen.getCharString()


def compact() -> bytes:
    """A bare CFF program: the missing glyph, a letter of half an em, and an empty one."""
    names = [".notdef", "A", "B"]
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({65: "A", 66: "B"})
    shapes = {name: square(side) for name, side in zip(names, (700, 500, 0), strict=True)}
    builder.setupCFF("Square", {"FullName": "Square"}, shapes, {})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 50)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Square", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    out = io.BytesIO()
    builder.font.save(out)
    out.seek(0)
    return TTFont(out).getTableData("CFF ")


def composite(document, program, kind: str, unicode_map: bytes = b"", **entries) -> Font:
    descriptor = Dictionary(Type=Name.FontDescriptor, FontName=Name("/ABCDEF+Face"), Flags=4)
    descriptor[f"/{kind}"] = document.make_stream(program)
    inner = Dictionary(Type=Name.Font, FontDescriptor=descriptor, **entries)
    raw = Dictionary(
        Type=Name.Font, Subtype=Name.Type0, BaseFont=Name("/ABCDEF+Face"),
        DescendantFonts=Array([inner]), ToUnicode=document.make_stream(unicode_map),
    )  # fmt: skip
    return Font(raw)


def test_a_bare_compact_program_has_outlines(pdf):
    font = composite(pdf, compact(), "FontFile3", DW=600)

    assert (True, True, "Face") == (font.is_embedded, font.has_outlines, font.name)
    assert Box(0.05, 0, 0.55, 0.5) == pytest.approx(font.outline(1))
    assert font.outline(2) is None
    assert font.outline(0) is not None


def test_the_glyphs_of_a_bare_program_are_counted():
    assert 3 == glyph_count(compact())


@pytest.mark.parametrize("program", [b"", b"\x01", compact()[:20], b"\x01\x00\x04\x01" * 9])
def test_a_spoiled_program_has_no_glyphs(program, pdf):
    assert 0 == glyph_count(program)
    assert not composite(pdf, program, "FontFile3").has_outlines


def test_widths_come_from_lists_and_ranges_and_else_from_the_default(pdf):
    widths = Array([1, Array([250, 300]), 7, 9, 400])
    font = composite(pdf, PROGRAM, "FontFile2", W=widths, DW=500)

    shown = font.show(b"\x00\x01\x00\x02\x00\x08\x00\x20")
    assert [0.25, 0.3, 0.4, 0.5] == [glyph.advance for glyph in shown]


def test_a_map_from_characters_to_glyphs_is_followed(pdf):
    table = b"\x00\x00\x00\x05\x00\x00"
    font = composite(pdf, PROGRAM, "FontFile2", CIDToGIDMap=pdf.make_stream(table))

    assert [5, 0, 9] == [glyph.glyph for glyph in font.show(b"\x00\x01\x00\x02\x00\x09")]


def test_letters_are_read_from_characters_and_ranges(pdf):
    unicode_map = b"""2 beginbfchar <0001> <0041> <0002> <00660069> endbfchar
        2 beginbfrange <0010> <0012> <0061> <0020> <0021> [<0031> <d83dde00>] endbfrange"""
    font = composite(pdf, PROGRAM, "FontFile2", unicode_map)

    texts = [font.text(code) for code in (1, 2, 0x10, 0x12, 0x20, 0x21, 3)]
    assert ["A", "fi", "a", "c", "1", "😀", ""] == texts


def simple(document, program: bytes | None, **entries) -> Font:
    raw = Dictionary(Type=Name.Font, Subtype=Name.TrueType, BaseFont=Name.Face, **entries)
    if program:
        raw.FontDescriptor = Dictionary(MissingWidth=333, FontFile2=document.make_stream(program))
    return Font(raw)


def test_a_simple_font_shows_the_letters_of_its_encoding(pdf):
    font = simple(
        pdf,
        PROGRAM,
        Encoding=Name.WinAnsiEncoding,
        FirstChar=84,
        Widths=Array([600]),
    )

    big, space, lacking = font.show(b"T Z")
    assert (GLYPHS["T"], 0.6, False) == (big.glyph, big.advance, big.is_word_space)
    assert (GLYPHS[" "], 0.333, True) == (space.glyph, space.advance, space.is_word_space)
    assert 0 == lacking.glyph


def test_a_font_without_a_program_is_not_embedded(pdf):
    font = simple(pdf, None)

    assert (False, False) == (font.is_embedded, font.has_outlines)
    assert [None] == [glyph.glyph for glyph in font.show(b"T")]
    assert font.outline(1) is None


def test_an_old_program_is_embedded_and_not_measured(pdf):
    raw = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Face)
    raw.FontDescriptor = Dictionary(FontFile=pdf.make_stream(b"%!PS-AdobeFont-1.0: Face"))
    font = Font(raw)

    assert (True, False) == (font.is_embedded, font.has_outlines)
