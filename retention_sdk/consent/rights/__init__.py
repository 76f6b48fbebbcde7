"""Requests of people about their data: states and deadlines, pure. Not legal advice."""

from .deadlines import (
    DeadlineRule,
    Deadlines,
    Span,
    days_left,
    deadlines,
    jurisdictions_of,
    load_deadlines,
    read_deadlines,
)
from .keeping import KeepingRule, keeping_rule, kept_since
from .states import (
    TRANSITIONS,
    RequestKind,
    RequestState,
    RequestStep,
    advance,
    next_states,
)

__all__ = [
    "TRANSITIONS",
    "DeadlineRule",
    "Deadlines",
    "KeepingRule",
    "RequestKind",
    "RequestState",
    "RequestStep",
    "Span",
    "advance",
    "days_left",
    "deadlines",
    "jurisdictions_of",
    "keeping_rule",
    "kept_since",
    "load_deadlines",
    "next_states",
    "read_deadlines",
]
