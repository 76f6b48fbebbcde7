"""Finish the PDF for a printer. The only home of pikepdf here."""

from __future__ import annotations

import io

from ..errors import PrintError

BLEED_MM = 3.0
TRIM_MM = (105.0, 148.0)
PAGES = 2
_POINTS_PER_MM = 72 / 25.4


def finish(data: bytes) -> bytes:
    """Return the PDF with a BleedBox, exact boxes, and a statement about trapping.

    The typesetter writes MediaBox (with bleed) and TrimBox; printers also ask for the BleedBox.
    PDF/X demands that Trapped is stated and never both TrimBox and ArtBox. The bytes depend on
    the input alone.

    Raises:
        PrintError: the document is not exactly a front and a back.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as pdf:
        if len(pdf.pages) != PAGES:
            raise PrintError(f"a card has {PAGES} pages, and this one has {len(pdf.pages)}")
        trim, bleed = _boxes()
        for page in pdf.pages:
            page.obj.MediaBox = pikepdf.Array(bleed)
            page.obj.BleedBox = pikepdf.Array(bleed)
            page.obj.TrimBox = pikepdf.Array(trim)
        pdf.docinfo["/Trapped"] = pikepdf.Name("/False")
        out = io.BytesIO()
        pdf.save(
            out,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            fix_metadata_version=False,
        )
        return out.getvalue()


def _boxes() -> tuple[list[float], list[float]]:
    """Return TrimBox and BleedBox in points, from the lower left corner of the bleed."""
    margin = BLEED_MM * _POINTS_PER_MM
    width, height = (side * _POINTS_PER_MM for side in TRIM_MM)
    trim = [margin, margin, margin + width, margin + height]
    bleed = [0.0, 0.0, width + 2 * margin, height + 2 * margin]
    return [round(n, 4) for n in trim], [round(n, 4) for n in bleed]
