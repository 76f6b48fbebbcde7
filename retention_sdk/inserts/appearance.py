"""What of a card appears on a page of some size, and which face sets each text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from .card import Card
from .fonts import is_unseen
from .formats import DEFAULT_FORMAT, CardFormat, get_format
from .grid import Grid, grid_for
from .style import CardStyle, built_in_style
from .typography import CODE_FACE, Face, Typography
from .words import number_in

_SCRIPT_OF = {
    "LATIN": "Latn",
    "CYRILLIC": "Cyrl",
    "GREEK": "Grek",
    "ARMENIAN": "Armn",
    "HEBREW": "Hebr",
    "DEVANAGARI": "Deva",
    "THAI": "Thai",
}
_BLANK: dict[str, Any] = {"items": (), "points": ()}


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


def letters_of(setting: Setting) -> frozenset[str]:
    """Return all visible characters of a card, with the signs that templates add."""
    said = set("\u00d7\u00b7\u2022").union(*(text for _, text, _ in _texts(setting)))
    return frozenset(char for char in said if not is_unseen(char))


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
    for i, (number, text) in enumerate(steps_of(setting)):
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


def steps_of(setting: Setting) -> list[tuple[str, str]]:
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
