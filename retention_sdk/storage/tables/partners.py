"""Points that were exchanged with partners, and how each exchange went."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from .base import metadata, moment, one_of, subject_key, text

EXCHANGE_DIRECTIONS = ("out", "in")
EXCHANGE_STATES = ("asked", "confirmed", "refused", "returned")

# Append-only. ``points`` are ours, ``units`` the partner's; ``reference`` is who asks's own name
# of the exchange, so that asking twice is once. ``terms`` is the contract then, as JSON.
partner_exchange = Table(
    "partner_exchange",
    metadata,
    Column("id", Text, primary_key=True),
    text("program_id"),
    text("partner"),
    text("direction"),
    subject_key(),
    text("reference"),
    Column("points", BigInteger, nullable=False),
    Column("units", BigInteger, nullable=False),
    text("terms"),
    text("hold_id", default=""),
    moment("asked_at"),
    one_of("direction", EXCHANGE_DIRECTIONS),
    UniqueConstraint("program_id", "partner", "direction", "reference"),
    Index("ix_partner_exchange_partner_asked_at", "program_id", "partner", "asked_at"),
)

# Append-only; the step with the largest number counts. ``txn_id`` is the transaction it posted.
partner_step = Table(
    "partner_step",
    metadata,
    Column("exchange_id", Text, ForeignKey("partner_exchange.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    text("state"),
    moment("at"),
    text("txn_id"),
    text("partner_reference", default=""),
    text("reason", default=""),
    one_of("state", EXCHANGE_STATES),
    Index("ix_partner_step_at", "at"),
)
