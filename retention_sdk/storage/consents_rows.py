"""Rows of consent records: what is kept in clear, and which of a person's answers counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Row

from ..model import Consent, ConsentAct, ConsentChannel, ConsentState, Purpose
from .consents_chain import ChainedFields
from .tables import to_microseconds

ConsentKind = Literal["answer", "merge", "carried"]

_NEVER = datetime.min.replace(tzinfo=UTC)
_CHANNELS = tuple(channel.value for channel in ConsentChannel)
_PURPOSES = tuple(purpose.value for purpose in Purpose)
_IMPLIED = (ConsentAct.IMPLIED_BY_PURCHASE.value, ConsentAct.IMPLIED_BY_INQUIRY.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentEntry:
    """A record of the ledger. ``consent`` is None for a merge and for people who are erased.

    ``answered_at`` is the moment from which the answer counts against others of the same person;
    None is before all.
    """

    shop_id: str
    seq: int
    kind: ConsentKind
    event_id: str
    position: int
    subject_id: str
    from_subject_id: str | None
    channel: str
    purpose: str
    state: str
    act: str
    recorded_at: datetime | None
    answered_at: datetime | None
    received_at: datetime
    confirmed_at: datetime | None
    expires_at: datetime | None
    sealed_sha256: str
    prev_hash: bytes
    hash: bytes
    consent: Consent | None = None


def counts_from(consent: Consent, *, now: datetime) -> datetime | None:
    """Return when an answer begins to count, None if that is before all that have a time.

    Nobody answers in the future: what is dated after ``now`` counts from ``now``. A no of which
    nobody says when it was given counts from its arrival, a yes proves nothing against others.
    """
    if consent.recorded_at is not None:
        return min(consent.recorded_at, now)
    return now if consent.state is ConsentState.DENIED else None


def newest(rows: Iterable[Row[Any]]) -> tuple[Row[Any], ...]:
    """Return the answer that counts for each channel and purpose, in the order of the enums."""
    best: dict[tuple[int, int], Row[Any]] = {}
    for row in rows:
        place = (_CHANNELS.index(row.channel), _PURPOSES.index(row.purpose))
        known = best.get(place)
        if known is None or _weight(row) > _weight(known):
            best[place] = row
    return tuple(best[place] for place in sorted(best))


def _weight(row: Row[Any]) -> tuple[bool, datetime, bool, int]:
    """The later answer counts; of two at one instant the no; of two alike the later record.

    Doing business implies no yes against words: CASL s. 10(9) ends at an unsubscribe.
    """
    is_no = row.state == ConsentState.DENIED.value
    is_outspoken = is_no or row.act not in _IMPLIED
    return is_outspoken, row.answered_at or _NEVER, is_no, row.seq


def clear_columns(consent: Consent) -> dict[str, Any]:
    """Return what of an answer is kept in clear: nothing that names anybody."""
    return {
        "channel": consent.channel.value,
        "purpose": consent.purpose.value,
        "state": consent.state.value,
        "act": consent.act.value,
        "recorded_at": consent.recorded_at,
        "confirmed_at": consent.confirmed_at,
        "expires_at": consent.expires_at,
    }


def chained_fields(row: dict[str, Any]) -> ChainedFields:
    """Return what the chain covers of a row whose moments are datetimes."""
    known = {**row, "sealed_sha256": sha256(row["sealed"]).hexdigest()}
    values = (known[name] for name in ChainedFields._fields)
    return ChainedFields._make(
        to_microseconds(value) if isinstance(value, datetime) else value for value in values
    )


def entry(row: Row[Any], consent: Consent | None = None) -> ConsentEntry:
    """Return a row as a value."""
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public API
    sealed = values.pop("sealed")
    return ConsentEntry(**values, sealed_sha256=sha256(sealed).hexdigest(), consent=consent)


def seal_purpose(event_id: str, position: int) -> str:
    """Return what a sealed answer is bound to, beside its subject."""
    return f"consent:{event_id}:{position}"
