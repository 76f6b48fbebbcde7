"""What could leave, what may leave, and every decision on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..consent import RuleSet, decide, first_allowed
from ..inserts import CardTemplate, card_candidates
from ..messages import message_candidates
from ..model import Candidate, Context, Decision, Record

if TYPE_CHECKING:
    from ..hooks.calls import HookCalls


class Pick(Record):
    """A candidate that may leave, with the decision that says so."""

    candidate: Candidate
    decision: Decision


class Chosen(Record):
    """One pick per surface at the most, and all decisions made to get there."""

    picks: tuple[Pick, ...]
    decisions: tuple[Decision, ...]


def choose(
    context: Context, *, rules: RuleSet, calls: HookCalls, templates: Sequence[CardTemplate] = ()
) -> Chosen:
    """Rank the candidates of each surface and take the first that rules and vetoes allow."""
    blocks = calls.add_blocks(context=context)
    ranked = card_candidates(context, blocks=blocks, templates=templates)
    cards = preferred(ranked, context, calls)
    messages = message_candidates(context, blocks=blocks)

    def judge(candidate: Candidate) -> Decision:
        vetoes = calls.veto_message(context=context, candidate=candidate)
        return decide(candidate, context, rules=rules, vetoes=vetoes)

    choices = [first_allowed(candidates, judge) for candidates in (cards, messages)]
    return Chosen(
        picks=tuple(
            Pick(candidate=choice.candidate, decision=choice.decision)
            for choice in choices
            if choice.candidate and choice.decision
        ),
        decisions=tuple(decision for choice in choices for decision in choice.decisions),
    )


def preferred(
    candidates: tuple[Candidate, ...], context: Context, calls: HookCalls
) -> tuple[Candidate, ...]:
    """Put the template that a plugin chose first; the order of the others stays."""
    if not candidates:
        return ()
    names = [candidate.template for candidate in candidates]
    chosen = calls.choose_template(context=context, candidates=names)
    return tuple(sorted(candidates, key=lambda candidate: candidate.template != chosen))
