"""What people agreed to and objected to, chained; and the rules that were decided by."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from .base import metadata, moment, one_of, text

CONSENT_KINDS = ("answer", "merge", "carried")

# Append-only. One chain per shop: ``hash`` covers ``prev_hash``, the clear columns and the SHA-256
# of ``sealed``, so that it verifies after a person's key is destroyed. ``answered_at`` orders the
# answers of a person; it is empty for a yes of which nobody knows when it was given. A ``merge``
# says that ``from_subject_id`` became ``subject_id``; ``carried`` is an answer that came along.
consent_record = Table(
    "consent_record",
    metadata,
    Column("shop_id", Text, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    text("kind"),
    text("event_id"),
    Column("position", Integer, nullable=False),
    Column("subject_id", Text, ForeignKey("subject.id"), nullable=False),
    Column("from_subject_id", Text, ForeignKey("subject.id")),
    text("channel"),
    text("purpose"),
    text("state"),
    text("act"),
    moment("recorded_at", is_optional=True),
    moment("answered_at", is_optional=True),
    moment("received_at"),
    moment("confirmed_at", is_optional=True),
    moment("expires_at", is_optional=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("shop_id", "event_id", "position"),
    one_of("kind", CONSENT_KINDS),
    one_of("state", ("", "granted", "denied")),
    CheckConstraint("(kind = 'merge') = (state = '')", name="answers_have_a_state"),
    CheckConstraint("seq >= 1", name="seq_counts_from_one"),
    CheckConstraint(
        "(kind = 'answer') = (from_subject_id IS NULL)", name="merges_name_who_was_absorbed"
    ),
    Index("ix_consent_record_subject_id_seq", "subject_id", "seq"),
)

# Where each chain ends, with a keyed hash: a chain that was cut or written anew does not fit it.
consent_head = Table(
    "consent_head",
    metadata,
    Column("shop_id", Text, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
)

# Append-only. Two records of one person: what leads to the absorbed subject means the survivor.
subject_merge = Table(
    "subject_merge",
    metadata,
    Column("absorbed_id", Text, ForeignKey("subject.id"), primary_key=True),
    Column("survivor_id", Text, ForeignKey("subject.id"), nullable=False, index=True),
    moment("merged_at"),
    CheckConstraint("absorbed_id <> survivor_id", name="two_subjects"),
)

# Append-only. Every set of rules that decided anything, as canonical JSON.
rule_set = Table(
    "rule_set",
    metadata,
    Column("version", Text, primary_key=True),
    text("text"),
    moment("kept_at"),
)
