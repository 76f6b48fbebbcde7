"""Asks what laws say about the texts of cards and e-mails, before and after they are written."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from ..consent import RuleSet
from ..consent.lints import CheckedText, LawFinding, lint_text
from ..consent.places import find_places, homes_of
from ..inserts import Card
from ..inserts.card import CardBlock
from ..messages import Message
from ..messages.sender import subject_labels
from ..model import Block, Candidate, ContentKind, Context, MessageClass

_log = logging.getLogger("retention_sdk.pipeline")
_REVIEW = "review_request"


def places_of(context: Context, rules: RuleSet) -> frozenset[str]:
    """Return the regions whose law the recipient lives under, as the rules call them."""
    places = find_places(homes_of(context), subdivisions_of=rules.subdivisions_of)
    return frozenset(code for place in places for code in place.everything)


def block_vetoes(candidate: Candidate, context: Context, rules: RuleSet) -> tuple[str, ...]:
    """Return why the law forbids what plugins want to say; warnings are no vetoes.

    Our own texts are looked over by the tests; what others bring is looked over here, so that the
    next candidate is tried instead.
    """
    if not candidate.blocks:
        return ()
    places = places_of(context, rules)
    is_marketing = candidate.message_class is MessageClass.MARKETING
    has_offer = ContentKind.COUPON in candidate.content
    return tuple(
        str(finding)
        for position, block in enumerate(candidate.blocks)
        for finding in lint_text(
            CheckedText(
                texts={f"blocks[{position}]": _said(block)},
                language=context.locale.tag,
                places=places,
                content=frozenset({block.content}),
                is_marketing=is_marketing,
                offers={"coupon": "on the same card"} if has_offer else {},
            )
        )
        if finding.severity == "error"
    )


def lint_finished(
    *documents: Card | Message | None, places: frozenset[str] = frozenset()
) -> tuple[LawFinding, ...]:
    """Return what laws of these regions have against finished cards and e-mails."""
    return tuple(
        finding
        for each in documents
        for checked in _of(each, places)
        for finding in lint_text(checked)
    )


def tell_findings(*documents: Card | Message | None, context: Context, rules: RuleSet) -> None:
    """Warn of what laws have against composed texts; the words found are listed, nobody's data."""
    for finding in lint_finished(*documents, places=places_of(context, rules)):
        _log.warning("%s %s; %s", finding.code, finding, finding.way_out)


def _of(document: Card | Message | None, places: frozenset[str]) -> Iterator[CheckedText]:
    if isinstance(document, Card):
        yield from _of_card(document, places)
    elif document is not None:
        yield _of_email(document, places)


def _of_card(card: Card, places: frozenset[str]) -> Iterator[CheckedText]:
    """A request for a review is judged where it stands, not by its neighbours' words."""
    texts = {"headline": card.headline, "notice": card.notice}
    texts |= {f"body[{i}]": text for i, text in enumerate(card.body)}
    texts |= {f"steps[{i}]": text for i, text in enumerate(card.steps)}
    offers = {"coupon": card.coupon.terms} if card.coupon else {}
    yield CheckedText(
        texts=texts,
        language=card.language,
        places=places,
        content=_asks(card.template),
        sender=card.legal or card.brand_name,
        offers=offers,
    )
    for position, block in enumerate(card.blocks):
        yield CheckedText(
            texts={f"blocks[{position}]": _said(block)},
            language=card.language,
            content=frozenset({block.content}),
            other_languages=frozenset({"fr"}),  # the card itself was asked about its language
            places=places,
            offers=offers if block.content is ContentKind.REVIEW_REQUEST else {},
        )


def _of_email(message: Message, places: frozenset[str]) -> CheckedText:
    texts = {"subject": message.subject, "headline": message.headline}
    texts |= {f"paragraphs[{i}]": text for i, text in enumerate(message.paragraphs)}
    texts |= {f"blocks[{i}]": f"{b.title} {b.text}" for i, b in enumerate(message.blocks)}
    label = subject_labels(message.must_include)
    return CheckedText(
        texts=texts,
        language=message.language,
        places=places,
        content=_asks(message.template),
        is_marketing=message.message_class is MessageClass.MARKETING,
        sender=" ".join(message.footer),
        labels=(label,) if label else (),
    )


def _asks(template: str) -> frozenset[ContentKind]:
    asks = template == _REVIEW
    return frozenset({ContentKind.REVIEW_REQUEST if asks else ContentKind.THANKS})


def _said(block: Block | CardBlock) -> str:
    return f"{block.title} {block.text}"
