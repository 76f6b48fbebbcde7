"""Keep the words of customers and catalogues in order wherever a card says them."""

from __future__ import annotations

from .bidi import in_order
from .card import Card, CardQuote

_LINES = ("salutation", "headline", "badge", "tagline", "signoff", "sender_role", "legal", "notice")


def card_in_order(card: Card) -> Card:
    """Return the card with isolates around foreign words that would be read backwards.

    A customer called ``3-in-1`` keeps that name inside a Persian sentence. Numbers are left as
    they are: a range of them is read from the right on purpose.
    """
    is_rtl = card.direction == "rtl"

    def mended(text: str) -> str:
        return in_order(text, is_rtl=is_rtl)

    changes: dict[str, object] = {name: mended(getattr(card, name)) for name in _LINES}
    changes["body"] = tuple(map(mended, card.body))
    changes["steps"] = tuple(map(mended, card.steps))
    if card.quote:
        changes["quote"] = _quote_in_order(card.quote, is_rtl=is_rtl)
    return card.model_copy(update=changes)


def _quote_in_order(quote: CardQuote, *, is_rtl: bool) -> CardQuote:
    paragraphs = tuple(in_order(text, is_rtl=is_rtl) for text in quote.paragraphs)
    return quote.model_copy(update={"paragraphs": paragraphs})
