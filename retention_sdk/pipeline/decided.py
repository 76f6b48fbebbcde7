"""Keeps decisions with all that is needed to make each of them again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ..consent import RuleSet
from ..model import Candidate, Context, Decision, Record
from ..model.base import Line

if TYPE_CHECKING:
    from ..storage import Connection, Store


class Asked(Record):
    """What one decision was made on.

    ``note`` is a reason that was put before those of the rules, where something was asked again
    before it left.
    """

    candidate: Candidate
    context: Context
    note: Line = ""


def record_decisions(
    store: Store,
    connection: Connection,
    decisions: Sequence[Decision],
    *,
    rules: RuleSet,
    subject_id: str,
    now: datetime,
) -> None:
    """Record decisions whose questions a stage of their event holds, and the rules behind them."""
    keep_rules(store, connection, rules, now=now)
    for decision in decisions:
        store.decisions.record(connection, decision, subject_id=subject_id)


def record_asked(
    store: Store,
    connection: Connection,
    decisions: Sequence[Decision],
    *,
    candidates: Iterable[Candidate],
    context: Context,
    rules: RuleSet,
    subject_id: str,
    note: str = "",
) -> None:
    """Record decisions with what they were made on, sealed with each."""
    keep_rules(store, connection, rules, now=context.now)
    by_id = {candidate.id: candidate for candidate in candidates}
    for decision in decisions:
        candidate = by_id.get(decision.candidate_id)
        question = candidate and Asked(candidate=candidate, context=context, note=note)
        store.decisions.record(
            connection,
            decision,
            subject_id=subject_id,
            question=question.model_dump_json().encode() if question else b"",
        )


def keep_rules(store: Store, connection: Connection, rules: RuleSet, *, now: datetime) -> None:
    """Store the rules that decisions are made by, once per version."""
    if not store.rule_sets.has(connection, rules.version):
        store.rule_sets.keep(connection, rules.version, rules.dump(), now=now)
