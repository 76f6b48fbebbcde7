"""What could leave, what may leave, and every decision on the way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from ..consent import RuleSet, decide, first_allowed
from ..inserts import CardTemplate, InsertSettings, choose_insert, unmet_demands
from ..l10n import Localizer
from ..messages import (
    find_sender,
    message_candidates,
    push_candidates,
    sms_candidates,
    whatsapp_candidates,
)
from ..model import Candidate, Context, Decision, Record
from ..model.base import Line
from ..model.candidate import Surface
from .law import block_vetoes

if TYPE_CHECKING:
    from ..hooks.calls import HookCalls


_SHORT: dict[Surface, Callable[[Context], tuple[Candidate, ...]]] = {
    "sms": sms_candidates,
    "push": push_candidates,
    "whatsapp": whatsapp_candidates,
}
_NO_SENDER = "e-mails need an address to come from: set shop.email"


class Pick(Record):
    """A candidate that may leave, with the decision that says so."""

    candidate: Candidate
    decision: Decision


class Chosen(Record):
    """One pick per surface at the most, and all decisions made to get there.

    ``candidates`` are what the decisions are about, one each, so that all can be made again.
    ``card_notes`` tell why a card came first, before consent was asked, and what was left out.
    """

    picks: tuple[Pick, ...]
    decisions: tuple[Decision, ...]
    card_notes: tuple[Line, ...] = ()
    candidates: tuple[Candidate, ...] = ()


def choose(
    context: Context,
    *,
    rules: RuleSet,
    calls: HookCalls,
    templates: Sequence[CardTemplate] = (),
    settings: InsertSettings | None = None,
    words: Localizer | None = None,
    surfaces: Collection[Surface] = (),
) -> Chosen:
    """Rank the candidates of each surface and take the first that rules and vetoes allow.

    ``words`` is the localizer the card will speak with: a card it has no text for is no candidate.
    ``surfaces`` are the short messages that can reach this customer: the shop has a channel.
    """
    blocks = calls.add_blocks(context=context)
    insert = choose_insert(context, settings, words=words, blocks=blocks, templates=templates)
    cards = preferred(insert.candidates, context, calls)
    messages = message_candidates(context, blocks=blocks)
    judge = judge_of(context, rules=rules, calls=calls)
    short = [find(context) for surface, find in _SHORT.items() if surface in surfaces]
    choices = [first_allowed(candidates, judge) for candidates in (cards, messages, *short)]
    return Chosen(
        picks=tuple(
            Pick(candidate=choice.candidate, decision=choice.decision)
            for choice in choices
            if choice.candidate and choice.decision
        ),
        decisions=tuple(decision for choice in choices for decision in choice.decisions),
        card_notes=insert.notes if context.order else (),
        candidates=tuple(candidate for choice in choices for candidate in choice.asked),
    )


def judge_of(
    context: Context, *, rules: RuleSet, calls: HookCalls
) -> Callable[[Candidate], Decision]:
    """Return the function that decides about candidates of one event.

    A card that could not carry what its decision demands is refused, so that the next one is
    tried: better no advertising than advertising nobody can object to. An e-mail that could come
    from nobody is refused too: the card does not wait for it. What laws forbid plugins' texts to
    say is a veto like any other.
    """
    has_sender = find_sender(context) is not None

    def judge(candidate: Candidate) -> Decision:
        vetoes = calls.veto_message(context=context, candidate=candidate)
        vetoes = (*vetoes, *block_vetoes(candidate, context, rules))
        if candidate.surface == "email" and not has_sender:
            vetoes = (*vetoes, _NO_SENDER)
        decision = decide(candidate, context, rules=rules, vetoes=vetoes)
        if not decision.allowed or candidate.surface != "card":
            return decision
        lacking = tuple(f"the card cannot say {each}" for each in unmet_demands(decision, context))
        if not lacking:
            return decision
        return decide(candidate, context, rules=rules, vetoes=(*vetoes, *lacking))

    return judge


def preferred(
    candidates: tuple[Candidate, ...], context: Context, calls: HookCalls
) -> tuple[Candidate, ...]:
    """Put the template that a plugin chose first; the order of the others stays."""
    if not candidates:
        return ()
    names = [candidate.template for candidate in candidates]
    chosen = calls.choose_template(context=context, candidates=names)
    return tuple(sorted(candidates, key=lambda candidate: candidate.template != chosen))
