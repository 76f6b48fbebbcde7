"""Ranks of customers as they changed. Keys and sums only; nothing names anybody."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint

from .base import metadata, moment, one_of, serial, subject_key, text

TIER_REASONS = ("none", "reached", "kept", "period_ended", "refunded", "ladder_changed")

# Append-only. ``until`` is a day in ISO 8601, empty for no end; ``cause`` is the event, or what
# else was due. ``progress`` is canonical JSON of how far the next rank was.
tier_change = Table(
    "tier_change",
    metadata,
    serial(),
    text("program_id"),
    subject_key(),
    text("tier"),
    text("tier_before"),
    moment("since", is_optional=True),
    text("until", default=""),
    text("reason"),
    text("ladder"),
    text("progress", default=""),
    text("cause"),
    moment("at"),
    one_of("reason", TIER_REASONS),
    UniqueConstraint("program_id", "subject_id", "cause"),
    Index("ix_tier_change_program_id_until", "program_id", "until"),
)
