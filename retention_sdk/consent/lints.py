"""Looks a finished text over for what laws forbid in it, or ask of it. Pure.

A help for whoever writes texts, not legal advice, and no proof that a text is lawful: words are
found by lists, which have holes, and a language without a list is not looked at (``covered``).
Nothing about a text makes this raise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from ..model import ContentKind, Money
from .lint_words import Severity, law_texts, law_words, opinion_words, words_of

# Sōzuke keihin: a premium for everybody who buys. Below this sale the cap is a fixed sum.
_SMALL_SALE_JPY, _SMALL_CAP_JPY, _CAP_PERCENT = 1_000, 200, 20
# Soft hyphens, joiners, marks of direction, isolates: between letters they hide a word.
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedText:
    """A text before it leaves, with what the law wants to know of it.

    ``texts`` are by place, such as ``subject`` or ``body[0]``; ``language`` is BCP 47, as are
    ``other_languages`` that say the same beside it. ``places`` are regions of the recipient as in
    the rules (``FR``, ``EU``, ``CA-QC``). ``offers`` hold the conditions of each offer, ``sender``
    who it says it is from; None where that is nobody's question. ``labels`` must open ``subject``.
    ``gift`` is what lies in the parcel for nothing, ``sale`` what was paid.
    """

    texts: Mapping[str, str]
    language: str
    places: frozenset[str] = frozenset()
    content: frozenset[ContentKind] = frozenset()
    is_marketing: bool = True
    offers: Mapping[str, str] = field(default_factory=dict)
    sender: str | None = None
    labels: tuple[str, ...] = ()
    other_languages: frozenset[str] = frozenset()
    gift: Money | None = None
    sale: Money | None = None


@dataclass(frozen=True, slots=True)
class LawFinding:
    """What is wrong, where, by which law, and the way out."""

    code: str
    severity: Severity
    place: str
    detail: str
    citation: str
    way_out: str

    def __str__(self) -> str:
        """One sentence for a veto or a terminal."""
        return f"{self.place}: {self.detail} ({self.citation})"


def lint_text(document: CheckedText) -> tuple[LawFinding, ...]:
    """Return what laws of the recipient's places have against a text, errors first."""
    checks = (_reviews, _offers, _sender, _gift, _languages, _labels, _word_lists)
    found = [finding for check in checks for finding in check(document)]
    return tuple(sorted(found, key=lambda each: each.severity != "error"))


def covered(code: str) -> tuple[str, ...]:
    """Return the languages that a question about words is asked in."""
    tables = {
        "review_positive_only": opinion_words()["praise"],
        "review_bought": opinion_words()["praise"],
        "review_reward_undisclosed": opinion_words()["reward"],
    }
    return tuple(tables[code] if code in tables else law_words().get(code, {}))


def gift_cap(sale: Money) -> Money:
    """Return what a gift to a buyer in Japan may be worth at most, in yen.

    Raises:
        ValueError: the sale is not in yen.
    """
    if sale.currency != "JPY":
        raise ValueError("the cap is set in yen; convert the sale first")
    small = sale.minor < _SMALL_SALE_JPY
    cap = _SMALL_CAP_JPY if small else max(_SMALL_CAP_JPY, sale.minor * _CAP_PERCENT // 100)
    return Money(minor=cap, currency="JPY")


# The questions ------------------------------------------------------------------------------


def _reviews(document: CheckedText) -> Iterator[LawFinding]:
    """Requests for reviews: bought, steered, or for the happy only."""
    if ContentKind.REVIEW_REQUEST not in document.content:
        return
    rewards = [*_said(document, "reward"), *((at, "an offer") for at in document.offers)]
    for place, word in _said(document, "praise"):
        code = "review_bought" if rewards else "review_positive_only"
        yield _finding(code, place, f"asks for a review and says {word!r}")
    for place, word in _said(document, "review_gating"):
        yield _finding("review_gating", place, f"sends the unhappy elsewhere with {word!r}")
    if rewards and not _said(document, "reward_disclosed"):
        place, word = rewards[0]
        yield _finding("review_reward_undisclosed", place, f"rewards a review with {word!r}")


def _offers(document: CheckedText) -> Iterator[LawFinding]:
    for place, terms in document.offers.items():
        if not terms.strip():
            yield _finding("offer_without_terms", place, "an offer without conditions or end")


def _sender(document: CheckedText) -> Iterator[LawFinding]:
    if document.is_marketing and document.sender is not None and not document.sender.strip():
        yield _finding("sender_missing", "sender", "advertising that does not say who it is from")


def _gift(document: CheckedText) -> Iterator[LawFinding]:
    gift, sale = document.gift, document.sale
    if gift is None or not law_texts()["gift_above_cap"].holds_in(document.places):
        return
    if sale is None or {gift.currency, sale.currency} != {"JPY"}:
        detail = "a gift whose worth and sale are not known in yen"
        yield _finding("gift_above_cap", "gift", detail)
    elif gift > gift_cap(sale):
        detail = f"a gift of {gift} for a sale of {sale}; {gift_cap(sale)} at most"
        yield _finding("gift_above_cap", "gift", detail)


def _languages(document: CheckedText) -> Iterator[LawFinding]:
    said = {document.language, *document.other_languages}
    if any(tag.replace("_", "-").partition("-")[0].casefold() == "fr" for tag in said):
        return
    for code in ("language_missing_fr", "language_missing_qc"):
        if law_texts()[code].holds_in(document.places):
            yield _finding(code, "language", f"says nothing in French, but {document.language}")


def _labels(document: CheckedText) -> Iterator[LawFinding]:
    subject = document.texts.get("subject", "")
    if document.is_marketing and "subject" in document.texts:
        for label in document.labels:
            if label.strip() not in subject:
                yield _finding("label_missing", "subject", f"does not begin with {label!r}")


def _word_lists(document: CheckedText) -> Iterator[LawFinding]:
    """Words that are enough by themselves: superlatives, net prices, calls to children."""
    for code, what in (
        ("superlative", "praises itself with"),
        ("price_without_tax", "names a price without tax:"),
        ("children_urged", "urges children with"),
    ):
        if document.is_marketing and law_texts()[code].holds_in(document.places):
            for place, word in _said(document, code):
                yield _finding(code, place, f"{what} {word!r}")


# Words --------------------------------------------------------------------------------------


def _said(document: CheckedText, code: str) -> list[tuple[str, str]]:
    """Return each place with the first word of a list that stands there."""
    words = _folded_words(code, document.language)
    if not words:
        return []
    plain = {place: _plain(text) for place, text in document.texts.items()}
    found = (
        (place, next((word for word, folded in words if folded in text), ""))
        for place, text in plain.items()
    )
    return [(place, word) for place, word in found if word]


@cache
def _folded_words(code: str, language: str) -> tuple[tuple[str, str], ...]:
    table = opinion_words().get(code) or law_words().get(code, {})
    return tuple((word, _plain(word)) for word in words_of(table, language))


def _plain(text: str) -> str:
    """Return a text as it is compared: without case, marks that do not show, and wide forms."""
    if text.isascii():
        return text.casefold()
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text).casefold())


def _finding(code: str, place: str, detail: str) -> LawFinding:
    law = law_texts()[code]
    return LawFinding(code, law.severity, place, detail[:300], law.citation, law.way_out)
