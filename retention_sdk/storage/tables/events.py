"""What came in, what was made of it, and where it went."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from .base import metadata, moment, not_negative, one_of, serial, subject_key, text

# ``seq`` keeps the order of arrival; ``id`` is the idempotency key.
event = Table(
    "event",
    metadata,
    serial(),
    Column("id", Text, nullable=False, unique=True),
    text("shop_id"),
    text("type"),
    subject_key(),
    moment("occurred_at"),
    moment("received_at"),
    text("state", default="pending"),
    text("error", default=""),
    Column("sealed_event", LargeBinary, nullable=False),
    Column("sealed_raw", LargeBinary),
    moment("raw_expires_at", is_optional=True),
    one_of("state", ("pending", "done", "failed")),
    Index("ix_event_state_seq", "state", "seq"),
    Index("ix_event_raw_expires_at", "raw_expires_at"),
)

# Append-only. What a stage of the pipeline made, so that a restart goes on from there.
stage = Table(
    "stage",
    metadata,
    Column("event_id", Text, ForeignKey("event.id"), primary_key=True),
    Column("stage", Text, primary_key=True),
    subject_key(),
    Column("sealed", LargeBinary, nullable=False),
    moment("at"),
)

# Append-only. ``sealed`` is the whole decision; the clear columns name nobody.
decision = Table(
    "decision",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, nullable=False, index=True),
    subject_key(),
    text("candidate_id"),
    text("channel"),
    text("message_class"),
    Column("allowed", Boolean(create_constraint=False), nullable=False),
    text("basis"),
    text("rules_version"),
    Column("sealed", LargeBinary, nullable=False),
    moment("decided_at"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Text, primary_key=True),
    Column("event_id", Text, nullable=False, index=True),
    text("decision_id"),
    subject_key(),
    text("surface"),
    text("channel"),
    text("state", default="planned"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("sealed_receipt", LargeBinary),
    moment("planned_at"),
    moment("updated_at"),
    one_of("state", ("planned", "submitting", "accepted", "rejected", "failed")),
    Index("ix_delivery_state_planned_at", "state", "planned_at"),
)

# The few facts of an order that counting earlier orders needs. No name, no address, no product.
order_fact = Table(
    "order_fact",
    metadata,
    Column("shop_id", Text, primary_key=True),
    Column("order_id", Text, primary_key=True),
    Column("subject_id", Text, ForeignKey("subject.id"), nullable=False),
    moment("placed_at"),
    moment("paid_at", is_optional=True),
    moment("cancelled_at", is_optional=True),
    text("currency"),
    Column("total_minor", BigInteger, nullable=False),
    Column("refunded_minor", BigInteger, nullable=False),
    *not_negative("total_minor", "refunded_minor"),
    Index("ix_order_fact_subject_id_placed_at", "subject_id", "placed_at"),
)
