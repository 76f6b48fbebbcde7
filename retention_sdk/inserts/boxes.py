"""Set the boxes of a typeset card, and part a document of many cards."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..errors import PrintError
from .formats import CardFormat

if TYPE_CHECKING:
    import pikepdf

_POINTS_PER_MM = 72 / 25.4


def set_boxes(data: bytes, paper: CardFormat) -> bytes:
    """Return the PDF of one card with exact boxes and a statement about trapping.

    The typesetter writes MediaBox (with bleed) and TrimBox; printers also ask for the BleedBox.
    PDF/X demands that Trapped is stated and never both TrimBox and ArtBox. The bytes depend on
    the input alone.

    Raises:
        PrintError: the document has not the pages of its format.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as pdf:
        if len(pdf.pages) != paper.pages:
            raise PrintError(
                f"{paper.title} has {paper.pages} pages, and this card has {len(pdf.pages)}"
            )
        return _finished(pdf, paper)


def part_cards(data: bytes, paper: CardFormat) -> Iterator[bytes]:
    """Yield one PDF for each card of a document, in order.

    The parts are untagged: a structure tree describes the document that it was made for.

    Raises:
        PrintError: the document has not the pages of its format.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as pdf:
        if len(pdf.pages) % paper.pages:
            raise PrintError(f"{len(pdf.pages)} pages are no whole number of {paper.title}")
        for first in range(0, len(pdf.pages), paper.pages):
            with pikepdf.new() as part:
                part.pages.extend(pdf.pages[first : first + paper.pages])
                yield _finished(part, paper)


def merge_cards(parts: Iterable[bytes], paper: CardFormat) -> bytes:
    """Return one PDF of all documents, in order, untagged.

    Raises:
        PrintError: a document has not the pages of its format.
    """
    import pikepdf

    with pikepdf.new() as whole:
        for data in parts:
            with pikepdf.open(io.BytesIO(data)) as pdf:
                whole.pages.extend(pdf.pages)
        if len(whole.pages) % paper.pages:
            raise PrintError(f"{len(whole.pages)} pages are no whole number of {paper.title}")
        return _finished(whole, paper)


def _finished(pdf: pikepdf.Pdf, paper: CardFormat) -> bytes:
    import pikepdf

    trim, bleed = _boxes(paper)
    is_tagged = "/StructTreeRoot" in pdf.Root
    for page in pdf.pages:
        page.obj.MediaBox = pikepdf.Array(bleed)
        page.obj.BleedBox = pikepdf.Array(bleed)
        page.obj.TrimBox = pikepdf.Array(trim)
        if not is_tagged and "/StructParents" in page.obj:
            del page.obj.StructParents
    pdf.docinfo["/Trapped"] = pikepdf.Name("/False")
    out = io.BytesIO()
    pdf.save(
        out,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        fix_metadata_version=False,
    )
    return out.getvalue()


def _boxes(paper: CardFormat) -> tuple[list[float], list[float]]:
    """Return TrimBox and BleedBox in points, from the lower left corner of the bleed."""
    margin = paper.bleed_mm * _POINTS_PER_MM
    width, height = (side * _POINTS_PER_MM for side in paper.size_mm)
    trim = [margin, margin, margin + width, margin + height]
    bleed = [0.0, 0.0, width + 2 * margin, height + 2 * margin]
    return [round(n, 4) for n in trim], [round(n, 4) for n in bleed]
