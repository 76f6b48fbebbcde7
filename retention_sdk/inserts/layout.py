"""Turn a card into the data a template reads: strings, colours, sizes. No drawing, no I/O."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..errors import ConfigError
from .card import Card
from .colour import colours_of
from .fonts import FontLibrary
from .formats import DEFAULT_FORMAT, CardFormat, get_format
from .grid import Grid, grid_for
from .lettering import lettering_of
from .logo import check_logo
from .qr import QrCode
from .style import CardStyle, built_in_style
from .typography import CODE_FACE, Face, Typography
from .words import bind_short_words, longest_runs, number_in, phrases_of

_SCRIPT_OF = {
    "LATIN": "Latn",
    "CYRILLIC": "Cyrl",
    "GREEK": "Grek",
    "ARMENIAN": "Armn",
    "HEBREW": "Hebr",
    "DEVANAGARI": "Deva",
    "THAI": "Thai",
}
_ROLES = ("display", "body", "aside", "hand")
_REGION = re.compile(r"[A-Za-z]{2}")
_BLANK: dict[str, Any] = {"items": (), "points": ()}
_PDF_MAX_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Setting:
    """How one card is set: its texts that appear, their faces, and the page."""

    card: Card
    style: CardStyle
    paper: CardFormat
    grid: Grid
    type: Typography

    @property
    def hand(self) -> Typography:
        """The typography that signs: that of the script the name is written in."""
        return _style_of(self.card.sender_name, self)

    @property
    def mark(self) -> Typography:
        """The typography of the word mark."""
        return _style_of(self.card.brand_name, self)


def set_up(
    card: Card, *, style: CardStyle | None = None, paper: CardFormat | None = None
) -> Setting:
    """Return the setting of a card, without what is left out on a page of that size."""
    look = style or built_in_style(card.style)
    page = paper or get_format(DEFAULT_FORMAT)
    grid = grid_for(page)
    left_out = {name: _BLANK.get(name, "") for name in grid.omits}
    shown = card.model_copy(update=left_out) if left_out else card
    return Setting(
        shown, look, page, grid, _branded(card, look.table.of(card.language, card.script))
    )


def lay_out(setting: Setting, library: FontLibrary, *, code: QrCode | None) -> dict[str, Any]:
    """Return everything the template needs, as JSON values.

    Raises:
        MissingFont: a face is not installed.
        ConfigError: a drawing is not safe to print.
    """
    card = setting.card
    return {
        "title": card.headline.replace("\n", " "),
        "family": card.template,
        "language": card.language.partition("-")[0].lower(),
        "region": _region(card.language),
        "direction": card.direction,
        "palette": colours_of(card.palette),
        "page": _page(setting),
        "type": _type(setting, library),
        "brand": _brand(setting, library),
        "lettering": dict(_lettering(setting)),
        "front": _front(setting),
        "back": _back(setting, code),
    }


def texts_of(setting: Setting) -> dict[str, tuple[str, Face]]:
    """Return every text that will be printed with the face that sets it, by name."""
    return {name: (text, face) for name, text, face in _texts(setting) if text}


def _texts(setting: Setting) -> Iterator[tuple[str, str, Face]]:
    card, body, aside = setting.card, setting.type.body, setting.type.aside
    yield "brand_name", card.brand_name, setting.mark.display
    yield "headline", card.headline, setting.type.display
    yield "sender_name", card.sender_name, setting.hand.hand
    asides = ("salutation", "signoff", "tagline", "more_items")
    plain = ("sender_role", "order_number", "order_date", "contact", "legal", "notice", "badge")
    yield from ((name, getattr(card, name), aside) for name in asides)
    yield from ((name, getattr(card, name), body) for name in plain)
    yield from ((f"body[{i}]", text, body) for i, text in enumerate(card.body))
    for i, (number, text) in enumerate(_steps(setting)):
        yield f"steps[{i}]", f"{number} {text}", body
    for i, item in enumerate(card.items):
        yield f"items[{i}].title", item.title, body
        yield f"items[{i}].quantity", item.quantity, body
    yield from ((f"points[{i}]", line.text, body) for i, line in enumerate(card.points))
    for i, block in enumerate(card.blocks):
        yield f"blocks[{i}].title", block.title, body
        yield f"blocks[{i}].text", block.text, body
    if card.quote:
        yield from ((f"quote[{i}]", text, aside) for i, text in enumerate(card.quote.paragraphs))
        yield "quote.recipient", card.quote.recipient, aside
        yield "quote.giver", card.quote.giver, setting.type.hand
    if card.coupon:
        yield "coupon.code", card.coupon.code, CODE_FACE
        yield "coupon.value", card.coupon.value, setting.type.display
        yield "coupon.terms", card.coupon.terms, body
    if card.code:
        yield "code.caption", card.code.caption, aside
        yield "code.label", card.code.label, CODE_FACE


def _page(setting: Setting) -> dict[str, Any]:
    paper, grid = setting.paper, setting.grid
    lengths = {
        "width": paper.width_mm,
        "height": paper.height_mm,
        "bleed": paper.bleed_mm,
        "safe": paper.safe_mm,
        "margin": grid.margin_mm,
        "head": grid.head_mm,
        "foot": grid.foot_mm,
        "frame": grid.frame_mm,
    }
    return {
        "mm": lengths,
        "layout": grid.layout,
        "unit": grid.unit,
        "is_folded": paper.is_folded,
    }


def _brand(setting: Setting, library: FontLibrary) -> dict[str, Any]:
    card = setting.card
    style = setting.mark
    face = style.display
    return {
        "name": card.brand_name,
        "logo": check_logo(card.logo).decode() if card.logo and not card.logo_pdf else None,
        "logo_pdf": _bytes_of(card.logo_pdf) if card.logo_pdf else None,
        "has_logo": bool(card.logo or card.logo_pdf),
        "type": {**_plain(style), "display": _face(face, card.brand_name, library)},
        "runs": [] if card.logo or card.logo_pdf else [card.brand_name],
    }


def _bytes_of(encoded: str) -> list[int]:
    """Return a PDF as numbers: the typesetter takes no binary file from memory."""
    try:
        data = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        data = b""
    if not data.startswith(b"%PDF-") or len(data) > _PDF_MAX_BYTES:
        raise ConfigError(
            "the logo cannot be printed: it is not a PDF of at most 4 MB, in base64",
            key="brand.logo_pdf",
            hint="export the logo as PDF",
        )
    return list(data)


def _front(setting: Setting) -> dict[str, Any]:
    card = setting.card
    quote = card.quote
    steps = _steps(setting)
    body = [bind_short_words(text) for text in card.body]
    quoted = (quote.recipient, *quote.paragraphs, quote.giver) if quote else ()
    return {
        "salutation": card.salutation,
        "headline": bind_short_words(card.headline),
        "body": body,
        "badge": card.badge,
        "steps": [{"number": number, "text": bind_short_words(text)} for number, text in steps],
        "quote": quote.model_dump() if quote else None,
        "phrases": phrases_of(card.headline),
        "signoff": card.signoff,
        "sender": card.sender_name,
        "signature": check_logo(card.signature).decode() if card.signature else None,
        "role": card.sender_role,
        "runs": {
            "headline": longest_runs(card.headline),
            "salutation": longest_runs(card.salutation, *quoted),
            "body": longest_runs(*card.body, *card.steps),
            "sender": longest_runs(card.sender_name),
            "badge": [card.badge] if card.badge else [],
        },
    }


def _back(setting: Setting, code: QrCode | None) -> dict[str, Any]:
    card = setting.card
    caption = card.code.caption if card.code else ""
    blocks = [text for block in card.blocks for text in (block.title, block.text)]
    has_data = card.items or card.points or card.blocks or card.code or card.coupon
    return {
        "is_cover": not has_data,
        "tagline": card.tagline,
        "order": [text for text in (card.order_number, card.order_date) if text],
        "items": [{"quantity": item.quantity, "title": item.title} for item in card.items],
        "more": card.more_items,
        "points": [{"text": line.text, "number": line.number} for line in card.points],
        "blocks": [{"title": block.title, "text": block.text} for block in card.blocks],
        "coupon": card.coupon.model_dump() if card.coupon else None,
        "qr": code.svg.decode() if code else None,
        "has_qr": code is not None,
        "qr_mm": code.width_mm if code else 0.0,
        "qr_alt": caption,
        "qr_caption": bind_short_words(caption),
        "qr_label": card.code.label if card.code else "",
        "phrases": phrases_of(caption),
        "contact": card.contact,
        "legal": card.legal,
        "notice": card.notice,
        "runs": {
            "list": longest_runs(*(item.title for item in card.items)),
            "rest": longest_runs(card.tagline, *(line.text for line in card.points), *blocks),
            "foot": longest_runs(card.contact, card.legal, card.notice),
            "caption": longest_runs(caption),
            "coupon": longest_runs(
                *((card.coupon.value, card.coupon.terms) if card.coupon else ())
            ),
        },
    }


def _steps(setting: Setting) -> list[tuple[str, str]]:
    """Return the steps with their numbers, in the digits of the card, or with bullets."""
    card = setting.card
    seen = (*(item.quantity for item in card.items), card.order_date, *card.steps, *card.body)
    language = card.language.partition("-")[0].lower()
    return [
        (
            number_in(index, language=language, texts=seen) + "."
            if card.are_steps_numbered
            else "\u2022",
            text,
        )
        for index, text in enumerate(card.steps, 1)
    ]


def _type(setting: Setting, library: FontLibrary) -> dict[str, Any]:
    """Return the sizes for this page, and for each role the families that set its texts."""
    card, style, grid = setting.card, setting.type, setting.grid
    asides = (card.salutation, card.signoff, card.tagline, card.code.caption if card.code else "")
    quoted = card.quote.paragraphs if card.quote else ()
    said = {
        "display": card.headline,
        "body": "",
        "aside": " ".join((*asides, *quoted)),
        "hand": card.sender_name or (card.quote.giver if card.quote else ""),
    }
    faces = {role: _face(getattr(style, role), said[role], library) for role in _ROLES}
    hand = _face(setting.hand.hand, card.sender_name, library)
    shrink = min(1.35, max(0.6, grid.display))
    small = style.small * min(1.2, max(0.92, grid.text))
    leading = max(style.ascent + style.descent, style.line_body * grid.leading)
    return {
        **_plain(style),
        **faces,
        "line_body": round(leading, 3),
        "hand": {**hand, "size": round(hand["size"] * shrink, 2)},
        "code": _face(CODE_FACE, "", library),
        "headline_sizes": style.headline_sizes(grid.display * faces["display"]["scale"]),
        "body_sizes": style.body_sizes(grid.text),
        "small_size": round(small, 2),
        "legal_size": round(style.legal * min(1.15, max(0.95, grid.text)), 2),
        "aside_scale": round(style.aside_scale * faces["aside"]["scale"], 3),
        "aside_size": round(small * style.aside_scale * faces["aside"]["scale"], 2),
    }


def _plain(style: Typography) -> dict[str, Any]:
    return {key: value for key, value in asdict(style).items() if key not in _ROLES}


def _face(face: Face, text: str, library: FontLibrary) -> dict[str, Any]:
    """Return a face with its families; the partner's when the family lacks some of the text."""
    scale = 1.0
    if face.is_whole and face.partner and not library.covers(face.family, text):
        scale = face.partner_scale
        face = replace(face, family=face.partner, weight=400, partner="", slant=0.0)
    families = list(library.chain(face))
    return {
        "families": families,
        "weight": face.weight,
        "style": face.style,
        "size": face.size * scale,
        "slant": face.slant,
        "stroke": face.stroke,
        "scale": scale,
    }


def _lettering(setting: Setting) -> Iterator[tuple[str, Any]]:
    """Yield the texts that look written, each with its words as they stand on the line."""
    card, style, hand = setting.card, setting.type, setting.hand
    is_rtl = card.direction == "rtl"
    caption = card.code.caption if card.code else ""
    quoted = (card.quote.recipient,) if card.quote else ()
    giver = card.quote.giver if card.quote else ""
    written = [
        (style.display, style, (bind_short_words(card.headline), *phrases_of(card.headline))),
        (style.aside, style, (card.salutation, card.signoff, *quoted)),
        (style.aside, style, (bind_short_words(caption), *phrases_of(caption))),
        (hand.hand, hand, (card.sender_name,)),
        (style.hand, style, (giver,)),
    ]
    for face, table, texts in written:
        for text in texts:
            words = lettering_of(text, face, table, seed=card.seed, is_rtl=is_rtl)
            if words:
                yield text, words


def _branded(card: Card, style: Typography) -> Typography:
    """Return the typography with the brand's own faces; what they lack, the style's fill."""
    own = {
        role: Face(family, weight=400, partner=getattr(style, role).family, size=style.hand.size)
        for role, family in card.faces.items()
    }
    return replace(style, **own) if own else style  # type: ignore[arg-type]  # roles are faces


def _style_of(text: str, setting: Setting) -> Typography:
    """Return the typography of the script a name is written in; the card's own if unclear.

    A Latin word mark on a Persian card is set, and a Latin name signed, as at home.
    """
    first_words = {unicodedata.name(char, "").partition(" ")[0] for char in text if char.isalpha()}
    name = first_words.pop() if len(first_words) == 1 else ""
    script = _SCRIPT_OF.get(name)
    if not script or setting.card.script == script:
        return setting.type
    return setting.style.table.of("", script)


def _region(tag: str) -> str | None:
    parts = tag.replace("_", "-").split("-")[1:]
    return next((part.upper() for part in parts if _REGION.fullmatch(part)), None)
