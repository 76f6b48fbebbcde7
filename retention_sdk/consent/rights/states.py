"""A request of a person about their data, as a pure state machine over its recorded steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from ...errors import RightsError
from ...model import Record
from ...model.base import Instant, Line, Paragraph


class RequestKind(StrEnum):
    """What is asked for; the articles are those of the GDPR, other laws have the like."""

    ACCESS = "access"  # art. 15
    PORTABILITY = "portability"  # art. 20
    RECTIFICATION = "rectification"  # art. 16
    ERASURE = "erasure"  # art. 17
    RESTRICTION = "restriction"  # art. 18
    OBJECTION = "objection"  # art. 21
    OPT_OUT_OF_SALE = "opt_out_of_sale"  # Cal. Civ. Code 1798.120


class RequestState(StrEnum):
    """How far a request came. EXTENDED, REFUSED and APPEALED stand beside the straight way."""

    RECEIVED = "received"
    IDENTITY_CHECK = "identity_check"
    SCOPED = "scoped"
    COLLECTED = "collected"
    REVIEWED = "reviewed"
    ANSWERED = "answered"
    CLOSED = "closed"
    EXTENDED = "extended"
    REFUSED = "refused"
    APPEALED = "appealed"

    @property
    def is_open(self) -> bool:
        """Whether the person still waits for the shop."""
        return self not in _AT_REST


class RequestStep(Record):
    """One step of a request. ``by`` is who took it: the shop, a platform, or the software.

    ``reason`` may speak of the person and is kept sealed; ``citation`` names the law alone.
    """

    state: RequestState
    at: Instant
    by: Line = "shop"
    reason: Paragraph = ""
    citation: Line = ""


_S = RequestState
_AT_REST = frozenset({_S.ANSWERED, _S.REFUSED, _S.CLOSED})

# From EXTENDED a request goes where it could have gone before.
TRANSITIONS: Mapping[RequestState, tuple[RequestState, ...]] = MappingProxyType(
    {
        _S.RECEIVED: (_S.IDENTITY_CHECK, _S.EXTENDED, _S.REFUSED),
        _S.IDENTITY_CHECK: (_S.SCOPED, _S.EXTENDED, _S.REFUSED),
        _S.SCOPED: (_S.COLLECTED, _S.EXTENDED, _S.REFUSED),
        _S.COLLECTED: (_S.REVIEWED, _S.EXTENDED, _S.REFUSED),
        _S.REVIEWED: (_S.ANSWERED, _S.EXTENDED, _S.REFUSED),
        _S.ANSWERED: (_S.APPEALED, _S.CLOSED),
        _S.REFUSED: (_S.APPEALED, _S.CLOSED),
        _S.APPEALED: (_S.SCOPED, _S.ANSWERED, _S.REFUSED),
        _S.EXTENDED: (),
        _S.CLOSED: (),
    }
)
# To object and to opt out takes no proof of identity: 11 CCR 7026(d) forbids to ask for it, and
# GDPR art. 21(3) knows no condition.
_WITHOUT_IDENTITY = frozenset({RequestKind.OBJECTION, RequestKind.OPT_OUT_OF_SALE})
# A person may ask why; GDPR art. 12(3) and (4) ask for the reasons of a delay and of a refusal.
_WITH_REASON = frozenset({_S.EXTENDED, _S.REFUSED, _S.APPEALED})
_WITH_CITATION = frozenset({_S.EXTENDED, _S.REFUSED})


def next_states(kind: RequestKind, history: Sequence[RequestStep]) -> tuple[RequestState, ...]:
    """Return where a request may go from here; nowhere once it is closed.

    A request that has no step yet can only be received. It is extended once at most, and an
    appeal is answered, not extended.
    """
    if not history:
        return (RequestState.RECEIVED,)
    place = _place(history)
    states = [*TRANSITIONS[place]]
    if place is RequestState.RECEIVED and kind in _WITHOUT_IDENTITY:
        states.insert(1, RequestState.SCOPED)
    passed = {step.state for step in history}
    if passed & {RequestState.EXTENDED, RequestState.APPEALED}:
        states = [state for state in states if state is not RequestState.EXTENDED]
    if RequestState.APPEALED in passed:
        states = [state for state in states if state is not RequestState.APPEALED]
    return tuple(states)


def advance(
    kind: RequestKind, history: Sequence[RequestStep], step: RequestStep
) -> tuple[RequestStep, ...]:
    """Return the history with one more step; pure, so it can be asked what would be allowed.

    Raises:
        RightsError: no such step leads on from here, its reason or citation is missing, or it is
            dated before the last one.
    """
    allowed = next_states(kind, history)
    if step.state not in allowed:
        here = history[-1].state if history else "not yet received"
        ways = ", ".join(allowed) or "nowhere: it is closed"
        raise RightsError(f"a request that is {here} cannot become {step.state}; it can: {ways}")
    if step.state in _WITH_REASON and not step.reason:
        raise RightsError(f"{step.state} needs a reason, for the person may ask why")
    if step.state in _WITH_CITATION and not step.citation:
        raise RightsError(f"{step.state} needs a citation: which law allows it")
    if history and step.at < history[-1].at:
        raise RightsError(f"{step.state} is dated before the step it follows")
    return (*history, step)


def _place(history: Sequence[RequestStep]) -> RequestState:
    """Return the last state on the way; an extension is a stop, not a place."""
    states = [step.state for step in history if step.state is not RequestState.EXTENDED]
    return states[-1] if states else RequestState.RECEIVED
