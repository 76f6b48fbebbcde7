"""Put pages of finished PDFs onto new pages. Nothing is encoded again; what is vector stays so.

A page becomes a form XObject: its content, faces and pictures are carried over byte by byte.
What a document says about itself goes along: output intents, PDF/X keys, dates and title. What
is no longer true of a sheet does not: tags, PDF/UA, links, bookmarks.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ...errors import PrintError
from .slots import Matrix

if TYPE_CHECKING:
    import pikepdf

_OBJECT_STREAMS_SINCE = "1.5"
_TRIM_TOLERANCE_PT = 0.3  # a tenth of a millimetre
_BOXES = ("/MediaBox", "/CropBox", "/BleedBox", "/TrimBox")
# Claims about accessibility hold for a document with tags, and a sheet has none.
_UNTRUE = ("pdfuaid:part", "pdfuaid:amd", "pdfuaid:corr", "pdfuaid:rev")


class Box(NamedTuple):
    """A rectangle in points from the lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def size(self) -> tuple[float, float]:
        """Width and height."""
        return self.right - self.left, self.top - self.bottom


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page to place: where it is trimmed, and how far it is printed."""

    page: pikepdf.Page
    trim: Box
    bleed: Box


class Sources:
    """The documents that pages are taken from. They stay open until the sheets are saved."""

    def __init__(self, documents: Iterable[bytes]) -> None:
        import pikepdf

        self.documents: list[pikepdf.Pdf] = []
        self.pages: list[SourcePage] = []
        for number, data in enumerate(documents):
            try:
                document = pikepdf.open(io.BytesIO(data))
            except pikepdf.PdfError:
                raise PrintError(f"card file {number + 1} is not a readable PDF") from None
            self.documents.append(document)
            self.pages.extend(_source_page(page) for page in document.pages)
        if not self.pages:
            raise PrintError("there is no page to print; pass at least one card")

    def close(self) -> None:
        """Close all documents."""
        for document in self.documents:
            document.close()

    def trim_size(self) -> tuple[float, float]:
        """Return width and height of the trimmed pages, in points.

        Raises:
            PrintError: they are not all of one size.
        """
        first = self.pages[0].trim.size
        for number, page in enumerate(self.pages):
            if any(
                abs(one - other) > _TRIM_TOLERANCE_PT
                for one, other in zip(page.trim.size, first, strict=True)
            ):
                raise PrintError(
                    f"page {number + 1} is trimmed to another size than page 1; "
                    "put cards of one format on a sheet"
                )
        return first

    def bleed(self) -> float:
        """Return the bleed that every page has on every side, in points."""
        return max(0.0, min(min(_overhang(page)) for page in self.pages))


def _source_page(page: pikepdf.Page) -> SourcePage:
    if int(page.obj.get("/Rotate", 0)) % 360 or float(page.obj.get("/UserUnit", 1)) != 1:
        raise PrintError("a page is rotated or scaled by its viewer; export it as it is printed")
    bleed = _box(page.obj.get("/BleedBox", page.mediabox))
    return SourcePage(page, _box(page.obj.get("/TrimBox", page.cropbox)), bleed)


def _box(array: Iterable[object]) -> Box:
    x0, y0, x1, y1 = (float(str(value)) for value in array)
    return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _overhang(page: SourcePage) -> tuple[float, float, float, float]:
    trim, bleed = page.trim, page.bleed
    return (
        trim.left - bleed.left,
        bleed.top - trim.top,
        bleed.right - trim.right,
        trim.bottom - bleed.bottom,
    )


class Sheets:
    """A new document that pages of others are placed on."""

    def __init__(self) -> None:
        import pikepdf

        self.pdf = pikepdf.new()

    def add(
        self,
        size: tuple[float, float],
        placed: Sequence[tuple[SourcePage, Matrix, Box]],
        marks: bytes = b"",
        *,
        boxes: tuple[Box, Box] | None = None,
        colours: pikepdf.Object | None = None,
    ) -> pikepdf.Page:
        """Add a page with placed pages and marks.

        A matrix takes a page's lower left trim corner as its origin; the box is what may be
        seen of the page, in the page's own coordinates. ``boxes`` are BleedBox and TrimBox, the
        whole sheet otherwise. ``colours`` is the colour space /Marks that marks are drawn in.
        """
        import pikepdf

        page = self.pdf.add_blank_page(page_size=size)
        content = bytearray()
        forms = pikepdf.Dictionary()
        for number, (source, matrix, visible) in enumerate(placed):
            form = self.pdf.copy_foreign(source.page.as_form_xobject())
            form.BBox = pikepdf.Array([round(value, 4) for value in visible])
            to_origin = Matrix(1, 0, 0, 1, -source.trim.left, -source.trim.bottom)
            forms[f"/C{number}"] = form
            numbers = " ".join(_number(value) for value in to_origin.then(matrix))
            content += f"q {numbers} cm /C{number} Do Q\n".encode()
        page.obj.Contents = self.pdf.make_stream(bytes(content) + marks)
        page.obj.Resources = pikepdf.Dictionary(XObject=forms)
        if marks and colours is not None:
            page.obj.Resources["/ColorSpace"] = pikepdf.Dictionary({"/Marks": colours})
        self._set_boxes(page, size, boxes)
        return page

    def _set_boxes(
        self, page: pikepdf.Page, size: tuple[float, float], boxes: tuple[Box, Box] | None
    ) -> None:
        import pikepdf

        whole = Box(0, 0, *size)
        bleed, trim = boxes or (whole, whole)
        for name, box in zip(_BOXES, (whole, whole, bleed, trim), strict=True):
            page.obj[name] = pikepdf.Array([round(value, 4) for value in box])

    def registration(self, intents: Sequence[pikepdf.Object]) -> pikepdf.Object:
        """Return the colour of marks: every plate there is, ``/Separation /All``."""
        import pikepdf

        components = [_components(intent) for intent in intents]
        is_cmyk = 4 in components  # noqa: PLR2004 - four inks
        alternate, values = ("/DeviceCMYK", [1, 1, 1, 1]) if is_cmyk else ("/DeviceGray", [0])
        paper = [1 - value for value in values]
        tint = pikepdf.Dictionary(FunctionType=2, Domain=[0, 1], C0=paper, C1=values, N=1)
        space = pikepdf.Array(
            [pikepdf.Name.Separation, pikepdf.Name.All, pikepdf.Name(alternate), tint]
        )
        return self.pdf.make_indirect(space)

    def inherit(self, sources: Sources) -> None:
        """Take over what the sources say about themselves.

        Raises:
            PrintError: they were finished for different printing conditions.
        """
        first = sources.documents[0]
        identities = {_identity(document) for document in sources.documents}
        if len(identities) > 1:
            raise PrintError(
                "the cards were finished for different printing conditions; "
                "finish them with one profile and put those on a sheet"
            )
        if "/OutputIntents" in first.Root:
            copied = self.pdf.copy_foreign(first.make_indirect(first.Root.OutputIntents))
            self.pdf.Root.OutputIntents = copied
        for key, value in first.docinfo.items():
            self.pdf.docinfo[key] = str(value) if not _is_name(value) else value
        if "/Metadata" in first.Root:
            self.pdf.Root.Metadata = self.pdf.copy_foreign(first.Root.Metadata)
            self._correct_metadata()

    def _correct_metadata(self) -> None:
        with self.pdf.open_metadata(
            set_pikepdf_as_editor=False, update_docinfo=False, strict=False
        ) as metadata:
            for claim in _UNTRUE:
                if claim in metadata:
                    del metadata[claim]

    def intents(self) -> list[pikepdf.Object]:
        """Return the output intents taken over."""
        return list(self.pdf.Root.get("/OutputIntents", []))

    def save(self, sources: Sources) -> bytes:
        """Return the bytes, which depend on the input alone, in the sources' PDF version."""
        import pikepdf

        version = max(document.pdf_version for document in sources.documents)
        modes = pikepdf.ObjectStreamMode
        has_streams = _version(version) >= _version(_OBJECT_STREAMS_SINCE)
        out = io.BytesIO()
        self.pdf.save(
            out,
            force_version=version,
            deterministic_id=True,
            object_stream_mode=modes.generate if has_streams else modes.disable,
            fix_metadata_version=False,
        )
        return out.getvalue()


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".") if value else "0"


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _is_name(value: object) -> bool:
    import pikepdf

    return isinstance(value, pikepdf.Name)


def _components(intent: pikepdf.Object) -> int:
    """Return how many inks an output intent has; 4 where a registered condition is only named."""
    profile = intent.get("/DestOutputProfile")
    return 4 if profile is None else int(profile.get("/N", 0))


def _identity(document: pikepdf.Pdf) -> tuple[str, ...]:
    intents: Any = document.Root.get("/OutputIntents", [])
    names = (str(intent.get("/OutputConditionIdentifier", "")) for intent in intents)
    return (str(document.docinfo.get("/GTS_PDFXVersion", "")), *sorted(names))
