"""From a decision to an e-mail: texts only, no markup and no bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple
from urllib.parse import quote

from ..errors import ConsentError
from ..l10n import Localizer
from ..model import Block, Candidate, ContentKind, Context, Decision
from .candidates import ORDER_SHIPPED, POINTS_NOTICE, REVIEW_REQUEST, THANK_YOU
from .envelope import envelope
from .loyalty_parts import find_shop_link, highlights, more_paragraphs, program_footer
from .message import Link, Message, MessageBlock, Summary, Unsubscribe
from .parcels import find_parcels, parcel_lines
from .permission import check_decision, find_labels, is_marketing
from .sender import find_correspondents, find_legal_footer
from .summary import compose_summary
from .urls import secure_url
from .words import Words

# Gmail cuts a message at 102 KB of HTML; all that plugins may add has to stay far below.
_BLOCK_CHARS_MAX = 6_000
_ABOUT_ORDER = frozenset({THANK_YOU, ORDER_SHIPPED, REVIEW_REQUEST})


class Expiring(NamedTuple):
    """How many points can be used up to and including which day."""

    points: int
    last_day: date


def compose_email(
    context: Context,
    candidate: Candidate,
    decision: Decision,
    localizer: Localizer,
    *,
    unsubscribe_url: str | None = None,
    preferences_url: str | None = None,
    tracking_url: str | None = None,
    expiring: Expiring | None = None,
) -> Message:
    """Write the e-mail that was decided on, in the words of the localizer.

    Only the kinds of content that were decided on appear. ``unsubscribe_url`` takes the
    one-click POST of RFC 8058; without it, a marketing e-mail is unsubscribed from by mail.
    ``preferences_url`` is the page beside it, linked once its name is translated.
    ``tracking_url`` is the carrier's page, for the button of a shipping notice; ``expiring``
    stands in a points notice.

    Raises:
        ConsentError: the decision does not allow this candidate, or the e-mail could not carry
            what the law asks for.
        ConfigError: the shop has no address to send from.
    """
    check_decision(context, candidate, decision, "email")
    words = Words(context, localizer)
    people = find_correspondents(context)
    brand, template = context.brand, candidate.template
    answers_to = people.reply_to or people.sender
    return Message(
        template=template,
        subject=find_labels(decision) + words.about(f"email.{template}.subject"),
        preheader=words.preheader(template),
        headline=words.about(f"email.{template}.headline"),
        greeting=words.greeting(),
        paragraphs=tuple(_paragraphs(candidate, words, expiring)),
        tracking=tuple(_tracking(context, candidate, words)),
        highlights=tuple(highlights(context, candidate, words)),
        summary=_summary(context, candidate, words),
        points=tuple(_points(context, candidate, words)),
        blocks=tuple(_blocks(candidate, words)),
        call_to_action=_call_to_action(context, candidate, words, tracking_url or ""),
        **envelope(context, candidate, decision, localizer=localizer, words=words, people=people),
        footer=tuple(_footer(context, words, template, contact=brand.contact_email or answers_to)),
        unsubscribe=_unsubscribe(
            decision, words, answers_to, unsubscribe_url or "", preferences_url or ""
        ),
        must_include=decision.must_include,
    )


def _paragraphs(candidate: Candidate, words: Words, expiring: Expiring | None) -> Iterator[str]:
    yield words.about(f"email.{candidate.template}.body")
    if candidate.template == POINTS_NOTICE and expiring and expiring.points > 0:
        yield words.say(
            "email.points_notice.expiring", points=expiring.points, date=expiring.last_day
        )
    yield from more_paragraphs(candidate, words)


def _summary(context: Context, candidate: Candidate, words: Words) -> Summary | None:
    if context.order is None or ContentKind.ORDER_SUMMARY not in candidate.content:
        return None
    return compose_summary(context.order, words, time_zone=context.shop.time_zone)


def _points(context: Context, candidate: Candidate, words: Words) -> Iterator[str]:
    """Yield what the order earned; a notice of points says it in its body."""
    if candidate.template != THANK_YOU or ContentKind.POINTS_BALANCE not in candidate.content:
        return
    if context.loyalty.earned > 0:
        yield words.say("email.points.earned", points=context.loyalty.earned)
    yield words.say("email.points.balance", points=context.loyalty.balance)


def _blocks(candidate: Candidate, words: Words) -> Iterator[MessageBlock]:
    """Leave optional blocks out when they would make the e-mail too long to be shown whole."""
    room = _BLOCK_CHARS_MAX - sum(_length(b) for b in candidate.blocks if not b.is_optional)
    for block in candidate.blocks:
        if block.is_optional:
            if _length(block) > room:
                continue
            room -= _length(block)
        yield MessageBlock(title=words.text(block.title), text=words.text(block.text))


def _length(block: Block) -> int:
    return len(block.title) + len(block.text)


def _call_to_action(
    context: Context, candidate: Candidate, words: Words, tracking_url: str
) -> Link | None:
    key, url = find_shop_link(context, candidate)
    if candidate.template == REVIEW_REQUEST:
        key, url = "email.review_request.cta", secure_url(context.shop.url)
    elif candidate.template == ORDER_SHIPPED:
        key, url = "email.order_shipped.track_cta", secure_url(tracking_url)
    return Link(text=words.say(key), url=url) if url else None


def _tracking(context: Context, candidate: Candidate, words: Words) -> Iterator[str]:
    if candidate.template == ORDER_SHIPPED:
        yield from parcel_lines(find_parcels(context.order), words)


def _footer(context: Context, words: Words, template: str, *, contact: str) -> Iterator[str]:
    if template in _ABOUT_ORDER:
        yield words.about("email.footer.reason")
    yield from program_footer(template, words)
    yield words.say("email.footer.contact", contact=contact)
    if legal := find_legal_footer(context):
        yield words.text(legal)


def _unsubscribe(
    decision: Decision, words: Words, mailbox: str, one_click_url: str, preferences_url: str
) -> Unsubscribe | None:
    """Return how to end advertising; what is about an order has no such thing to end."""
    if not is_marketing(decision):
        return None
    if one_click_url and not secure_url(one_click_url):
        raise ConsentError("the unsubscribe link must be an https URL (RFC 8058, 3.1)")
    key, url = "privacy.preferences.title", secure_url(preferences_url)
    is_linked = bool(url) and words.localizer.can_say(key)
    return Unsubscribe(
        text=words.say("email.footer.unsubscribe"),
        mailto=f"mailto:{quote(mailbox, safe='@')}?subject=unsubscribe",
        one_click_url=one_click_url,
        preferences=Link(text=words.say(key), url=url) if is_linked else None,
    )
