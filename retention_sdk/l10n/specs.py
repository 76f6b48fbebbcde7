"""What a message is: its key, its parameters, and the room it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast

ParamType = Literal["text", "code", "count", "date"]
"""text: a name or title. code: runs left to right. count: a whole number. date: a day."""
Surface = Literal["card", "email", "subject", "sms", "push", "any"]


@dataclass(frozen=True, slots=True)
class Param:
    """One argument of a message."""

    name: str
    type: ParamType


@dataclass(frozen=True, slots=True)
class MessageSpec:
    """One message.

    ``width_mm`` is the room on an A6 card at 9 pt; 0 where text may wrap. ``segments_max`` is what
    a text message may cost; 0 elsewhere. A message that is not ``is_required`` is being
    translated: a catalogue without it counts as complete. One that ``has_manners`` may be said
    more formally or more warmly; the others speak one way to everybody.
    """

    key: str
    surface: Surface
    params: tuple[Param, ...]
    comment: str
    width_mm: int = 0
    segments_max: int = 0
    is_required: bool = True
    has_manners: bool = True

    @property
    def types(self) -> Mapping[str, ParamType]:
        """Parameter names and their types."""
        return {param.name: param.type for param in self.params}


def spec_for(
    key: str,
    surface: Surface,
    params: str,
    comment: str,
    width_mm: int = 0,
    *,
    segments_max: int = 0,
    is_required: bool = True,
    has_manners: bool = True,
) -> tuple[str, MessageSpec]:
    """Return a message with its key; ``params`` reads ``brand count:count``, type text if none."""
    pairs = (param.partition(":") for param in params.split())
    typed = tuple(Param(name, cast("ParamType", kind or "text")) for name, _, kind in pairs)
    room = (width_mm, segments_max)
    return key, MessageSpec(key, surface, typed, comment, *room, is_required, has_manners)
