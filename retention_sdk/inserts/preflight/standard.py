"""PDF/X: what the file says about itself, and the press its colours are for (ISO 15930)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Any

from ..profiles import PdfX
from .job import Job
from .report import Finding, make_finding

LABELS: dict[PdfX, str] = {"x-1a": "PDF/X-1a:2003", "x-4": "PDF/X-4"}
_INFO_KEYS = ("/Title", "/CreationDate", "/ModDate")
_XMP_KEYS = (
    "xmp:CreateDate", "xmp:ModifyDate", "xmp:MetadataDate", "xmpMM:DocumentID", "xmpMM:VersionID",
    "xmpMM:RenditionClass", "dc:title", "pdf:Trapped",
)  # fmt: skip
_REGISTRY = "http://www.color.org"
# ICC.1:2022 table 16 and 18: the device class and the data colour space of the header.
_ICC_CLASS, _ICC_SPACE, _ICC_HEADER = slice(12, 16), slice(16, 20), 128
_CHANNELS = {b"CMYK": 4, b"RGB ": 3, b"GRAY": 1}


def standard_of(pdf: Any) -> PdfX | None:
    """Return the standard that a file says it follows; None for none, or one we do not make."""
    label = _label(pdf)
    return next((name for name, text in LABELS.items() if text == label), None)


def _label(pdf: Any) -> str:
    info = str(pdf.docinfo.get("/GTS_PDFXVersion", "")) if "/Info" in pdf.trailer else ""
    found = re.search(r"GTS_PDFXVersion(?:>|=\")([^<\"]+)", _xmp(pdf))
    return info or (found[1] if found else "")


def _xmp(pdf: Any) -> str:
    stream = pdf.Root.get("/Metadata")
    return "" if stream is None else stream.read_bytes().decode("utf-8", "replace")


def check_standard(job: Job) -> Iterator[Finding]:
    """Check labels, dates, trapping, metadata and the output intent."""
    if job.pdfx:
        yield from _labels(job, job.pdfx)
    if job.is_press:
        yield from _intents(job)


def _labels(job: Job, wanted: PdfX) -> Iterator[Finding]:
    label = _label(job.pdf)
    if label != LABELS[wanted]:
        says = f"says {label}" if label else "says nothing"
        yield make_finding("pdfx-label", f"the file {says}, and {LABELS[wanted]} is asked")
    info: Any = job.pdf.docinfo if "/Info" in job.pdf.trailer else {}
    missing = [key[1:] for key in _INFO_KEYS if not str(info.get(key, ""))]
    if missing:
        yield make_finding("pdfx-info", f"{', '.join(missing)} missing in /Info")
    if str(info.get("/Trapped", "")) not in {"/True", "/False"}:
        yield make_finding("pdfx-trapped", "/Trapped is neither True nor False")
    if wanted == "x-4":
        xmp = _xmp(job.pdf)
        absent = [key for key in _XMP_KEYS if key not in xmp]
        if absent:
            yield make_finding("pdfx-metadata", f"{', '.join(absent)} missing")


def _intents(job: Job) -> Iterator[Finding]:
    found = [each for each in job.pdf.Root.get("/OutputIntents", []) if _is_pdfx(each)]
    if not found and job.pdfx:
        yield make_finding("intent-missing", "the file names no printing condition")
    if len(found) > 1:
        yield make_finding("intent-many", f"{len(found)} output intents")
    for intent in found[:1]:
        yield from _condition(job, intent)
        yield from _profile(job, intent)


def _is_pdfx(intent: Any) -> bool:
    return str(intent.get("/S", "")) == "/GTS_PDFX"


def _condition(job: Job, intent: Any) -> Iterator[Finding]:
    name = str(intent.get("/OutputConditionIdentifier", ""))
    if name != job.profile.condition:
        text = f"{name or 'nothing'} is named, and {job.profile.condition} is asked"
        yield make_finding("intent-condition", text)
    if str(intent.get("/RegistryName", "")) != _REGISTRY:
        yield make_finding("intent-registry", "RegistryName is missing or another")


def _profile(job: Job, intent: Any) -> Iterator[Finding]:
    stream = intent.get("/DestOutputProfile")
    if stream is None:
        if job.pdfx == "x-4":
            yield make_finding("intent-profile", "there is no DestOutputProfile")
        return
    data = stream.read_bytes()
    if len(data) < _ICC_HEADER or struct.unpack(">I", data[:4])[0] != len(data):
        yield make_finding("intent-profile", "the ICC profile is cut off")
        return
    if data[_ICC_CLASS] != b"prtr":
        yield make_finding("intent-class", f"its class is {data[_ICC_CLASS].decode('latin-1')}")
    if data[_ICC_SPACE] != b"CMYK":
        yield make_finding("intent-space", f"its space is {data[_ICC_SPACE].decode('latin-1')}")
    channels = _CHANNELS.get(data[_ICC_SPACE])
    if channels and int(stream.get("/N", 0)) != channels:
        text = f"/N is {int(stream.get('/N', 0))}, and the profile has {channels}"
        yield make_finding("intent-channels", text)
