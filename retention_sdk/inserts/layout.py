"""Turn a card into the data a template reads: strings, colours, sizes. No drawing, no I/O."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

from ..errors import ConfigError
from .appearance import Setting, letters_of, steps_of
from .card import Card
from .colour import colours_of
from .fonts import FontLibrary
from .lettering import lettering_of
from .qr import QrCode
from .typography import CODE_FACE, Face, Typography
from .widths import words_of
from .words import addresses_in, bind_short_words, longest_runs, phrases_of

_ROLES = ("display", "body", "aside", "hand")
_REGION = re.compile(r"[A-Za-z]{2}")
# Small print often stands light on colour, where thinner strokes fill with ink.
_LEGAL_FLOOR = 7.0
# Most texts of a card are the shop's or the catalogue's, and come again on the next.
_TEXTS_MAX = 1024
_PDF_MAX_BYTES = 4 * 1024 * 1024


def lay_out(setting: Setting, library: FontLibrary, *, code: QrCode | None) -> dict[str, Any]:
    """Return everything the template needs, as JSON values.

    Raises:
        MissingFont: a face is not installed.
        ConfigError: a drawing is not safe to print.
    """
    card = setting.card
    letters = letters_of(setting)
    return {
        "title": card.headline.replace("\n", " "),
        "family": card.template,
        "language": card.language.partition("-")[0].lower(),
        "region": _region(card.language),
        "direction": card.direction,
        "palette": colours_of(card.palette),
        "page": _page(setting),
        "type": _type(setting, library, letters),
        "brand": _brand(setting, library, letters),
        "lettering": dict(_lettering(setting)),
        "ems": _ems(setting, library),
        "front": _front(setting),
        "back": _back(setting, code),
    }


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


def _brand(setting: Setting, library: FontLibrary, letters: frozenset[str]) -> dict[str, Any]:
    card = setting.card
    style = setting.mark
    face = style.display
    return {
        "name": card.brand_name,
        "logo": _drawing(card.logo) if card.logo and not card.logo_pdf else None,
        "logo_pdf": _bytes_of(card.logo_pdf) if card.logo_pdf else None,
        "has_logo": bool(card.logo or card.logo_pdf),
        "type": {**_plain(style), "display": _face(face, card.brand_name, library, letters)},
        "runs": [] if card.logo or card.logo_pdf else [card.brand_name],
    }


def _drawing(svg: str) -> str:
    from .logo import check_logo  # few cards have a drawing, and it reads XML

    return check_logo(svg).decode()


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
    steps = steps_of(setting)
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
        "signature": _drawing(card.signature) if card.signature else None,
        "role": card.sender_role,
        "runs": {
            "headline": longest_runs(bind_short_words(card.headline)),
            "salutation": longest_runs(card.salutation, *quoted),
            "body": longest_runs(*body, *(bind_short_words(text) for text in card.steps)),
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
        "addresses": addresses_in(card.contact, card.legal, card.notice),
        "runs": {
            "list": longest_runs(*(item.title for item in card.items)),
            "rest": longest_runs(card.tagline, *(line.text for line in card.points), *blocks),
            "foot": longest_runs(card.contact, card.legal, card.notice),
            "caption": longest_runs(bind_short_words(caption)),
            "coupon": longest_runs(
                *((card.coupon.value, card.coupon.terms) if card.coupon else ())
            ),
        },
    }


def _type(setting: Setting, library: FontLibrary, letters: frozenset[str]) -> dict[str, Any]:
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
    faces = {role: _face(getattr(style, role), said[role], library, letters) for role in _ROLES}
    hand = _face(setting.hand.hand, card.sender_name, library, letters)
    shrink = min(1.35, max(0.6, grid.display))
    small = style.small * min(1.2, max(0.92, grid.text))
    leading = max(style.ascent + style.descent, style.line_body * grid.leading)
    return {
        **_plain(style),
        **faces,
        "line_body": round(leading, 3),
        "hand": {**hand, "size": round(hand["size"] * shrink, 2)},
        "code": _face(CODE_FACE, "", library, letters),
        "headline_sizes": style.headline_sizes(grid.display * faces["display"]["scale"]),
        "body_sizes": style.body_sizes(grid.text),
        "small_size": round(small, 2),
        "legal_size": round(max(_LEGAL_FLOOR, style.legal * min(1.15, max(0.95, grid.text))), 2),
        "aside_scale": round(style.aside_scale * faces["aside"]["scale"], 3),
        "aside_size": round(small * style.aside_scale * faces["aside"]["scale"], 2),
    }


@cache
def _plain(style: Typography) -> Mapping[str, Any]:
    values = ((each.name, getattr(style, each.name)) for each in fields(style))
    return MappingProxyType({name: value for name, value in values if name not in _ROLES})


def _face(face: Face, text: str, library: FontLibrary, letters: frozenset[str]) -> dict[str, Any]:
    """Return a face with its families; the partner's when the family lacks some of the text."""
    scale = 1.0
    if face.is_whole and face.partner and not library.covers(face.family, text):
        scale = face.partner_scale
        face = replace(face, family=face.partner, weight=400, partner="", slant=0.0)
    return {
        "families": list(library.needed(face, letters)),
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


def _ems(setting: Setting, library: FontLibrary) -> dict[str, dict[str, float]]:
    """Return the widths of texts in ems, by role, so that few have to be typeset to learn them."""
    card, style = setting.card, setting.type
    caption = card.code.caption if card.code else ""
    quoted = (card.quote.recipient, *card.quote.paragraphs) if card.quote else ()
    asides = (card.salutation, card.signoff, card.tagline, card.more_items, caption, *quoted)
    foot = (card.contact, card.legal, card.notice)
    lines = (*card.body, *card.steps, *foot, *addresses_in(*foot), card.badge)
    order = (card.order_number, card.order_date, *(item.title for item in card.items))
    more = (*(each.text for each in card.points), *_strings_of(card))
    texts = {
        "display": (card.headline, *phrases_of(card.headline), caption, *phrases_of(caption)),
        "aside": (*asides, *phrases_of(caption)),
        "body": (*lines, *order, *more),
    }
    result = {role: _widths(getattr(style, role), said, library) for role, said in texts.items()}
    name = card.sender_name
    result["hand"] = _widths(setting.hand.hand, (name,), library)
    if style.title_tracking:
        spaced = result["display"].items()
        result["display"] = {text: em + style.title_tracking * len(text) for text, em in spaced}
    return result


def _widths(face: Face, texts: Iterable[str], library: FontLibrary) -> dict[str, float]:
    """Return the widths of texts in ems, and of the stretches in them that never break."""
    words = words_of(face, library)
    found: dict[str, float] = {}
    for text in texts:
        if text:
            found |= {part: words.width(part) for part in _parts_of(text)}
    return found


@lru_cache(maxsize=_TEXTS_MAX)
def _parts_of(text: str) -> tuple[str, ...]:
    """Return a text, as it stands and with its short words bound, and what in it never breaks."""
    forms = (text, bind_short_words(text))
    return tuple(dict.fromkeys((*forms, *(run for form in forms for run in longest_runs(form)))))


def _strings_of(card: Card) -> tuple[str, ...]:
    return tuple(text for block in card.blocks for text in (block.title, block.text))


def _region(tag: str) -> str | None:
    parts = tag.replace("_", "-").split("-")[1:]
    return next((part.upper() for part in parts if _REGION.fullmatch(part)), None)
