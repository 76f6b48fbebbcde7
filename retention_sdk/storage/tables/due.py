"""What time will bring about: one row for each thing that waits for its moment."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from .base import metadata, moment, not_negative, one_of, subject_key, text

DUE_STATES = ("waiting", "leased", "done", "failed")

# ``fence`` counts the leases of a row: who holds an older one can neither finish nor postpone it.
# While a row waits, ``lease_until`` is the end of the pause after a failure.
due = Table(
    "due",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    text("shop_id"),
    subject_key(),
    moment("due_at"),
    text("state", default="waiting"),
    moment("lease_until", is_optional=True),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    text("error", default=""),
    one_of("state", DUE_STATES),
    *not_negative("fence", "attempts"),
    Index("ix_due_shop_id_state_due_at", "shop_id", "state", "due_at"),
)
