"""Keeps decisions with all that is needed to make each of them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from ..consent import RuleSet
from ..model import Candidate, Context, Decision, Record
from ..model.base import Line

if TYPE_CHECKING:
    from ..storage import Connection, Store

_DIGITS = 16


class Asked(Record):
    """What one decision was made on.

    ``snapshot`` is the stage that holds the context; ``note`` is a reason that was put before
    those of the rules, where something was asked again before it left.
    """

    candidate: Candidate
    snapshot: Line
    note: Line = ""


def record_decisions(
    store: Store,
    connection: Connection,
    decisions: Sequence[Decision],
    *,
    rules: RuleSet,
    subject_id: str,
    now: datetime,
) -> tuple[Decision, ...]:
    """Record decisions, and the rules they were made by once per version; return the new ones."""
    if decisions and not store.rule_sets.has(connection, rules.version):
        store.rule_sets.keep(connection, rules.version, rules.dump(), now=now)
    return tuple(
        decision
        for decision in decisions
        if store.decisions.record(connection, decision, subject_id=subject_id)
    )


def record_questions(
    store: Store,
    connection: Connection,
    decisions: Sequence[Decision],
    *,
    candidates: Mapping[str, Candidate],
    context: Context,
    subject_id: str,
    now: datetime,
    note: str = "",
) -> None:
    """Record what new decisions were made on, where no stage of their event holds it.

    ``candidates`` are looked up by the identifier of the candidate.
    """
    asked = [(each, candidates.get(each.candidate_id)) for each in decisions]
    known = [(decision, candidate) for decision, candidate in asked if candidate is not None]
    if not known:
        return
    payload = context.model_dump_json().encode()
    snapshot = f"context:{sha256(payload).hexdigest()[:_DIGITS]}"
    records = {snapshot: payload}
    for decision, candidate in known:
        question = Asked(candidate=candidate, snapshot=snapshot, note=note)
        records[asked_stage(decision.decision_id)] = question.model_dump_json().encode()
    for stage, content in records.items():
        store.stages.record(
            connection, context.event_id, stage, content, subject_id=subject_id, now=now
        )


def asked_stage(decision_id: str) -> str:
    """Return the stage that holds what a decision was made on."""
    return f"asked:{decision_id}"
