"""The answer where the records make no sense: no, with a reason, and never an exception."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import TypeVar

from ..model import Candidate, ConsentChannel, Context, Decision, MessageClass
from .places import FALLBACK
from .rule import Basis
from .rules import RuleSet

T = TypeVar("T")

_IDENTIFIER_LENGTH = 200
_IDENTIFIER = re.compile(rf"[^\s\x00]{{1,{_IDENTIFIER_LENGTH}}}")
_UNKNOWN = "unknown"
# Stands for a moment that nobody gave.
_NO_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)


def is_identifier(text: str) -> bool:
    """Whether a text can name an event or a candidate."""
    if text.isascii() and text.isprintable() and " " not in text:
        return 0 < len(text) <= _IDENTIFIER_LENGTH
    return _IDENTIFIER.fullmatch(text) is not None


def refuse(
    candidate: Candidate,
    context: Context,
    *,
    rules: RuleSet,
    vetoes: tuple[str, ...],
    error: Exception,
) -> Decision:
    """Return the strictest answer there is, on what can still be read.

    ``error`` is what stopped the reading. Its kind is named; its words may quote somebody.
    """
    event_id = _read(lambda: context.event_id, is_identifier, _UNKNOWN)
    candidate_id = _read(lambda: candidate.id, is_identifier, _UNKNOWN)
    channel = _read(lambda: ConsentChannel(candidate.channel), bool, ConsentChannel.ANY)
    message_class = _read(lambda: candidate.message_class, bool, MessageClass.MARKETING)
    now = _read(lambda: context.now, lambda moment: isinstance(moment, datetime), _NO_MOMENT)
    digest = sha256(f"{len(event_id)}:{event_id}{candidate_id}".encode()).hexdigest()
    return Decision(
        decision_id=f"dec-{digest[:32]}",
        event_id=event_id,
        candidate_id=candidate_id,
        allowed=False,
        message_class=message_class,
        channel=channel,
        jurisdictions=(FALLBACK,),
        basis=Basis.OPT_IN.value,
        rule_ids=(),
        rules_version=rules.version,
        reasons=(_why(now, error),),
        missing=("a record of the order and the person that can be read",),
        vetoes=vetoes,
        decided_at=_aware(now),
    )


def _why(now: datetime, error: Exception) -> str:
    if now is _NO_MOMENT:
        return "nobody said which moment the decision is for"
    if now.utcoffset() is None:
        return "the moment of the decision has no time zone"
    return f"the records make no sense ({type(error).__name__})"


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.utcoffset() is None else moment


def _read(read: Callable[[], T], is_sound: Callable[[T], bool], otherwise: T) -> T:
    try:
        value = read()
        return value if is_sound(value) else otherwise
    except Exception:  # noqa: BLE001 - the next best word is as good here
        return otherwise
