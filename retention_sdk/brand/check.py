"""Look a brand over before anything is printed: what would be illegible, missing or forbidden."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from ..consent.lint_words import law_texts
from ..consent.lints import CheckedText, lint_text
from ..errors import ConfigError, MissingFont
from ..inserts import FAMILIES
from ..inserts.colour import contrast
from ..inserts.fonts import FontLibrary
from ..inserts.ink import unprintable
from ..inserts.lints import lint_card
from ..inserts.logo import check_logo
from ..inserts.raster import picture_dpi
from ..inserts.samples import sample_card
from ..inserts.typography import Face, typography_for
from ..l10n import localizer
from ..model import Brand, Record, Shop
from ..model.base import Line
from ..model.shop import words_for

Severity = Literal["error", "warning", "note"]

# WCAG 2.2, success criterion 1.4.3: text, and text of 18 points or more.
_TEXT_CONTRAST, _TITLE_CONTRAST = 4.5, 3.0
_LOGO_MM = 15.5  # on the back of a card without an order, the largest it is printed
_DPI_GOOD, _DPI_LEAST = 300, 150
_INK_MAX = 300


class BrandFinding(Record):
    """One thing to look at: where it stands in ``brand.toml``, what is wrong, the way out."""

    severity: Severity
    key: Line
    message: Line
    hint: Line = ""


def check_brand(
    brand: Brand, languages: Sequence[str], *, fonts: FontLibrary, shop: Shop | None = None
) -> tuple[BrandFinding, ...]:
    """Return what is wrong with a brand, errors first.

    ``languages`` (BCP 47) are those the shop sells in: each needs faces, and the brand's own words.
    """
    findings = [*_colours(brand), *_drawings(brand), *_duties(brand, shop)]
    for tag in languages:
        findings += [*_faces(brand, tag, fonts), *_words(brand, tag), *_our_words(brand, tag)]
        findings += _laws(brand, tag)
    ranks = ("error", "warning", "note")
    return tuple(sorted(findings, key=lambda finding: ranks.index(finding.severity)))


def _colours(brand: Brand) -> Iterator[BrandFinding]:
    palette = brand.palette
    text = contrast(palette.ink, palette.paper)
    if text < _TEXT_CONTRAST:
        yield _finding(
            "error" if text < _TITLE_CONTRAST else "warning",
            "palette.ink",
            f"text has a contrast of {text:.1f} on the paper; {_TEXT_CONTRAST} is legible",
            "make ink darker or paper lighter",
        )
    if contrast(palette.primary, palette.paper) < _TITLE_CONTRAST:
        yield _finding(
            "note",
            "palette.primary",
            "it is too light for titles on the paper: they are set in ink",
        )
    for colour, ink in palette.inks.items():
        if sum(ink.cmyk) > _INK_MAX:
            yield _finding(
                "error",
                f"palette.inks.{colour}",
                f"the mixture has {sum(ink.cmyk):.0f} % of ink; paper takes {_INK_MAX} %",
                "take some of each out, or use a spot ink",
            )


def _drawings(brand: Brand) -> Iterator[BrandFinding]:
    drawings = {"logo": brand.logo, "sender.signature": brand.sender.signature}
    for key, drawing in drawings.items():
        if drawing is None:
            continue
        try:
            check_logo(drawing)
        except ConfigError as error:
            yield _finding("error", key, str(error).partition(": ")[2], "")
        else:
            yield from _resolution(key, drawing)
    if brand.logo is None and brand.logo_pdf is None:
        yield _finding("note", "logo", "there is none: the name is set as a word mark")


def _resolution(key: str, drawing: str) -> Iterator[BrandFinding]:
    dpi = picture_dpi(drawing, _LOGO_MM)
    if dpi is not None and dpi < _DPI_GOOD:
        yield _finding(
            "error" if dpi < _DPI_LEAST else "warning",
            key,
            f"it prints at {dpi:.0f} dpi, {_LOGO_MM} mm high; {_DPI_GOOD} is sharp",
            "use a larger picture, or an SVG",
        )


def _duties(brand: Brand, shop: Shop | None) -> Iterator[BrandFinding]:
    if not brand.legal_footer and not brand.legal_country:
        yield _finding(
            "warning",
            "legal_footer",
            "nobody says who sells; advertising has to (directive 2000/31/EC art. 5 and 6)",
            'write [legal_footer] and below it en = "…"',
        )
    has_contact = brand.contact_email or brand.contact_url or (shop and (shop.email or shop.url))
    if not has_contact:
        yield _finding(
            "error",
            "contact_email",
            "cards invite people to write, and there is no address",
            "add contact_email or contact_url",
        )


def _faces(brand: Brand, tag: str, fonts: FontLibrary) -> Iterator[BrandFinding]:
    """Every face that this language needs is installed, and has ink for the brand's own words."""
    speaker = localizer(tag)
    style = typography_for(speaker.tag, speaker.script)
    try:
        for face in (style.display, style.body, style.hand):
            fonts.require(face.family)
    except MissingFont as error:
        yield _finding("error", f"faces ({tag})", str(error))
        return
    for role, families in brand.faces.items():
        if (family := families.get(speaker.script)) and family not in fonts.families:
            hint = "install the package that brings it, or leave it out"
            yield _finding("error", f"faces.{role}.{speaker.script}", f"no face {family}", hint)
    yield from _ink(brand, tag, style.body, fonts)


def _ink(brand: Brand, tag: str, face: Face, fonts: FontLibrary) -> Iterator[BrandFinding]:
    own = {"name": brand.name, "sender.name": brand.sender.name}
    own |= {f"{key}.{tag}": text for key, text in _own_words(brand, tag).items()}
    for key, text in own.items():
        if lacking := unprintable(text, face, fonts):
            shown = " ".join(f"U+{ord(char):04X}" for char in lacking[:8])
            yield _finding("error", key, f"no face has ink for {shown}", "leave it out")


def _words(brand: Brand, tag: str) -> Iterator[BrandFinding]:
    words = _own_words(brand, tag)
    if "tagline" not in words:
        yield _finding("note", f"tagline.{tag}", "there is none: the language's own is printed")
    avoided = _avoided(brand, tag)
    for key, text in words.items():
        for word in avoided:
            if word.casefold() in text.casefold():
                yield _finding("warning", f"{key}.{tag}", f"says {word!r}, which the brand avoids")


def _laws(brand: Brand, tag: str) -> Iterator[BrandFinding]:
    """Yield what the brand's own words say against a law, wherever that law holds."""
    regions = frozenset(place for law in law_texts().values() for place in law.places)
    words = CheckedText(
        texts=_own_words(brand, tag),
        language=tag,
        places=regions,
        other_languages=frozenset({"fr"}),  # which languages a shop needs is not a question here
    )
    for finding in lint_text(words):
        where = ", ".join(sorted(law_texts()[finding.code].places)) or "everywhere"
        message = f"{finding.detail} ({where}: {finding.citation})"
        yield _finding("warning", f"{finding.place}.{tag}", message[:480], finding.way_out)


def _our_words(brand: Brand, tag: str) -> Iterator[BrandFinding]:
    """Yield where a card would say what the brand avoids, in words that are ours."""
    if not _avoided(brand, tag):
        return
    tone = brand.formality.get(tag) or brand.formality.get(tag.partition("-")[0])
    for template in FAMILIES:
        card = sample_card(template, tag, formality=tone, brand=brand)
        for fault in lint_card(card, voice=brand.voice):
            # What follows the first paragraph of a sample is invented, and no shop says it.
            if fault.code == "avoid" and fault.where in {"headline", "body[0]"}:
                message = f"the card {template} {fault.detail}"
                hint = "leave the word out of voice.avoid, or the card: [inserts] skip"
                yield _finding("note", f"voice.avoid.{tag}", message, hint)


def _own_words(brand: Brand, tag: str) -> dict[str, str]:
    tables = ("tagline", "purpose", "story", "claims", "impact", "legal_footer")
    found = {table: words_for(getattr(brand, table), tag) for table in tables}
    return {table: text for table, text in found.items() if text}


def _avoided(brand: Brand, tag: str) -> tuple[str, ...]:
    while tag:
        if words := brand.voice.avoid.get(tag):
            return words
        tag = tag.rpartition("-")[0]
    return ()


def _finding(severity: Severity, key: str, message: str, hint: str = "") -> BrandFinding:
    return BrandFinding(severity=severity, key=key, message=message, hint=hint)
