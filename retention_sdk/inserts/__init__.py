"""Cards for parcels: choose candidates, compose the allowed one, draw it."""

from .card import Card, CardBlock, CardCode, CardItem, CardPoints, RenderedCard
from .choose import BUILT_IN_TEMPLATES, card_candidates
from .codes import CardToken, card_id_for, make_token, read_token
from .compose import compose_card
from .render import render_card
from .template import CardTemplate

__all__ = [
    "BUILT_IN_TEMPLATES",
    "Card",
    "CardBlock",
    "CardCode",
    "CardItem",
    "CardPoints",
    "CardTemplate",
    "CardToken",
    "RenderedCard",
    "card_candidates",
    "card_id_for",
    "compose_card",
    "make_token",
    "read_token",
    "render_card",
]
