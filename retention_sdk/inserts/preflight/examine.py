"""Run the checks over a file, in the order a printer would look: structure, print, pictures."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..formats import CardFormat
from ..profiles import PdfX, PressProfile
from .bleed import DPI as BLEED_DPI
from .bleed import check_bleed
from .codes import DPI, check_codes, check_dots, read_codes
from .document import check_file, check_page
from .fonts import Font
from .ink import check_ink_limit, inks_of
from .job import Job, sheets_of
from .marks import check_marks
from .picture import Renderer, is_blank, open_renderer
from .reading import check_words
from .report import Depth, Finding, Report, make_finding
from .standard import check_standard, standard_of
from .walk import walk_page


@dataclass(frozen=True, slots=True)
class Order:
    """A file, and what is asked of it. ``afterwards`` looks at all of its pages together."""

    data: bytes
    profile: PressProfile
    format: CardFormat
    pdfx: PdfX | None
    depth: Depth
    pages: int
    words: Sequence[str] = ()
    afterwards: Callable[[Job], Iterator[Finding]] | None = None


def examine(order: Order, codes: Sequence[str | None] | None) -> Report:
    """Return the report on a file of any number of pages."""
    import pikepdf

    report = Report(
        profile=order.profile.name, format=order.format.name, depth=order.depth, pages=0
    )
    try:
        with pikepdf.open(io.BytesIO(order.data)) as document:
            job = _job(document, order, codes)
            findings = tuple(_findings(job, order))
            return report.model_copy(update={"pages": len(job.sheets), "findings": findings})
    except pikepdf.PasswordError:
        found = make_finding("file-encrypted", "it asks for a password")
    except _malformed() as error:
        found = _damaged(error)
    return report.model_copy(update={"findings": (found,)})


def _job(document: Any, order: Order, codes: Sequence[str | None] | None) -> Job:
    return Job(
        order.data,
        document,
        order.profile,
        order.format,
        order.pdfx or standard_of(document),
        sheets_of(document, codes),
        order.pages,
    )


def _findings(job: Job, order: Order) -> Iterator[Finding]:
    yield from _readable(lambda: _structure(job))
    if job.pdf.is_encrypted:
        return
    if order.depth == "full" or order.words:
        yield from _readable(lambda: _painted(job, order))
    yield from _readable(lambda: _seen(job, order))
    if order.afterwards:
        yield from order.afterwards(job)


def _structure(job: Job) -> Iterator[Finding]:
    yield from check_file(job)
    yield from check_standard(job)
    for sheet in job.sheets:
        yield from check_page(job, sheet)


def _readable(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Turn what a malformed file raises into a finding; what was found before it stays."""
    try:
        yield from check()
    except _malformed() as error:
        yield _damaged(error)


def _damaged(error: Exception) -> Finding:
    return make_finding("file-damaged", f"a part of it cannot be read ({type(error).__name__})")


def _malformed() -> tuple[type[Exception], ...]:
    """Return what libraries, or our reading of their values, raise over a malformed file."""
    import pikepdf
    import pypdfium2

    ours = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
    return pikepdf.PdfError, pypdfium2.PdfiumError, RuntimeError, *ours


def _painted(job: Job, order: Order) -> Iterator[Finding]:
    fonts: dict[tuple[int, int], Font] = {}
    pages = [list(walk_page(sheet.page, fonts)) for sheet in job.sheets]
    yield from check_words(order.words, pages)
    if order.depth == "card":
        return
    for sheet, marks in zip(job.sheets, pages, strict=True):
        yield from check_marks(job, sheet, marks)
    if job.is_press:
        yield from check_ink_limit(job, inks_of(mark for marks in pages for mark in marks))


def _seen(job: Job, order: Order) -> Iterator[Finding]:
    with open_renderer(job.data) as renderer:
        yield from _pictures(job, renderer, order.depth)


def _pictures(job: Job, renderer: Renderer, depth: Depth) -> Iterator[Finding]:
    for sheet in job.sheets:
        picture = renderer.draw(sheet, dpi=DPI)
        if is_blank(picture):
            yield sheet.finding("page-blank", "every point has the same colour")
        found = read_codes(picture)
        job.codes_read[sheet.number] = tuple(code.text for code in found)
        yield from check_codes(sheet, picture, found)
        if job.profile.colour == "mono" and sheet.code is not None:
            yield from check_dots(sheet, renderer.draw(sheet, dpi=job.profile.dpi))
        if depth == "full":
            yield from check_bleed(sheet, renderer.draw(sheet, dpi=BLEED_DPI, is_gray=False))
