"""Asks the same question again: is the answer still the one on record, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..model import Candidate, Context, Decision, Record
from ..model.base import Line, Paragraph
from .decide import decide
from .rules import RuleSet

_WORDS = {
    "allowed": "may leave",
    "rule_ids": "rules",
    "rules_version": "table",
    "earliest_send_at": "may go from",
    "must_include": "has to carry",
    "jurisdictions": "law of",
}


class Difference(Record):
    """One column of a decision: what only the old answer said, and what only the new one says."""

    field: Line
    then: tuple[Paragraph, ...]
    now: tuple[Paragraph, ...]

    def sentence(self) -> str:
        """Return it in words: ``may leave: yes, now no``."""
        label = _WORDS.get(self.field, self.field.replace("_", " "))
        before, after = "; ".join(self.then) or "nothing", "; ".join(self.now) or "nothing"
        return f"{label}: {before}, now {after}"


class Replay(Record):
    """A decision as it was recorded, and as it comes out when it is made again."""

    then: Decision
    now: Decision
    differences: tuple[Difference, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether both answers are the same, byte for byte."""
        return self.then.model_dump_json() == self.now.model_dump_json()


def compare(
    candidate: Candidate,
    context: Context,
    then: Decision,
    *,
    rules: RuleSet,
    vetoes: Sequence[str] | None = None,
) -> Replay:
    """Decide again about what a decision was made on, and tell what is different.

    ``vetoes`` are those on record unless others are given: plugins are not asked about the past.
    Under the rules of then the answer is the same, byte for byte; under others the differences
    say which rules came, went, and what they changed.
    """
    heard = then.vetoes if vetoes is None else vetoes
    now = decide(candidate, context, rules=rules, vetoes=heard)
    return Replay(then=then, now=now, differences=differences_between(then, now))


def differences_between(then: Decision, now: Decision) -> tuple[Difference, ...]:
    """Return the columns in which two decisions differ, in the order of the record."""
    found = []
    for name in Decision.model_fields:
        old, new = _texts(getattr(then, name)), _texts(getattr(now, name))
        if old != new:
            only_old = tuple(text for text in old if text not in new)
            only_new = tuple(text for text in new if text not in old)
            is_order = not only_old and not only_new
            found.append(
                Difference(
                    field=name,
                    then=old if is_order else only_old,
                    now=new if is_order else only_new,
                )
            )
    return tuple(found)


def _texts(value: Any) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    if isinstance(value, bool):
        return ("yes",) if value else ("no",)
    if isinstance(value, tuple):
        return tuple(str(each) for each in value)
    return (str(value),)
