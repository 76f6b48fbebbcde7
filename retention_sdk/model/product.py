"""What a shop sells, as far as a card or a message may speak of it."""

from __future__ import annotations

from .base import Identifier, Line, Paragraph, Record


class Product(Record):
    """A product; ``care`` holds what a care card prints, one step per entry."""

    id: Identifier
    title: Line
    sku: Line = ""
    gtin: Line = ""
    url: Line = ""
    categories: tuple[Line, ...] = ()
    description: Paragraph = ""
    care: tuple[Line, ...] = ()
