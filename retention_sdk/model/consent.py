"""What somebody agreed to, and what we decided because of it."""

from __future__ import annotations

from enum import StrEnum

from .base import CountryCode, Identifier, Instant, Line, Paragraph, Record


class ConsentState(StrEnum):
    """The answer a person gave. Silence is UNKNOWN, never GRANTED."""

    GRANTED = "granted"
    DENIED = "denied"
    UNKNOWN = "unknown"


class OptInLevel(StrEnum):
    """How a yes was proved; CONFIRMED is a double opt-in."""

    SINGLE = "single"
    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"


class ConsentChannel(StrEnum):
    """What a consent or an objection covers. ANY covers all of them."""

    ANY = "any"
    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    PUSH = "push"
    PHONE = "phone"
    POST = "post"
    PARCEL_INSERT = "parcel_insert"


class Consent(Record):
    """One recorded answer about marketing over one channel.

    The newest record of a channel counts; a DENIED for ANY outweighs a GRANTED for one channel.
    ``source`` says where it was collected (form, platform field, conversation), ``evidence_ref``
    names the stored proof. GDPR art. 7(1) puts the burden of proof on the shop.
    """

    channel: ConsentChannel
    state: ConsentState
    recorded_at: Instant | None = None
    source: Line = ""
    opt_in_level: OptInLevel = OptInLevel.UNKNOWN
    evidence_ref: Line = ""


class MessageClass(StrEnum):
    """TRANSACTIONAL is strictly about an order; all else is MARKETING."""

    TRANSACTIONAL = "transactional"
    MARKETING = "marketing"


class Decision(Record):
    """May this leave? Stored whatever the answer, with all that led to it.

    ``basis`` is the strictest of the rules that apply; ``citations`` are theirs, in rule order.
    ``earliest_send_at`` is set when only the hour is wrong. ``missing`` names what would make it
    a yes; ``must_include`` what the message has to carry.
    """

    decision_id: Identifier
    event_id: Identifier
    candidate_id: Identifier
    allowed: bool
    message_class: MessageClass
    channel: ConsentChannel
    insert_type: Line = ""
    jurisdictions: tuple[CountryCode | Line, ...]
    basis: Line
    rule_ids: tuple[Line, ...]
    rules_version: Line
    citations: tuple[Paragraph, ...] = ()
    reasons: tuple[Line, ...]
    missing: tuple[Line, ...] = ()
    must_include: tuple[Paragraph, ...] = ()
    evidence: tuple[Line, ...] = ()
    vetoes: tuple[Line, ...] = ()
    earliest_send_at: Instant | None = None
    decided_at: Instant
