"""The file and its pages: syntax, what must not be inside, boxes. Nothing is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .geometry import POINTS_PER_MM, Box, read_box
from .job import Job, Sheet
from .report import Finding, make_finding

_VERSION_MAX = {"x-1a": (1, 4), "x-4": (1, 6)}
_TRIM_SLACK_MM = 0.1
_BLEED_SLACK_MM = 0.05
_NEST_SLACK_PT = 0.01
_HARMLESS = frozenset({"/PrinterMark", "/TrapNet"})
_SYNTAX_MAX = 3
_CODED_PICTURES = frozenset({"/DCTDecode", "/JPXDecode", "/CCITTFaxDecode", "/JBIG2Decode"})
# Instructions of this kind reach Python; all others are read, and left where they are.
_RARE_OPERATOR = "BI"
_TREE_MAX = 40


def check_file(job: Job) -> Iterator[Finding]:
    """Check what concerns the whole file."""
    yield from _syntax(job)
    yield from _version(job)
    yield from _contents(job)
    if len(job.sheets) != job.pages:
        text = f"{len(job.sheets)} page(s), and {job.pages} are expected"
        yield make_finding("page-count", text)


def _syntax(job: Job) -> Iterator[Finding]:
    _read_all(job.pdf)
    problems = job.pdf.get_warnings()
    if problems:
        shown = "; ".join(f"WARNING: {problem}"[:120] for problem in problems[:_SYNTAX_MAX])
        yield make_finding("file-damaged", shown)
    if job.pdf.is_encrypted:
        yield make_finding("file-encrypted", "a printer cannot open it")


def _read_all(pdf: Any) -> None:
    """Decode every stream and read every token of the pages; what is odd becomes a warning.

    This is ``check_pdf_syntax`` in a third of its time: there each token is handed to Python.
    Pictures in the coding of cameras and facsimiles are left to who draws them.
    """
    import pikepdf

    for found in pdf.objects:
        if isinstance(found, pikepdf.Stream) and not _CODED_PICTURES & _filters(found):
            found.read_bytes()
    for page in pdf.pages:
        pikepdf.parse_content_stream(page, _RARE_OPERATOR)


def _filters(stream: Any) -> set[str]:
    """Return how a stream is coded."""
    import pikepdf

    found = stream.get("/Filter")
    if found is None:
        return set()
    return set(map(str, found)) if isinstance(found, pikepdf.Array) else {str(found)}


def _version(job: Job) -> Iterator[Finding]:
    version = tuple(int(part) for part in job.pdf.pdf_version.split("."))
    limit = _VERSION_MAX.get(job.pdfx or "")
    if limit and version > limit:
        allowed = ".".join(map(str, limit))
        yield make_finding(
            "file-version", f"PDF {job.pdf.pdf_version}, and {allowed} is the newest"
        )
    if job.is_press and "/ID" not in job.pdf.trailer:
        yield make_finding("file-identifier", "the trailer has no /ID")


def _contents(job: Job) -> Iterator[Finding]:
    root = job.pdf.Root
    names: Any = root.get("/Names") or {}
    if "/JavaScript" in names or any(_has_script(each) for each in job.pdf.objects):
        yield make_finding("file-javascript", "a script would run in a viewer")
    if "/EmbeddedFiles" in names or "/AF" in root or "/Collection" in root:
        yield make_finding("file-attachment", "a file lies inside the file")
    if "/AA" in root or _is_action(root.get("/OpenAction")):
        yield make_finding("file-action", "something happens when it is opened")
    if "/AcroForm" in root:
        yield make_finding("file-form", "somebody could fill it in")
    if "/OCProperties" in root:
        yield make_finding("file-layers", "a viewer can switch parts off")


def _has_script(found: Any) -> bool:
    import pikepdf

    return isinstance(found, pikepdf.Dictionary) and "/JS" in found


def _is_action(found: Any) -> bool:
    """Tell an action from a mere place to start reading."""
    import pikepdf

    return isinstance(found, pikepdf.Dictionary) and "/S" in found


def check_page(job: Job, sheet: Sheet) -> Iterator[Finding]:
    """Check the boxes of a page and what lies on it besides print."""
    yield from _boxes(job, sheet)
    page = sheet.page.obj
    for note in page.get("/Annots", []):
        if str(note.get("/Subtype")) not in _HARMLESS:
            box = Box(*(float(value) for value in note.get("/Rect", (0, 0, 0, 0))))
            kind = str(note.get("/Subtype", "/unknown"))[1:]
            yield sheet.finding("page-annotation", f"an annotation: {kind}", box)
    if "/AA" in page:
        yield sheet.finding("file-action", "something happens when the page is shown")
    if turned := int(_inherited(page, "/Rotate", 0)):
        yield sheet.finding("page-rotated", f"turned by {turned} degrees")
    if float(page.get("/UserUnit", 1)) != 1:
        yield sheet.finding("page-scaled", f"UserUnit is {float(page.UserUnit):g}")


def _inherited(page: Any, key: str, default: Any) -> Any:
    """Return what a page, or the tree above it, says (ISO 32000-1, 7.7.3.4)."""
    node = page
    for _ in range(_TREE_MAX):
        if key in node:
            return node[key]
        if "/Parent" not in node:
            break
        node = node["/Parent"]
    return default


def _boxes(job: Job, sheet: Sheet) -> Iterator[Finding]:
    media, bleed = read_box(sheet.page, "/MediaBox"), sheet.bleed
    trim = read_box(sheet.page, "/TrimBox")
    art = read_box(sheet.page, "/ArtBox")
    if trim is None and art is None:
        yield sheet.finding("box-trim-missing", "nothing says where the card is cut")
        return
    if art is not None and trim is not None:
        yield sheet.finding("box-art", "PDF/X wants one of TrimBox and ArtBox")
    assert media is not None
    if not (bleed.holds(sheet.trim, slack=_NEST_SLACK_PT) and media.holds(bleed, slack=0.01)):
        yield sheet.finding("box-nested", "a box reaches out of the one around it")
    yield from _sizes(job, sheet)


def _sizes(job: Job, sheet: Sheet) -> Iterator[Finding]:
    trim, bleed = sheet.trim, sheet.bleed
    size = trim.width / POINTS_PER_MM, trim.height / POINTS_PER_MM
    wanted = job.format.size_mm
    if any(abs(a - b) > _TRIM_SLACK_MM for a, b in zip(size, wanted, strict=True)):
        text = "{:.2f} × {:.2f} mm".format(*size)
        yield sheet.finding("box-trim-size", f"{text}, and {wanted[0]:g} × {wanted[1]:g} is asked")
    sides = (
        trim.left - bleed.left,
        trim.bottom - bleed.bottom,
        bleed.right - trim.right,
        bleed.top - trim.top,
    )
    least = min(sides) / POINTS_PER_MM
    if least < job.format.bleed_mm - _BLEED_SLACK_MM:
        text = f"{least:.2f} mm of bleed, and {job.format.bleed_mm:g} mm are asked"
        yield sheet.finding("box-bleed", text)
