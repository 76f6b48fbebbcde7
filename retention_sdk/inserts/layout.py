"""Turn a card into the data a template reads: strings, colours, sizes. No drawing, no I/O."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from .card import Card
from .colour import colours_of
from .fonts import FontLibrary
from .typography import BY_SCRIPT, Face, Typography, typography_for

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
# A line may break after a space, a dash or a slash, and anywhere in Thai, Lao, Khmer, Burmese
# (by dictionary), Han, Kana and Hangul (UAX #14). What is left must fit as it stands.
_UNBREAKABLE = re.compile(
    r"[^\s\u2010\u2012-\u2014/\-\u00ad\u200b\u2066-\u2069\u0e00-\u0eff\u1000-\u109f"
    r"\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+"
)
_RUNS_MAX = 4
_HAN_OR_KANA = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_PHRASE = re.compile(r"[^、。，；！？\n]+[、。，；！？]*")
_ONE_LETTER = re.compile(r"(?<![^\s(«„“‘])([A-Za-zÀ-ÖØ-öø-ÿΑ-Ωά-ώа-яА-ЯёЁіІ]) ")
_REGION = re.compile(r"[A-Za-z]{2}")
# Italics and light faces look smaller than the text they stand beside.
_ASIDE_SCALE = 1.14


def lay_out(card: Card, library: FontLibrary, *, code_mm: float) -> dict[str, Any]:
    """Return everything the template needs, as JSON values.

    Raises:
        MissingFont: a face is not installed.
    """
    style = typography_for(card.language, card.script)
    return {
        "title": card.headline.replace("\n", " "),
        "language": card.language.partition("-")[0].lower(),
        "region": _region(card.language),
        "direction": card.direction,
        "palette": colours_of(card.palette),
        "type": {**_type(style, library), "hand": _face(_hand(card, style), library)},
        "brand": {
            "name": card.brand_name,
            "has_logo": card.logo is not None,
            "type": _type(_style_of(card.brand_name, style), library),
            "runs": [card.brand_name] if card.logo is None else [],
        },
        "front": _front(card),
        "back": _back(card, code_mm),
    }


def texts_of(card: Card) -> dict[str, tuple[str, Face]]:
    """Return every text that will be printed with the face that sets it, by name."""
    style = typography_for(card.language, card.script)
    return {name: (text, face) for name, text, face in _texts(card, style) if text}


def _texts(card: Card, style: Typography) -> Iterator[tuple[str, str, Face]]:
    body, aside = style.body, style.aside
    yield "brand_name", card.brand_name, _style_of(card.brand_name, style).display
    yield "headline", card.headline, style.display
    yield "sender_name", card.sender_name, _hand(card, style)
    asides = ("salutation", "signoff", "tagline", "more_items")
    plain = ("sender_role", "order_number", "order_date", "contact", "legal")
    yield from ((name, getattr(card, name), aside) for name in asides)
    yield from ((name, getattr(card, name), body) for name in plain)
    yield from ((f"body[{i}]", text, body) for i, text in enumerate(card.body))
    for i, item in enumerate(card.items):
        yield f"items[{i}].title", item.title, body
        yield f"items[{i}].quantity", item.quantity, body
    yield from ((f"points[{i}]", line.text, body) for i, line in enumerate(card.points))
    for i, block in enumerate(card.blocks):
        yield f"blocks[{i}].title", block.title, body
        yield f"blocks[{i}].text", block.text, body
    yield "code.caption", card.code.caption if card.code else "", aside


def _front(card: Card) -> dict[str, Any]:
    return {
        "salutation": card.salutation,
        "headline": bind_short_words(card.headline),
        "body": [bind_short_words(text) for text in card.body],
        "phrases": phrases_of(card.headline),
        "signoff": card.signoff,
        "sender": card.sender_name,
        "role": card.sender_role,
        "runs": {
            "headline": longest_runs(card.headline),
            "salutation": longest_runs(card.salutation),
            "body": longest_runs(*card.body),
            "sender": longest_runs(card.sender_name),
        },
    }


def _back(card: Card, code_mm: float) -> dict[str, Any]:
    titles = [item.title for item in card.items]
    blocks = [text for block in card.blocks for text in (block.title, block.text)]
    points = [line.text for line in card.points]
    has_data = card.items or card.points or card.blocks or card.code
    return {
        "is_cover": not has_data,
        "tagline": card.tagline,
        "order": [text for text in (card.order_number, card.order_date) if text],
        "items": [{"quantity": item.quantity, "title": item.title} for item in card.items],
        "more": card.more_items,
        "points": [{"text": line.text, "number": line.number} for line in card.points],
        "blocks": [{"title": block.title, "text": block.text} for block in card.blocks],
        "has_qr": card.code is not None,
        "qr_mm": code_mm,
        "qr_alt": card.code.caption if card.code else "",
        "qr_caption": bind_short_words(card.code.caption) if card.code else "",
        "phrases": phrases_of(card.code.caption) if card.code else [],
        "contact": card.contact,
        "legal": card.legal,
        "runs": {
            "list": longest_runs(*titles),
            "rest": longest_runs(card.tagline, *points, *blocks),
            "foot": longest_runs(card.contact, card.legal),
            "caption": longest_runs(card.code.caption) if card.code else [],
        },
    }


def longest_runs(*texts: str) -> list[str]:
    """Return the longest stretches of text that no line break can divide."""
    runs = {run for text in texts for run in _UNBREAKABLE.findall(text)}
    return sorted(runs, key=lambda run: (-len(run), run))[:_RUNS_MAX]


def phrases_of(text: str) -> list[str]:
    """Return the phrases of a text in Han or Kana, ending after punctuation; else nothing."""
    if not _HAN_OR_KANA.search(text):
        return []
    return [phrase.strip() for phrase in _PHRASE.findall(text) if phrase.strip()]


def bind_short_words(text: str) -> str:
    """Join words of one letter to the next, so that no line ends in "a", "à" or "в".

    Latin, Greek and Cyrillic setting avoids it; Czech, Polish and Russian rules forbid it.
    """
    return _ONE_LETTER.sub("\\1\u00a0", text)


def _type(style: Typography, library: FontLibrary) -> dict[str, Any]:
    values: dict[str, Any] = asdict(style)
    values["aside_size"] = round(style.small_size * _ASIDE_SCALE, 2)
    for role in _ROLES:
        values[role] = _face(getattr(style, role), library)
    return values


def _face(face: Face, library: FontLibrary) -> dict[str, Any]:
    return {**asdict(face), "families": list(library.chain(face))}


def _hand(card: Card, style: Typography) -> Face:
    return _style_of(card.sender_name, style).hand


def _style_of(text: str, style: Typography) -> Typography:
    """Return the style of the script a name is written in; the card's own if that is unclear.

    A Latin word mark on a Persian card is set, and a Latin name signed, as at home.
    """
    first_words = {unicodedata.name(char, "").partition(" ")[0] for char in text if char.isalpha()}
    name = first_words.pop() if len(first_words) == 1 else ""
    script = _SCRIPT_OF.get(name)
    return typography_for("", script) if script and BY_SCRIPT[script] is not style else style


def _region(tag: str) -> str | None:
    parts = tag.replace("_", "-").split("-")[1:]
    return next((part.upper() for part in parts if _REGION.fullmatch(part)), None)
