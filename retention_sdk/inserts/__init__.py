"""Cards for parcels: choose candidates, compose the allowed one, draw it.

Names are imported on first use: who prints a finished card needs none of the orders it came from.
"""

from typing import TYPE_CHECKING

from ..lazily import homes_of, name_by_name

if TYPE_CHECKING:
    from .batch import render_cards, render_document
    from .card import Card, CardBlock, CardCode, CardItem, CardPoints, RenderedCard
    from .choose import InsertDecision, card_candidates, choose_insert
    from .codes import CardToken, card_id_for, make_token, read_token
    from .compose import compose_card
    from .cta import pages_of, target_of
    from .demands import unmet_demands
    from .families import BUILT_IN_TEMPLATES, FAMILIES, Family
    from .offers import CardOffer, Offer
    from .render import render_card
    from .settings import InsertSettings
    from .template import CardTemplate

__all__ = [
    "BUILT_IN_TEMPLATES",
    "FAMILIES",
    "Card",
    "CardBlock",
    "CardCode",
    "CardItem",
    "CardOffer",
    "CardPoints",
    "CardTemplate",
    "CardToken",
    "Family",
    "InsertDecision",
    "InsertSettings",
    "Offer",
    "RenderedCard",
    "card_candidates",
    "card_id_for",
    "choose_insert",
    "compose_card",
    "make_token",
    "pages_of",
    "read_token",
    "render_card",
    "render_cards",
    "render_document",
    "target_of",
    "unmet_demands",
]

_NAMES = {
    ".batch": ("render_cards", "render_document"),
    ".card": ("Card", "CardBlock", "CardCode", "CardItem", "CardPoints", "RenderedCard"),
    ".choose": ("InsertDecision", "card_candidates", "choose_insert"),
    ".codes": ("CardToken", "card_id_for", "make_token", "read_token"),
    ".compose": ("compose_card",),
    ".cta": ("pages_of", "target_of"),
    ".demands": ("unmet_demands",),
    ".families": ("BUILT_IN_TEMPLATES", "FAMILIES", "Family"),
    ".offers": ("CardOffer", "Offer"),
    ".render": ("render_card",),
    ".settings": ("InsertSettings",),
    ".template": ("CardTemplate",),
}
__getattr__ = name_by_name(__name__, homes_of(_NAMES))


def __dir__() -> list[str]:
    return list(__all__)
