"""Who changes points by hand."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import LedgerError


@dataclass(frozen=True, slots=True)
class Hand:
    """Who changes points by hand, and why. ``actor`` is stored in clear: name a role, not a person.

    ``reason`` may name people; it is sealed with the key of whose points they are.
    """

    actor: str
    reason: str

    def __post_init__(self) -> None:
        if not self.actor.strip() or not self.reason.strip():
            raise LedgerError("a change by hand needs an actor and a reason")
