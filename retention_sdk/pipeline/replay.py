"""Makes the decisions of an event again, from what is on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ..consent import RuleSet
from ..consent.replay import Replay, compare, differences_between
from ..model import Context, Decision, Record
from .choose import Chosen
from .decided import Asked

if TYPE_CHECKING:
    from ..storage import Connection, Store

Under = Literal["then", "current"]
"""The rules of the day of each decision, or those of today."""


class ReplayedEvent(Record):
    """Every decision of an event, made again. ``gaps`` tell which could not be, and why."""

    event_id: str
    under: Under
    replays: tuple[Replay, ...]
    gaps: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether every decision on record came out the same, byte for byte."""
        return not self.gaps and all(replay.is_same for replay in self.replays)


def replay_event(event_id: str, *, store: Store, current: RuleSet, under: Under) -> ReplayedEvent:
    """Make all decisions of an event again; nothing is recorded, and no plugin is asked.

    Raises:
        SubjectErased: the decisions were about somebody who is forgotten.
    """
    with store.reading() as connection:
        decisions = store.decisions.of_event(connection, event_id)
        questions = _questions(store, connection, event_id)
        versions = {decision.rules_version for decision in decisions}
        texts = {each: store.rule_sets.get(connection, each) for each in versions}
    sets = {version: _rules(text, version, current) for version, text in texts.items()}
    replays, gaps = [], []
    for decision in decisions:
        question = questions.get(decision.decision_id)
        rules = current if under == "current" else sets[decision.rules_version]
        if question is None:
            gaps.append(f"{decision.candidate_id}: what it was decided on is not on record")
        elif rules is None:
            gaps.append(f"{decision.candidate_id}: rules {decision.rules_version} are not kept")
        else:
            replays.append(_replay(decision, question, rules))
    return ReplayedEvent(event_id=event_id, under=under, replays=tuple(replays), gaps=tuple(gaps))


def _questions(store: Store, connection: Connection, event_id: str) -> dict[str, Asked]:
    """Return what each decision of an event was made on: from its stages, or sealed with it."""
    context = store.stages.get(connection, event_id, "context")
    chosen = store.stages.get(connection, event_id, "decide")
    found: dict[str, Asked] = {}
    if context and chosen:
        snapshot, made = Context.model_validate_json(context), Chosen.model_validate_json(chosen)
        found = {
            decision.decision_id: Asked(candidate=candidate, context=snapshot)
            for candidate, decision in zip(made.candidates, made.decisions, strict=False)
        }
    sealed = store.decisions.questions(connection, event_id)
    return found | {name: Asked.model_validate_json(each) for name, each in sealed.items()}


def _rules(text: str | None, version: str, current: RuleSet) -> RuleSet | None:
    if version == current.version:
        return current
    return RuleSet.parse(text) if text else None


def _replay(decision: Decision, asked: Asked, rules: RuleSet) -> Replay:
    replay = compare(asked.candidate, asked.context, decision, rules=rules)
    if not asked.note:
        return replay
    # What was asked again before it left is a decision of its own, with its occasion in front.
    reasons = (asked.note, *replay.now.reasons)
    changes = {"decision_id": decision.decision_id, "reasons": reasons}
    now = replay.now.model_copy(update=changes)
    return Replay(then=decision, now=now, differences=differences_between(decision, now))
