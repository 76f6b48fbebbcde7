"""Makes the decisions of an event again, from what is on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ..consent import RuleSet
from ..consent.replay import Replay, compare, differences_between
from ..model import Candidate, Context, Decision, Record
from .choose import Chosen
from .decided import Asked, asked_stage

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
        record = _Record(store, connection, event_id)
        versions = {decision.rules_version for decision in decisions}
        texts = {each: store.rule_sets.get(connection, each) for each in versions}
        questions = [(decision, record.question(decision)) for decision in decisions]
    sets = {version: _rules(text, version, current) for version, text in texts.items()}
    replays, gaps = [], []
    for decision, question in questions:
        rules = current if under == "current" else sets[decision.rules_version]
        if question is None:
            gaps.append(f"{decision.candidate_id}: what it was decided on is not on record")
        elif rules is None:
            gaps.append(f"{decision.candidate_id}: rules {decision.rules_version} are not kept")
        else:
            replays.append(_replay(decision, question, rules))
    return ReplayedEvent(event_id=event_id, under=under, replays=tuple(replays), gaps=tuple(gaps))


class _Record:
    """What is on record of one event."""

    def __init__(self, store: Store, connection: Connection, event_id: str) -> None:
        self._store, self._connection, self._event_id = store, connection, event_id
        chosen = self._stage("decide")
        self._context = self._stage("context")
        self._candidates: dict[str, Candidate] = {}
        if chosen:
            made = Chosen.model_validate_json(chosen)
            self._candidates = {
                decision.decision_id: candidate
                for candidate, decision in zip(made.candidates, made.decisions, strict=False)
            }

    def question(self, decision: Decision) -> tuple[Asked, Context] | None:
        """Return what a decision was made on; None where that was not kept."""
        kept = self._stage(asked_stage(decision.decision_id))
        if kept:
            asked = Asked.model_validate_json(kept)
        elif candidate := self._candidates.get(decision.decision_id):
            asked = Asked(candidate=candidate, snapshot="context")
        else:
            return None
        context = self._context if asked.snapshot == "context" else self._stage(asked.snapshot)
        return (asked, Context.model_validate_json(context)) if context else None

    def _stage(self, name: str) -> bytes | None:
        return self._store.stages.get(self._connection, self._event_id, name)


def _rules(text: str | None, version: str, current: RuleSet) -> RuleSet | None:
    if version == current.version:
        return current
    return RuleSet.parse(text) if text else None


def _replay(decision: Decision, question: tuple[Asked, Context], rules: RuleSet) -> Replay:
    asked, context = question
    replay = compare(asked.candidate, context, decision, rules=rules)
    if not asked.note:
        return replay
    # What was asked again before it left is a decision of its own, with its occasion in front.
    reasons = (asked.note, *replay.now.reasons)
    changes = {"decision_id": decision.decision_id, "reasons": reasons}
    now = replay.now.model_copy(update=changes)
    return Replay(then=decision, now=now, differences=differences_between(decision, now))
