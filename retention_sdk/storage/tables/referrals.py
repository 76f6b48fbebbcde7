"""Codes that members pass on, whom they brought, and how that went. Nothing names anybody."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from .base import metadata, moment, not_negative, one_of, serial, subject_key, text

MARK_KINDS = ("person", "household", "device")
REFERRAL_STATES = (
    "linked",
    "claimed",
    "ordered",
    "pending",
    "rewarded",
    "rejected",
    "clawed",
)

# Append-only. ``code_index`` is the keyed hash a typed code is found by; ``sealed_code`` opens
# with the member's key, so that cards can print it again.
referral_code = Table(
    "referral_code",
    metadata,
    serial(),
    text("program_id"),
    text("shop_id"),
    subject_key(),
    Column("code_index", LargeBinary, nullable=False, unique=True),
    Column("sealed_code", LargeBinary, nullable=False),
    moment("created_at"),
    UniqueConstraint("program_id", "subject_id"),
)

# Keyed hashes of what a person is known by, to compare and for nothing else. They go when the
# person is erased.
referral_mark = Table(
    "referral_mark",
    metadata,
    Column("subject_id", Text, ForeignKey("subject.id"), primary_key=True),
    Column("blind_index", LargeBinary, primary_key=True),
    text("kind"),
    moment("at"),
    one_of("kind", MARK_KINDS),
    Index("ix_referral_mark_blind_index", "blind_index"),
)

# Append-only. ``subject_id`` is who brought ``friend_id``; ``origin`` is where the code was used.
referral = Table(
    "referral",
    metadata,
    Column("id", Text, primary_key=True),
    text("program_id"),
    text("shop_id"),
    subject_key(),
    Column("friend_id", Text, ForeignKey("subject.id"), nullable=False, index=True),
    text("origin"),
    Column("is_disposable", Integer, nullable=False, server_default="0"),
    moment("claimed_at"),
    UniqueConstraint("program_id", "subject_id", "friend_id"),
)

# Append-only; the step with the largest number counts. ``reasons`` are our own words, as JSON;
# ``sealed_note`` holds those of who decided by hand. ``grants`` are the keys of what was given.
referral_step = Table(
    "referral_step",
    metadata,
    Column("referral_id", Text, ForeignKey("referral.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    text("state"),
    moment("at"),
    moment("recorded_at"),
    text("order_id", default=""),
    moment("rewardable_at", is_optional=True),
    Column("score", Integer, nullable=False, server_default="0"),
    text("reasons", default="[]"),
    text("grants", default="[]"),
    text("cause", default=""),
    text("actor", default=""),
    Column("sealed_note", LargeBinary),
    one_of("state", REFERRAL_STATES),
    *not_negative("number", "score"),
    Index("ix_referral_step_state", "state"),
    Index("ix_referral_step_order_id", "order_id"),
)
