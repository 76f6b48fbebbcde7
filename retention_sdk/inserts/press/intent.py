"""What a press file says about itself: for which printing it is made, when, and by which rules."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from uuid import UUID
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from ..profiles import PdfX, PressProfile
from .icc import profile_data

LABELS: dict[PdfX, str] = {"x-4": "PDF/X-4", "x-1a": "PDF/X-1a:2003"}
# Names of the characterization registry of the ICC; a printer's own condition is not in it.
_REGISTERED = re.compile(r"FOGRA\d\d[L]?|CGATS TR ?\d{3}|CGATS21-2-CRPC\d|JC200\d|IFRA\d\d")
_REGISTRY = "http://www.color.org"
_CREATOR = "retention_sdk"
UNTITLED = "Card"

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfxid="http://www.npes.org/pdfx/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
<xmp:MetadataDate>{moment}</xmp:MetadataDate>
<pdf:Producer>{creator}</pdf:Producer>
<pdf:Trapped>False</pdf:Trapped>
<xmpMM:DocumentID>uuid:{document}</xmpMM:DocumentID>
<xmpMM:VersionID>1</xmpMM:VersionID>
<xmpMM:RenditionClass>default</xmpMM:RenditionClass>
{pdfx}</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def set_intent(pdf: Pdf, profile: PressProfile) -> None:
    """Name the printing condition, and embed its colour profile."""
    icc = Stream(pdf, _compressed(profile))
    icc.stream_dict = Dictionary(N=4, Alternate=Name.DeviceCMYK, Filter=Name.FlateDecode)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFX,
        OutputConditionIdentifier=String(profile.condition),
        OutputCondition=String(profile.title),
        Info=String(profile.info or profile.title),
        DestOutputProfile=pdf.make_indirect(icc),
    )
    if _REGISTERED.fullmatch(profile.condition):
        intent.RegistryName = String(_REGISTRY)
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


@lru_cache(maxsize=8)
def _compressed(profile: PressProfile) -> bytes:
    return zlib.compress(profile_data(profile), 9)


def set_information(
    pdf: Pdf, *, title: str, created_at: datetime, pdfx: PdfX | None, seed: bytes
) -> None:
    """Write the information dictionary, and metadata that say the same.

    ``seed`` is what the identifier of the document is made from. PDF/X-1a is read by old
    systems, and needs no metadata.
    """
    moment = created_at.astimezone(UTC)
    date = String(moment.strftime("D:%Y%m%d%H%M%SZ"))
    information = Dictionary(
        Title=String(title),
        Creator=String(_CREATOR),
        Producer=String(_CREATOR),
        CreationDate=date,
        ModDate=date,
        Trapped=Name("/False"),
    )
    if pdfx is not None:
        information.GTS_PDFXVersion = String(LABELS[pdfx])
    pdf.trailer.Info = pdf.make_indirect(information)
    if "/Metadata" in pdf.Root:
        del pdf.Root["/Metadata"]
    if pdfx != "x-1a":
        pdf.Root.Metadata = pdf.make_indirect(_metadata(pdf, title, moment, pdfx, seed))


def _metadata(
    pdf: Pdf, title: str, moment: datetime, pdfx: PdfX | None, seed: bytes
) -> pikepdf.Stream:
    label = f"<pdfxid:GTS_PDFXVersion>{LABELS[pdfx]}</pdfxid:GTS_PDFXVersion>\n" if pdfx else ""
    text = _XMP.format(
        title=escape(title),
        creator=_CREATOR,
        moment=moment.isoformat(timespec="seconds"),
        document=UUID(bytes=sha256(seed).digest()[:16], version=4),
        pdfx=label,
    )
    packet = Stream(pdf, text.encode())
    packet.stream_dict = Dictionary(Type=Name.Metadata, Subtype=Name.XML)
    return packet
