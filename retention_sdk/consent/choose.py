"""The first candidate that may leave, and what was decided on the way to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..model import Candidate, Decision


class Choice(NamedTuple):
    """Every decision made, in order; ``candidate`` and ``decision`` are None if all were no.

    ``asked`` are the candidates that the decisions are about, one each.
    """

    candidate: Candidate | None
    decision: Decision | None
    decisions: tuple[Decision, ...]
    asked: tuple[Candidate, ...] = ()


def first_allowed(
    candidates: Iterable[Candidate], judge: Callable[[Candidate], Decision]
) -> Choice:
    """Ask about candidates, best first, until one is allowed. All decisions are to be recorded."""
    decisions: list[Decision] = []
    asked: list[Candidate] = []
    for candidate in candidates:
        asked.append(candidate)
        decision = judge(candidate)
        decisions.append(decision)
        if decision.allowed:
            return Choice(candidate, decision, tuple(decisions), tuple(asked))
    return Choice(None, None, tuple(decisions), tuple(asked))
