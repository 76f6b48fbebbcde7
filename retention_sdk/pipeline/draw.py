"""From the text of a copy to the file that goes to a printer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import PrintError
from ..inserts import CardTemplate, render_card
from ..inserts.formats import DEFAULT_FORMAT
from ..inserts.profiles import DEFAULT_PROFILE
from ..model import Artifact
from .card_text import CardText
from .make import find_template


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """What is printed on, and how."""

    format: str = DEFAULT_FORMAT
    profile: str = DEFAULT_PROFILE


def draw_card(text: CardText, medium: Medium, *, templates: Mapping[str, CardTemplate]) -> Artifact:
    """Return the print file of one copy: always the same bytes.

    Raises:
        PrintError: it cannot be printed as it should be.
    """
    if medium.format != DEFAULT_FORMAT:
        raise PrintError(f"cards are drawn in {DEFAULT_FORMAT} only, not in {medium.format}")
    template = find_template(text.card.template, templates)
    rendered = render_card(text.card, created_at=text.created_at, template=template)
    return rendered.pdf.model_copy(update={"name": f"{_stem(text.order.number)}.pdf"})


def _stem(number: str) -> str:
    """Return an order number as a part of a file name."""
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in number)
    return f"card-{plain[:60]}" if plain.strip("-") else "card"
