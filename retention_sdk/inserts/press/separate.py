"""Walk what is painted, and say every colour in inks.

A page, a form and a tiling pattern are streams of operators with the resources they name; forms
and patterns hold more of the same. Resources are separated first, then the operators.
"""

from __future__ import annotations

from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, Stream

from ...errors import PrintError
from .operators import Rewriter
from .pictures import separate_picture
from .spaces import Job, group_of, separate_shading
from .states import separate_states

_TILING = 1
_NESTING_MAX = 64
_NO_PRINT = ("/Metadata", "/PieceInfo", "/StructParent", "/StructParents", "/OPI", "/Ref")


def separate_page(page: Any, job: Job) -> None:
    """Say every colour of a page in inks.

    Raises:
        PrintError: something on it cannot be printed that way.
    """
    content = _separated(page, page.get("/Resources", Dictionary()), job, 0)
    page.Contents = job.pdf.make_indirect(Stream(job.pdf, content))
    group_of(page, job)


def _separate_form(form: Any, job: Job, inherited: Any, depth: int) -> None:
    """Separate a form or a tiling pattern, once, wherever it is used."""
    if depth > _NESTING_MAX:
        raise PrintError("a drawing is nested too deeply: simplify it")
    if not job.is_new(form):
        return
    if "/OC" in form:
        raise PrintError("the drawing has layers, which a press does not print: flatten them")
    for key in _NO_PRINT:
        if key in form:
            del form[key]
    form.write(_separated(form, form.get("/Resources", inherited), job, depth))
    group_of(form, job)


def _separated(stream: Any, resources: Any, job: Job, depth: int) -> bytes:
    """Return the operators of a stream in inks. It gets resources of its own: some share them."""
    own = Dictionary({key: resources[key] for key in list(resources.keys())})
    _separate_resources(own, job, depth)
    rewriter = Rewriter(own, job)
    for instruction in pikepdf.parse_content_stream(stream):
        rewriter.take(instruction)
    stream.Resources = rewriter.resources()
    return pikepdf.unparse_content_stream(rewriter.written)


def _separate_resources(resources: Any, job: Job, depth: int) -> None:
    named = resources.get("/ColorSpace")

    def separate_form(form: Any, of: Job) -> None:
        _separate_form(form, of, resources, depth + 1)

    for xobject in _values(resources, "/XObject"):
        if str(xobject.get("/Subtype")) == "/Form":
            separate_form(xobject, job)
        elif str(xobject.get("/Subtype")) == "/Image" and job.is_new(xobject):
            separate_picture(xobject, named, job)
    for pattern in _values(resources, "/Pattern"):
        if int(pattern.PatternType) == _TILING:
            separate_form(pattern, job)
        else:
            separate_shading(pattern.Shading, named, job)
            if "/ExtGState" in pattern:
                separate_states([pattern.ExtGState], job, separate_form)
    for shading in _values(resources, "/Shading"):
        separate_shading(shading, named, job)
    separate_states(_values(resources, "/ExtGState"), job, separate_form)
    _require_fonts(resources, is_flat=job.is_flat)


def _values(resources: Any, kind: str) -> list[Any]:
    entries = resources.get(kind, Dictionary())
    return [entries[name] for name in list(entries.keys())]


def _require_fonts(resources: Any, *, is_flat: bool) -> None:
    """Refuse what a PDF/X label would deny: faces that are not in the file, or drawn ones."""
    for font in _values(resources, "/Font"):
        if str(font.Subtype) == "/Type3":
            raise PrintError("letters are drawn as pictures (Type 3): convert them to paths")
        described = font.DescendantFonts[0] if "/DescendantFonts" in font else font
        descriptor = described.get("/FontDescriptor", Dictionary())
        name = str(font.get("/BaseFont", "/?"))[1:]
        if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
            raise PrintError(f"the face {name} is not in the file: convert text to paths")
        if is_flat and descriptor.get("/FontFile3", Dictionary()).get("/Subtype") == Name.OpenType:
            raise PrintError(f"the face {name} is newer than PDF/X-1a: convert text to paths")
