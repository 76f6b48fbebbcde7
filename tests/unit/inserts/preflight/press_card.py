"""A press-ready card made by hand, so that each thing that can be wrong can be made wrong."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pikepdf
import retention_sdk_fonts
import segno
from fontTools import subset
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, String

MM = 72 / 25.4
BLEED_MM, WIDTH_MM, HEIGHT_MM = 3, 105, 148
URL = "https://aurora.example/r/7K3Q9ZD2M1XAB4C5EF"
OTHER_URL = "https://aurora.example/r/9K3Q9ZD2M1XAB4C5EF"
FACE = "EBGaramond-Regular.ttf"
TEXT = "Thank you, Anahit! 1042"
INTENTS = {
    "coated_fogra39": ("FOGRA39", "Coated FOGRA39 (ISO 12647-2:2004)"),
    "coated_gracol": ("CGATS TR 006", "GRACoL coated (CGATS TR 006-2007)"),
    "uncoated": ("FOGRA29", "Uncoated FOGRA29 (ISO 12647-2:2004)"),
}
XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdfxid:GTS_PDFXVersion>PDF/X-4</pdfxid:GTS_PDFXVersion><xmp:CreateDate>2026-11-14</xmp:CreateDate>
<xmp:ModifyDate>2026-11-14</xmp:ModifyDate><xmp:MetadataDate>2026-11-14</xmp:MetadataDate>
<xmpMM:DocumentID>uuid:1</xmpMM:DocumentID><xmpMM:VersionID>1</xmpMM:VersionID>
<xmpMM:RenditionClass>default</xmpMM:RenditionClass><dc:title><rdf:Alt><rdf:li>card</rdf:li></rdf:Alt>
</dc:title><pdf:Trapped>False</pdf:Trapped></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def icc(device_class: bytes = b"prtr", space: bytes = b"CMYK") -> bytes:
    """The header of an ICC profile with no tags: what a preflight reads of it."""
    head = bytearray(132)
    head[12:16], head[16:20], head[36:40] = device_class, space, b"acsp"
    head[:4] = struct.pack(">I", len(head))
    return bytes(head)


@cache
def face(name: str = FACE, text: str = TEXT) -> tuple[bytes, dict[str, int], dict[int, int]]:
    """A shipped face cut down to some letters: program, glyphs by letter, widths by glyph."""
    font = TTFont(Path(retention_sdk_fonts.directory()) / name)
    cutter = subset.Subsetter(subset.Options(layout_features=[], notdef_outline=True))
    cutter.populate(text=text)
    cutter.subset(font)
    out = io.BytesIO()
    font.save(out)
    em, order = font["head"].unitsPerEm, font.getGlyphOrder()
    glyphs = {chr(code): order.index(name) for code, name in font.getBestCmap().items()}
    widths = {
        order.index(name): round(width * 1000 / em)
        for name, (width, _) in font["hmtx"].metrics.items()
    }
    return out.getvalue(), glyphs, widths


@dataclass
class PressCard:
    """The knobs. Contents are PDF operators that are drawn last; ``edit`` changes the document."""

    profile: str = "coated_fogra39"
    pdfx: str = "x-1a"
    bleed_mm: float = BLEED_MM
    ground: str = "0 0.08 0.15 0 k"
    is_ground_bled: bool = True
    text_colour: str = "/over gs 0 0 0 1 k"
    text_pt: float = 12
    text_mm: tuple[float, float] = (12, 60)
    glyphs: tuple[int, ...] | None = None
    front: str = ""
    back: str = ""
    resources: dict[str, pikepdf.Object] = field(default_factory=dict)
    code: str | None = URL
    code_mm: float = 24
    code_at_mm: tuple[float, float] = (60, 20)
    code_colours: tuple[str, str] = ("0 0 0 0 k", "0 0 0 1 k")
    quiet_modules: int = 4
    edit: Callable[[pikepdf.Pdf], None] | None = None
    pages: int = 2

    def build(self) -> bytes:
        """Return the PDF."""
        with pikepdf.new() as pdf:
            sides = (self._front(), self._back())
            for number in range(self.pages):
                self._page(pdf, sides[number % 2])
            self._describe(pdf)
            if self.edit:
                self.edit(pdf)
            out = io.BytesIO()
            version = "1.4" if self.pdfx == "x-1a" else "1.6"
            pdf.save(
                out,
                force_version=version,
                deterministic_id=True,
                fix_metadata_version=False,
                object_stream_mode=pikepdf.ObjectStreamMode.disable,
            )
        return out.getvalue()

    def _front(self) -> str:
        x, y = (side * MM for side in self.text_mm)
        _, glyphs, _ = face()
        shown = self.glyphs or tuple(glyphs[char] for char in TEXT)
        codes = "".join(f"{glyph:04x}" for glyph in shown)
        text = f"q {self.text_colour} BT /F {self.text_pt} Tf {x} {y} Td <{codes}> Tj ET Q"
        return f"{self._paper()}\n{text}\n{self.front}"

    def _back(self) -> str:
        return f"{self._paper()}\n{self._qr() if self.code else ''}\n{self.back}"

    def _paper(self) -> str:
        bleed = BLEED_MM if self.is_ground_bled else 0
        sides = (-bleed, -bleed, WIDTH_MM + 2 * bleed, HEIGHT_MM + 2 * bleed)
        x, y, width, height = (side * MM for side in sides)
        return f"q {self.ground} {x} {y} {width} {height} re f Q"

    def _qr(self) -> str:
        made = segno.make(self.code, error="m", micro=False, boost_error=False)
        modules = made.symbol_size(border=4)[0]
        unit = self.code_mm * MM / modules
        left, bottom = (side * MM for side in self.code_at_mm)
        quiet = 4 - self.quiet_modules
        size = (modules - 2 * quiet) * unit
        light, dark = self.code_colours
        corner = f"{left + quiet * unit} {bottom + quiet * unit}"
        rows = [f"q {light} {corner} {size} {size} re f {dark}"]
        for row, bits in enumerate(made.matrix_iter(border=4)):
            y = bottom + (modules - 1 - row) * unit
            rows += [f"{left + n * unit} {y} {unit} {unit} re" for n, bit in enumerate(bits) if bit]
        return "\n".join([*rows, "f Q"])

    def _page(self, pdf: pikepdf.Pdf, content: str) -> None:
        bleed = self.bleed_mm * MM
        width, height = WIDTH_MM * MM, HEIGHT_MM * MM
        page = pdf.add_blank_page(page_size=(width + 2 * bleed, height + 2 * bleed))
        page.obj.BleedBox = Array([0, 0, width + 2 * bleed, height + 2 * bleed])
        page.obj.TrimBox = Array([bleed, bleed, bleed + width, bleed + height])
        page.obj.Contents = pdf.make_stream(f"q 1 0 0 1 {bleed} {bleed} cm {content} Q".encode())
        page.obj.Resources = Dictionary(
            Font=Dictionary(F=self._font(pdf)),
            ExtGState=Dictionary(over=Dictionary(OP=True, op=True, OPM=1)),
        )
        for key, value in self.resources.items():
            kind, name = key.split("/")
            if f"/{kind}" not in page.obj.Resources:
                page.obj.Resources[f"/{kind}"] = Dictionary()
            page.obj.Resources[f"/{kind}"][f"/{name}"] = value(pdf) if callable(value) else value

    def _font(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        program, glyphs, widths = face()
        lines = [f"<{glyph:04x}> <{ord(char):04x}>" for char, glyph in glyphs.items()]
        unicode_map = f"{len(lines)} beginbfchar\n" + "\n".join(lines) + "\nendbfchar"
        descriptor = Dictionary(
            Type=Name.FontDescriptor, FontName=Name("/ABCDEF+Garamond"), Flags=4,
            FontBBox=Array([0, -300, 1000, 900]), ItalicAngle=0, Ascent=900, Descent=-300,
            CapHeight=700, StemV=80, FontFile2=pdf.make_stream(program),
        )  # fmt: skip
        inner = Dictionary(
            Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=Name("/ABCDEF+Garamond"),
            CIDSystemInfo=Dictionary(
                Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0
            ),
            W=Array([0, Array([widths[glyph] for glyph in sorted(widths)])]),
            CIDToGIDMap=Name.Identity, FontDescriptor=pdf.make_indirect(descriptor),
        )  # fmt: skip
        return pdf.make_indirect(
            Dictionary(
                Type=Name.Font, Subtype=Name.Type0, BaseFont=Name("/ABCDEF+Garamond"),
                Encoding=Name("/Identity-H"), DescendantFonts=Array([pdf.make_indirect(inner)]),
                ToUnicode=pdf.make_stream(unicode_map.encode()),
            )
        )  # fmt: skip

    def _describe(self, pdf: pikepdf.Pdf) -> None:
        info = pdf.docinfo
        info["/Title"] = "card"
        info["/CreationDate"] = info["/ModDate"] = "D:20261114090000Z"
        info["/Trapped"] = Name("/False")
        if self.pdfx == "x-1a":
            info["/GTS_PDFXVersion"] = "PDF/X-1a:2003"
        else:
            pdf.Root.Metadata = pdf.make_stream(XMP, Type=Name.Metadata, Subtype=Name.XML)
        condition, title = INTENTS[self.profile]
        profile = pdf.make_stream(icc(), N=4)
        pdf.Root.OutputIntents = Array(
            [
                Dictionary(
                    Type=Name.OutputIntent, S=Name.GTS_PDFX, Info=String(title),
                    OutputConditionIdentifier=String(condition),
                    RegistryName=String("http://www.color.org"), DestOutputProfile=profile,
                )
            ]
        )  # fmt: skip
