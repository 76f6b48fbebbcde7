"""Cards as the simplest PDF that tells where it went: a number near one corner of each page."""

from __future__ import annotations

import ctypes
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

import pikepdf
import pypdfium2
import pytest

PT = 72 / 25.4
MARKER_MM = (9.0, 12.0)  # from the left and from the top of the trimmed page


class Found(NamedTuple):
    """A marker on a sheet: what it says, and where its foot stands in mm from the top left."""

    text: str
    x_mm: float
    y_mm: float


def make_pdf(
    texts: list[str],
    *,
    size_mm: tuple[float, float] = (105, 148),
    bleed_mm: float = 3.0,
    intent: str = "",
    version: str = "1.6",
    flood: str = "",
) -> bytes:
    width, height = ((side + 2 * bleed_mm) * PT for side in size_mm)
    edge = bleed_mm * PT
    with pikepdf.new() as pdf:
        face = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name.Helvetica,
            )
        )
        for text in texts:
            page = pdf.add_blank_page(page_size=(width, height))
            x, y = edge + MARKER_MM[0] * PT, height - edge - MARKER_MM[1] * PT
            paint = f"{flood} 0 0 {width} {height} re f " if flood else ""
            page.obj.Contents = pdf.make_stream(
                f"{paint}0 g BT /F 8 Tf {x} {y} Td ({text}) Tj ET".encode()
            )
            page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=face))
            page.obj.BleedBox = page.obj.MediaBox
            page.obj.TrimBox = pikepdf.Array([edge, edge, width - edge, height - edge])
        if intent:
            profile = pdf.make_stream(b"stands for an ICC profile", N=4)
            pdf.Root.OutputIntents = pikepdf.Array(
                [
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.OutputIntent,
                        S=pikepdf.Name.GTS_PDFX,
                        OutputConditionIdentifier=intent,
                        DestOutputProfile=profile,
                    )
                ]
            )
            pdf.docinfo["/GTS_PDFXVersion"] = "PDF/X-4"
            pdf.docinfo["/Trapped"] = pikepdf.Name("/False")
        out = io.BytesIO()
        pdf.save(out, force_version=version, deterministic_id=True)
        return out.getvalue()


@pytest.fixture(scope="session")
def pdf_of():
    return make_pdf


@pytest.fixture(scope="session")
def cards_of():
    """Return a function that makes one file for each card, fronts F0, F1… and backs B0, B1…"""

    def make(count: int, sides: int = 2, **options: object) -> list[bytes]:
        return [
            make_pdf([f"{side}{number}" for side in "FB"[:sides]], **options)
            for number in range(count)
        ]

    return make


@pytest.fixture(scope="session")
def find():
    """Return a function that reads the markers of each page, in no particular order."""

    def read(pdf: bytes) -> list[list[Found]]:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return [list(_markers(page)) for page in document]
        finally:
            document.close()

    return read


def _markers(page: pypdfium2.PdfPage) -> Iterator[Found]:
    text, raw = page.get_textpage(), pypdfium2.raw
    letters = "".join(chr(raw.FPDFText_GetUnicode(text, i)) for i in range(text.count_chars()))
    x, y = ctypes.c_double(), ctypes.c_double()
    for match in re.finditer(r"[A-Z]\d+", letters):
        raw.FPDFText_GetCharOrigin(text, match.start(), x, y)
        yield Found(match[0], x.value / PT, (page.get_height() - y.value) / PT)
