"""What an import tells while it runs, and at its end, in memory that does not grow with it."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Self

from ..pipeline import Outcome
from .output import console, counted
from .show import exit_code, show_outcomes

SHOWN_MAX = 1_000
REFUSED_SHOWN_MAX = 20
UNREADABLE = 5
"""The exit code of a platform's answer, or a file, that could not all be read."""


class Told:
    """Collects the outcomes of an import: as JSON they are printed at once, for people at the end.

    A table of more than a thousand rows is cut, and says so.
    """

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._shown: list[Outcome] = []
        self._count, self._refused, self._worst = 0, 0, 0
        self._sentences: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        # Whatever stopped an import, what was printed of it stays JSON.
        if self._as_json and (self._count or kind is None):
            sys.stdout.write("\n]\n" if self._count else "[]\n")

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Take what became of some events."""
        codes = {self._worst, exit_code(outcomes)}
        self._worst = 1 if 1 in codes else max(codes)
        for outcome in outcomes:
            if self._as_json:
                text = json.dumps(outcome.model_dump(mode="json"), ensure_ascii=False, indent=2)
                sys.stdout.write((",\n" if self._count else "[\n") + text)
            elif self._count < SHOWN_MAX:
                self._shown.append(outcome)
            self._count += 1

    def refuse(self, sentences: Sequence[str]) -> None:
        """Take what an adapter says of orders that it could not read."""
        self._refused += len(sentences)
        self._sentences += sentences[: REFUSED_SHOWN_MAX - len(self._sentences)]

    def finish(self) -> int:
        """Print what is left to print, and return the exit code."""
        if not self._as_json:
            show_outcomes(self._shown)
            if self._count > len(self._shown):
                console().print(f"… and {self._count - len(self._shown)} more events")
        for sentence in self._sentences:
            print(f"retention: {sentence}", file=sys.stderr)
        if self._refused:
            refused = counted(self._refused, "order")
            print(f"retention: {refused} could not be read", file=sys.stderr)
        return self._worst or (UNREADABLE if self._refused else 0)
