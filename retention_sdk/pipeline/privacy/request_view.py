"""A request as people look at it: where it stands, and how many days are left."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ...consent.rights import (
    RequestKind,
    RequestState,
    RequestStep,
    days_left,
    deadlines,
    next_states,
)
from ...model import Record
from ...model.base import Instant

if TYPE_CHECKING:
    from ...storage import StoredRequest


class RequestView(Record):
    """A request with its deadlines.

    ``due_at`` is the next moment that counts: of the acknowledgement while nothing was done, of
    the answer, of the answer after an extension, or of an answer to an appeal. ``days_left`` is
    negative when it is late. ``citations`` are those of the terms.
    """

    id: str
    kind: RequestKind
    state: RequestState
    is_open: bool
    is_erased: bool
    origin: str
    jurisdictions: tuple[str, ...]
    received_at: Instant
    acknowledge_by: Instant | None
    answer_by: Instant
    extended_by: Instant
    due_at: Instant
    days_left: int
    next_states: tuple[RequestState, ...]
    steps: tuple[RequestStep, ...]
    citations: tuple[str, ...]


def history_of(request: StoredRequest) -> tuple[RequestStep, ...]:
    """Return the steps of a stored request."""
    return tuple(
        RequestStep(
            state=RequestState(step.state),
            at=step.at,
            by=step.by,
            reason=step.reason,
            citation=step.citation,
        )
        for step in request.steps
    )


def view_of(request: StoredRequest, *, zone: ZoneInfo, now: datetime) -> RequestView:
    """Return how a request stands at a moment."""
    kind, history = RequestKind(request.kind), history_of(request)
    terms = deadlines(kind, request.received_at, jurisdictions=request.jurisdictions, zone=zone)
    state = history[-1].state if history else RequestState.RECEIVED
    states = {step.state for step in history}
    due_at = terms.answer_by
    if RequestState.EXTENDED in states:
        due_at = terms.extended_by
    elif state is RequestState.RECEIVED and terms.acknowledge_by:
        due_at = min(terms.acknowledge_by, terms.answer_by)
    if RequestState.APPEALED in states:
        appealed = next(step.at for step in history if step.state is RequestState.APPEALED)
        due_at = terms.appeal_by(appealed, zone=zone) or due_at
    return RequestView(
        id=request.id,
        kind=kind,
        state=state,
        is_open=state.is_open,
        is_erased=request.is_erased,
        origin=request.origin,
        jurisdictions=request.jurisdictions,
        received_at=request.received_at,
        acknowledge_by=terms.acknowledge_by,
        answer_by=terms.answer_by,
        extended_by=terms.extended_by,
        due_at=due_at,
        days_left=days_left(due_at, now, zone=zone),
        next_states=next_states(kind, history),
        steps=history,
        citations=tuple(rule.citation for rule in terms.rules),
    )
