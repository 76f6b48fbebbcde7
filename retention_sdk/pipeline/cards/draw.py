"""From the text of a copy to the file that goes to a printer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...errors import PrintError
from ...inserts.formats import DEFAULT_FORMAT, CardFormat, get_format
from ...inserts.profiles import DEFAULT_PROFILE, PdfX, PressProfile, get_profile
from ...model import Artifact
from .card_text import CardText
from .looks import Looks

ZPL = "application/zpl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """What is printed on, and how. Names are those of ``formats`` and ``profiles``.

    ``presses`` are the shop's own printing conditions by name, beside the built-in ones.
    """

    format: str = DEFAULT_FORMAT
    profile: str = DEFAULT_PROFILE
    pdfx: PdfX | None = None
    presses: Mapping[str, PressProfile] = field(default_factory=dict, repr=False, hash=False)

    @property
    def paper(self) -> CardFormat:
        """The size of a card."""
        return get_format(self.format)

    @property
    def press(self) -> PressProfile:
        """The printing condition."""
        return self.presses.get(self.profile) or get_profile(self.profile)


def draw_card(text: CardText, medium: Medium, *, looks: Looks) -> Artifact:
    """Return the print file of one copy: always the same bytes.

    Raises:
        PrintError: it cannot be printed as it should be.
    """
    data = make_file(text, medium, looks=looks)
    return prove_file(data, text, medium, looks=looks)


def make_file(text: CardText, medium: Medium, *, looks: Looks) -> bytes:
    """Return the PDF of a copy in the colours of its press. Several threads may do this at once.

    It is empty for a label printer, whose picture is made when the file is proved.

    Raises:
        PrintError: a text does not fit, a character has no ink, or a colour cannot be printed.
    """
    if medium.press.colour == "mono":
        return b""
    from ...inserts.press import finish_for_press

    rendered = looks.draw(
        text.card, created_at=text.created_at, format=medium.format, preview=False
    )
    return finish_for_press(
        rendered.pdf.data,
        profile=medium.press,
        palette=text.card.palette,
        format=medium.paper,
        created_at=text.created_at,
        pdfx=medium.pdfx,
    )


def prove_file(data: bytes, text: CardText, medium: Medium, *, looks: Looks) -> Artifact:
    """Read the file of a copy back as its printer will, or make its labels. One thread only.

    Raises:
        PrintError: the file is not what a printer takes.
    """
    if medium.press.colour == "mono":
        return _labels(text, medium, looks=looks)
    _check(data, text, medium)
    return Artifact(name=f"{_stem(text.order.number)}.pdf", media_type="application/pdf", data=data)


def _labels(text: CardText, medium: Medium, *, looks: Looks) -> Artifact:
    """Return front and back as two labels, in the language of label printers."""
    from ...inserts.media.thermal import thermal_zpl

    data = thermal_zpl(
        text.card,
        created_at=text.created_at,
        dpi=medium.press.dpi,
        format=medium.format,
        template=looks.trusted_template_for(text.card.template),
        styles=looks.styles,
    )
    return Artifact(name=f"{_stem(text.order.number)}.zpl", media_type=ZPL, data=data)


def _check(data: bytes, text: CardText, medium: Medium) -> None:
    """Refuse a file whose boxes, standard or code are wrong. PDFium is for one thread at a time."""
    from ...inserts.preflight import preflight_batch

    code = text.card.code.url if text.card.code else None
    report = preflight_batch(
        data, codes=[code], profile=medium.press, format=medium.paper, pdfx=medium.pdfx
    )
    errors = [each for each in report.findings if each.severity == "error"]
    if errors:
        raise PrintError("; ".join(f"{each.code}: {each.message}" for each in errors[:3]))


def _stem(number: str) -> str:
    """Return an order number as a part of a file name."""
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in number)
    return f"card-{plain[:60]}" if plain.strip("-") else "card"
