"""Finish a card for a printer: boxes, inks, marks, and what the file says about itself."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ...errors import PrintError
from ...model import Artifact, Palette
from ..boxes import Boxes, boxes_of
from ..boxes import set_boxes as set_card_boxes
from ..card import RenderedCard
from ..fonts import FontLibrary, load_fonts
from ..formats import CardFormat
from ..profiles import PdfX, PressProfile
from .boxes import check_pages, set_boxes

if TYPE_CHECKING:
    import pikepdf

_DEPTH_MAX = 32
_VERSIONS: dict[PdfX | None, str] = {"x-4": "1.6", "x-1a": "1.4", None: "1.6"}
# Everything else in the catalogue or a page is for screens: outlines, tags, links, forms, scripts.
_ROOT_KEYS = frozenset({"/Type", "/Pages", "/Lang"})
_PAGE_KEYS = frozenset({"/Type", "/Parent", "/Resources", "/Contents", "/MediaBox", "/Group"})


def finish_for_press(
    pdf: bytes,
    *,
    profile: PressProfile,
    palette: Palette,
    format: CardFormat,  # noqa: A002 - the word of the field
    created_at: datetime,
    pdfx: PdfX | None = None,
    marks: bool = False,
    slug: str = "",
    title: str = "",
    fonts: FontLibrary | None = None,
) -> bytes:
    """Return the PDF of a card, or of several, as a printer wants it.

    For an RGB profile only the boxes are made exact, and the tags for readers of screens stay.
    For a CMYK profile every colour becomes a mixture of inks: the palette's own mixtures and spot
    inks, black alone for text and codes, the colour profile for all else, never more ink than the
    paper takes. ``marks`` draws crop and registration marks outside the bleed, ``slug`` a line of
    text there; both enlarge the page. Without ``title`` the document keeps its own. Equal
    arguments give equal bytes.

    Raises:
        PrintError: the document is no card of that format, or something on it cannot be printed
            by these rules; the message says what to change.
    """
    _check(profile, pdfx, has_marks=marks or bool(slug))
    if profile.colour == "rgb":
        return set_card_boxes(pdf, format)
    return _separated(
        pdf,
        profile=profile,
        palette=palette,
        size=format,
        pdfx=pdfx,
        marks=marks,
        slug=slug,
        fonts=fonts,
        created_at=created_at,
        title=title,
    )


def press_card(
    rendered: RenderedCard,
    *,
    profile: PressProfile,
    palette: Palette,
    format: CardFormat,  # noqa: A002 - the word of the field
    created_at: datetime,
    **wishes: Any,
) -> RenderedCard:
    """Return a card whose PDF is finished for a printer; its pictures stay. See the other.

    Raises:
        PrintError: as ``finish_for_press``.
    """
    data = finish_for_press(
        rendered.pdf.data,
        profile=profile,
        palette=palette,
        format=format,
        created_at=created_at,
        **wishes,
    )
    pdf = Artifact(name=rendered.pdf.name, media_type=rendered.pdf.media_type, data=data)
    return rendered.model_copy(update={"pdf": pdf})


def _check(profile: PressProfile, pdfx: PdfX | None, *, has_marks: bool) -> None:
    if profile.colour == "mono":
        raise PrintError(
            f"{profile.name} is for label printers, which take a picture and no PDF of a press"
        )
    if pdfx is not None and pdfx not in profile.pdfx:
        known = ", ".join(profile.pdfx) or "none"
        raise PrintError(f"{profile.name} cannot be printed as {pdfx}; it can as: {known}")
    if has_marks and profile.colour == "rgb":
        raise PrintError(f"{profile.name} has no plates to register: print without marks")


def _separated(
    data: bytes,
    *,
    profile: PressProfile,
    palette: Palette,
    size: CardFormat,
    pdfx: PdfX | None,
    marks: bool,
    slug: str,
    fonts: FontLibrary | None,
    created_at: datetime,
    title: str,
) -> bytes:
    import pikepdf

    from .inks import ink_table
    from .intent import UNTITLED, set_information, set_intent
    from .marks import AROUND_MM
    from .separate import separate_page
    from .spaces import Job

    table = ink_table(profile, palette.model_dump_json())
    boxes = boxes_of(size, around_mm=AROUND_MM if marks or slug else 0.0)
    with _damage_named(), pikepdf.open(io.BytesIO(data)) as pdf:
        pages = [_whole(page) for page in pdf.pages]
        check_pages(pages, size)
        _keep(pdf.Root, _ROOT_KEYS)
        job = Job(pdf, table, table.paper, is_flat=pdfx == "x-1a", mixtures=table.spots)
        for page in pages:
            _keep(page, _PAGE_KEYS)
            separate_page(page, job)
            set_boxes(page, boxes)
        if marks or slug:
            _draw_around(pdf, pages, boxes, marks=marks, slug=slug, fonts=fonts)
        set_intent(pdf, profile)
        named = title or str(pdf.docinfo.get("/Title", "")) or UNTITLED
        set_information(pdf, title=named, created_at=created_at, pdfx=pdfx, seed=data)
        return _saved(pdf, pdfx)


@contextmanager
def _damage_named() -> Iterator[None]:
    """Tell what breaks the rules of PDF as such. Drawings come from strangers' programs.

    Whatever is missing or of another kind than the format says shows as one of these errors; a
    name that is no text is a RuntimeError of the library beneath, as is nesting without end.
    """
    import pikepdf

    try:
        yield
    except PrintError:
        raise
    except (
        pikepdf.PdfError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError,
        ValueError,
    ) as error:  # fmt: skip
        raise PrintError(
            f"the PDF breaks the rules of its format ({type(error).__name__}): export the drawing "
            "in it again"
        ) from error


def _whole(page: pikepdf.Page) -> Any:
    """Return a page with what it inherits written into it.

    Raises:
        PrintError: it is turned or scaled, which the boxes of a card do not take into account.
    """
    obj = page.obj
    if "/UserUnit" in obj or any("/Rotate" in node and int(node.Rotate) for node in _nodes(obj)):
        raise PrintError("a page is turned or scaled: set it at its size, upright")
    obj.MediaBox = page.mediabox
    obj.Resources = page.resources
    return obj


def _nodes(page: Any) -> Iterator[Any]:
    """Yield a page and what it hangs from, which it inherits from."""
    for _ in range(_DEPTH_MAX):
        yield page
        if "/Parent" not in page:
            return
        page = page.Parent


def _keep(obj: Any, keys: frozenset[str]) -> None:
    for key in list(obj.keys()):
        if key not in keys:
            del obj[key]


def _draw_around(
    pdf: pikepdf.Pdf,
    pages: list[Any],
    boxes: Boxes,
    *,
    marks: bool,
    slug: str,
    fonts: FontLibrary | None,
) -> None:
    """Clip what is painted to the bleed, and draw around it."""
    from pikepdf import Dictionary, Page

    from .functions import separation
    from .marks import ALL_INKS, mark_operators, slug_operators

    left, bottom, right, top = boxes.bleed
    clip = f"q {left} {bottom} {right - left} {top - bottom} re W n".encode()
    around = slug_operators(slug, boxes, fonts or load_fonts()) if slug else b""
    every_plate = pdf.make_indirect(separation("All", (1, 1, 1, 1)))
    for page in pages:
        if marks:
            around_page = mark_operators(boxes) + b"\n" + around
            spaces = page.Resources.get("/ColorSpace", Dictionary())
            spaces[ALL_INKS] = every_plate
            page.Resources.ColorSpace = spaces
        else:
            around_page = around
        wrapped = Page(page)
        wrapped.contents_add(clip, prepend=True)
        wrapped.contents_add(b"Q\n" + around_page)
        wrapped.contents_coalesce()


def _saved(pdf: pikepdf.Pdf, pdfx: PdfX | None) -> bytes:
    """PDF 1.4, which PDF/X-1a is, has no streams of objects."""
    import pikepdf

    mode = pikepdf.ObjectStreamMode
    out = io.BytesIO()
    pdf.save(
        out,
        force_version=_VERSIONS[pdfx],
        deterministic_id=True,
        object_stream_mode=mode.disable if pdfx == "x-1a" else mode.generate,
        fix_metadata_version=False,
    )
    return out.getvalue()
