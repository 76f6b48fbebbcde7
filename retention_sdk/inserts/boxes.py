"""Set the boxes of a typeset card, and join the documents of many cards."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import PrintError
from .formats import CardFormat

if TYPE_CHECKING:
    import pikepdf

POINTS_PER_MM = 72 / 25.4
# How much a page of the typesetter may differ from the format: 0.1 mm, as printers ask.
TOLERANCE_PT = 0.1 * POINTS_PER_MM

# How the typesetter ends a file, and begins a page, an information dictionary and a table of
# places: one plain table, each entry of which takes 20 bytes (ISO 32000-2, 7.5.4).
_END = re.compile(
    rb"trailer\n<<[^>]*?/Info (?P<info>\d+) 0 R.*?>>\nstartxref\n(?P<table>\d+)\n%%EOF\s*\Z",
    re.DOTALL,
)
_TABLE = re.compile(rb"xref\n0 (?P<count>\d+)\n")
_PAGE = re.compile(
    rb"\d+ 0 obj\n<</Type/Page/[^<>]*?"
    rb"(?P<boxes>/MediaBox\[(?P<media>[^\]]*)\](?:/BleedBox\[[^\]]*\])?/TrimBox\[[^\]]*\])"
)
_INFO = re.compile(rb"\d+ 0 obj\n<<(?P<first>(?:/Trapped/False)?)/")
_END_MAX, _ENTRY = 1024, 20


Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """The boxes of one page in points. Without marks, the media is as large as the bleed."""

    trim: Box
    bleed: Box
    media: Box


def boxes_of(size: CardFormat, *, around_mm: float = 0.0) -> Boxes:
    """Return the boxes of a format, the corner of its bleed at the origin.

    ``around_mm`` is the room for marks around the bleed.
    """
    margin, around = size.bleed_mm * POINTS_PER_MM, around_mm * POINTS_PER_MM
    width, height = (side * POINTS_PER_MM for side in size.size_mm)
    right, top = width + 2 * margin, height + 2 * margin
    return Boxes(
        trim=_rounded(margin, margin, margin + width, margin + height),
        bleed=_rounded(0.0, 0.0, right, top),
        media=_rounded(-around, -around, right + around, top + around),
    )


def _rounded(*values: float) -> Box:
    left, bottom, right, top = (round(value, 4) for value in values)
    return left, bottom, right, top


def set_boxes(data: bytes, paper: CardFormat) -> bytes:
    """Return the PDF of one card with exact boxes and a statement about trapping.

    The typesetter writes MediaBox (with bleed) and TrimBox; printers also ask for the BleedBox.
    PDF/X demands that Trapped is stated and never both TrimBox and ArtBox. The bytes depend on
    the input alone; a file that has its boxes stays as it is.

    Raises:
        PrintError: the document has not the pages of its format, or they have another size.
    """
    if edited := _edited(data, paper):
        return edited

    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as pdf:
        if len(pdf.pages) != paper.pages:
            raise PrintError(
                f"{paper.title} has {paper.pages} pages, and this card has {len(pdf.pages)}"
            )
        for page in pdf.pages:
            if not _is_of_size([float(number) for number in page.mediabox], paper):
                raise PrintError(f"the pages are not {paper.title}: draw the card in that format")
        return _finished(pdf, paper)


def _is_of_size(media: list[float], paper: CardFormat) -> bool:
    """Whether a MediaBox is a page with its bleed, to a tenth of a millimetre."""
    pairs = zip(media, boxes_of(paper).bleed, strict=True)
    return all(abs(found - wanted) <= TOLERANCE_PT for found, wanted in pairs)


def _edited(data: bytes, paper: CardFormat) -> bytes | None:
    """Return a file of the typesetter with its boxes replaced where they stand.

    This takes a fifth of the time of reading and writing all of it. None means that the file is
    not arranged as expected, or has another number of pages.
    """
    end = _END.search(data, max(0, len(data) - _END_MAX))
    table = _TABLE.match(data, int(end["table"])) if end else None
    if end is None or table is None or table.end() + int(table["count"]) * _ENTRY != end.start():
        return None
    entries = [data[at : at + _ENTRY].split() for at in range(table.end(), end.start(), _ENTRY)]
    places = [int(entry[0]) for entry in entries if entry[2] == b"n"]
    pages = [found for place in places if (found := _PAGE.match(data, place))]
    info = _INFO.match(data, int(entries[int(end["info"])][0]))
    if info is None or len(pages) != paper.pages:
        return None
    if not all(_is_of_size([float(n) for n in page["media"].split()], paper) for page in pages):
        return None
    boxes = boxes_of(paper)
    trim, bleed = (" ".join(map(str, box)) for box in (boxes.trim, boxes.bleed))
    written = f"/MediaBox[{bleed}]/BleedBox[{bleed}]/TrimBox[{trim}]".encode()
    edits = [(*page.span("boxes"), written) for page in pages]
    return _rewritten(data, sorted([*edits, (*info.span("first"), b"/Trapped/False")]), table, end)


def _rewritten(
    data: bytes,
    edits: list[tuple[int, int, bytes]],
    table: re.Match[bytes],
    end: re.Match[bytes],
) -> bytes:
    """Return a file with some stretches replaced, and its table of places corrected."""
    pieces, at = [], 0
    for start, stop, new in edits:
        pieces += [data[at:start], new]
        at = stop
    pieces.append(data[at : table.end()])
    for place in range(table.end(), end.start(), _ENTRY):
        offset = int(data[place : place + 10])
        pieces += [b"%010d" % _moved(offset, edits), data[place + 10 : place + _ENTRY]]
    pieces.append(data[end.start() : end.start("table")])
    return b"".join([*pieces, b"%d" % _moved(table.start(), edits), data[end.end("table") :]])


def _moved(offset: int, edits: list[tuple[int, int, bytes]]) -> int:
    return offset + sum(len(new) - (stop - start) for start, stop, new in edits if start < offset)


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

    boxes = boxes_of(paper)
    trim, bleed = list(boxes.trim), list(boxes.bleed)
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
