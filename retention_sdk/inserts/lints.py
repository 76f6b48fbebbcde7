"""What a card must not say: a nudge towards praise, a reward for a review, a second thing to do.

Words are a net with holes: they catch what copywriters write by habit, not what a lawyer would.
Sources: Amazon's rules for inserts, 16 CFR 465.4 (no incentive for a certain sentiment), the
European rules on unfair practices (2005/29/EC annex I no. 23b and 23c).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..consent.lint_words import opinion_words, words_of
from ..l10n import strip_isolates
from ..model import ContentKind
from ..model.shop import Voice
from .card import Card

# An address in running text; those of e-mails and of the contact line are not looked at.
_ENDINGS = "com|org|net|shop|store|eu|de|ir|am"
_LINK = re.compile(
    r"(https?://|www\.)\S+|\b[a-z0-9-]+\.(com|org|net|shop|store|eu|de|ir|am)/\S*", re.IGNORECASE
)
_PRICE = re.compile(r"[$€£¥₽₺₹₪﷼]\s?[\d٠-٩۰-۹]|[\d٠-٩۰-۹]\s?[$€£¥₽₺₹₪﷼]")
_SALES = frozenset({ContentKind.COUPON, ContentKind.CROSS_SELL, ContentKind.REFERRAL})


class CardFault(NamedTuple):
    """What is wrong, where on the card, and in which words. ``code`` is one of a few."""

    code: str
    where: str
    detail: str


def lint_card(card: Card, *, voice: Voice | None = None) -> tuple[CardFault, ...]:
    """Return what a card says against the rules of the trade, or against the brand's own voice.

    Codes: ``praise`` and ``reward`` on a card that asks for a review, ``selling`` on an apology,
    ``price`` on a gift, ``second_link`` beside the one thing a card asks for, ``avoid`` for words
    that the brand does not use. The buyer's words on a gift are theirs and not judged.
    """
    texts = dict(_texts(card))
    voice = voice or Voice()
    return (
        *_opinions(card, texts),
        *_sales(card),
        *_prices(card, texts),
        *_links(card, texts),
        *_avoided(card, texts, voice),
    )


def lint_review_text(text: str, language: str) -> tuple[str, ...]:
    """Return the words in a request for a review that ask for praise or promise a reward."""
    said = strip_isolates(text).casefold()
    tables = opinion_words().values()
    return tuple(w for table in tables for w in words_of(table, language) if w.casefold() in said)


def _texts(card: Card) -> Iterator[tuple[str, str]]:
    """Yield every text of ours that is read as a sentence; contact and legal lines are not."""
    yield "headline", card.headline
    yield from ((f"body[{i}]", text) for i, text in enumerate(card.body))
    yield from ((f"steps[{i}]", text) for i, text in enumerate(card.steps))
    for i, block in enumerate(card.blocks):
        yield f"blocks[{i}]", f"{block.title} {block.text}"


def _opinions(card: Card, texts: Mapping[str, str]) -> Iterator[CardFault]:
    asks = {
        f"blocks[{i}]" for i, b in enumerate(card.blocks) if b.content is ContentKind.REVIEW_REQUEST
    }
    is_request = card.template == "review_request"
    for where, text in texts.items():
        if not is_request and where not in asks:
            continue
        said = strip_isolates(text).casefold()
        for code, table in opinion_words().items():
            for word in words_of(table, card.language):
                if word.casefold() in said:
                    yield CardFault(code, where, f"says {word!r} and asks for a review")
    if (is_request or asks) and card.coupon is not None:
        yield CardFault("reward", "coupon", "a card that asks for a review carries no coupon")


def _sales(card: Card) -> Iterator[CardFault]:
    if card.template != "apology_late":
        return
    if card.coupon is not None:
        yield CardFault("selling", "coupon", "an apology sells nothing")
    for i, block in enumerate(card.blocks):
        if block.content in _SALES:
            yield CardFault("selling", f"blocks[{i}]", f"an apology carries no {block.content}")


def _prices(card: Card, texts: Mapping[str, str]) -> Iterator[CardFault]:
    if card.template == "gift_message":
        for where, text in texts.items():
            if _PRICE.search(strip_isolates(text)):
                yield CardFault("price", where, "a gift tells no price")


def _links(card: Card, texts: Mapping[str, str]) -> Iterator[CardFault]:
    """Yield addresses other than the one the code leads to, written out for who has no camera."""
    own = card.code.url if card.code else ""
    for where, text in texts.items():
        found = _LINK.search(strip_isolates(text))
        if found and found[0] not in own:
            detail = f"{found[0][:40]}: a card leads to one place, and the code does that"
            yield CardFault("second_link", where, detail)


def _avoided(card: Card, texts: Mapping[str, str], voice: Voice) -> Iterator[CardFault]:
    for word in words_of(voice.avoid, card.language):
        for where, text in texts.items():
            if word.casefold() in strip_isolates(text).casefold():
                yield CardFault("avoid", where, f"says {word!r}, which the brand avoids")
