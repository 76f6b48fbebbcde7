"""What was made, where it goes, and what became of it."""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Self

from pydantic import Field, model_validator

from .base import Identifier, Instant, Line, PersonalLine, Record
from .candidate import Surface
from .device import PushDevice


class Artifact(Record):
    """Finished bytes with their hash. The same input always makes the same bytes."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._\-]{0,119}$")]
    media_type: Line
    data: Annotated[bytes, Field(repr=False, exclude=True)]
    sha256: Line = ""

    @model_validator(mode="after")
    def _is_hashed(self) -> Self:
        digest = sha256(self.data).hexdigest()
        if not self.sha256:
            object.__setattr__(self, "sha256", digest)
        elif self.sha256 != digest:
            raise ValueError("the bytes are not those that were hashed")
        return self


class Delivery(Record):
    """One thing for one channel. ``id`` is deterministic, so that a repetition is seen as one.

    ``device`` is where a push message goes; without one it goes to the account ``recipient``.
    """

    id: Identifier
    event_id: Identifier
    decision_id: Identifier
    surface: Surface
    channel: Line
    recipient: PersonalLine = ""
    device: Annotated[PushDevice | None, Field(repr=False)] = None
    artifacts: Annotated[tuple[Artifact, ...], Field(min_length=1)]


class ReceiptState(StrEnum):
    """ACCEPTED: the channel took it. DUPLICATE: it had it already. REJECTED: it never will.

    STOPPED: no channel was asked, because it was not allowed any more when its turn came.
    """

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    STOPPED = "stopped"


class Receipt(Record):
    """What the channel answered; ``reason`` says why nothing was sent."""

    delivery_id: Identifier
    channel: Line
    state: ReceiptState
    at: Instant
    location: Line = ""
    reason: Line = ""


class Award(Record):
    """Points that a plugin gives on top of the rules. ``reason`` is shown in the history.

    ``program`` names the currency of points, that of ``[loyalty]`` if it is empty.
    """

    points: Annotated[int, Field(ge=1, le=10**9)]
    reason: Line
    plugin: Line = ""
    program: Line = ""
