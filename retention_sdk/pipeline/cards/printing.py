"""One card from one order, without a store: for samples, previews and batch scripts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ...config import LocaleConfig
from ...consent import RuleSet, first_allowed
from ...context import build_context
from ...errors import ConsentError, PrintError
from ...inserts import (
    Card,
    InsertSettings,
    RenderedCard,
    card_candidates,
    compose_card,
)
from ...inserts.formats import DEFAULT_FORMAT
from ...model import Brand, Candidate, Context, Decision, LocaleChoice, Order, OrderPaid, Shop
from ..choose import judge_of, preferred
from ..locale import localizer_for
from ..make import Codes, code_url
from ..snapshot import enriched
from .looks import Looks

if TYPE_CHECKING:
    from ...hooks.calls import HookCalls


@dataclass(frozen=True, slots=True)
class PrintedCard:
    """A card, the candidate it is, and every decision on the way to it.

    ``composed`` is the card before it was drawn, for media that are no paper.
    """

    card: RenderedCard
    candidate: Candidate
    decisions: tuple[Decision, ...]
    locale: LocaleChoice
    composed: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What stays the same from card to card of one shop."""

    shop: Shop
    brand: Brand
    rules: RuleSet
    calls: HookCalls
    codes: Codes
    locales: LocaleConfig
    looks: Looks
    inserts: InsertSettings | None = None


def print_card(
    order: Order,
    press: Press,
    *,
    locale: LocaleChoice,
    now: datetime,
    template: str | None = None,
    format: str = DEFAULT_FORMAT,  # noqa: A002 - as everywhere that a card is drawn
) -> PrintedCard:
    """Print the best card that may lie in this order's parcel; nothing is recorded.

    ``template`` is tried first; consent still decides, and ``plain_thanks`` is what is left.
    ``format`` is the name of a card format.

    Raises:
        PrintError: no parcel is waiting for a card, or there is no such template.
        ConsentError: not even the plain card is allowed.
    """
    calls = press.calls
    context = _context(order, shop=press.shop, brand=press.brand, locale=locale, now=now)
    context = enriched(context, calls)
    blocks, brought = calls.add_blocks(context=context), tuple(press.looks.templates.values())
    settings, words = press.inserts, localizer_for(locale, press.locales)
    offered = card_candidates(
        context, settings=settings, words=words, blocks=blocks, templates=brought
    )
    candidates = _ranked(preferred(offered, context, calls), template)
    choice = first_allowed(candidates, judge_of(context, rules=press.rules, calls=calls))
    if choice.candidate is None or choice.decision is None:
        raise ConsentError(
            "no card may lie in this parcel: " + "; ".join(_reasons(choice.decisions))
        )
    url = code_url(context.event_id, choice.candidate, press.codes)
    card = compose_card(
        context, choice.candidate, choice.decision, words, code_url=url, settings=settings
    )
    rendered = press.looks.draw(card, created_at=now, format=format)
    return PrintedCard(rendered, choice.candidate, choice.decisions, locale, card)


def _context(
    order: Order, *, shop: Shop, brand: Brand, locale: LocaleChoice, now: datetime
) -> Context:
    event = OrderPaid(
        id=f"preview:{shop.id}:order:{order.id}",
        shop_id=shop.id,
        occurred_at=order.paid_at or order.placed_at,
        order=order,
    )
    return build_context(event, shop=shop, brand=brand, locale=locale, now=now)


def _ranked(candidates: tuple[Candidate, ...], template: str | None) -> tuple[Candidate, ...]:
    if not candidates:
        raise PrintError("no card: the order has no parcel that is still to be packed")
    names = [candidate.template for candidate in candidates]
    if template is not None and template not in names:
        raise PrintError(f"no template {template!r} for this order; there are: {', '.join(names)}")
    return tuple(sorted(candidates, key=lambda candidate: candidate.template != template))


def _reasons(decisions: tuple[Decision, ...]) -> list[str]:
    return [reason for decision in decisions for reason in (*decision.vetoes, *decision.reasons)]
