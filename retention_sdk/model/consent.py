"""What somebody agreed to, and what we decided because of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

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


class Purpose(StrEnum):
    """What an answer is about.

    MARKETING is all advertising of the shop's own: a yes or a no to it holds for OFFERS, REVIEWS,
    SURVEYS and LOYALTY too. The other three need an answer of their own: PROFILING is choosing by
    history or segment (GDPR art. 21(2)), THIRD_PARTY is advertising of others, SALE_OR_SHARING is
    handing data on (Cal. Civ. Code 1798.120). A no to MARKETING covers advertising of others too.
    """

    MARKETING = "marketing"
    OFFERS = "offers"
    REVIEWS = "reviews"
    SURVEYS = "surveys"
    LOYALTY = "loyalty"
    PROFILING = "profiling"
    THIRD_PARTY = "third_party"
    SALE_OR_SHARING = "sale_or_sharing"


class ConsentAct(StrEnum):
    """How somebody answered: in words, by doing business (CASL s. 10(10)), or by a browser."""

    EXPRESS = "express"
    IMPLIED_BY_PURCHASE = "implied_by_purchase"
    IMPLIED_BY_INQUIRY = "implied_by_inquiry"
    SIGNAL = "signal"


class Wording(Record):
    """What was read before answering: the hash of the text, its language, and its version."""

    text_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    locale: Line
    version: Line = ""


class Consent(Record):
    """One recorded answer about one purpose over one channel.

    The newest record of a channel and purpose counts; a DENIED for ANY channel outweighs a GRANTED
    for one. ``source`` says where it was collected (form, platform field, conversation),
    ``platform`` whose record it was copied from, ``evidence_ref`` names the stored proof;
    ``confirmed_at`` is the second step of a double opt-in, ``expires_at`` the last moment of what
    was granted for a time only. GDPR art. 7(1) puts the burden of proof on the shop.
    """

    channel: ConsentChannel
    state: ConsentState
    recorded_at: Instant | None = None
    source: Line = ""
    opt_in_level: OptInLevel = OptInLevel.UNKNOWN
    evidence_ref: Line = ""
    purpose: Purpose = Purpose.MARKETING
    act: ConsentAct = ConsentAct.EXPRESS
    wording: Wording | None = None
    confirmed_at: Instant | None = None
    expires_at: Instant | None = None
    platform: Line = ""


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
    purposes: tuple[Purpose, ...] = ()
